"""Exact numbers: what is a fraction comes out as one, and balls enclose the rest."""

from fractions import Fraction as F

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lstm_verify.lstm import exact
from lstm_verify.lstm.exact import Undecided, ball, ln, sigmoid, sign, tanh
from lstm_verify.lstm.numerals import formula


@pytest.mark.parametrize(
    ("expected", "found"),
    [
        (F(1, 2), sigmoid(F(0))),
        (F(3, 4), sigmoid(ln(F(3)))),
        (F(1, 4), sigmoid(-ln(F(3)))),
        (F(8, 9), sigmoid(ln(F(2)) * 3)),
        (F(6, 7), sigmoid(ln(F(2)) + ln(F(3)))),
        (F(1, 2), tanh(ln(F(3)) / 2)),
        (F(0), tanh(F(0))),
        (F(0), ln(F(1))),
        (F(0), ln(F(5)) - ln(F(5))),
        (F(7), tanh(F(1)) + 7 - tanh(F(1))),
        (F(2, 3), sigmoid(ln(F(4)) / 2)),
        (F(3**80 - 1, 3**80 + 1), tanh(ln(F(3)) * 40)),
        (F(0), tanh(F(1)) + tanh(F(-1))),
        (F(1), sigmoid(F(1)) + sigmoid(F(-1))),
        (F(0), tanh(ln(F(2)) - 1) + tanh(1 - ln(F(2)))),
        (F(0), (1 + tanh(F(1))) * (1 + tanh(F(2))) - (1 + tanh(F(1)) + tanh(F(2)) + tanh(F(1)) * tanh(F(2)))),
        (F(0), ln(F(8)) - ln(F(2)) * 3),
        (F(0), ln(F(1, 36)) + ln(F(6)) * 2),
        (F(0), ln(F(2)) * (ln(F(3)) * 3) - (ln(F(2)) * 3) * ln(F(3))),
    ],
)
def test_fractions_come_out_as_fractions(expected, found):
    """σ(ln k) = k/(k+1), tanh(ln(k)/2) = (k−1)/(k+1), and what cancels is gone."""
    assert isinstance(found, F)
    assert found == expected


def test_equal_expressions_are_equal():
    """However it was put together, the same expression compares and hashes the same."""
    one, two = tanh(F(1)) * 2 + F(1, 3), F(1, 3) + tanh(F(1)) + tanh(F(1))
    assert one == two
    assert hash(one) == hash(two)
    assert tanh(F(1)) * sigmoid(F(2)) == sigmoid(F(2)) * tanh(F(1))
    assert tanh(F(1)) != tanh(F(2))


@given(st.fractions(-30, 30, max_denominator=1000), st.integers(60, 400))
def test_balls_contain_what_mpmath_computes(x, bits):
    """An independent library's value lies in the ball of every function."""
    for ours, theirs in ((tanh, mpmath.tanh), (sigmoid, lambda z: 1 / (1 + mpmath.exp(-z)))):
        enclosure = ball(ours(x), bits)
        with mpmath.workprec(2 * bits + 200):
            value = theirs(mpmath.mpf(x.numerator) / x.denominator)
            low, high = (mpmath.mpf(int(m)) * mpmath.mpf(2) ** int(e) for m, e in _ends(enclosure))
            assert low <= value <= high
            assert enclosure.rel_accuracy_bits() > bits - 20


def _ends(enclosure):
    return enclosure.lower().man_exp(), enclosure.upper().man_exp()


def test_deep_expressions_do_not_overflow_the_stack():
    """Thousands of nested functions are evaluated, one after the other."""
    x = F(1, 3)
    for _ in range(5000):
        x = tanh(x + F(1, 7))
    assert 0 < ball(x, 64) < 1
    assert 0 < ball(x, 128) < 1


def test_sign_is_decided_or_refused():
    """The sign of an irrational number is found by narrower balls; exact ties are seen."""
    assert sign(tanh(F(1)) - F(761594, 10**6)) == 1
    assert sign(F(761595, 10**6) - tanh(F(1))) == 1
    assert sign(ln(F(4)) - ln(F(2)) * 2) == 0
    assert sign(ln(F(2)) - ln(F(3))) == -1
    a, b, c = tanh(F(1)), tanh(F(2)), tanh(F(3))
    with pytest.raises(Undecided, match="cannot tell"):
        sign((a * b) * c - a * (b * c))


def test_ln_of_nothing_is_refused():
    """ln(0) and ln(−1) are no numbers."""
    for x in (F(0), F(-1)):
        with pytest.raises(ValueError, match="must be positive"):
            exact.ln(x)


def test_long_expressions_are_written_short():
    """What is written of an expression does not grow with what it is made of."""
    x = tanh(F(1, 3))
    for k in range(30):
        x = tanh(x + sigmoid(x * k)) * sigmoid(x + k)
    assert len(str(x)) < 2000
    assert len(formula(x)) < 30
