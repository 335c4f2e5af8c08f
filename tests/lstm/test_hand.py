"""The hand reading: its ideals are a person's, its radii hold, and they are sharp."""

from fractions import Fraction as F

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_verify import load, strategies
from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.activations import ACTIVATIONS
from lstm_verify.lstm.arithmetic.hand import Hand, activated
from lstm_verify.lstm.exact import tanh
from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.lstm.readings import hand_trace, true_trace

BITS = 512
TINY = arb(2) ** -400  # what balls of so many bits cannot tell from 0
ZERO = (F(0),)


def one_unit(i, f, g, o):
    """A network of one unit and one input from (weight_ih, weight_hh, bias) of each gate."""
    columns = zip(*(i, f, g, o), strict=True)
    ih, hh, b = ([F(x) for x in column] for column in columns)
    return Network(1, 1, Weights([(x,) for x in ih], [(x,) for x in hh], b, [F(0)] * 4))


def rules(**of):
    """One unit's hand rules."""
    return {role: (rule,) for role, rule in of.items()}


def shares(network, run, ideal):
    """Yield (quantity, step, radius, share of it that the true error uses) of every cell."""
    hand, true = hand_trace(network, run, ideal), true_trace(network, run, BITS)
    for t, (by_hand, truth) in enumerate(zip(hand, true, strict=True)):
        for quantity in by_hand._fields:
            for ideal_, value in zip(getattr(by_hand, quantity), getattr(truth, quantity), strict=True):
                with balls.precision(BITS):
                    error = abs(value - exact.ball(ideal_.ideal, BITS))
                assert not error > ideal_.radius + TINY
                yield quantity, t, ideal_.radius, float(error / ideal_.radius) if ideal_.radius > 0 else 0.0


def test_memory_radii_are_attained():
    """On the memory puzzle the true error is at least 92 % of the radius in every cell, 98 % in all but h."""
    puzzle = load("memory")
    found = list(shares(puzzle.network, puzzle.cases[0].run, puzzle.ideal))
    assert min(share for *_, share in found) > 0.92
    assert min(share for quantity, *_, share in found if quantity != "h") > 0.98


def test_a_latch_stays_sharp_for_60_steps():
    """g = tanh(8h + 16x), i and o open: c is 1 ± 1.02e-5 after 60 steps, and truly that far off."""
    network = one_unit((0, 0, 30), (0, 0, -30), (16, 8, 0), (0, 0, 30))
    run = Run([(F(1),)] + [ZERO] * 59, ZERO, ZERO)
    ideal = rules(i="step", f="step", g="sign", o="step", h="exact")
    last = hand_trace(network, run, ideal)[-1]
    assert last.c[0].ideal == 1
    assert last.h[0].ideal == tanh(F(1))
    assert 1.020e-5 < last.c[0].radius < 1.022e-5
    assert min(share for quantity, t, _, share in shares(network, run, ideal) if t > 0) > 0.999


def test_a_toggle_stays_sharp_for_60_steps():
    """The toggle, g and h exact, knows the parity of 60 bits to 4e-9."""
    network = one_unit((40, -160, -20), (-40, 0, 20), (0, 0, F(1, 4)), (0, 0, 20))
    bits = [int(b) for b in "101101110010" * 5]
    run = Run([(F(b),) for b in bits], ZERO, ZERO)
    trace = hand_trace(network, run, rules(i="step", f="step", g="exact", o="step", h="exact"))
    for t, step in enumerate(trace):
        odd = sum(bits[: t + 1]) % 2
        assert step.h[0].ideal == (tanh(tanh(F(1, 4))) if odd else 0)
    hidden = [float(step.h[0].radius) for step in trace]
    assert 3.9e-9 < max(hidden) < 4.0e-9
    assert (
        max(s for *_, s in shares(network, run, rules(i="step", f="step", g="exact", o="step", h="exact")))
        > 0.99
    )


def test_exact_gates_stay_fractions():
    """σ(ln k) and tanh(ln(k)/2) give a table of fractions (log-gates: 3/8 5/8 5/12 −7/72 67/216)."""
    ln = exact.ln
    network = one_unit((0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0))
    weights = Weights(
        [(F(0),), (F(0),), (ln(F(3)) / 2,), (F(0),)],
        network.weights.weight_hh,
        [ln(F(3)), ln(F(2)), F(0), ln(F(4))],
        [F(0)] * 4,
    )
    run = Run([(F(x),) for x in (1, 1, 0, -1, 1)], ZERO, ZERO)
    trace = hand_trace(
        Network(1, 1, weights), run, rules(i="exact", f="exact", g="exact", o="exact", h="linear")
    )
    assert [step.c[0].ideal for step in trace] == [F(3, 8), F(5, 8), F(5, 12), F(-7, 72), F(67, 216)]
    assert all(step.c[0].radius == 0 for step in trace)
    assert trace[3].h[0].ideal == F(-7, 90)


@pytest.mark.parametrize("z", [25, 40, 90, 700, 30000])
def test_saturation_needs_no_precision(z):
    """1 − σ(z) is known to a few digits even where σ(z) needs 40,000 bits to differ from 1."""
    network = one_unit((0, 0, z), (0, 0, z), (0, 0, z), (0, 0, -z))
    step = hand_trace(
        network, Run([ZERO], ZERO, ZERO), rules(i="step", f="step", g="sign", o="step", h="sign")
    )[0]
    e = (-arb(z)).exp()
    assert 0.999 * e < step.i[0].radius < 1.001 * e
    assert 1.99 * e * e < step.g[0].radius < 2.01 * e * e
    assert (step.i[0].ideal, step.g[0].ideal, step.o[0].ideal) == (1, 1, 0)


def test_ties_take_the_middle():
    """By sign, σ(0) is ½ and tanh(0) is 0, exactly."""
    network = one_unit((0, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0))
    step = hand_trace(
        network, Run([ZERO], ZERO, (F(2),)), rules(i="step", f="step", g="sign", o="step", h="exact")
    )[0]
    assert (step.i[0].ideal, step.g[0].ideal, step.c[0].ideal, step.h[0].ideal) == (
        F(1, 2),
        0,
        1,
        tanh(F(1)) / 2,
    )
    assert step.h[0].radius == 0


@given(rows=strategies.sequences(load("memory")))
@settings(max_examples=60)
def test_the_truth_is_within_the_radius_where_tanh_is_roughly_linear(rows):
    """Whatever x1 in ±¼ and x2, x3 do, the true trace stays within hand ± radius, and c near the memory."""
    puzzle = load("memory")
    run = Run(rows, ZERO, ZERO)
    assert max(share for *_, share in shares(puzzle.network, run, puzzle.ideal)) <= 1 + 1e-12
    memory = F(0)
    for (x1, x2, x3), step in zip(rows, hand_trace(puzzle.network, run, puzzle.ideal), strict=True):
        memory = memory + x1 if x2 == 1 else F(0) if x2 == -1 else memory
        assert step.c[0].ideal == memory
        assert step.h[0].ideal == (memory if x3 == 1 else 0)


@given(data=st.data())
@settings(max_examples=60)
def test_the_truth_is_within_the_radius_for_any_rules(data):
    """The radius holds for any network and any hand rule, however badly the rule fits."""
    sizes = st.integers(1, 3)
    network = data.draw(
        strategies.networks(input_sizes=sizes, hidden_sizes=sizes, scales=st.floats(0.01, 20))
    )
    run = data.draw(strategies.runs(network, steps=st.integers(1, 6)))
    choice = {"i": "step exact", "f": "step exact", "g": "linear sign exact", "o": "step exact"}
    choice["h"] = choice["g"]
    ideal = {
        role: tuple(data.draw(st.sampled_from(names.split())) for _ in range(network.hidden_size))
        for role, names in choice.items()
    }
    assert max(share for *_, share in shares(network, run, ideal)) <= 1 + 1e-12


@given(data=st.data())
@settings(max_examples=40)
def test_the_true_trace_is_bounded(data):
    """|h| ≤ 1 and |c_t| ≤ |c_(t−1)| + 1: gates and candidates never exceed 1."""
    network = data.draw(strategies.networks(hidden_sizes=st.integers(1, 5), scales=st.floats(0.01, 50)))
    run = data.draw(strategies.runs(network))
    before = [abs(arb(float(c))) for c in run.c0]
    with balls.precision(2048):
        for step in true_trace(network, run, 2048):
            assert all(abs(h) < 1 for h in step.h)
            assert all(abs(c) < b + 1 for c, b in zip(step.c, before, strict=True))
            before = [abs(c) for c in step.c]


@pytest.mark.parametrize("z", [3, 40, 300])
def test_the_radius_of_an_exact_tanh_does_not_cancel(z):
    """Around z* = 40 a tanh moves by 4·e^−80 times as much as its argument, not by a rounding of 1."""
    start = Hand(F(z), arb("1e-4"))
    moved = activated(ACTIVATIONS["tanh"], "exact", start)
    assert 3.9 * (arb(-2 * z).exp()) * start.radius <= moved.radius
    assert moved.radius <= 4.01 * arb(-2 * z).exp() * start.radius


@pytest.mark.parametrize(("z", "radius"), [(-5, 0), (5, 0.1), (0.05, 0.1)])
def test_the_radius_of_relu_is_none_where_it_is_flat(z, radius):
    """relu moves with its argument where that is positive, and not at all where it is negative."""
    assert float(activated(ACTIVATIONS["relu"], "exact", Hand(F(z), arb(0.1))).radius) == pytest.approx(
        radius
    )
