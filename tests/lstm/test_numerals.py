"""Numbers for people: as few digits as tell the truth."""

from decimal import Decimal
from fractions import Fraction as F

import pytest
from flint import arb
from hypothesis import assume, given
from hypothesis import strategies as st

from lstm_verify.lstm.exact import ln, tanh
from lstm_verify.lstm.numerals import apart, decimal, formula, is_short, rounded_up, short, signed


@pytest.mark.parametrize(
    ("expected", "x"),
    [
        ("0.3", F(3, 10)),
        ("-0.25", F(-1, 4)),
        ("7", F(7)),
        ("1/3", F(1, 3)),
        ("0.761594", tanh(F(1))),
        ("1.09861", ln(F(3))),
        ("0.333333", F(1, 3) + F(1, 10**40)),
    ],
)
def test_exact_numbers_are_short(expected, x):
    """A decimal where it is one, else a short fraction, else six digits."""
    assert short(x) == expected
    assert is_short(x) == (isinstance(x, F) and F(expected) == x)


def test_formulas_stay_what_they_are():
    """An irrational number that is short to say is said."""
    assert formula(tanh(F(1))) == "tanh(1)"
    assert formula(F(1, 3)) == "1/3"
    assert formula(tanh(tanh(F(1234567, 7654321)) + 1)) == "0.821009"


@given(st.fractions(-1000, 1000), st.integers(0, 8))
def test_decimals_are_pythons(x, places):
    """A fraction is rounded as Python rounds it."""
    assert F(decimal(x, places)) == round(x, places)


@given(st.floats(0, 1e300))
def test_radii_are_rounded_up(radius):
    """What is printed is never less than the radius, and at most a tenth more."""
    printed = Decimal(rounded_up(arb(radius)))
    assert printed >= Decimal(radius)
    assert printed <= Decimal(radius) * Decimal("1.1")


@pytest.mark.parametrize(
    ("expected", "radius"),
    [
        ("0", "0"),
        ("0.012", "0.01144"),
        ("9.4e-6", "9.31e-6"),
        ("2.5e-40", "2.483e-40"),
        ("0.5", "0.5"),
        ("15", "14.2"),
    ],
)
def test_radii_have_two_digits(expected, radius):
    """Two digits, without trailing zeros, and powers of ten only where they are needed."""
    assert rounded_up(arb(radius).mid()) == expected


@given(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3), st.floats(-1e3, 1e3))
def test_what_is_outside_looks_outside(got, one, two):
    """The digits printed show that the number misses the interval, and the interval printed contains the true one."""
    low, high = sorted((one, two))
    assume(not low <= got <= high)
    printed = [Decimal(text) for text in apart(got, low, high)]
    assert not printed[1] <= printed[0] <= printed[2]
    assert printed[1] <= Decimal(low)
    assert printed[2] >= Decimal(high)


def test_a_hair_is_told_with_all_digits():
    """Neighbouring floats need seventeen digits, distant ones four."""
    assert apart(0.30000000000000004, 0.1, 0.3) == ("0.30000000000000004", "0.1", "0.3")
    assert apart(0.5, 0.28856741, 0.28856745) == ("0.5", "0.2885", "0.2886")
    assert apart(float("inf"), 0.0, 1.0)[0] == "Infinity"


def test_distances_have_a_sign():
    """A distance says in which direction."""
    assert [signed(x) for x in (0.0, -0.01143, 8.8458e-6)] == ["0", "-0.011", "+8.8e-06"]
