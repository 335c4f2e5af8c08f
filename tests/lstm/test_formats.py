"""Formats: rounding once, to nearest, ties to even, as NumPy and PyTorch do it."""

import math
from fractions import Fraction as F

import numpy as np
import pytest
import torch
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

from lstm_verify.lstm import balls
from lstm_verify.lstm.exact import ball, ln, sigmoid, tanh
from lstm_verify.lstm.formats import FORMATS

NUMBERS = st.one_of(
    st.fractions(max_denominator=10**9),
    st.floats(allow_nan=False, allow_infinity=False).map(F),
    st.floats(allow_nan=False, allow_infinity=False, width=16).map(lambda x: F(x) * (1 + F(1, 2**11))),
)


@pytest.mark.parametrize("name", FORMATS)
@given(x=NUMBERS)
def test_rounding_is_that_of_pytorch(name, x):
    """Floats are rounded as torch rounds them, overflow and subnormals included."""
    x = F(float(x))
    if name == "bfloat16":  # torch goes there by way of float32, which rounds twice
        single = torch.tensor(float(x), dtype=torch.float32).double()
        x = F(float(single)) if torch.isfinite(single) else F(0)
    expected = float(torch.tensor(float(x), dtype=torch.float64).to(getattr(torch, name)).double())
    assert FORMATS[name].nearest(x) == expected
    assert FORMATS[name].rounded(np.array([float(x)]))[0] == expected


@pytest.mark.parametrize("name", FORMATS)
@given(x=NUMBERS)
def test_the_nearest_number_is_nearest(name, x):
    """No neighbour of the rounded number is nearer; a fraction is rounded once, not twice."""
    form = FORMATS[name]
    nearest = form.nearest(x)
    if not np.isfinite(nearest):
        assert abs(x) > F(form.largest)
        return
    here = torch.tensor(nearest, dtype=getattr(torch, name))
    neighbours = [float(torch.nextafter(here, torch.tensor(end).to(here))) for end in (-torch.inf, torch.inf)]
    assert all(abs(F(nearest) - x) <= abs(F(n) - x) for n in neighbours if np.isfinite(n))


@pytest.mark.parametrize(("name", "dtype"), [("float64", "f8"), ("float32", "f4"), ("float16", "f2")])
@given(x=st.floats(-60000, 60000))
def test_the_ulp_is_numpys(name, dtype, x):
    """`ulp` is the spacing that NumPy says."""
    form, here = FORMATS[name], np.dtype(dtype).type(x)
    assert form.ulp(np.array(float(here))) == float(np.spacing(abs(here)))


@pytest.mark.parametrize("name", FORMATS)
def test_the_extremes_are_pytorchs(name):
    """The largest and the smallest normal numbers, and the roundoff, are those of torch.finfo."""
    form, info = FORMATS[name], torch.finfo(getattr(torch, name))
    assert (form.largest, form.smallest_normal, 2 * form.roundoff) == (
        info.max,
        info.smallest_normal,
        info.eps,
    )


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("x", [ln(F(3)), tanh(F(1)), ln(F(2)) / 10**30, tanh(F(1)) * 10**20, -sigmoid(F(40))])
def test_irrational_numbers_are_rounded_to_nearest(name, x):
    """An irrational number is rounded by narrowing its ball until both ends round alike, in every format."""
    nearest = FORMATS[name].nearest(x)
    if math.isinf(nearest):
        assert abs(ball(x, 64)) > FORMATS[name].largest
        return
    step = float(FORMATS[name].ulp(np.array(nearest)))
    with balls.precision(300):
        assert abs(ball(x, 300) - arb(nearest)) < step / 2


@pytest.mark.parametrize("name", FORMATS)
def test_what_no_float_can_hold_overflows(name):
    """A fraction far beyond every format is ±∞ in each."""
    assert FORMATS[name].nearest(F(10) ** 5000) == math.inf
    assert FORMATS[name].nearest(-(F(10) ** 400)) == -math.inf
