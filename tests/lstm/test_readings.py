"""The same equations in every arithmetic: they agree with each other and with other libraries."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_verify import load, strategies
from lstm_verify.lstm.activations import ACTIVATIONS
from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.lstm.readings import float_trace, true_trace
from lstm_verify.lstm.semantics import ACTIVATIONS as NAMES
from lstm_verify.lstm.semantics import Semantics


def mpmath_trace(network, run):
    """The LSTM of torch.nn.LSTM's documentation, written out again with mpmath."""
    w, size = network.weights, network.hidden_size
    matrix = lambda tensor: mpmath.matrix(np.asarray(tensor).tolist())  # noqa: E731
    sigma = lambda z: 1 / (1 + mpmath.exp(-z))  # noqa: E731
    h, c = matrix(run.h0), matrix(run.c0)
    for row in run.inputs:
        z = (
            matrix(w.weight_ih) * matrix(row)
            + matrix(w.weight_hh) * h
            + matrix(w.bias_ih)
            + matrix(w.bias_hh)
        )
        i, f, g, o = (z[k * size : (k + 1) * size] for k in range(4))
        c = mpmath.matrix([sigma(f[k]) * c[k] + sigma(i[k]) * mpmath.tanh(g[k]) for k in range(size)])
        h = mpmath.matrix([sigma(o[k]) * mpmath.tanh(c[k]) for k in range(size)])
        yield c, h


@given(data=st.data())
@settings(max_examples=30)
def test_balls_contain_mpmaths_trace(data):
    """The true trace, computed independently with 100 digits, lies in every ball of c and h."""
    network = data.draw(strategies.networks(hidden_sizes=st.integers(1, 4), scales=st.floats(0.01, 20)))
    run = data.draw(strategies.runs(network, steps=st.integers(1, 8)))
    with mpmath.workdps(100):
        for (c, h), step in zip(mpmath_trace(network, run), true_trace(network, run, 200), strict=True):
            for theirs, ours in ((c, step.c), (h, step.h)):
                for value, ball in zip(theirs, ours, strict=True):
                    low, high = (mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e) for m, e in _ends(ball))
                    assert low - mpmath.mpf(10) ** -90 <= value <= high + mpmath.mpf(10) ** -90
                    assert float(ball.rad()) < 1e-30


def _ends(ball):
    return ball.lower().man_exp(), ball.upper().man_exp()


@given(data=st.data())
@settings(max_examples=30)
def test_floats_are_pytorchs(data):
    """The float reading, vectorised over a batch, is torch.nn.LSTM in float64 to a few roundings."""
    network = data.draw(strategies.networks())
    length, batch = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    run = Run(
        random.normal(size=(length, batch, network.input_size)),
        random.normal(size=(batch, network.hidden_size)),
        random.normal(size=(batch, network.hidden_size)),
    )
    lstm = torch.nn.LSTM(network.input_size, network.hidden_size, dtype=torch.float64)
    state = {f"{name}_l0": torch.tensor(tensor) for name, tensor in vars(network.weights).items()}
    lstm.load_state_dict(state)
    with torch.inference_mode():
        h, (_, c) = lstm(torch.tensor(run.inputs), (torch.tensor(run.h0)[None], torch.tensor(run.c0)[None]))
    trace = float_trace(network, run)
    np.testing.assert_allclose([step.h for step in trace], h.numpy(), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(trace[-1].c, c[0].numpy(), rtol=1e-11, atol=1e-13)


def test_equations_step_by_step():
    """One unit, one step, with numbers whose gates are exact fractions: c = ¾·1 + ½·½, h = o·c."""
    ln3 = np.log(3.0)
    weights = Weights(np.zeros((4, 1)), np.zeros((4, 1)), np.array([0, ln3, ln3 / 2, -ln3]), np.zeros(4))
    network = Network(1, 1, weights, semantics=Semantics(h="identity"))
    step = float_trace(network, Run(np.zeros((1, 1)), np.zeros(1), np.ones(1)))[0]
    found = [float(value[0]) for value in step]
    assert found == pytest.approx([1 / 2, 3 / 4, 1 / 2, 1 / 4, 1, 1 / 4], rel=1e-15)


def test_names_of_activations_agree():
    """What a puzzle may name is what there is."""
    assert tuple(ACTIVATIONS) == NAMES
    puzzle = load("memory-lee")
    assert puzzle.network.semantics.departures() == {"activations": "g = identity, h = identity"}
