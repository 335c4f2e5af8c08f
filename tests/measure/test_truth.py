import mpmath
import numpy as np
import pytest

from lstm_verify.lstm.formats import FORMATS
from lstm_verify.measure import points
from lstm_verify.measure.truth import FLOAT64_ERROR, Truth, by_balls, by_float64

MPMATH = {"sigmoid": lambda z: 1 / (1 + mpmath.exp(-z)), "tanh": mpmath.tanh}


@pytest.mark.parametrize("name", MPMATH)
def test_balls_give_what_mpmath_gives(name):
    z = np.array([-700.0, -30.1, -1.0, -1e-9, 0.3, 1.0, 17.0, 40.0])
    truth = by_balls(name, z)

    with mpmath.workprec(200):
        for x, high, low in zip(z, truth.high, truth.low, strict=True):
            expected = MPMATH[name](mpmath.mpf(float(x)))
            distance = abs(mpmath.mpf(float(high)) + mpmath.mpf(float(low)) - expected)
            assert distance <= max(abs(expected) * 2**-100, mpmath.mpf(2) ** -1074)


@pytest.mark.parametrize("name", MPMATH)
def test_float64_is_near_enough_to_judge_float32(name):
    """What `FLOAT64_ERROR` says: measured here at the numbers of a sample."""
    form, double = FORMATS["float32"], FORMATS["float64"]
    z = points.of_either_sign(points.magnitude(form, points.sample(form)))
    exact, quick = by_balls(name, z), by_float64(name, z)
    normal = np.abs(exact.high) >= double.smallest_normal

    assert np.all((exact.error(quick.high) <= FLOAT64_ERROR * exact.ulp(double))[normal])
    assert np.array_equal(exact.ulp(form), quick.ulp(form))


def test_just_below_a_power_of_two_an_ulp_is_that_below():
    form = FORMATS["float64"]
    truth = Truth(np.array([1.0, 1.0, -1.0, 0.5]), np.array([-1e-30, 1e-30, 1e-30, 0.0]))

    assert truth.ulp(form).tolist() == [2.0**-53, 2.0**-52, 2.0**-53, 2.0**-53]


@pytest.mark.parametrize("z", [2.0**-1074, 2.0**-1022, 2.0**-1021, 3 * 2.0**-1021, 2.0**-900])
def test_tanh_of_the_smallest_numbers_is_these(z):
    """What is left of it, -z³/3, is less than any part of an ulp that could be told."""
    truth = by_balls("tanh", np.array([z]))

    assert truth.error(np.array([z])) / truth.ulp(FORMATS["float64"]) < 1e-15


def test_no_number_is_infinitely_far_away():
    assert Truth(np.array([0.5]), np.zeros(1)).error(np.array([np.nan])).tolist() == [np.inf]
