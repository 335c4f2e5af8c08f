"""How far the rounding of sums can lead: γ_n, and what it makes of a layer normalisation."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from lstm_verify.lstm.arithmetic.interval import Array, Interval, outward
from lstm_verify.lstm.formats import FORMATS, Format

DOUBLE = FORMATS["float64"]


def gamma(count: Any, form: Format) -> Array:
    """γ_n = n u / (1 − n u), unbounded where n u ≥ 1 (Higham 2002, lemma 3.1)."""
    share = np.asarray(count) * form.roundoff
    return np.where(share < 1, share / np.maximum(1 - share, 1e-300), np.inf)


def normalised(x: Interval, epsilon: Fraction) -> Interval:
    """Enclose (x − mean) / √(variance + ε), over the last axis.

    The mean may be summed in any order. The variance may be the mean of the squared deviations,
    or be found in one pass: the mean of the squares less the square of the mean, kept from being
    negative; then γ_n is taken of the squares. ε may be rounded to the format, or not. Where a
    sum of squares may overflow nothing is known.
    """
    form, n = x.form, x.low.shape[-1]
    # n + 8: the sum, and the few roundings of quotient, difference, square, root and product.
    share = float(gamma(n + 8, form) + gamma(n + 8, DOUBLE))  # the implementation's rounding, and ours
    tiny = 8 * form.underflow
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        error = share * _mean(x.reach) + tiny
        low, high = x.low - (_mean(x.high) + error), x.high - (_mean(x.low) - error)
        least, most = _squared(low, high)
        lost = share * 4 * _mean(x.reach**2) + tiny
        addends = sorted([form.nearest(epsilon), float(epsilon)])
        least = np.maximum(_mean(least) - lost, 0) + np.nextafter(addends[0], 0)
        most = _mean(most) + lost + np.nextafter(addends[1], np.inf)
        scale = Interval(1 / np.sqrt(most) * (1 - share), 1 / np.sqrt(least) * (1 + share), form)
        deviation = outward(low - np.abs(low) * share - tiny, high + np.abs(high) * share + tiny, form)
        found = deviation * scale
        overflows = n * _mean(x.reach**2) * (1 + share) > form.largest
        return Interval(
            np.where(overflows, -np.inf, found.low), np.where(overflows, np.inf, found.high), form
        )


def _mean(values: Array) -> Array:
    return values.mean(axis=-1, keepdims=True)


def _squared(low: Array, high: Array) -> tuple[Array, Array]:
    """Return the least and the most that a square can be."""
    most = np.maximum(low * low, high * high)
    return np.where((low <= 0) & (high >= 0), 0.0, np.minimum(low * low, high * high)), most
