"""The envelope's operations: intervals that contain every correct result, whatever the order."""

from fractions import Fraction as F

import numpy as np
import pytest
from flint import arb
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_verify.lstm import balls
from lstm_verify.lstm.accuracy import Accuracy, Error
from lstm_verify.lstm.arithmetic import envelope
from lstm_verify.lstm.arithmetic.envelope import EnvelopeArithmetic, Interval
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.semantics import SIGMOID, TANH, Activation

SINGLE = FORMATS["float32"]
NUMBERS = st.floats(-1e6, 1e6, width=32)


def arithmetic(form=SINGLE, ulps=1.0):
    """An arithmetic whose activations are good to so many ulps."""
    return EnvelopeArithmetic(form, Accuracy(Error(ulps)))


def affine(matrix, x, bias, form=SINGLE):
    """W x + b in the envelope of a format, as (low, high)."""
    a = arithmetic(form)
    z = a.affine([(a.matrix(np.array(matrix)), a.shown(np.array(x)))], [a.vector(np.array(bias))])
    return z.low, z.high


@given(
    st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=12), NUMBERS, st.randoms(use_true_random=False)
)
def test_sums_in_any_order_are_inside(pairs, bias, random):
    """A float32 dot product lies inside however it is ordered; so do the exact sum and float64's."""
    low, high = affine([[w for w, _ in pairs]], [x for _, x in pairs], [bias])
    terms = [np.float32(w) * np.float32(x) for w, x in pairs] + [np.float32(bias)]
    for _ in range(5):
        random.shuffle(terms)
        total = np.float32(0)
        for term in terms:
            total = np.float32(total + term)
        assert low[0] <= total <= high[0]
    exact = sum(F(w) * F(x) for w, x in pairs) + F(bias)
    assert F(float(low[0])) <= exact <= F(float(high[0]))


def test_exact_sums_have_no_error():
    """100·1 − 10 is 90 in every format that holds it: nothing is lost where nothing is rounded."""
    for form in FORMATS.values():
        low, high = affine([[0, 100, 0]], [SINGLE.nearest(F(1, 5)), 1, 0], [-10], form)
        assert high - low < 1e-12
        assert low <= 90 <= high
    low, high = affine([[100, 1]], [1, 2.0**-20], [0.5])
    assert high - low > 1e-6  # 100.5 + 2^−20 needs 27 bits


def test_exact_sums_of_many_rows_have_no_error(monkeypatch):
    """However many steps are taken at once: each row is looked at by itself where all are too many."""
    arithmetic = EnvelopeArithmetic(FORMATS["float32"], Accuracy())
    matrix, rows = arithmetic.matrix(np.array([[1, -2], [3, 0.5]])), np.array([[1.0, 2], [0.25, 4], [8, 16]])
    monkeypatch.setattr(envelope, "_LARGEST_GRID", 4)
    found = arithmetic.affine([(matrix, arithmetic.shown(rows))], [])
    for k, row in enumerate(rows):
        alone = arithmetic.affine([(matrix, arithmetic.shown(row))], [])
        np.testing.assert_array_equal(found[k].ends, alone.ends)
    exact = rows @ matrix.values.T
    assert (np.abs(found.low - exact) <= np.spacing(np.abs(exact))).all()


def test_what_may_overflow_is_unbounded():
    """A sum that can pass the largest float32 may be anything; one that cannot is bounded."""
    low, high = affine([[3e38, 3e38]], [1, 1], [0])
    assert high[0] == np.inf
    low, high = affine([[1e38, 1e38]], [1, 1], [0])
    assert 1.99e38 < low[0] < high[0] < 2.01e38


@given(a=NUMBERS, b=NUMBERS, c=NUMBERS)
def test_products_and_sums_contain_the_rounded_ones(a, b, c):
    """a·b + c lies inside with two roundings, with one (fused), and with none."""
    ar = arithmetic()
    value = ar.shown(np.array([a])) * ar.shown(np.array([b])) + ar.shown(np.array([c]))
    twice = np.float32(np.float32(a) * np.float32(b)) + np.float32(c)
    fused = SINGLE.nearest(F(a) * F(b) + F(c))
    assert value.low[0] <= twice <= value.high[0]
    assert value.low[0] <= fused <= value.high[0]
    assert F(float(value.low[0])) <= F(a) * F(b) + F(c) <= F(float(value.high[0]))


@pytest.mark.parametrize("form", FORMATS.values(), ids=lambda form: form.name)
@pytest.mark.parametrize(("activation", "function"), [(SIGMOID, balls.sigmoid), (TANH, balls.tanh)])
@given(z=st.floats(-200, 200), width=st.floats(0, 1), ulps=st.floats(0.5, 8))
@settings(max_examples=30)
def test_activations_may_err_by_as_much_as_promised(form, activation, function, z, width, ulps):
    """A value that is just as many ulps off as promised lies inside, anywhere in the interval; twice is outside."""
    ar = arithmetic(form, ulps)
    low, high = float(form.rounded(np.array([z]))[0]), float(form.rounded(np.array([z + width]))[0])
    argument = ar.shown(np.array([low]))
    interval = ar.activation("i", activation, type(argument)(np.array([low]), np.array([high]), form))
    with balls.precision(200):
        for share in (0, F(1, 3), F(1, 2), 1):
            true = function(arb(low) + (arb(high) - arb(low)) * balls.fraction(F(share)))
            ulp = float(form.ulp(np.array(float(true))))
            for error in (-ulps, ulps):
                assert interval.low[0] <= float(true) + 0.999999 * error * ulp <= interval.high[0]
        if low == high:
            slack = (2 * ulps + 4) * ulp + 4 * form.underflow
            assert interval.high[0] < float(true) + slack
            assert interval.low[0] > float(true) - slack


def test_identity_and_relu_lose_nothing():
    """A rational activation is not rounded."""
    ar = arithmetic()
    z = ar.shown(np.array([-1.5, 0.1]))
    assert ar.activation("g", Activation("identity"), z).low.tolist() == z.low.tolist()
    assert ar.activation("g", Activation("relu"), z).high.tolist() == [0.0, 0.1]


def test_subnormals_may_be_flushed():
    """A float32 subnormal is taken for itself or 0; a float16 one for itself."""
    tiny = np.array([1e-40])
    shown = arithmetic().shown(tiny)
    assert (shown.low[0], shown.high[0]) == (0, 1e-40)
    small = arithmetic(FORMATS["float16"]).shown(np.array([2.0**-20]))
    assert small.low[0] == small.high[0] == 2.0**-20


def test_infinite_states_give_no_bound():
    """An implementation that shows inf or NaN leaves the next step undetermined, not crashed."""
    ar = arithmetic()
    for bad in (np.inf, -np.inf, np.nan):
        z = ar.affine(
            [(ar.matrix(np.ones((1, 2))), ar.shown(np.array([bad, 1.0])))], [ar.vector(np.zeros(1))]
        )
        assert (z.low[0], z.high[0]) == (-np.inf, np.inf)
        gate = ar.activation("i", SIGMOID, z)
        assert (gate.low[0], gate.high[0]) == (-np.inf, np.inf)  # ∞ − ∞ is no number, and σ of it neither


def test_a_partial_sum_may_overflow():
    """2^127 + 2^127 − 2^127 − 2^127 is 0, or ∞ on the way: some order of summation gives anything."""
    for form in FORMATS.values():
        big = 2.0**form.max_exponent
        low, high = affine([[big, big, -big, -big]], [1, 1, 1, 1], [0], form)
        assert (low[0], high[0]) == (-np.inf, np.inf)
        low, high = affine([[big, -big]], [1, 1], [0], form)
        assert (low[0], high[0]) == (-np.inf, np.inf) or -big < low[0] <= 0 <= high[0] < big


@pytest.mark.parametrize("form", [f for f in FORMATS.values() if f.flushes], ids=lambda f: f.name)
def test_a_subnormal_weight_may_be_read_as_nothing(form):
    """Hardware that takes subnormals for 0 loses such a weight, however large its input is."""
    weight, x = 2.0 ** (form.min_exponent - 2), 2.0**10
    low, high = affine([[weight]], [x], [0], form)
    assert low[0] <= 0
    assert high[0] >= weight * x


@given(x=st.floats(-4, 4, width=32), width=st.floats(0, 1, width=32), limit=st.fractions(F(1, 100), 3))
def test_a_clip_keeps_what_is_inside_and_no_more(x, width, limit):
    """Every number of an interval, clipped, lies in the clipped one, whose ends are numbers of it, clipped."""
    ar = arithmetic()
    bound = SINGLE.nearest(limit)
    interval = Interval(np.array([x]), np.array([x + width]), SINGLE)
    clipped = ar.clip(interval, limit)
    for share in (0, 0.25, 1):
        number = min(max(x + share * width, -bound), bound)
        assert clipped.low[0] <= number <= clipped.high[0]
    ends = [np.clip(end, -bound, bound) for end in (x, x + width)]
    assert [clipped.low[0], clipped.high[0]] == ends


@given(x=st.floats(0, 1, width=32))
def test_one_minus_is_rounded_once(x):
    """1 − x in float32 lies inside, and so does the exact one; the interval is a rounding wide."""
    ar = arithmetic()
    interval = ar.one_minus(ar.shown(np.array([x])))
    assert interval.low[0] <= np.float32(1) - np.float32(x) <= interval.high[0]
    assert F(float(interval.low[0])) <= 1 - F(x) <= F(float(interval.high[0]))
    assert interval.high[0] - interval.low[0] <= 2.5 * SINGLE.roundoff


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@given(data=st.data())
def test_normalised_numbers_are_inside_however_they_are_computed(dtype, data):
    """In two passes or in one, and computed exactly: all lie inside."""
    numbers = data.draw(st.lists(st.floats(-8, 8, width=16), min_size=2, max_size=8))
    form, epsilon = FORMATS[dtype], F(1, 16)
    ar = arithmetic(form)
    interval = ar.normalise(ar.shown(np.array(numbers)), epsilon)
    x, n = np.array(numbers, dtype=dtype), np.dtype(dtype).type(len(numbers))
    mean = x.sum() / n
    two_passes = ((x - mean) ** 2).sum() / n
    one_pass = (x * x).sum() / n - mean * mean
    exact_mean = sum(map(F, numbers)) / len(numbers)
    variance = sum((F(number) - exact_mean) ** 2 for number in numbers) / len(numbers) + epsilon
    exact = [float(F(number) - exact_mean) / float(variance) ** 0.5 for number in numbers]
    for found in (
        (x - mean) / np.sqrt(two_passes + np.dtype(dtype).type(epsilon)),
        (x - mean) / np.sqrt(max(one_pass, 0) + np.dtype(dtype).type(epsilon)),
        np.array(exact),
    ):
        slack = 1e-15 * np.abs(found) if found.dtype == np.float64 else 0  # of `exact`, in doubles
        assert (interval.low - slack <= found).all()
        assert (found <= interval.high + slack).all()


def test_joined_intervals_stand_one_behind_the_other():
    """Two vectors of two directions make one."""
    ar = arithmetic()
    one, two = (ar.shown(np.array(numbers)) for numbers in ([0.5, 1], [2.0, 1e-40, 3]))
    joined = ar.joined([one, two])
    assert joined.low.tolist() == [0.5, 1, 2, 0, 3]
    assert joined.high.tolist() == [0.5, 1, 2, 1e-40, 3]
