"""The envelope reading: where a correct implementation in a given format must land.

A number is an interval. Each operation widens it by what a correct implementation may lose
in that operation: one rounding for a sum or product, the promised error for an activation,
and for a matrix product whatever any order of summation, with or without fused
multiply-add, can lose (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.,
section 3.1). So the interval contains the result of *every* correct implementation.

The intervals' own ends are float64, always rounded outward.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from lstm_verify.lstm import balls
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.activations import Function, function
from lstm_verify.lstm.arithmetic.interval import Interval, lowest_bit, outward
from lstm_verify.lstm.arithmetic.normalisation import DOUBLE, gamma, normalised
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Tensor
from lstm_verify.lstm.semantics import Activation

Array = NDArray[np.float64]

SLACK = 1 + 2.0**-30  # covers the float64 rounding of a bound that is itself a sum of up to 2^20 terms

_LARGEST_GRID = 2**23  # products; beyond, sums are not searched for being exact: wider, and as true


@dataclass(frozen=True)
class _Matrix:
    """A matrix [n, m] of the format's numbers, with what `affine` asks of it."""

    values: Array
    magnitude: Array
    used: Array  # 1 where an entry is not 0
    lowest_bit: Array
    subnormal: Any  # [n], bool: whether a row has a subnormal entry


class EnvelopeArithmetic:
    """Intervals of one format, for an implementation of a given accuracy."""

    def __init__(self, form: Format, accuracy: Accuracy) -> None:
        self.form = form
        self.accuracy = accuracy

    def matrix(self, values: Tensor) -> _Matrix:
        """Round exact numbers once: that is what an implementation is given."""
        rounded = self.form.rounded(values)
        size = np.abs(rounded)
        used = (size > 0).astype(np.float64)
        subnormal = np.any((size > 0) & (size < self.form.smallest_normal), axis=-1)
        return _Matrix(rounded, size, used, lowest_bit(rounded), subnormal)

    def vector(self, values: Tensor) -> Interval:
        """Round exact numbers once; what is subnormal may be flushed to 0, so both are in."""
        return self.shown(self.form.rounded(values))

    def shown(self, values: Array) -> Interval:
        """Take numbers [..., n] that an implementation has shown as what they are."""
        flushable = (np.abs(values) < self.form.smallest_normal) & self.form.flushes
        low = np.where(flushable, np.minimum(values, 0), values)
        high = np.where(flushable, np.maximum(values, 0), values)
        return Interval(
            np.where(np.isfinite(low), low, -np.inf), np.where(np.isfinite(high), high, np.inf), self.form
        )

    def stacked(self, vectors: Sequence[Interval]) -> Interval:
        """Put vectors [n] one under the other, as the rows of a batch."""
        return Interval.stacked(vectors)

    def affine(self, products: Sequence[tuple[_Matrix, Interval]], terms: Sequence[Interval]) -> Interval:
        """Return the sum of all matrix products and terms, whatever the order of summation.

        With n terms of absolute sum S the error is at most γ_n S, γ_n = n u / (1 − n u). It is
        0 where every partial sum, in any order, is a number of the format: where all terms are
        multiples of some 2^q and S ≤ 2^(q + precision).
        """
        with np.errstate(invalid="ignore", over="ignore"):
            centre = _total(products, lambda m, x: x.middle @ m.values.T) + sum(t.middle for t in terms)
            spread = _total(products, lambda m, x: x.radius @ m.magnitude.T) + sum(t.radius for t in terms)
            total = _total(products, lambda m, x: x.reach @ m.magnitude.T) + sum(t.reach for t in terms)
            count = _total(products, lambda m, x: (x.reach > 0) @ m.used.T) + sum(t.reach > 0 for t in terms)
            grid = _least([*(_grid(m, x) for m, x in products), *(t.lowest_bit for t in terms)])
            largest = _most([np.ones(1), *(x.largest for _, x in products)])
            # Where all terms are multiples of a normal number, no product and no sum underflows;
            # but hardware that flushes reads a subnormal weight as 0, however large its x is.
            tiny = (grid < self.form.smallest_normal) | _any(
                [np.zeros(1, bool), *(m.subnormal for m, _ in products)]
            )
            error = spread + tiny * count * self.form.underflow * largest
            for form in (self.form, DOUBLE):  # the implementation's rounding, and our own
                inexact = total * SLACK > grid * 2.0**form.precision
                bound = gamma(count + 2 * (form == DOUBLE), form) * total
                error = error + np.where(inexact, bound, 0)  # exact however many terms there are
            # Where a partial sum may overflow, an order of summation may give any number, or none.
            error = np.where(total * SLACK > self.form.largest, np.inf, error * SLACK)
            return outward(centre - error, centre + error, self.form)

    def joined(self, vectors: Sequence[Interval]) -> Interval:
        """Put vectors one behind the other."""
        low, high = ([getattr(x, end) for x in vectors] for end in ("low", "high"))
        return Interval(np.concatenate(low, axis=-1), np.concatenate(high, axis=-1), self.form)

    def one_minus(self, x: Interval) -> Interval:
        """Return 1 − x, rounded."""
        return self.vector([Fraction(1)]) + Interval(-x.high, -x.low, self.form)

    def clip(self, x: Interval, limit: Fraction) -> Interval:
        """Return x kept within ± limit, which itself is rounded once."""
        bound = self.form.nearest(limit)
        return x.unless_unknown(np.clip(x.low, -bound, bound), np.clip(x.high, -bound, bound))

    def normalise(self, x: Interval, epsilon: Fraction) -> Interval:
        """Return (x − mean) / √(variance + ε), however mean and variance are summed."""
        return normalised(x, epsilon)

    def activation(self, role: str, activation: Activation, z: Interval) -> Interval:  # noqa: ARG002 (hand needs it)
        """Enclose the activation at both ends of z, then widen by the promised error."""
        known = function(activation)
        if not known.rounds:
            return z.unless_unknown(known.floats(z.low), known.floats(z.high))
        low, high = _enclosed(known, z.low, z.high)
        promised = self.accuracy.of(activation.name)
        absolute = promised.absolute(self.form) + known.cancels * self.form.roundoff
        low, high = (
            self._below(low, high, promised.ulps) - absolute,
            -self._below(-high, -low, promised.ulps) + absolute,
        )
        return z.unless_unknown(*outward(low, high, self.form).ends)

    def _below(self, low: Array, high: Array, ulps: float) -> Array:
        """Return the least that v − ulps·ulp(v) can be for v between low and high.

        Where v may cross a power of two its ulp changes: for low ≥ 0 both bounds below hold,
        and the better one is taken.
        """
        by_ulp = low - ulps * self.form.ulp(np.where(low < 0, low, high))
        share = 2 * ulps * self.form.roundoff  # an ulp of v is at most 2u|v|, or that of 0
        by_ratio = low * (1 - share) - ulps * self.form.ulp(np.zeros(1))
        return np.where((low < 0) | (share >= 1), by_ulp, np.maximum(by_ulp, by_ratio))


def _total(products: Sequence[tuple[_Matrix, Interval]], part: Callable[[_Matrix, Interval], Array]) -> Array:
    """Return the sum of a part of every product."""
    return sum((part(matrix, x) for matrix, x in products), start=np.zeros(1))


_any = partial(functools.reduce, operator.or_)
_most = partial(functools.reduce, np.maximum)
_least = partial(functools.reduce, np.minimum)


def _grid(matrix: _Matrix, x: Interval) -> Array:
    """Return, row by row, a power of two of which every product is a multiple (0: no such is known)."""
    if x.low.shape[-1] * len(matrix.values) > _LARGEST_GRID:
        return np.zeros(1)
    if x.low.size * len(matrix.values) > _LARGEST_GRID:  # too many at once: row by row
        return np.stack([_grid(matrix, x[row]) for row in range(len(x.low))])
    products = matrix.lowest_bit * x.lowest_bit[..., None, :]
    return np.where(np.isnan(products), np.inf, products).min(axis=-1)  # NaN: unknown x, weight 0


def _enclosed(activation: Function, low: Array, high: Array) -> tuple[Array, Array]:
    """Return float64 bounds of the true activation at both ends (equal ends are evaluated once)."""
    ends = np.concatenate([low.ravel(), high.ravel()]).tolist()
    with balls.precision(64):
        nearest = {z: _bounds(activation, z) for z in set(ends)}
    values = np.array([nearest[z] for z in ends]).reshape(2, *low.shape, 2)
    return np.nextafter(values[0, ..., 0], -np.inf), np.nextafter(values[1, ..., 1], np.inf)


def _bounds(activation: Function, z: float) -> tuple[float, float]:
    """Return float64 numbers less than one of their roundings from the activation."""
    ball = activation.ball(arb(z))
    if activation.rational:  # alpha z + beta may cancel: then the ball is wide
        return float(ball.lower()), float(ball.upper())
    nearest = float(ball)
    return nearest, nearest
