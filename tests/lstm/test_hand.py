"""The hand reading: its ideals are a person's, its radii hold, and they are sharp."""

from fractions import Fraction as F

import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import ruled, rules, run_on, unit

from lstm_verify import strategies
from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.activations import function
from lstm_verify.lstm.arithmetic.hand import Hand, activated
from lstm_verify.lstm.exact import ln, tanh
from lstm_verify.lstm.network import Network
from lstm_verify.lstm.readings import by_hand, true_trace
from lstm_verify.lstm.semantics import TANH, Activation

BITS = 512
TINY = arb(2) ** -400  # what balls of so many bits cannot tell from 0

MEMORY = unit(
    3,
    i=[lambda x, h: 100 * x[1] - 10],
    f=[lambda x, h: 100 * x[1] + 10],
    g=[lambda x, h: x[0]],
    o=[lambda x, h: 100 * x[2] - 10],
)
"""The memory puzzle's gates."""


def steps_by_hand(network, run, ideal):
    """Return the steps of the only layer, by the hand rules."""
    return by_hand(network, [ideal]).trace(run).steps[0]


def shares(network, run, ideal):
    """Yield (quantity, step, radius, share of it that the true error uses) of every cell."""
    hand, true = steps_by_hand(network, run, ideal), true_trace(network, run, BITS).steps[0]
    for t, (by_rule, truth) in enumerate(zip(hand, true, strict=True)):
        for quantity in by_rule._fields:
            for number, value in zip(getattr(by_rule, quantity), getattr(truth, quantity), strict=True):
                with balls.precision(BITS):
                    error = abs(value - exact.ball(number.ideal, BITS))
                assert not error > number.radius + TINY
                yield quantity, t, number.radius, float(error / number.radius) if number.radius > 0 else 0.0


def test_memory_radii_are_attained():
    """On the memory puzzle the true error is at least 92 % of the radius in every cell, 98 % in all but h."""
    run = run_on(MEMORY, ["0.2", "0.1", "-0.1", "-0.2", "0.25"], [1, 1, 0, 0, -1], [0, 0, 0, 1, 0])
    found = list(shares(MEMORY, run, rules()))
    assert min(share for *_, share in found) > 0.92
    assert min(share for quantity, *_, share in found if quantity != "h") > 0.98


def test_a_latch_stays_sharp_for_60_steps():
    """g = tanh(8h + 16x), i and o open: c is 1 ± 1.02e-5 after 60 steps, and truly that far off."""
    network = unit(1, i=[30], f=[-30], g=[lambda x, h: 16 * x[0] + 8 * h[0]], o=[30])
    run = run_on(network, [1] + [0] * 59)
    ideal = rules(g="sign", h="exact")
    last = steps_by_hand(network, run, ideal)[-1]
    assert last.c[0].ideal == 1
    assert last.h[0].ideal == tanh(F(1))
    assert 1.020e-5 < last.c[0].radius < 1.022e-5
    assert min(share for quantity, t, _, share in shares(network, run, ideal) if t > 0) > 0.999


def test_a_toggle_stays_sharp_for_60_steps():
    """The toggle, g and h exact, knows the parity of 60 bits to 4e-9."""
    network = unit(
        1,
        i=[lambda x, h: 40 * x[0] - 160 * h[0] - 20],
        f=[lambda x, h: 20 - 40 * x[0]],
        g=[F(1, 4)],
        o=[20],
    )
    bits = [int(b) for b in "101101110010" * 5]
    run, ideal = run_on(network, bits), rules(g="exact", h="exact")
    trace = steps_by_hand(network, run, ideal)
    for t, step in enumerate(trace):
        odd = sum(bits[: t + 1]) % 2
        assert step.h[0].ideal == (tanh(tanh(F(1, 4))) if odd else 0)
    hidden = [float(step.h[0].radius) for step in trace]
    assert 3.9e-9 < max(hidden) < 4.0e-9
    assert max(s for *_, s in shares(network, run, ideal)) > 0.99


def test_exact_gates_stay_fractions():
    """σ(ln k) and tanh(ln(k)/2) give a table of fractions (log-gates: 3/8 5/8 5/12 −7/72 67/216)."""
    network = unit(1, i=[ln(F(3))], f=[ln(F(2))], g=[lambda x, h: ln(F(3)) / 2 * x[0]], o=[ln(F(4))])
    run = run_on(network, [1, 1, 0, -1, 1])
    trace = steps_by_hand(network, run, rules(i="exact", f="exact", g="exact", o="exact"))
    assert [step.c[0].ideal for step in trace] == [F(3, 8), F(5, 8), F(5, 12), F(-7, 72), F(67, 216)]
    assert all(step.c[0].radius == 0 for step in trace)
    assert trace[3].h[0].ideal == F(-7, 90)


@pytest.mark.parametrize("z", [25, 40, 90, 700, 30000])
def test_saturation_needs_no_precision(z):
    """1 − σ(z) is known to a few digits even where σ(z) needs 40,000 bits to differ from 1."""
    network = unit(1, i=[z], f=[z], g=[z], o=[-z])
    step = steps_by_hand(network, run_on(network, [0]), rules(g="sign", h="sign"))[0]
    e = (-arb(z)).exp()
    assert 0.999 * e < step.i[0].radius < 1.001 * e
    assert 1.99 * e * e < step.g[0].radius < 2.01 * e * e
    assert (step.i[0].ideal, step.g[0].ideal, step.o[0].ideal) == (1, 1, 0)


def test_ties_take_the_middle():
    """By sign, σ(0) is ½ and tanh(0) is 0, exactly."""
    network = unit(1, i=[0], f=[0], g=[0], o=[0])
    step = steps_by_hand(network, run_on(network, [0], c0=[[F(2)]]), rules(g="sign", h="exact"))[0]
    assert (step.i[0].ideal, step.g[0].ideal, step.c[0].ideal, step.h[0].ideal) == (
        F(1, 2),
        0,
        1,
        tanh(F(1)) / 2,
    )
    assert step.h[0].radius == 0


@given(data=st.data())
@settings(max_examples=30)
def test_the_truth_is_within_the_radius_where_tanh_is_roughly_linear(data):
    """Whatever x1 in ±¼ and x2, x3 do, the true trace stays within hand ± radius, and c near the memory."""
    quarter, sign, bit = st.fractions(F(-1, 4), F(1, 4)), st.sampled_from([-1, 0, 1]), st.sampled_from([0, 1])
    rows = data.draw(st.lists(st.tuples(quarter, sign, bit), min_size=1, max_size=12))
    run = run_on(MEMORY, *zip(*rows, strict=True))
    assert max(share for *_, share in shares(MEMORY, run, rules())) <= 1 + 1e-12
    memory = F(0)
    for (x1, x2, x3), step in zip(rows, steps_by_hand(MEMORY, run, rules()), strict=True):
        memory = memory + x1 if x2 == 1 else F(0) if x2 == -1 else memory
        assert step.c[0].ideal == memory
        assert step.h[0].ideal == (memory if x3 == 1 else 0)


@given(data=st.data())
@settings(max_examples=30)
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


@pytest.mark.parametrize("z", [3, 40, 300])
def test_the_radius_of_an_exact_tanh_does_not_cancel(z):
    """Around z* = 40 a tanh moves by 4·e^−80 times as much as its argument, not by a rounding of 1."""
    start = Hand(F(z), arb("1e-4"))
    moved = activated(function(TANH), "exact", start)
    assert 3.9 * (arb(-2 * z).exp()) * start.radius <= moved.radius
    assert moved.radius <= 4.01 * arb(-2 * z).exp() * start.radius


@pytest.mark.parametrize(("z", "radius"), [(-5, 0), (5, 0.1), (0.05, 0.1)])
def test_the_radius_of_relu_is_none_where_it_is_flat(z, radius):
    """relu moves with its argument where that is positive, and not at all where it is negative."""
    relu = function(Activation("relu"))
    assert float(activated(relu, "exact", Hand(F(z), arb(0.1))).radius) == pytest.approx(radius)


def test_units_have_rules_of_their_own():
    """Of two units with the same gates, one takes tanh as it is and one as its argument."""
    same = {"i": [30, 30], "f": [30, 30], "g": [F(1, 4)] * 2, "o": [30, 30]}
    network = Network(1, 2, (ruled(1, 2, **same),))
    step = steps_by_hand(network, run_on(network, [0]), rules(2, g=("exact", "linear")))[0]
    assert [number.ideal for number in step.g] == [tanh(F(1, 4)), F(1, 4)]
