"""The same equations in every arithmetic: they agree with each other and with other libraries."""

from __future__ import annotations

from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import drawn

from lstm_verify import strategies
from lstm_verify.lstm import balls
from lstm_verify.lstm.network import Network, Place, Run, Weights
from lstm_verify.lstm.readings import float_trace, true_trace
from lstm_verify.lstm.semantics import Activation, Activations, Semantics

VARIANTS = {
    "peephole-new": {"peephole": "new"},
    "peephole-old": {"peephole": "old"},
    "f=1-i": {"coupled": "f=1-i"},
    "i=1-f": {"coupled": "i=1-f", "peephole": "new"},
    "clips": {"clip_gates": F(1, 3), "clip_cell": F(1, 4)},
    "layer-norm": {"layer_norm": F(1, 1000)},
    "forget-bias": {"forget_bias": F(1)},
}


def mpmath_trace(network, run):
    """The LSTM of torch.nn.LSTM's documentation, written out again with mpmath; and what variants change."""
    w, size, variant = network.layers[0], network.hidden_size, network.semantics
    matrix = lambda tensor: mpmath.matrix(np.asarray(tensor, dtype=float).tolist())  # noqa: E731
    sigma = lambda z: 1 / (1 + mpmath.exp(-z))  # noqa: E731
    kept = lambda z, limit: z if limit is None else min(max(z, -_mpf(limit)), _mpf(limit))  # noqa: E731
    h, c = matrix(run.h0[0]), matrix(run.c0[0])

    def gate(k, row, h, seen):
        here = slice(k * size, (k + 1) * size)
        z = matrix(w.weight_ih[here]) * matrix(row) + matrix(w.weight_hh[here]) * h
        if variant.layer_norm is not None:
            mean = sum(z) / size
            scale = mpmath.sqrt(sum((x - mean) ** 2 for x in z) / size + _mpf(variant.layer_norm))
            z = mpmath.matrix([g * (x - mean) / scale for g, x in zip(w.weight_ln[here], z, strict=True)])
        z = z + matrix(w.bias_ih[here]) + matrix(w.bias_hh[here])
        if variant.peephole and k != 2:
            peephole = (w.weight_ci, w.weight_cf, None, w.weight_co)[k]
            z = mpmath.matrix([x + p * s for x, p, s in zip(z, peephole, seen, strict=True)])
        if k == 1:
            z = mpmath.matrix([x + _mpf(variant.forget_bias) for x in z])
        return [kept(x, variant.clip_gates) for x in z]

    for row in run.inputs:
        i = [sigma(z) for z in gate(0, row, h, c)]
        f = [sigma(z) for z in gate(1, row, h, c)]
        g = [mpmath.tanh(z) for z in gate(2, row, h, c)]
        if variant.coupled == "f=1-i":
            f = [1 - x for x in i]
        if variant.coupled == "i=1-f":
            i = [1 - x for x in f]
        new = mpmath.matrix([kept(f[k] * c[k] + i[k] * g[k], variant.clip_cell) for k in range(size)])
        o = [sigma(z) for z in gate(3, row, h, c if variant.peephole == "old" else new)]
        c = new
        h = mpmath.matrix([o[k] * mpmath.tanh(c[k]) for k in range(size)])
        yield c, h


def _mpf(x):
    return mpmath.mpf(x.numerator) / x.denominator


def holds(network, run):
    """Look for mpmath's trace, computed with 100 digits, in every ball of c and h."""
    with mpmath.workdps(100):
        steps = true_trace(network, run, 200).steps[0]
        for (c, h), step in zip(mpmath_trace(network, run), steps, strict=True):
            for theirs, ours in ((c, step.c), (h, step.h)):
                for value, ball in zip(theirs, ours, strict=True):
                    low, high = (mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e) for m, e in _ends(ball))
                    assert low - mpmath.mpf(10) ** -90 <= value <= high + mpmath.mpf(10) ** -90
                    assert float(ball.rad()) < 1e-30


def _ends(ball):
    return ball.lower().man_exp(), ball.upper().man_exp()


@given(data=st.data())
@settings(max_examples=30)
def test_balls_contain_mpmaths_trace(data):
    """The true trace, computed independently with 100 digits, lies in every ball of c and h."""
    network = data.draw(strategies.networks(hidden_sizes=st.integers(1, 4), scales=st.floats(0.01, 20)))
    holds(network, data.draw(strategies.runs(network, steps=st.integers(1, 8))))


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
def test_balls_contain_mpmaths_trace_of_variants(variant):
    """So it is with peepholes, coupled gates, clips, layer normalisation and a bias added at run time."""
    for seed in range(3):
        holds(*drawn(2, 3, seed=seed, scale=1.5, semantics=Semantics(**variant)))


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS)
@pytest.mark.parametrize(
    "shape", [{}, {"layers": 2, "direction": "bidirectional", "proj": 2, "outputs": 2}], ids=["one", "deep"]
)
def test_floats_are_the_truth_to_a_few_roundings(variant, shape):
    """The float reading of every quantity, in every layer and direction, is the ball's to 1e-13."""
    network, run = drawn(2, 3, semantics=Semantics(**variant), **shape)
    floats, true = float_trace(network, run), true_trace(network, run, 100)
    places = [*network.places(*"ifgoch", "h_n", "c_n"), *([Place("logits")] if network.head else [])]
    for place in places:
        ours = np.array(floats.column(network, place))
        expected = np.array([[float(x) for x in row] for row in true.column(network, place)])
        assert ours.shape == (
            1 if place.quantity in {"h_n", "c_n"} else run.steps,
            network.width(place.quantity),
        )
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-13)


def test_equations_step_by_step():
    """One unit, one step, with numbers whose gates are exact fractions: c = ¾·1 + ½·½, h = o·c."""
    ln3 = np.log(3.0)
    weights = Weights(np.zeros((4, 1)), np.zeros((4, 1)), np.array([0, ln3, ln3 / 2, -ln3]), np.zeros(4))
    network = Network(1, 1, (weights,), semantics=Semantics(Activations(h=Activation("identity"))))
    step = float_trace(network, Run(np.zeros((1, 1)), np.zeros((1, 1)), np.ones((1, 1)))).steps[0][0]
    found = [float(value[0]) for value in step]
    assert found == pytest.approx([1 / 2, 3 / 4, 1 / 2, 1 / 4, 1, 1 / 4], rel=1e-15)


def test_clips_have_three_places():
    """A clip of the projection leaves h inside it, c and the gates as they were; each bites in its own place."""
    plain, run = drawn(2, 3, proj=2, scale=3)
    for name, quantity, limit in (("clip_cell", "c", F(1, 8)), ("clip_projection", "h", F(1, 16))):
        network, _ = drawn(2, 3, proj=2, scale=3, semantics=Semantics(**{name: limit}))
        first, free = (float_trace(n, run).steps[0][0] for n in (network, plain))
        clipped = getattr(first, quantity)
        assert np.abs(getattr(free, quantity)).max() > limit
        np.testing.assert_array_equal(clipped, np.clip(getattr(free, quantity), -float(limit), float(limit)))
        assert np.array_equal(first.i, free.i)


def test_departures_are_told_in_words():
    """What departs from PyTorch is named feature by feature; what does not is not there."""
    assert Semantics().departures() == {}
    assert Semantics(training=True).departures() == {}
    variant = Semantics(
        Activations(g=Activation("identity"), h=Activation("hard_sigmoid", F(1, 5), F(1, 2))),
        clip_cell=F(3, 2),
    )
    assert variant.departures() == {
        "activations": "activations g = identity, h = hard_sigmoid(1/5, 1/2)",
        "clip_cell": "cell state clipped at ±3/2",
    }


@given(data=st.data())
@settings(max_examples=40)
def test_the_true_trace_is_bounded(data):
    """|h| ≤ 1 and |c_t| ≤ |c_(t−1)| + 1: gates and candidates never exceed 1."""
    network = data.draw(strategies.networks(hidden_sizes=st.integers(1, 5), scales=st.floats(0.01, 50)))
    run = data.draw(strategies.runs(network))
    before = [abs(arb(float(c))) for c in run.c0[0]]
    with balls.precision(2048):
        for step in true_trace(network, run, 2048).steps[0]:
            assert all(abs(h) < 1 for h in step.h)
            assert all(abs(c) < b + 1 for c, b in zip(step.c, before, strict=True))
            before = [abs(c) for c in step.c]
