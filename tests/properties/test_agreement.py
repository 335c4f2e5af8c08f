"""The arithmetics agree on networks of every kind: what one says of a number, the others do not deny."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_verify import strategies
from lstm_verify.backends.base import Part
from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.accuracy import Accuracy, Error
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.readings import by_hand, float_trace, true_trace
from lstm_verify.lstm.semantics import QUANTITIES, ROLES
from lstm_verify.verify.envelope import envelope

BITS = 300
DYADIC = st.integers(1, 300).map(lambda k: Fraction(k, 64))  # rounded to a format it is what it was
NUMBERS = {
    **{f"clip_{what}": st.none() | DYADIC for what in ("gates", "cell", "projection")},
    "layer_norm": st.none() | DYADIC,
    "forget_bias": st.just(Fraction(0)) | DYADIC,
}
VARIANTS = strategies.variants(semantics=strategies.semantics(**NUMBERS))
SMALL = {"steps": st.integers(1, 4), "lengths": st.booleans(), "masks": st.booleans()}


def numbers(network, *traces):
    """Yield, place by place, what each of several traces has of the same number."""
    for place in [*network.places(*QUANTITIES, "h_n", "c_n"), Place("logits")]:
        for vectors in zip(*(trace.column(network, place) for trace in traces), strict=True):
            assert len({vector is None for vector in vectors}) == 1
            if vectors[0] is not None:
                yield from zip(*vectors, strict=True)


@given(data=st.data())
@settings(max_examples=15)
def test_the_truth_lies_in_the_envelope(data: st.DataObject):
    """Who computes without an error is correct, too: nothing shown, every true number is inside."""
    network = data.draw(VARIANTS)
    run = data.draw(strategies.runs(network, **SMALL))
    form = FORMATS[data.draw(st.sampled_from(["float64", "float32", "float16", "bfloat16"]))]
    network, run = network.map(form.rounded), run.map(form.rounded)
    enclosed = envelope(network, run, Part({}), form, Accuracy(Error(1)))
    ends = (unpacked(enclosed, end) for end in ("low", "high"))
    with balls.precision(BITS):
        for low, high, ball in numbers(network, *ends, true_trace(network, run, BITS)):
            assert not ball < low
            assert not ball > high


def unpacked(trace, end):
    """Return a trace of the lower or the upper ends of intervals."""

    def of(interval):
        return interval and [float(x) for x in np.broadcast_to(getattr(interval, end), interval.low.shape)]

    steps = [[step._make(map(of, step)) for step in direction] for direction in trace.steps]
    logits = trace.logits and [of(x) for x in trace.logits]
    return type(trace)(steps, [of(h) for h in trace.h_n], [of(c) for c in trace.c_n], logits)


@given(data=st.data())
@settings(max_examples=10)
def test_floats_are_near_the_truth(data: st.DataObject):
    """Where nothing is divided by next to nothing, float64 has eleven digits of it, and more."""
    coarse = strategies.semantics(**NUMBERS | {"layer_norm": st.none() | st.integers(1, 3).map(Fraction)})
    network = data.draw(strategies.variants(semantics=coarse, scales=st.floats(0.01, 1)))
    run = data.draw(strategies.runs(network, **SMALL))
    for value, ball in numbers(network, float_trace(network, run), true_trace(network, run, BITS)):
        assert abs(value - float(ball)) <= 1e-11 * max(1, abs(value))


@given(data=st.data())
@settings(max_examples=10)
def test_by_hand_exactly_is_the_truth(data: st.DataObject):
    """With the rule `exact` in every role, the ideal is what balls narrow down on, and nothing is rounded away."""
    fields = NUMBERS | {"layer_norm": st.none()}
    few = strategies.variants(
        semantics=strategies.semantics(**fields),
        hidden_sizes=st.integers(1, 2),
        input_sizes=st.integers(1, 2),
        num_layers=st.integers(1, 2),
    )
    network = data.draw(few)
    run = data.draw(strategies.runs(network, **SMALL | {"steps": st.integers(1, 2)}))
    rules = dict.fromkeys(ROLES, ("exact",) * network.hidden_size)
    try:
        ideals = by_hand(network, [rules] * len(network.layers)).trace(run)
    except exact.Undecided:
        assume(False)
    with balls.precision(BITS):
        for hand, ball in numbers(network, ideals, true_trace(network, run, BITS)):
            assert hand.radius == 0
            assert exact.ball(hand.ideal, BITS).overlaps(ball)


@given(data=st.data())
@settings(max_examples=10)
def test_by_hand_roughly_the_truth_is_within_the_radius(data: st.DataObject):
    """Whatever the rules, in every layer and direction, the truth is no farther from the ideal than the radius."""
    fields = NUMBERS | {"layer_norm": st.none()}
    few = strategies.variants(
        semantics=strategies.semantics(**fields), hidden_sizes=st.integers(1, 2), num_layers=st.integers(1, 2)
    )
    network = data.draw(few)
    run = data.draw(strategies.runs(network, **SMALL | {"steps": st.integers(1, 3)}))
    rules = [
        {
            role: tuple(data.draw(st.sampled_from(fitting(v.of(role)))) for _ in range(network.hidden_size))
            for role in ROLES
        }
        for v in activations(network)
    ]
    try:
        hand = by_hand(network, rules).trace(run)
    except exact.Undecided:
        assume(False)
    with balls.precision(BITS):
        for number, ball in numbers(network, hand, true_trace(network, run, BITS)):
            assert not abs(ball - exact.ball(number.ideal, BITS)) > number.radius


def fitting(activation):
    """The hand rules of an activation."""
    return {"sigmoid": ["step", "exact"], "tanh": ["linear", "sign", "exact"]}.get(activation.name, ["exact"])


def activations(network):
    """The activations of each layer and direction."""
    v = network.semantics
    second = v.reverse_activations or v.activations
    return [second if k % network.directions else v.activations for k in range(len(network.layers))]
