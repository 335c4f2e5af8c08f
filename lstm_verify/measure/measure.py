"""Measure the activations of an implementation: everywhere, or at chosen numbers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.base import Backend
from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.accuracy import Accuracy, Error
from lstm_verify.lstm.formats import Format
from lstm_verify.measure import points
from lstm_verify.measure.bench import Bench
from lstm_verify.measure.places import PLACES, Gates, Levels, Seen
from lstm_verify.measure.tally import Peak, Tally
from lstm_verify.measure.truth import Truth, by_balls, by_float64

Array = NDArray[np.float64]

Progress = Callable[[str, int, int], None]
"""Told a place, how many of its numbers are done, and how many there are."""

SAFETY = 1.25
"""What is measured at a sample of all numbers may be larger between them: so many times, we grant."""

ANOTHER = 0.05
"""What is farther from σ or tanh than this is another function, and no approximation of it."""

UNEVEN, EXACT = 1000, 8
"""A function that is so many times worse in one place than in another has something else in that place;
errors of less than so many roundoffs are as good as none."""

SHORT = 16
"""Formats of no more bits than this have so few numbers that all are looked at."""

_ROUNDS = 2  # so often more numbers are looked at, around those with the largest errors
_PEAKS = 12  # that many of them
_BLOCK = 1 << 19  # magnitudes at a time


@dataclass(frozen=True)
class Measured:
    """What was measured of an implementation.

    Attributes:
        every: whether every number of the format was looked at.
        levels: what its gates were held at.
        places: place -> its errors.
        unseen: place -> why it was not measured.
    """

    backend: Backend
    every: bool
    levels: Levels
    places: dict[str, Tally]
    unseen: dict[str, str]

    @property
    def form(self) -> Format:
        """The format that it computes in."""
        return self.backend.form

    @property
    def safety(self) -> float:
        """What errors are multiplied by, as not all were seen."""
        return 1.0 if self.every else SAFETY

    @property
    def functions(self) -> dict[str, Tally]:
        """Function -> its errors in all places together."""
        found: dict[str, list[Tally]] = {}
        for tally in self.places.values():
            found.setdefault(tally.name, []).append(tally)
        return {name: reduce(Tally.merged, tallies) for name, tallies in found.items()}

    @property
    def accuracy(self) -> Accuracy:
        """What it would have to be granted; what was not seen is granted as it is now."""
        granted = self.backend.accuracy
        fitted: dict[str, Error] = {name: tally.fitted() for name, tally in self.functions.items()}
        return Accuracy(granted.default, dict(granted.by_name) | fitted)

    @property
    def within(self) -> bool:
        """Whether all errors lie within what it is granted now."""
        return all(tally.beyond.value <= 0 for tally in self.places.values())

    @property
    def other_functions(self) -> list[str]:
        """The places that show another function, or no number somewhere."""
        return [place for place, tally in self.places.items() if not tally.absolute.value <= ANOTHER]

    @property
    def uneven(self) -> list[tuple[str, str]]:
        """Pairs of places that have the same function, where one is far worse than the other."""
        least = EXACT * self.form.roundoff
        found = []
        for name in self.functions:
            errors = {p: max(t.absolute.value, least) for p, t in self.places.items() if t.name == name}
            worst, best = max(errors, key=errors.__getitem__), min(errors, key=errors.__getitem__)
            if errors[worst] > UNEVEN * errors[best]:
                found.append((worst, best))
        return found


def measure(
    backend: Backend,
    *,
    exhaustive: bool = False,
    places: Sequence[str] = tuple(PLACES),
    progress: Progress = lambda _place, _done, _all: None,
    magnitudes: tuple[int, int] | None = None,
) -> Measured:
    """Measure σ and tanh of an implementation in each place where it uses them.

    Args:
        exhaustive: look at every number of the format. Of short formats that is done in any case.
        places: which; see `places.PLACES`.
        magnitudes: of an exhaustive measurement only those numbered from the first to before the
            second; see `points`.

    Raises:
        Unusable: it cannot run a plain LSTM, or the format has too many numbers to look at all.
        Exception: whatever the implementation raises.
    """
    form = backend.form
    short = form.precision <= SHORT
    if exhaustive and form.precision > 32:
        raise Unusable(f"{form.name} has 2^64 numbers: they cannot all be looked at")
    with np.errstate(over="ignore"):  # of code that runs in this process: what comes out is looked at
        gates = Gates(Bench(backend, units=64 if short else 256 if exhaustive else 128))  # as is quickest
        measured: dict[str, Tally] = {}
        for place in places:
            granted = backend.accuracy.of(PLACES[place])
            blank = Tally(PLACES[place], form, granted, 1.0 if exhaustive or short else SAFETY)
            if exhaustive and not short:
                tally = _every(gates, place, blank, magnitudes or (0, points.count(form)), progress)
            else:
                tally = _chosen(gates, place, blank, progress, every=short)
            if tally.points:
                measured[place] = tally
    unseen = {place: _why(gates.bench, place) for place in places if place not in measured}
    return Measured(backend, exhaustive or short, gates.levels, measured, unseen)


def _why(bench: Bench, place: str) -> str:
    """Say why a place cannot be seen."""
    if place == "h":
        return "it takes no c0 and shows no c" if not bench.shows_c else "it shows no h"
    return "it shows no c" if place != "o" else "it shows no h"


def _chosen(gates: Gates, place: str, blank: Tally, progress: Progress, *, every: bool) -> Tally:
    """Look at a sample of all numbers, then closer where the errors are largest; or at all."""
    form = blank.form
    index = np.arange(points.count(form)) if every else points.sample(form)
    known = [_held(blank.name, seen) for seen in gates.answers(place, _numbers(form, index))]
    tally = _gathered(blank, known)
    for _ in range(0 if every or not known else _ROUNDS):
        worst = tally.worst[np.argsort(-tally.bins)[:_PEAKS]]
        index = points.around(form, np.append(worst, tally.absolute.z))
        more = [_held(blank.name, seen) for seen in gates.answers(place, _numbers(form, index))]
        known = [np.concatenate(ways, axis=1) for ways in zip(known, more, strict=False)]
        tally = _gathered(blank, known)
    progress(place, tally.points, tally.points)
    return tally


def _numbers(form: Format, index: points.Indices) -> Array:
    return points.of_either_sign(points.magnitude(form, index))


def _held(name: str, seen: Seen) -> Array:
    """Put what was shown beside what is true: [4, n], the argument, what was shown, and the truth."""
    truth = by_balls(name, seen.z)
    return np.stack([seen.z, seen.got, truth.high, truth.low])


def _gathered(blank: Tally, known: Sequence[Array]) -> Tally:
    """Return the errors of all ways of running together."""
    tallies = []
    for way in known:
        z, got, high, low = way[:, np.unique(way[0], return_index=True)[1]]
        tallies.append(replace(blank))
        tallies[-1].add(z, got, Truth(high, low))
    return reduce(Tally.merged, tallies) if tallies else blank


def _every(gates: Gates, place: str, blank: Tally, wanted: tuple[int, int], progress: Progress) -> Tally:
    """Look at all numbers, block by block."""
    form, total = blank.form, wanted[1] - wanted[0]
    ways: dict[int, Tally] = {}
    for done, index in _counted(points.blocks(form, _BLOCK, *wanted)):
        for way, seen in enumerate(gates.answers(place, _numbers(form, index))):
            order = np.argsort(seen.z, kind="stable")
            z = seen.z[order]
            ways.setdefault(way, replace(blank)).add(z, seen.got[order], by_float64(blank.name, z))
        progress(place, done, total)
    return reduce(Tally.merged, map(_settled, ways.values())) if ways else blank


def _counted(found: Iterator[points.Indices]) -> Iterator[tuple[int, points.Indices]]:
    """Yield blocks with how many numbers there were up to the end of each."""
    done = 0
    for block in found:
        done += len(block)
        yield done, block


def _settled(tally: Tally) -> Tally:
    """Return a tally whose largest errors are taken from balls."""

    def settled(peak: Peak, in_ulps: Callable[[Truth], Array]) -> Peak:
        truth = by_balls(tally.name, np.array([peak.z]))
        error = truth.error(np.array([peak.got])) / in_ulps(truth)
        return peak._replace(value=float(error[0])) if peak.value >= 0 else peak

    return replace(
        tally,
        ulps=settled(tally.ulps, lambda truth: truth.ulp(tally.form)),
        absolute=settled(tally.absolute, lambda _: np.ones(1)),
    )
