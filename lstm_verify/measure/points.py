"""The numbers of a format, in order, and which of them are looked at.

The magnitudes of a format are numbered from 0: number n has the bits of n, read as an IEEE number
without its sign. Neighbours have neighbouring numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm.formats import Format

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

_EIGHTHS = 800  # formulas switch at such numbers as 0.625, 4, 9 or 88
_SMALL = 2.0**-24  # σ and tanh are straight lines below
_SEED = 20  # the same points each time


def count(form: Format) -> int:
    """Return how many finite magnitudes there are, 0 included."""
    return (form.max_exponent - form.min_exponent + 2) << (form.precision - 1)


def magnitude(form: Format, index: Indices) -> Array:
    """Return the magnitudes with these numbers."""
    fraction = form.precision - 1
    block, rest = index >> fraction, index & ((1 << fraction) - 1)
    significand = np.where(block > 0, rest + (1 << fraction), rest).astype(np.float64)
    exponent = form.min_exponent + np.maximum(block, 1) - 1 - fraction
    return np.ldexp(significand, exponent.astype(np.int32))


def index_of(form: Format, values: Any) -> Indices:
    """Return the numbers of the magnitudes next to these values."""
    fraction = form.precision - 1
    nearest = form.rounded(np.abs(np.asarray(values, dtype=np.float64)))
    exponent = np.maximum(np.frexp(nearest)[1] - 1, form.min_exponent)
    significand = np.ldexp(nearest, fraction - exponent).astype(np.int64)
    block = (exponent - form.min_exponent).astype(np.int64) << fraction
    return np.minimum(block + significand, count(form) - 1)


def vanishing(form: Format) -> float:
    """Return −z where σ(z) is less than every number of the format but 0."""
    return math.log(2) * (form.precision + 1 - form.min_exponent)


def saturating(form: Format) -> float:
    """Return z from which tanh(z) is nearer to 1 than to any other number."""
    return math.log(2) * (form.precision + 2) / 2


def sample(form: Format) -> Indices:
    """Return the numbers of the magnitudes that are looked at where not all are, in order.

    Tens of thousands: spread over the exponents, over the range where σ and tanh change, and around
    all that code may treat apart: powers of two, eighths, saturation, underflow, both ends.
    """
    rng = np.random.default_rng(_SEED)
    vanishes, saturates, last = vanishing(form), saturating(form), count(form) - 1
    low, high = index_of(form, [_SMALL, 2 * vanishes])
    powers = np.arange(0, last, 1 << (form.precision - 1))
    marks = index_of(form, [*np.arange(_EIGHTHS) / 8, vanishes, saturates, 2 * saturates])
    linear = [
        rng.uniform(0, 1, 3000),
        rng.uniform(0, 2 * saturates, 4000),
        rng.uniform(0, 1.1 * vanishes, 2500),
        # where σ goes under, above and below the smallest normal number
        vanishes - rng.uniform(-1, (form.precision + 2) * math.log(2), 1500),
    ]
    found = np.concatenate(
        [
            rng.integers(0, last + 1, 1000),
            rng.integers(low, high + 1, 8000),
            *(index_of(form, values) for values in linear),
            *(near + shift for near in (powers, marks) for shift in (-1, 0, 1)),
            [0, last],
        ]
    )
    return np.unique(np.clip(found, 0, last))


def around(form: Format, values: Array) -> Indices:
    """Return the numbers of magnitudes close to these: their neighbours, and others not far away."""
    rng = np.random.default_rng(_SEED + 1)
    centre = index_of(form, values)
    step = 1 << max(0, form.precision - 9)  # 1/256 of the magnitude
    wide = rng.integers(-step, step + 1, (len(centre), 150))
    found = np.concatenate([centre[:, None] + np.arange(-24, 25), centre[:, None] + wide], axis=1)
    return np.unique(np.clip(found, 0, count(form) - 1))


def blocks(form: Format, size: int, first: int = 0, last: int | None = None) -> Iterator[Indices]:
    """Yield the numbers of all magnitudes from one number to another, in order, so many at a time."""
    end = count(form) if last is None else last
    for start in range(first, end, size):
        yield np.arange(start, min(start + size, end))


def of_either_sign(magnitudes: Array) -> Array:
    """Return −m and m of increasing magnitudes m, in order; 0 once."""
    positive = magnitudes[magnitudes > 0]
    return np.concatenate([-positive[::-1], magnitudes])
