"""Errors of one activation in one place, gathered batch by batch."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, Context, Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm.accuracy import UNKNOWN, Error
from lstm_verify.lstm.formats import Format
from lstm_verify.measure.truth import Truth

Array = NDArray[np.float64]

LOWEST, HIGHEST = -20, 9
"""Exponents of the first and the last bin on either side: |z| < 2^-19, and |z| >= 2^9."""

_MOST = 1e300  # ulps: of float64's smallest numbers there are more in a large error than it can count

BINS = 2 * (HIGHEST - LOWEST + 1)


class Peak(NamedTuple):
    """The largest value of something, and where: nothing there is −1."""

    value: float = -1.0
    z: float = 0.0
    got: float = 0.0

    def raised(self, values: Array, z: Array, got: Array, where: Any) -> Peak:
        """Return this peak, or a higher one among these values."""
        if not np.any(where):
            return self
        k = int(np.argmax(np.where(where, values, -1.0)))
        found = Peak(float(values[k]), float(z[k]), float(got[k]))
        return found if found.value > self.value else self


NOTHING = Peak()


@dataclass
class Tally:
    """What is known of the errors at all numbers that were looked at.

    Attributes:
        name: of the function, "sigmoid" or "tanh".
        granted: what the implementation is granted of it.
        safety: what errors are multiplied by before `apart` is taken.
        ulps: the largest error in ulps; where the truth is a normal number, and 0 was not given for
            what is tiny. In a format that keeps its subnormals, of these too.
        absolute: the largest error.
        flushed: the largest true value, tiny but normal, for which 0 was given.
        below: the largest error where the truth is subnormal and may be flushed.
        apart: the largest error, in roundoffs, beyond the relative part that unknown code is granted.
        beyond: the largest error beyond what is granted; positive where anything is.
        missing: where no finite number was given; its value is 1.
        outside: the largest distance from the range of the function.
        falls: the largest fall from a number looked at to the next, in ulps of the first.
        odd: the largest |tanh(−z) + tanh(z)|.
        bins: [BINS] the largest error in ulps by the size of z, negative z first.
        worst: [BINS] at which z that is.
        one_from: from which z on 1 was given; infinite where it was not given at the end.
        zero_to: up to which z 0 was given; −infinite where it was not given at the beginning.
    """

    name: str
    form: Format
    granted: Error
    safety: float = 1.0
    points: int = 0
    ulps: Peak = NOTHING
    absolute: Peak = NOTHING
    flushed: Peak = NOTHING
    below: Peak = NOTHING
    apart: Peak = NOTHING
    beyond: Peak = NOTHING
    missing: Peak = NOTHING
    outside: Peak = NOTHING
    falls: Peak = NOTHING
    odd: Peak = NOTHING
    one_from: float = math.inf
    zero_to: float = -math.inf
    bins: Array = field(default_factory=lambda: np.zeros(BINS))
    worst: Array = field(default_factory=lambda: np.zeros(BINS))

    def add(self, z: Array, got: Array, truth: Truth) -> None:
        """Gather what was given at numbers z, in increasing order."""
        self._errors(z, got, truth)
        self._shape(z, got)

    def merged(self, other: Tally) -> Tally:
        """Return what is known of both together; `points` is how many each looked at, at most."""
        peaks = {k: max(v, getattr(other, k)) for k, v in vars(self).items() if isinstance(v, Peak)}
        higher = other.bins > self.bins
        return replace(
            self,
            points=max(self.points, other.points),
            one_from=max(self.one_from, other.one_from),
            zero_to=min(self.zero_to, other.zero_to),
            bins=np.where(higher, other.bins, self.bins),
            worst=np.where(higher, other.worst, self.worst),
            **peaks,
        )

    def fitted(self) -> Error:
        """Return an error that all of this lies within: by ulps alone, unless that is much too wide.

        Else it is the relative part that unknown code is granted, and as much of an absolute part as
        it takes. Just below 1 an ulp is a roundoff: there the two are compared.
        """
        flushed = up(self.safety * max(0.0, self.flushed.value))
        relative, apart = up(self.safety * max(0.5, self.ulps.value)), up(max(0.0, self.apart.value))
        if self.below.value <= 0 and relative <= 2 * (UNKNOWN.ulps + apart):
            return Error(relative, 0, flushed)
        return Error(UNKNOWN.ulps, apart, flushed if flushed > apart * self.form.roundoff else 0)

    def _errors(self, z: Array, got: Array, truth: Truth) -> None:
        form, floor = self.form, self.form.smallest_normal if self.form.flushes else 0.0
        error, ulp, size = truth.error(got), truth.ulp(form), np.abs(truth.high)
        flushed = (got == 0) & (size > form.underflow) & (size < form.roundoff**2)
        normal, kept = size >= floor, ~flushed
        with np.errstate(over="ignore"):
            ulps = np.where(normal & kept, np.minimum(error / ulp, _MOST), 0.0)
        self.points += len(z)
        self.ulps = self.ulps.raised(ulps, z, got, normal & kept)
        self.absolute = self.absolute.raised(error, z, got, where=True)
        self.flushed = self.flushed.raised(size, z, got, flushed)
        self.below = self.below.raised(error - form.underflow, z, got, ~normal & kept)
        apart = (self.safety * error - UNKNOWN.ulps * ulp - form.underflow) / form.roundoff
        self.apart = self.apart.raised(apart, z, got, kept)
        beyond = error - self.granted.ulps * ulp - self.granted.absolute(form)
        self.beyond = self.beyond.raised(beyond, z, got, beyond > 0)
        self.missing = self.missing.raised(np.ones(len(z)), z, got, ~np.isfinite(got))
        low = 0.0 if self.name == "sigmoid" else -1.0
        outside = np.maximum(low - got, got - 1)
        self.outside = self.outside.raised(outside, z, got, outside > 0)
        self._bin(z, ulps)

    def _bin(self, z: Array, ulps: Array) -> None:
        side, bins, worst = BINS // 2, self.bins.copy(), self.worst.copy()
        power = np.clip(np.frexp(z)[1] - 1, LOWEST, HIGHEST)
        power = np.where(z == 0, LOWEST, power) - LOWEST
        place = np.where(z < 0, side - 1 - power, side + power)
        starts = np.flatnonzero(np.diff(place, prepend=-1))
        for start, end in pairwise([*starts.tolist(), len(z)]):
            highest = start + int(np.argmax(ulps[start:end]))
            if ulps[highest] > bins[place[start]]:
                bins[place[start]], worst[place[start]] = ulps[highest], z[highest]
        self.bins, self.worst = bins, worst

    def _shape(self, z: Array, got: Array) -> None:
        """Look at the curve as a whole: where it is flat, whether it falls, whether it is odd."""
        fall = (got[:-1] - got[1:]) / self.form.ulp(np.nan_to_num(got[:-1]))
        self.falls = self.falls.raised(fall, z[:-1], got[:-1], fall > 0)
        negative, positive = z[z < 0], z[z > 0]
        if self.name == "tanh" and np.array_equal(-negative[::-1], positive):
            sums = np.abs(got[z < 0][::-1] + got[z > 0])
            self.odd = self.odd.raised(sums, positive, got[z > 0], sums > 0)
        self.one_from = _since(z[z > 0], got[z > 0] == 1, self.one_from)
        self.zero_to = -_since(-negative[::-1], got[z < 0][::-1] == 0, -self.zero_to)


def up(x: float) -> float:
    """Round up to three digits."""
    if not math.isfinite(x):
        return x
    return float(Context(prec=3, rounding=ROUND_CEILING).create_decimal(Decimal(x)))


def _since(z: Array, flat: Any, before: float) -> float:
    """Return from which z on something holds to the end, for z > 0 in increasing order."""
    if not len(z) or flat.all():
        return min(before, z[0]) if len(z) else before
    last = int(np.flatnonzero(~flat)[-1])
    return float(z[last + 1]) if last + 1 < len(z) else math.inf
