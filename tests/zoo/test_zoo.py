"""The zoo itself: every animal lives where the table says, is small, says its shape, and is one of its kind."""

import ast
import importlib
import inspect
from collections import Counter
from pathlib import Path

import pytest

from lstm_verify.faults.catalogue import entries
from lstm_verify.identify.words import SAID
from lstm_verify.puzzle.library import shipped
from lstm_verify.verify.verdict import Verdict
from zoo.table import FUSED, JOINED, LINEAR, PAIRS, TABLE

HERE = Path(__file__).parent
LINES = 25

EVERY = pytest.mark.parametrize("animal", TABLE, ids=lambda animal: animal.name)


def found(animal):
    """Return the animal itself."""
    return getattr(importlib.import_module(f"zoo.{Path(animal.file).stem}"), animal.name)


def share(of):
    """Return the percentage of the zoo of which something holds."""
    return 100 * sum(map(of, TABLE)) / len(TABLE)


@EVERY
def test_each_says_its_shape_in_one_line_and_is_short(animal):
    it = found(animal)
    kind = it if inspect.isclass(it) or inspect.isfunction(it) else type(it)
    lines = [line for line in inspect.getsource(kind).splitlines() if line.strip()]

    assert callable(kind)
    assert kind.__doc__
    assert len(kind.__doc__.splitlines()) == 1
    assert len(lines) <= LINES


@EVERY
def test_what_the_table_says_of_each_can_be_said(animal):
    lines = {what for what, _ in SAID.values()} | {"peepholes", "initial state", "direction", "returns"}

    assert animal.verdict in set(Verdict)
    assert animal.fault is None or animal.fault in entries()
    assert animal.verdict == "failed" or animal.fault is None
    assert animal.weights in {PAIRS, JOINED, LINEAR, FUSED}
    assert animal.skips <= {"h0", "c0", "bias", "size", "c"}
    assert set(animal.identified or ()) <= lines
    assert ("bias" in animal.skips) == (animal.biases == 0)
    assert animal.layout is None or sorted(animal.layout.split(", ")) == sorted("ifgo")
    assert animal.puzzle in shipped()


def test_none_is_there_twice_and_none_is_left_out():
    public = {
        f"{file.name}:{node.name}"
        for file in HERE.glob("*.py")
        if file.name != "table.py" and not file.name.startswith("test_")
        for node in ast.parse(file.read_text()).body
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name not in {"sigmoid", "Params"}
    }
    entered = [animal.where for animal in TABLE]

    assert len(set(entered)) == len(entered)
    assert len({animal.name for animal in TABLE}) == len(TABLE)
    assert set(entered) - {"linear_modules.py:trained"} == public


def test_none_knows_of_the_package():
    for animal in TABLE:
        tree = ast.parse((HERE / animal.file).read_text())
        imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names} | {
            node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
        }

        assert imported <= {"math", "numpy", "torch", "torch.nn", "torch.nn.functional"}


@pytest.mark.parametrize(
    ("what", "survey", "of"),
    [
        ("W and U a gate", 35 / 94, lambda animal: animal.weights == PAIRS),
        ("one matrix a gate", 27 / 94, lambda animal: animal.weights == JOINED),
        ("Linear modules", 17 / 94, lambda animal: animal.weights == LINEAR),
        ("one fused matrix", 15 / 94, lambda animal: animal.weights == FUSED),
        ("one bias", 75 / 94, lambda animal: animal.biases == 1),
        ("two biases", 13 / 94, lambda animal: animal.biases == 2),
        ("no biases", 6 / 94, lambda animal: animal.biases == 0),
        ("no way to give c0", 14 / 94, lambda animal: "c0" in animal.skips),
        ("no way to read c", 13 / 94, lambda animal: "c" in animal.skips),
        ("something is wrong", 37 / 92, lambda animal: animal.verdict == "failed"),
    ],
)
def test_shapes_are_as_common_as_among_94_public_ones(what, survey, of):
    """Within eight in a hundred."""
    assert abs(share(of) - 100 * survey) <= 8, what


def test_there_are_many_of_many_kinds():
    faults = [animal.fault for animal in TABLE if animal.fault]

    assert len(TABLE) >= 40
    assert len(set(faults)) == len(faults) >= 16
    assert len({animal.layout for animal in TABLE if animal.layout}) >= 5
    assert Counter(animal.file for animal in TABLE).most_common(1)[0][1] <= len(TABLE) / 4
