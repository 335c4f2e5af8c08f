"""The envelope: no correct implementation outside (no false alarm), and no looser than that (no blindness)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from cells import at_once, right, sigmoid
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_verify import strategies
from lstm_verify.backends.base import Observation, Options
from lstm_verify.backends.python_code import wrap
from lstm_verify.backends.registry import backend
from lstm_verify.lstm.network import Network, Place, Run, Weights
from lstm_verify.verify.compare import Comparison, compare
from lstm_verify.verify.verdict import rounded

TORCH = [f"torch.{kind},dtype={form}" for kind in ("cell", "lstm") for form in ("float32", "float64")]
HALF = [
    "torch.cell,dtype=float16",
    "torch.cell,dtype=bfloat16",
    "torch.lstm,dtype=float16",
    "torch.lstm,dtype=bfloat16",
]
OURS = ["reference", "reference,dtype=float32", "reference,dtype=float16"]


def judged(name_or_function, network: Network, run: Run, **options: str) -> tuple[Comparison, Observation]:
    """Run an implementation and hold what it showed against its envelope."""
    if isinstance(name_or_function, str):
        implementation = backend(name_or_function)
    else:
        implementation = wrap(name_or_function, "ours", Options(options))
    network, run = rounded(network, run, implementation.form)
    (observation,) = implementation.observe(network, [run])
    return compare(network, run, observation, implementation.form, implementation.accuracy), observation


@pytest.mark.parametrize("name", TORCH)
@given(data=st.data())
@settings(max_examples=10)
def test_no_false_alarm(name: str, data: st.DataObject):
    """Both torch backends lie inside, whatever the network: hidden 1 to 32, weights to ±20, 30 steps."""
    network = data.draw(
        strategies.networks(hidden_sizes=st.integers(1, 32), scales=st.floats(0.01, 20)), label="network"
    )
    run = data.draw(strategies.runs(network, steps=st.integers(1, 30)), label="run")
    comparison, _ = judged(name, network, run)
    assert comparison.first_outside() is None
    shown = sum(c.got.size for p, c in comparison.columns.items() if p.quantity in {"c", "h"})
    assert shown == 2 * len(run.inputs) * network.hidden_size


def next_above(x: float, form: str) -> float:
    """Return the least number of a format above x, as PyTorch has it."""
    number = torch.tensor(x, dtype=torch.float64).to(getattr(torch, form))
    return float(number if float(number) > x else torch.nextafter(number, torch.tensor(torch.inf).to(number)))


@pytest.mark.parametrize("name", HALF + OURS)
@given(data=st.data())
@settings(max_examples=8)
def test_no_false_alarm_elsewhere(name: str, data: st.DataObject):
    """Nor do the half formats and our own reading give one; gates included, up to saturation."""
    network = data.draw(strategies.networks(scales=st.floats(0.01, 20)), label="network")
    run = data.draw(strategies.runs(network, scales=st.floats(0.01, 10)), label="run")
    comparison, _ = judged(name, network, run)
    assert comparison.first_outside() is None


def one_unit(gates: dict[str, float]) -> Network:
    """A network of one unit whose pre-activations are constants."""
    bias = np.array([gates[k] for k in "ifgo"])
    return Network(1, 1, (Weights(np.zeros((4, 1)), np.zeros((4, 1)), bias, np.zeros(4)),))


FLUSHED = {
    "float64": [-745, -708.5, -17, 17.3, 745],
    "float32": [-88.5, -87.34, -87.1, -87, -86.99, -86.9, -86, -17, 17.3],
    "bfloat16": [-88.5, -87.34, -87.1, -87, -86.99, -86.9, -86, -17, 17.3],
    "float16": [-87, -17, -9.71, 17.3],
}
"""Format -> pre-activations around which σ has no normal number of it, or is 0 or 1."""


@pytest.mark.parametrize(
    ("name", "z"), [(name, z) for name in TORCH + HALF + OURS for z in FLUSHED[backend(name).form.name]]
)
def test_no_false_alarm_where_sigmoid_is_flushed(name: str, z: float):
    """Where a kernel gives 0 for a tiny σ, a large c does not make that a fault (torch's oneDNN at −86.99)."""
    network = one_unit({"i": 0, "f": z, "g": 0, "o": 10})
    for c0 in (1.0, 100.0, 10000.0):
        comparison, _ = judged(name, network, Run(np.zeros((2, 1)), np.zeros((1, 1)), np.array([[c0]])))
        assert comparison.first_outside() is None


@pytest.mark.parametrize("form", ["float32", "float64", "float16", "bfloat16"])
@given(data=st.data())
@settings(max_examples=10)
def test_no_blindness(form: str, data: st.DataObject):
    """The next number of the format beyond an edge of an interval is told apart, in its own step."""
    network = data.draw(strategies.networks(scales=st.floats(0.01, 2)), label="network")
    run = data.draw(strategies.runs(network), label="run")
    name = f"{data.draw(st.sampled_from(['torch.cell', 'torch.lstm']))},dtype={form}"
    implementation = backend(name)
    network, run = rounded(network, run, implementation.form)
    (observation,) = implementation.observe(network, [run])
    part = data.draw(st.sampled_from(observation.parts))

    def held(values):
        shown = Observation((replace(part, values=values),))
        return compare(network, run, shown, implementation.form, implementation.accuracy)

    place = data.draw(st.sampled_from([place for place in part.values if place.quantity in {"c", "h"}]))
    t = data.draw(st.integers(0, run.steps - 1))
    unit = data.draw(st.integers(0, network.hidden_size - 1))
    number = held(part.values).number(place, t, unit)
    above = data.draw(st.booleans())
    beyond = next_above(number.high, form) if above else -next_above(-number.low, form)

    values = {p: v.copy() for p, v in part.values.items()}
    values[place][t, unit] = beyond
    first = held(values).first_outside()
    assert first is not None
    assert (first.place, first.step, first.unit) == (place, t + 1, unit)
    assert 0 < first.ulps <= 1


# --------------------------------------------------------------- honest ways to write an LSTM


def exponential(z):
    """The textbook's σ."""
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-z))


def logarithmic(z):
    """σ by a logarithm that never overflows."""
    return np.exp(-np.logaddexp(z.dtype.type(0), -z))


def biases_first(w, x, h):
    """The biases added to each other first, then term by term in reverse."""
    z = w.bias_ih + w.bias_hh
    for weight, value in [*zip(w.weight_hh.T, h, strict=True), *zip(w.weight_ih.T, x, strict=True)][::-1]:
        z = z + weight * value
    return z


def concatenated(w, x, h):
    """One product over [h, x]."""
    return np.concatenate([w.weight_hh, w.weight_ih], axis=1) @ np.concatenate([h, x]) + (
        w.bias_hh + w.bias_ih
    )


@pytest.mark.parametrize("form", ["float32", "float64"])
@pytest.mark.parametrize("summed", [at_once, biases_first, concatenated])
@given(data=st.data(), sigma=st.sampled_from([exponential, sigmoid, logarithmic]))
@settings(max_examples=6)
def test_honest_code_agrees(form: str, summed, data: st.DataObject, sigma):
    """However σ is written and NumPy is made to sum, correct code lies inside; see also `honest.Style`."""

    def cell(x, h, c, w):
        return right(x, h, c, w, summed=summed, sigma=sigma)

    network = data.draw(strategies.networks(scales=st.floats(0.01, 20)), label="network")
    run = data.draw(strategies.runs(network), label="run")
    comparison, _ = judged(cell, network, run, dtype=form)
    assert comparison.first_outside() is None


def test_nearly_honest_code_fails():
    """An h that is wrong by one part in 100,000 is found, at float32."""

    def cell(x, h, c, w):
        h, c = right(x, h, c, w)
        return np.float32(1.00001) * h, c

    random = np.random.default_rng(1)
    shapes = [(12, 2), (12, 3), (12,), (12,)]
    network = Network(2, 3, (Weights(*(random.uniform(-1, 1, shape) for shape in shapes)),))
    run = Run(random.uniform(-1, 1, (4, 2)), np.zeros((1, 3)), np.zeros((1, 3)))
    comparison, _ = judged(cell, network, run, dtype="float32")
    assert comparison.first_outside().place.quantity == "h"
    assert comparison.first_outside().step == 1


# --------------------------------------------------------------- symmetries, within the envelope


@given(data=st.data())
@settings(max_examples=8)
def test_permuted_units_permute_the_trace(data: st.DataObject):
    """A network with its units in another order shows the same trace in that order."""
    network = data.draw(strategies.networks(hidden_sizes=st.integers(2, 8)), label="network")
    run = data.draw(strategies.runs(network), label="run")
    order = np.array(data.draw(st.permutations(range(network.hidden_size)), label="order"))
    rows = np.concatenate([order + k * network.hidden_size for k in range(4)])
    (w,) = network.layers
    moved = Weights(w.weight_ih[rows], w.weight_hh[rows][:, order], w.bias_ih[rows], w.bias_hh[rows])
    state = run.h0[:, order], run.c0[:, order]
    _, shown = judged("torch.cell", replace(network, layers=(moved,)), Run(run.inputs, *state))
    back = np.argsort(order)
    (part,) = shown.parts
    restored = replace(part, values={p: v[:, back] for p, v in part.values.items()})
    _same(network, run, Observation((restored,)))


@given(data=st.data())
@settings(max_examples=8)
def test_a_bias_may_be_split_anyhow(data: st.DataObject):
    """Only b_ih + b_hh matters: moving an exact part from one to the other changes nothing."""
    network = data.draw(strategies.networks(biases=st.just(True)), label="network")
    run = data.draw(strategies.runs(network), label="run")
    grid = 2.0**-10  # multiples of it, so that the parts add up exactly in float32
    (w,) = network.layers
    total = np.round(w.bias_ih / grid) * grid
    share = np.round(total * data.draw(st.floats(-1, 2)) / grid) * grid
    one = replace(w, bias_ih=total, bias_hh=0 * total)
    two = replace(w, bias_ih=total - share, bias_hh=share)
    _, shown = judged("torch.cell", replace(network, layers=(two,)), run)
    _same(replace(network, layers=(one,)), run, shown)


@pytest.mark.parametrize("name", ["torch.cell", "torch.lstm"])
@given(data=st.data())
@settings(max_examples=10)
def test_a_sequence_may_be_cut_in_two(name: str, data: st.DataObject):
    """The beginning of the whole is right for a prefix; a prefix, and the rest from its state, for the whole."""
    network = data.draw(strategies.networks(), label="network")
    run = data.draw(strategies.runs(network, steps=st.integers(2, 12)), label="run")
    length = data.draw(st.integers(1, len(run.inputs) - 1))
    prefix = replace(run, inputs=run.inputs[:length])
    _, whole = judged(name, network, run)
    part = whole.parts[-1]
    beginning = {place: v[:length] for place, v in part.values.items() if place.quantity in {"c", "h"}}
    _same(network, prefix, Observation((replace(part, values=beginning),)), name)
    short = judged(name, network, prefix)[1].parts[-1]
    later = replace(
        run, inputs=run.inputs[length:], h0=short.values[Place("h")][-1:], c0=short.values[Place("c")][-1:]
    )
    _, rest = judged(name, network, later)
    joined = {
        p: np.concatenate([v, rest.parts[-1].values[p]])
        for p, v in short.values.items()
        if p.quantity in {"c", "h"}
    }
    _same(network, run, Observation((replace(short, values=joined),)), name)


def _same(network: Network, run: Run, observation: Observation, name: str = "torch.cell"):
    """Assert that an observation lies in the envelope of this network and run."""
    implementation = backend(name)
    network, run = rounded(network, run, implementation.form)
    comparison = compare(network, run, observation, implementation.form, implementation.accuracy)
    assert comparison.first_outside() is None
