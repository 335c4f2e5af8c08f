import math

import numpy as np
import pytest

from lstm_verify.lstm.accuracy import UNKNOWN, Error
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.measure.tally import Tally, up
from lstm_verify.measure.truth import by_balls

SINGLE = FORMATS["float32"]
Z = np.array([-100.0, -87.0, -3.0, -1.0, 0.0, 1.0, 3.0, 40.0])


def tally_of(name, z, change=lambda right: right, safety=1.0, granted=UNKNOWN):
    made = Tally(name, SINGLE, granted, safety)
    made.add(z, change(SINGLE.rounded(by_balls(name, z).high)), by_balls(name, z))
    return made


def moved(k, by):
    """Return what moves the k-th number."""
    return lambda right: np.where(np.arange(len(right)) == k, right + by, right)


def test_what_is_rounded_once_is_within_half_an_ulp():
    made = tally_of("tanh", Z)

    assert 0 < made.ulps.value <= 0.5
    assert made.beyond.value <= 0
    assert made.fitted() == Error(0.5)


def test_an_error_is_found_with_its_size_and_place():
    made = tally_of("sigmoid", Z, moved(5, 100 * 2.0**-24))  # σ(1) is 0.73: an ulp is 2^-24

    assert made.ulps.value == pytest.approx(100, abs=0.5)
    assert (made.ulps.z, made.absolute.z, made.beyond.z) == (1.0, 1.0, 1.0)
    assert made.beyond.value > 0
    assert made.bins.max() == made.ulps.value
    assert made.worst[np.argmax(made.bins)] == 1.0


def test_what_is_flushed_counts_apart():
    """σ(−87) is 1.6e-38, above the smallest normal number of float32; σ(−100) is subnormal."""
    made = tally_of("sigmoid", Z, lambda right: np.where(right < 1e-37, 0, right))

    assert made.flushed.z == -87.0
    assert made.ulps.value <= 0.5
    assert made.zero_to == -87.0
    assert made.fitted().flushed == pytest.approx(1.65e-38, rel=0.01)


def test_a_large_error_of_something_tiny_is_an_absolute_one():
    made = tally_of("sigmoid", Z, moved(0, 1e-6))

    fitted = made.fitted()
    assert fitted.ulps == UNKNOWN.ulps
    assert fitted.roundoffs == pytest.approx(1e-6 * 2**24, rel=0.01)


def test_what_was_not_seen_is_allowed_for():
    change = moved(5, 100 * 2.0**-24)
    exact, sampled = (tally_of("sigmoid", Z, change, safety).fitted() for safety in (1.0, 1.25))

    def allowed(error):
        return error.ulps + error.roundoffs

    assert allowed(exact) >= 100
    assert allowed(sampled) >= 125


def test_nothing_is_said_to_be_within_what_it_is_not():
    """Whatever the error, it is within what is fitted to it."""
    rng = np.random.default_rng(1)
    z = np.sort(rng.normal(0, 20, 200))
    for size in (1e-8, 1e-4, 0.1):
        noise = rng.normal(0, size, len(z))
        for change in (lambda right, e=noise: right + e, lambda right, e=noise: right * (1 + e)):
            fitted = tally_of("sigmoid", z, change).fitted()
            assert tally_of("sigmoid", z, change, granted=fitted).beyond.value <= 0


def test_no_number_is_infinitely_wrong():
    made = tally_of("tanh", Z, lambda right: np.where(Z == 3, np.nan, right))

    assert made.missing.z == 3.0
    assert math.isinf(made.absolute.value)


def test_the_shape_of_the_curve_is_noted():
    made = tally_of("tanh", Z, lambda right: np.where(Z == 3, 0.5, np.where(Z == 40, 1.25, right)))

    assert made.falls.z == 1.0
    assert (made.outside.value, made.outside.z) == (0.25, 40.0)
    symmetrical = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
    assert tally_of("tanh", symmetrical).odd.value <= 0
    assert tally_of("tanh", symmetrical, moved(4, 2.0**-20)).odd.z == 2.0


def test_where_it_is_flat_is_known():
    made = tally_of("sigmoid", np.array([-110.0, -104.0, 0.0, 10.0, 18.0, 19.0]))

    assert (made.one_from, made.zero_to) == (18.0, -104.0)
    assert tally_of("sigmoid", np.array([0.0, 1.0])).one_from == math.inf


def test_two_tallies_are_one_with_the_larger_errors():
    small, large = tally_of("tanh", Z), tally_of("tanh", Z, moved(6, 1e-3))

    for both in (small.merged(large), large.merged(small)):
        assert both.ulps == large.ulps
        assert np.array_equal(both.bins, np.maximum(small.bins, large.bins))


@pytest.mark.parametrize(
    ("x", "expected"), [(2.4801, 2.49), (1.0, 1.0), (123.4, 124), (1.001e-38, 1.01e-38), (0, 0)]
)
def test_a_bound_is_rounded_up(x, expected):
    assert up(x) == pytest.approx(expected, rel=1e-12)
    assert up(x) >= x
