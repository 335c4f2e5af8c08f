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
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from lstm_verify.lstm import balls
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.activations import ACTIVATIONS, Activation
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Tensor

Array = NDArray[np.float64]

DOUBLE = FORMATS["float64"]
SLACK = 1 + 2.0**-30  # covers the float64 rounding of a bound that is itself a sum of up to 2^20 terms

_LARGEST_GRID = 2**23  # products; beyond, sums are not searched for being exact: wider, and as true


@dataclass(frozen=True)
class Interval:
    """A vector [..., n] of intervals of numbers computed in one format."""

    low: Array
    high: Array
    form: Format

    def __add__(self, other: Interval) -> Interval:
        """Return the sum, rounded."""
        return self._rounded(self.low + other.low, self.high + other.high)

    def __mul__(self, other: Interval) -> Interval:
        """Return the elementwise product, rounded."""
        with np.errstate(invalid="ignore", over="ignore"):
            corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        low = np.minimum(np.minimum(corners[0], corners[1]), np.minimum(corners[2], corners[3]))
        high = np.maximum(np.maximum(corners[0], corners[1]), np.maximum(corners[2], corners[3]))
        return self._rounded(low, high)

    def __getitem__(self, rows: Any) -> Interval:
        """Return some rows of a batch, picked as NumPy does."""
        return Interval(self.low[rows], self.high[rows], self.form)

    @classmethod
    def stacked(cls, intervals: Sequence[Interval]) -> Interval:
        """Put intervals [n] one under the other, [len(intervals), n]."""
        low, high = ([getattr(x, end) for x in intervals] for end in ("low", "high"))
        return cls(np.array(low), np.array(high), intervals[0].form)

    def _rounded(self, low: Array, high: Array) -> Interval:
        """Widen by one rounding of the format."""
        u, tiny = self.form.roundoff, self.form.underflow
        return outward(low - np.abs(low) * u - tiny, high + np.abs(high) * u + tiny, self.form)

    @cached_property
    def middle(self) -> Array:
        """The middle of each interval (0 where it is unbounded)."""
        middle = (self.low + self.high) / 2
        return np.where(np.isfinite(middle), middle, 0.0)

    @cached_property
    def radius(self) -> Array:
        """Half the width of each interval around its middle, rounded up (∞ where it is unbounded)."""
        width = np.maximum(self.high - self.middle, self.middle - self.low)
        return np.where(width > 0, np.nextafter(width, np.inf), 0.0)

    @cached_property
    def reach(self) -> Array:
        """The largest absolute value in each interval."""
        return np.abs(self.middle) + self.radius

    @cached_property
    def largest(self) -> Array:
        """The largest of all the reaches, or 1 where that is larger; [..., 1]."""
        return self.reach.max(axis=-1, keepdims=True, initial=1.0)

    @cached_property
    def lowest_bit(self) -> Array:
        """The value of the last bit set in each number; 0 where the number is not known."""
        return np.where(self.radius > 0, 0.0, _lowest_bit(self.middle))


def outward(low: Array, high: Array, form: Format) -> Interval:
    """Make intervals of computed ends: one float64 further out, unbounded where the format overflows."""
    low = np.where(low >= -form.largest, np.nextafter(low, -np.inf), -np.inf)  # −inf for NaN, too
    high = np.where(high <= form.largest, np.nextafter(high, np.inf), np.inf)
    return Interval(low, high, form)


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
        return _Matrix(rounded, size, used, _lowest_bit(rounded), subnormal)

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

    def affine(self, products: Sequence[tuple[_Matrix, Interval]], terms: Sequence[Interval]) -> Interval:
        """Return the sum of all matrix products and terms, whatever the order of summation.

        With n terms of absolute sum S the error is at most γ_n S, γ_n = n u / (1 − n u). It is
        0 where every partial sum, in any order, is a number of the format: where all terms are
        multiples of some 2^q and S ≤ 2^(q + precision).
        """
        with np.errstate(invalid="ignore", over="ignore"):
            centre = _total(x.middle @ m.values.T for m, x in products) + _total(t.middle for t in terms)
            spread = _total(x.radius @ m.magnitude.T for m, x in products) + _total(t.radius for t in terms)
            total = _total(x.reach @ m.magnitude.T for m, x in products) + _total(t.reach for t in terms)
            count = _total((x.reach > 0) @ m.used.T for m, x in products) + _total(t.reach > 0 for t in terms)
            grid = np.minimum(_least(_grid(m, x) for m, x in products), _least(t.lowest_bit for t in terms))
            largest = _most(x.largest for _, x in products)
            # Where all terms are multiples of a normal number, no product and no sum underflows;
            # but hardware that flushes reads a subnormal weight as 0, however large its x is.
            tiny = (grid < self.form.smallest_normal) | _any(m.subnormal for m, _ in products)
            error = spread + tiny * count * self.form.underflow * largest
            for form in (self.form, DOUBLE):  # the implementation's rounding, and our own
                inexact = total * SLACK > grid * 2.0**form.precision
                error = error + inexact * _gamma(count + 2 * (form is DOUBLE), form) * total
            # Where a partial sum may overflow, an order of summation may give any number, or none.
            error = np.where(total * SLACK > self.form.largest, np.inf, error * SLACK)
            return outward(centre - error, centre + error, self.form)

    def activation(self, role: str, name: str, z: Interval) -> Interval:  # noqa: ARG002 (hand needs it)
        """Enclose the activation at both ends of z, then widen by the promised error."""
        activation = ACTIVATIONS[name]
        if not activation.rounds:
            return Interval(activation.floats(z.low), activation.floats(z.high), self.form)
        low, high = _enclosed(activation, z.low, z.high)
        unknown = np.isinf(z.low) & np.isinf(z.high)  # z may be ∞ − ∞, which is no number
        promised = self.accuracy.of(name)
        absolute = promised.absolute(self.form)
        low, high = (
            self._below(low, high, promised.ulps) - absolute,
            -self._below(-high, -low, promised.ulps) + absolute,
        )
        low, high = np.where(unknown, -np.inf, low), np.where(unknown, np.inf, high)
        return outward(low, high, self.form)

    def _below(self, low: Array, high: Array, ulps: float) -> Array:
        """Return the least that v − ulps·ulp(v) can be for v between low and high.

        Where v may cross a power of two its ulp changes: for low ≥ 0 both bounds below hold,
        and the better one is taken.
        """
        by_ulp = low - ulps * self.form.ulp(np.where(low < 0, low, high))
        share = 2 * ulps * self.form.roundoff  # an ulp of v is at most 2u|v|, or that of 0
        by_ratio = low * (1 - share) - ulps * self.form.ulp(np.zeros(1))
        return np.where((low < 0) | (share >= 1), by_ulp, np.maximum(by_ulp, by_ratio))


_total = partial(functools.reduce, operator.add)
_any = partial(functools.reduce, operator.or_)
_most = partial(functools.reduce, np.maximum)
_least = partial(functools.reduce, np.minimum)


def _gamma(count: Array, form: Format) -> Array:
    """γ_n = n u / (1 − n u); unbounded where n u ≥ 1."""
    share = count * form.roundoff
    return np.where(share < 1, share / np.maximum(1 - share, 1e-300), np.inf)


def _lowest_bit(x: Array) -> Array:
    """Return the value of the last bit that is set in each number; ∞ for 0, which has none."""
    mantissa, exponent = np.frexp(x)
    whole = np.ldexp(mantissa, 53).astype(np.int64)
    lowest = np.ldexp((whole & -whole).astype(np.float64), exponent - 53)
    return np.where(whole == 0, np.inf, lowest)


def _grid(matrix: _Matrix, x: Interval) -> Array:
    """Return, row by row, a power of two of which every product is a multiple (0: no such is known)."""
    if x.low.size * len(matrix.values) > _LARGEST_GRID:
        return np.zeros(1)
    products = matrix.lowest_bit * x.lowest_bit[..., None, :]
    return np.where(np.isnan(products), np.inf, products).min(axis=-1)  # NaN: unknown x, weight 0


def _enclosed(activation: Activation, low: Array, high: Array) -> tuple[Array, Array]:
    """Return float64 bounds of the true activation at both ends (equal ends are evaluated once)."""
    ends = np.concatenate([low.ravel(), high.ravel()]).tolist()
    with balls.precision(64):
        nearest = {z: float(activation.ball(arb(z))) for z in set(ends)}
    values = np.array([nearest[z] for z in ends]).reshape(2, *low.shape)
    return np.nextafter(values[0], -np.inf), np.nextafter(values[1], np.inf)
