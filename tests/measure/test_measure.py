"""What is known of implementations is found again, in each place where they use σ and tanh."""

import math

import approximations
import numpy as np
import pytest

from lstm_verify.backends.base import Observation, Options, Part
from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.python_code import wrap
from lstm_verify.backends.registry import backend
from lstm_verify.lstm.activations import _sigmoid
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Place
from lstm_verify.measure import measure, points
from lstm_verify.measure.places import PLACES
from lstm_verify.measure.truth import by_balls

HALF = FORMATS["float16"]


def code(function, **options):
    """Return a backend of a function, in float16 unless said, of which all numbers are looked at."""
    return wrap(function, "cell", Options({"dtype": "float16"} | options))


def errors_of(function, name):
    """Return the errors of a function at all numbers of float16, straight away: in ulps, and absolute."""
    z = points.of_either_sign(points.magnitude(HALF, np.arange(points.count(HALF))))
    truth = by_balls(name, z)
    with np.errstate(over="ignore", under="ignore"):
        error = truth.error(np.asarray(function(z.astype(np.float16)), dtype=np.float64))
    return np.max(error / truth.ulp(HALF)), np.max(error)


# Over every float32 of 2^−20 ≤ |x| < 128, once: what a sample finds is less, and not much less.
KNOWN = {
    "torch.cell": {"o": (2.48, 0), "h": (0.52, 0)},
    "torch.lstm": {"o": (5.72, 1.7e-38), "h": (1.22, 0)},
}


@pytest.mark.parametrize("name", KNOWN)
def test_what_was_measured_of_pytorch_at_every_number_is_found_in_a_sample(name):
    found = measure(backend(name), places=tuple(KNOWN[name]))

    for place, (ulps, flushed) in KNOWN[name].items():
        tally = found.places[place]
        assert ulps / found.safety <= tally.ulps.value <= ulps
        assert flushed / found.safety <= max(tally.flushed.value, 0) <= flushed
    assert found.within
    assert not found.accuracy.less_than_usual(found.form)


def test_where_onednn_flushes_is_found():
    assert measure(backend("torch.lstm"), places=("o",)).places["o"].flushed.z == pytest.approx(
        -86.99, abs=0.01
    )


@pytest.mark.parametrize("place", PLACES)
def test_a_place_shows_what_its_function_does_at_all_numbers(place):
    """NumPy's float16 σ and tanh through gates, and without them."""
    found = measure(backend("reference,dtype=float16"), places=(place,))
    function = {"sigmoid": _sigmoid, "tanh": np.tanh}[PLACES[place]]
    tally = found.places[place]

    assert (tally.ulps.value, tally.absolute.value) == errors_of(function, PLACES[place])
    assert tally.points == 2 * points.count(HALF) - 1
    assert found.every
    assert (found.levels.forget, found.levels.entered, found.levels.output, found.levels.rest) == (1, 1, 1, 0)


def test_each_place_is_measured_for_itself():
    """A forget gate with another σ than the other gates, which is wrong at one number alone."""

    def spoilt(z):
        return np.where(z == 1.5, 0.75, approximations.logistic(z))

    spoilt_cell = approximations.lstm(approximations.logistic, np.tanh, spoilt)
    found = measure(code(spoilt_cell, dtype="float64"), places=("f", "i"))

    assert found.places["f"].ulps.z == 1.5
    assert found.places["f"].absolute.value == pytest.approx(1 / (1 + math.exp(-1.5)) - 0.75)
    assert found.places["i"].absolute.value < 1e-15


def test_a_spike_between_the_numbers_of_a_sample_is_climbed():
    """An error that grows towards a switch of formulas, where no sample is."""

    def spoilt(z):
        right = approximations.logistic(z)
        return np.where(z < 1.23456789, right * (1 + 1e-9 * np.exp(-np.abs(z - 1.23456789) * 300)), right)

    found = measure(code(approximations.lstm(spoilt, np.tanh), dtype="float64"), places=("o",))

    assert found.places["o"].ulps.z == pytest.approx(1.23456789, abs=1e-4)


@pytest.mark.parametrize(
    ("cell", "sigmoid", "tanh"),
    [
        (approximations.approximate, (0.0188, 0.0190), (0.0235, 0.0236)),  # as published; by calculus
        (approximations.quick, (1e-6, 2e-5), (0, 1e-15)),
    ],
)
def test_an_approximation_is_off_by_what_is_known_of_it(cell, sigmoid, tanh):
    found = measure(code(cell, dtype="float64"), places=("f", "g"))

    assert sigmoid[0] <= found.places["f"].absolute.value <= sigmoid[1]
    assert tanh[0] <= found.places["g"].absolute.value <= tanh[1]
    assert not found.within
    assert found.accuracy.less_than_usual(found.form)
    assert not found.other_functions


def test_sigma_by_tanh_needs_no_more_than_is_usual():
    """½(1 + tanh ½z) is honest: its relative error is large where σ is small, its absolute error is not."""
    found = measure(code(approximations.halved, dtype="float32"), places=("o", "h"))

    assert found.within
    assert not found.accuracy.less_than_usual(found.form)
    assert found.accuracy.of("sigmoid").roundoffs > 0


def test_a_hard_sigmoid_is_another_function():
    found = measure(code(approximations.hard, dtype="float64"), places=("o", "g"))

    assert found.other_functions == ["o"]


def test_gates_that_do_not_open_are_noticed():
    """Where z is clipped at 10, no gate is more open than σ(10); the figures are those of products."""
    found = measure(code(approximations.clipped, dtype="float64"), places=("o", "h"))

    assert found.levels.forget == found.levels.entered == found.levels.output == approximations.logistic(10.0)
    assert found.places["h"].absolute.value == pytest.approx(1 - approximations.logistic(10.0), rel=1e-3)


def test_a_gate_that_never_opens_is_not_made_up_for_by_a_tanh_that_passes_1():
    """0.999 · tanh(3.8 or so) = 1 where that tanh grows on: such a level would hide both errors."""

    def growing(z):
        return np.tanh(z) * np.clip(np.abs(z) / 3.8, 1, 1.002)

    levels = measure(
        code(approximations.lstm(lambda z: 0.999 * approximations.logistic(z), growing), dtype="float64"),
        places=("o",),
    ).levels

    assert levels.entered == pytest.approx(0.999 * 1.002)
    assert levels.forget == 0.999


def test_what_enters_where_nothing_should_is_noticed():
    found = measure(code(approximations.shifted), places=("g",))

    assert found.levels.rest > 0
    assert found.places["g"].absolute.value == pytest.approx(2.0**-7, rel=0.1)


def test_no_number_is_no_approximation():
    found = measure(code(approximations.overflowing), places=("i",))

    assert found.other_functions == ["i"]
    assert found.places["i"].missing.z > 11


class Without:
    """torch.nn.LSTMCell, from which something is taken away: that it can be given c0, or that it shows c."""

    def __init__(self, *, c0=True, c=True):
        self.inner, self.takes_c0, self.shows_c = backend("torch.cell"), c0, c
        self.name, self.form, self.accuracy = "without", self.inner.form, self.inner.accuracy

    def refusal(self, network, run):
        """Refuse an initial c where it is to have none."""
        return None if self.takes_c0 or not np.any(run.c0) else "an initial state"

    def observe(self, network, runs):
        """Show h, and c where it is to be shown."""
        quantities = "ch" if self.shows_c else "h"
        return [
            Observation((Part({Place(q): part.values[Place(q)] for q in quantities}),))
            for observation in self.inner.observe(network, runs)
            for part in observation.parts
        ]


def test_without_c0_c_grows_and_the_same_is_found():
    whole, without = (measure(Without(c0=c0)) for c0 in (True, False))

    for place in "fiog":
        assert without.places[place].ulps == whole.places[place].ulps
    assert 0 < without.places["h"].ulps.value <= whole.places["h"].ulps.value
    assert without.places["h"].points > 1000
    assert np.tanh(np.float32(without.levels.c)) == without.levels.output == 1
    assert not without.unseen


def test_what_shows_h_alone_is_measured_where_h_tells():
    found = measure(Without(c=False))

    assert set(found.places) == {"o", "h"}
    assert set(found.unseen.values()) == {"it shows no c"}
    assert found.levels.forget is None
    assert found.places["o"].ulps == measure(Without(), places=("o",)).places["o"].ulps


def test_what_takes_no_c0_and_shows_h_alone_tells_of_its_output_gate():
    found = measure(Without(c0=False, c=False))

    assert set(found.places) == {"o"}
    assert found.unseen["h"] == "it takes no c0 and shows no c"


def test_every_float32_of_a_stretch_is_looked_at():
    """Block by block against float64, the largest errors against balls: the same as against balls alone."""
    single, first = FORMATS["float32"], 1 << 30  # 2.0 and what follows it
    index = np.arange(first, first + 5000)
    found = measure(
        backend("torch.cell"), exhaustive=True, places=("o", "h"), magnitudes=(first, first + 5000)
    )
    z = points.of_either_sign(points.magnitude(single, index))

    for place in "oh":
        truth = by_balls(PLACES[place], z)
        got = single.rounded(truth.high)  # within an ulp or so of what was shown
        assert found.places[place].points == len(z) == 10_000
        peak = found.places[place].ulps
        exact = by_balls(PLACES[place], np.array([peak.z]))
        assert peak.value == exact.error(np.array([peak.got]))[0] / exact.ulp(single)[0]
        assert np.abs(got[z == peak.z] - peak.got) <= 4 * exact.ulp(single)
    assert found.safety == 1


def test_progress_is_told_to_the_end():
    told = []
    measure(
        backend("torch.cell"),
        exhaustive=True,
        places=("o",),
        magnitudes=(0, 600_000),
        progress=lambda *said: told.append(said),
    )

    assert told == [("o", 2**19, 600_000), ("o", 600_000, 600_000)]


def test_float64_has_too_many_numbers():
    with pytest.raises(Unusable, match=r"2\^64"):
        measure(backend("reference"), exhaustive=True)


def test_what_is_no_plain_lstm_is_not_measured():
    refusing = Without()
    refusing.refusal = lambda network, run: "peepholes"
    with pytest.raises(Unusable, match="peepholes"):
        measure(refusing)
