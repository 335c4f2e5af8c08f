import numpy as np
import pytest

from lstm_verify.lstm.formats import FORMATS
from lstm_verify.measure import points

NUMPY = {"float16": np.uint16, "float32": np.uint32, "float64": np.uint64}


@pytest.mark.parametrize("name", NUMPY)
def test_a_magnitude_has_the_bits_of_its_number(name):
    form = FORMATS[name]
    index = np.unique(np.random.default_rng(0).integers(0, points.count(form), 1000))
    expected = index.astype(NUMPY[name]).view(name).astype(np.float64)

    assert np.array_equal(points.magnitude(form, index), expected)
    assert np.array_equal(points.index_of(form, expected), index)


def test_all_finite_numbers_of_float16_are_there_once():
    form = FORMATS["float16"]
    every = points.of_either_sign(points.magnitude(form, np.arange(points.count(form))))
    bits = np.arange(2**16, dtype=np.uint16).view(np.float16).astype(np.float64)

    assert np.array_equal(every, np.unique(bits[np.isfinite(bits)]))


@pytest.mark.parametrize("name", FORMATS)
def test_a_sample_has_both_ends_and_where_the_functions_end(name):
    form = FORMATS[name]
    seen = points.magnitude(form, points.sample(form))

    assert seen[0] == 0
    assert seen[-1] == form.largest
    assert np.all(np.diff(seen) > 0)
    for edge in (1.0, 2.375, 5.0, points.vanishing(form), points.saturating(form)):
        assert np.min(np.abs(seen - edge)) <= form.ulp(np.array(edge))


def test_what_is_close_is_looked_at_number_by_number():
    form = FORMATS["float32"]
    near = points.magnitude(form, points.around(form, np.array([-1.5])))

    assert {1.5 + k * 2.0**-23 for k in range(-24, 25)} <= set(near.tolist())
