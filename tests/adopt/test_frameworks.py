"""Layers of Keras and modules of Equinox and Flax, as their makers and as people write them."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.registry import backend
from lstm_verify.engine import run
from lstm_verify.puzzle.library import shipped
from lstm_verify.verify.verdict import Verdict

HERE = Path(__file__).parent / "frameworks"
KERAS, EQUINOX, FLAX = (f"{HERE}/{name}_own.py" for name in ("keras", "equinox", "flax"))


@pytest.fixture(autouse=True)
def keras_home(monkeypatch, tmp_path):
    """Keras computes with PyTorch, and keeps its settings here."""
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))


def made(text):
    """Make a backend of what is named, where its framework is installed."""
    for name in ("keras", "equinox", "flax"):
        if name in text.partition(":")[0] or f"/{name}_own" in text:
            pytest.importorskip(name)
    return backend(f"python:{text}")


def verdicts(one, puzzle="generic"):
    """Return the verdicts on a puzzle."""
    return {result.verdict for result in run([puzzle], [one]).results}


RIGHT = [
    ("keras.layers:LSTM", ()),
    ("keras.layers:LSTM,dtype=float64", ()),
    ("keras.layers:LSTMCell", ()),
    (f"{KERAS}:Cell", ("its columns are i, f, o, g",)),
    (f"{KERAS}:OfDense", ()),
    (f"{KERAS}:Handed", ()),
    (f"{KERAS}:wrapped", ("its columns are i, f, o, g",)),
    (f"{KERAS}:last", ()),
    (f"{KERAS}:double", ()),
    ("equinox.nn:LSTMCell", ()),
    ("equinox.nn:LSTMCell,dtype=float64", ()),
    (f"{EQUINOX}:OfLinear", ("its rows are i, f, o, g",)),
    (f"{EQUINOX}:Branching", ()),
    ("flax.linen:LSTMCell", ()),
    ("flax.linen:OptimizedLSTMCell,dtype=float64", ()),
    (f"{FLAX}:Cell", ("its columns are i, f, o, g",)),
    (f"{FLAX}:Turned", ("its state is (h, c)", "it returns h before c")),
    (f"{FLAX}:whole", ()),
    (f"{FLAX}:cell", ()),
    (f"{FLAX}:bound", ()),
    ("flax.nnx:LSTMCell,dtype=float64", ()),
    ("flax.nnx:OptimizedLSTMCell", ()),
    (f"{FLAX}:has_them", ()),
]


@pytest.mark.parametrize(("text", "conditions"), RIGHT, ids=[text.rpartition("/")[2] for text, _ in RIGHT])
def test_right_and_what_is_printed_can_be_pasted(text, conditions):
    """What a framework documents stands behind no "if"; pasted, nothing does."""
    one = made(text)
    pasted = made(",".join([text, *one.taken]))

    assert (one.conditions, pasted.conditions) == (conditions, ())
    assert pasted.taken == one.taken
    puzzle = "generic" if one.calling.takes else "memory"  # which begins with nothing
    assert verdicts(one, puzzle) == verdicts(pasted, puzzle) == {Verdict.AGREE}


def test_float64_is_computed_in_float64():
    """float32 is 1e-8 away."""
    for text in ("keras.layers:LSTM", "equinox.nn:LSTMCell", "flax.linen:LSTMCell", f"{KERAS}:double"):
        one = made(text if "double" in text else f"{text},dtype=float64")

        assert one.form.name == "float64"
        assert verdicts(one, "memory") == {Verdict.AGREE}


@pytest.mark.parametrize(
    "text", [f"{KERAS}:Exchanged", f"{EQUINOX}:Exchanged", f"{EQUINOX}:made", f"{FLAX}:Exchanged"]
)
def test_exchanged_gates_are_named(text):
    one = made(text)
    results = run(["generic"], [one]).results

    assert one.conditions == ()
    assert {result.verdict for result in results} == {Verdict.FAILED}
    assert {result.finding.faults for result in results} == {("gate-order-fico", "gate-swap-i-f")}


def test_a_hard_sigmoid_is_named():
    results = run(["generic"], [made(f"{KERAS}:hard")]).results

    assert {result.verdict for result in results} == {Verdict.FAILED}
    assert {result.finding.faults for result in results} == {("hard-sigmoid-gates",)}


def test_other_activations_fail_and_agree_where_they_are_declared(tmp_path):
    text = shipped()["generic"].read_text()
    network = next(line for line in text.splitlines() if line.startswith("network:"))
    puzzle = tmp_path / "relu.yaml"
    puzzle.write_text(text.replace(network, network[:-1] + ", activations: {g: relu, h: relu}}"))

    assert verdicts(made(f"{KERAS}:relu")) == {Verdict.FAILED}
    assert verdicts(made(f"{KERAS}:relu,semantics=g=relu;h=relu"), puzzle) == {Verdict.AGREE}


def test_the_backend_of_keras_is_to_be_chosen(executed, monkeypatch, tmp_path):
    """It is TensorFlow unless something says otherwise."""
    pytest.importorskip("keras")
    if find_spec("tensorflow"):
        pytest.skip("TensorFlow is installed")
    monkeypatch.delenv("KERAS_BACKEND")
    ended = executed(sys.executable, "-m", "lstm_verify", "run", "memory", "-b", "python:keras.layers:LSTM")

    assert ended.returncode == 2
    assert "KERAS_BACKEND" in ended.stderr


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("keras.layers:GRU", "an LSTM has four blocks of 5 units, and a GRU has three"),
        ("keras.layers:SimpleRNN", "a plain recurrent network has one"),
        ("keras.layers:Dense", "none is what an LSTM multiplies x and h with"),
        (f"{KERAS}:unbuilt", r"it has not been built.*build\(\(None, None, inputs\)\)"),
        (f"{KERAS}:last,dtype=float64", "it has been made in float32: dtype=float64 takes its class"),
        (f"{KERAS}:mixed", "made in float32 and float16"),
        (f"{KERAS}:stateful", "it is stateful"),
        ("equinox.nn:GRUCell", "a GRU has three"),
        ("flax.linen:Dense", "none is what an LSTM multiplies x and h with"),
        ("flax.nnx:GRUCell", "a GRU has three"),
    ],
)
def test_what_is_no_lstm_is_told(text, message):
    with pytest.raises(Unusable, match=message):
        made(text)
