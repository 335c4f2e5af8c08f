"""Every activation, with its parameters: floats, balls, exact numbers and slopes, against mpmath."""

import math
from fractions import Fraction as F

import mpmath
import numpy as np
import pytest
from flint import arb
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.activations import function
from lstm_verify.lstm.arithmetic.hand import Hand, activated
from lstm_verify.lstm.semantics import PARAMETERS, Activation


def clamp(x, low, high):
    """Return x, or the bound that it passes."""
    return min(max(x, low), high)


# Written from ONNX's definitions (docs/Operators.md, LSTM), in whatever numbers z is made of.
DEFINED = {
    "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)),
    "tanh": mpmath.tanh,
    "identity": lambda z: z,
    "relu": lambda z: max(z, 0),
    "hard_tanh": lambda z: clamp(z, -1, 1),
    "softsign": lambda z: z / (1 + abs(z)),
    "hard_sigmoid": lambda z, alpha, beta: clamp(alpha * z + beta, 0, 1),
    "leaky_relu": lambda z, alpha: z if z >= 0 else alpha * z,
    "scaled_tanh": lambda z, alpha, beta: alpha * mpmath.tanh(beta * z),
}
ACTIVATIONS = [
    *(Activation(name, *defaults) for name, defaults in PARAMETERS.items()),
    Activation("hard_sigmoid", F(1, 6), F(1, 2)),
    Activation("hard_sigmoid", F(3, 8), F(187, 250)),
    Activation("leaky_relu", F(1, 3)),
    Activation("scaled_tanh", F(17159, 10000), F(2, 3)),  # LeCun's
]
RATIONAL = [a for a in ACTIVATIONS if a.name not in {"sigmoid", "tanh", "scaled_tanh"}]
KINKS = {"relu": [0], "hard_tanh": [-1, 1], "leaky_relu": [0], "softsign": [0]}

few = settings(max_examples=15)  # for each activation
every = pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
Z = st.fractions(-30, 30, max_denominator=10**6)


def parameters(activation):
    """Return its parameters, those that it has."""
    return [x for x in (activation.alpha, activation.beta) if x is not None]


def by_mpmath(activation, z):
    """Return the activation of a fraction with 60 digits."""
    numbers = [mpmath.mpf(x.numerator) / x.denominator for x in (z, *parameters(activation))]
    return DEFINED[activation.name](*numbers)


def test_all_activations_are_here():
    """What a puzzle may name is what there is a definition of, and each can be made."""
    assert set(DEFINED) == set(PARAMETERS)
    assert all(function(activation) for activation in ACTIVATIONS)


@every
@few
@given(z=Z)
def test_balls_contain_what_mpmath_computes(activation, z):
    """The value that an independent library gives lies in the ball, and the ball is narrow."""
    with mpmath.workdps(60), balls.precision(150):
        ball = function(activation).ball(balls.fraction(z))
        expected = by_mpmath(activation, z)
        low, high = (
            mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e)
            for m, e in (ball.lower().man_exp(), ball.upper().man_exp())
        )
        assert low - mpmath.mpf(10) ** -50 <= expected <= high + mpmath.mpf(10) ** -50
        assert float(ball.rad()) < 1e-40


@every
@few
@given(z=st.floats(-100, 100))
def test_floats_are_the_balls_to_a_few_roundings(activation, z):
    """In float64 and in float32 a value is the ball's, to 8 ulp and 4 roundings of the largest parameter."""
    for dtype in (np.float64, np.float32):
        number = dtype(z)
        found = function(activation).floats(np.array([number]))
        assert found.dtype == dtype
        with balls.precision(200):
            expected = float(function(activation).ball(arb(float(number))))
        assert abs(float(found[0]) - expected) <= np.finfo(dtype).eps * (4 * abs(expected) + 2)


@pytest.mark.parametrize("activation", RATIONAL, ids=str)
@few
@given(z=Z)
def test_a_fraction_gives_the_fraction(activation, z):
    """A rational activation of a fraction is the fraction of its definition, whatever the hand rule says."""
    expected = DEFINED[activation.name](z, *parameters(activation))
    assert function(activation).exact(z) == expected
    for rule in ("step", "linear", "sign", "exact"):
        assert activated(function(activation), rule, Hand(z)).ideal == expected


def test_exact_values_of_the_others():
    """σ(ln 3) = ¾, tanh(ln(3)/2) = ½, and 2·tanh of a third of (3/2)·ln 3 is 1."""
    ln3 = exact.ln(F(3))
    assert function(Activation("sigmoid")).exact(ln3) == F(3, 4)
    assert function(Activation("tanh")).exact(ln3 / 2) == F(1, 2)
    assert function(Activation("scaled_tanh", F(2), F(1, 3))).exact(ln3 * F(3, 2)) == 1


def test_softsign_of_what_is_no_fraction_is_refused():
    """Softsign of tanh(1) is no number that the exact arithmetic knows."""
    with pytest.raises(exact.Undecided, match="softsign"):
        function(Activation("softsign")).exact(exact.tanh(F(1)))


@every
@few
@given(z=st.floats(-8, 8))
def test_slopes_contain_the_numerical_derivative(activation, z):
    """The slope is what a difference quotient of mpmath's gives, away from kinks; None never exceeds 1."""
    kinks = KINKS.get(activation.name, [])
    if activation.name == "hard_sigmoid":
        kinks = [-activation.beta / activation.alpha, (1 - activation.beta) / activation.alpha]
    assume(all(abs(z - float(kink)) > 1e-3 for kink in kinks))
    with mpmath.workdps(60):
        step = F(1, 10**20)
        derivative = (by_mpmath(activation, F(z) + step) - by_mpmath(activation, F(z) - step)) / (
            2 * mpmath.mpf(10) ** -20
        )
    slope = function(activation).slope
    if slope is None:
        assert abs(derivative) <= 1 + mpmath.mpf(10) ** -30
    elif activation.name == "hard_sigmoid":
        assert abs(derivative) <= float(slope(arb(z))) + 1e-15  # a bound: it is flat outside
    else:
        assert float(slope(arb(z))) == pytest.approx(float(derivative), rel=1e-12, abs=1e-30)


@every
@few
@given(
    z=Z,
    radius=st.floats(1e-12, 3),
    share=st.fractions(-1, 1, max_denominator=50),
    rule=st.sampled_from(["exact", "step", "linear", "sign"]),
)
def test_the_radius_by_hand_holds(activation, z, radius, share, rule):
    """Wherever within its radius the argument truly is, the activation is within the radius of the ideal."""
    known = function(activation)
    found = activated(known, rule, Hand(z, arb(radius)))
    true = z + F(radius) * share
    with balls.precision(300):
        error = abs(known.ball(balls.fraction(true)) - exact.ball(found.ideal, 300))
        assert not error > found.radius * (1 + arb(2) ** -40)


@every
@few
@given(z=st.floats(-100, 100), other=st.floats(-100, 100))
def test_every_activation_is_monotone(activation, z, other):
    """The envelope and the radius look at the ends of an interval only: that takes a monotone function."""
    low, high = sorted((z, other))
    with balls.precision(400):
        assert not function(activation).ball(arb(low)) > function(activation).ball(arb(high))


def test_no_float_overflows_on_the_way():
    """σ and its kin at ±10^308 are their limits, with no warning."""
    for activation in ACTIVATIONS:
        values = function(activation).floats(np.array([-1e308, 1e308]))
        assert not np.isnan(values).any()
        if activation.name in {"sigmoid", "hard_sigmoid"}:
            assert values.tolist() == [0, 1]
        if activation.name in {"tanh", "hard_tanh", "softsign"}:
            assert values.tolist() == [-1, 1]


def test_names_are_told_with_their_parameters():
    """What a report prints of an activation."""
    assert str(Activation("hard_sigmoid", F(1, 6), F(1, 2))) == "hard_sigmoid(1/6, 1/2)"
    assert str(Activation("tanh")) == "tanh"
    assert math.isclose(float(ACTIVATIONS[-1].alpha), 1.7159)
