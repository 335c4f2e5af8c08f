"""Whatever bytes a file has, it is a puzzle or a `PuzzleError`."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lstm_verify.puzzle.load import parse
from lstm_verify.puzzle.model import Puzzle, PuzzleError

MEMORY = (Path(__file__).parents[2] / "puzzles" / "memory.yaml").read_text(encoding="utf-8")
RULES = MEMORY[: MEMORY.index("weights:")] + "gates: {i: x1, f: '2*h[0] - 1', g: [x1], o: ln(3)}\n"
RULES += MEMORY[MEMORY.index("cases:") :]
LAYERS = """\
puzzle: 1
title: Two layers, two directions, and what goes with them
alphabet: "ab_"
network:
  {input_size: 3, hidden_size: 2, num_layers: 2, bidirectional: true, proj_size: 1, peephole: new, coupled: f=1-i,
   activations: {g: identity, i: hard_sigmoid(1/6), reverse: {o: "scaled_tanh(2, beta=1/3)"}},
   clip: {gates: 3, cell: 2, projection: 1}, dropout: {p: 1, training: true}, padded_output: hold,
   reverse_from: buffer}
weights:
  layout: onnx
  weight_hr_l0: [[1, 2]]
  weight_ci_l1_reverse: [1/2, 3]
  bias_ih_l1: {i: 1, g: 2, o: [3, 4]}
head: {weight: [[1, 2], [3, 4]], bias: [5, 6]}
ideal: {h: exact, o_l1: [step, exact]}
cases:
  a: {text: ab_a, batch: pair, length: 2, h0_l0: 1, c0_l1_reverse: [1, 2]}
  b: {text: bbbb, batch: pair, mask: [1, true, 0, 1], hand: {c_n_l0: [1, ~], h_n_l1: 2}}
  c: {inputs: [[1, 0, 0]], digits: {logits: [[0.1, ~]], i_l0_reverse: [[0, 1]]}, published: {c_l1: [~]}}
"""
PIECES = ("~", "[", "]", "{", "}", ": ", "- ", "&a ", "*a", "!!x ", "<<: ", "\t", "\n", "---\n", "#",
          "'", '"', "|", "0", "1/0", "1e999", "on", "h[0]", "x1*x1", "[]", "{}", "i: ", "é", "\u2028",
          "_l0", "_l1", "_l9", "_reverse", "c[0]", "text: ", "(", ")", "true", "-1", "1.5")  # fmt: skip

VARIANT = ("num_layers", "bidirectional", "reverse", "proj_size", "bias", "activations", "peephole", "coupled", "clip",
           "layer_norm", "forget_bias", "dropout", "padded_output", "reverse_from")  # fmt: skip
NAMES = ("i", "f", "x1", "from", "in", "c", "one", "i_l0", "g_l1_reverse", "weight_hr", "weight_ci_l1", "weight",
         "p", "training", "gates", "cell", "projection", "reverse", "text", "inputs", "length", "mask", "batch",
         "h0_l1", "hand", "digits", "logits", "h_n", "c_n_l0")  # fmt: skip


def read(data: bytes) -> Puzzle | list[tuple[int, int]]:
    """Return the puzzle, or the places of its problems."""
    try:
        return parse(data, "p.yaml")
    except PuzzleError as error:
        assert error.problems  # noqa: PT017 - either way is right
        return [(problem.line, problem.column) for problem in error.problems]


@given(st.binary() | st.text().map(str.encode))
@example(b"\xff\xfep\x00")
@example(b"- &a [*a]")
def test_random_bytes(data: bytes) -> None:
    """Random bytes are no puzzle, and never more than that."""
    assert isinstance(read(data), list)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """Draw a valid file of which some pieces have been replaced."""
    text = draw(st.sampled_from((MEMORY, RULES, LAYERS)))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 1, 2, 5, 40)))
        text = text[:start] + draw(st.sampled_from(PIECES)) + text[end:]
    return text


@pytest.mark.parametrize("text", [MEMORY, RULES, LAYERS])
def test_originals(text: str) -> None:
    """The files that mutants are made from are in order."""
    assert isinstance(read(text.encode()), Puzzle)


@given(mutants())
def test_mutants(text: str) -> None:
    """A file with a mistake is read, or its problems have places inside the file."""
    result = read(text.encode())
    if isinstance(result, list):
        lines = len(text.splitlines()) + 1
        assert all(1 <= line <= lines and column >= 1 for line, column in result)


@given(st.data())
def test_any_tree(data: st.DataObject) -> None:
    """Any value in any place is a puzzle or a `PuzzleError`."""
    leaves = st.sampled_from(
        ("1", "2", "~", "x1", "0.5", "ln(2)", "step", "true", '""', "new", "f=1-i", "relu", "ab")
    )
    values = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3).map(lambda v: f"[{', '.join(v)}]")
        | st.dictionaries(st.sampled_from(NAMES), inner, max_size=3)
        .map(lambda v: "{" + ", ".join(f"{key}: {value}" for key, value in v.items()) + "}"),
    )  # fmt: skip
    keys = ("network", "features", "weights", "gates", "ideal", "cases", "domain", "tags", "source", "head",
            "alphabet")  # fmt: skip
    chosen = data.draw(st.dictionaries(st.sampled_from(keys), values, max_size=3))
    lines = data.draw(st.sampled_from((MEMORY, LAYERS))).splitlines(keepends=True)
    kept = {key: value for key, value in _sections(lines).items() if key not in chosen}
    text = "".join(kept.values()) + "".join(f"{key}: {value}\n" for key, value in chosen.items())
    read(text.encode())


@given(st.data())
def test_any_variant(data: st.DataObject) -> None:
    """Any combination of the network's keys is a puzzle or a `PuzzleError`, and a puzzle's weights fit it."""
    words = ("1", "2", "0", "0.5", "true", "false", "new", "f=1-i", "{}", "{p: 0.5, training: true}", "{gates: 1}",
             "{projection: 1}", "{g: relu}", "{reverse: {h: relu}}", "hold", "buffer", "~")  # fmt: skip
    keys = data.draw(st.dictionaries(st.sampled_from(VARIANT), st.sampled_from(words), max_size=6))
    network = "".join(f", {key}: {word}" for key, word in keys.items())
    text = f"puzzle: 1\ntitle: t\nnetwork: {{input_size: 1, hidden_size: 2{network}}}\n"
    found = read((text + "weights: {}\ncases: {one: {inputs: [1]}}\n").encode())
    if isinstance(found, Puzzle):
        assert (
            len(found.network.layers)
            == len(found.ideal)
            == found.network.num_layers * found.network.directions
        )
        assert len(found.cases[0].run.h0) == len(found.network.layers)
        assert {len(h) for h in found.cases[0].run.h0} == {found.network.output_size}
        assert found.network.output_size in (1, 2)


def _sections(lines: list[str]) -> dict[str, str]:
    sections: dict[str, str] = {}
    key = ""
    for line in lines:
        key = line.split(":")[0] if line[0].isalpha() else key
        sections[key] = sections.get(key, "") + line
    return sections
