"""Floating-point formats, and rounding exact numbers to them once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.exact import Exact

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Format:
    """A binary floating-point format (IEEE 754-2019, table 3.5; bfloat16 as Intel's).

    Its numbers are held in float64 arrays, where each of them is exact.

    Attributes:
        precision: bits of the significand, the leading one included.
        min_exponent: the smallest normal number is 2^min_exponent.
        max_exponent: the largest number is just below 2^(max_exponent + 1).
        flushes: whether hardware may put 0 for a subnormal number.
    """

    name: str
    precision: int
    min_exponent: int
    max_exponent: int
    flushes: bool = True

    @property
    def roundoff(self) -> float:
        """The unit roundoff u: rounding moves a normal number x by at most u·|x|."""
        return 2.0**-self.precision

    @property
    def largest(self) -> float:
        """The largest finite number."""
        return math.ldexp(1 - 2.0**-self.precision, self.max_exponent + 1)

    @property
    def smallest_normal(self) -> float:
        """The smallest positive normal number."""
        return math.ldexp(1.0, self.min_exponent)

    @property
    def underflow(self) -> float:
        """What an operation may lose, beside u·|x|, where its result is tiny."""
        if self.flushes:
            return self.smallest_normal
        return math.ldexp(1.0, self.min_exponent - self.precision)

    def ulp(self, x: Array) -> Array:
        """Return the distance between neighbouring numbers of the format at |x|."""
        exponent = np.where(x == 0, self.min_exponent, np.frexp(x)[1] - 1)
        return np.ldexp(1.0, np.maximum(exponent, self.min_exponent) - self.precision + 1)

    def rounded(self, values: Any) -> Array:
        """Round exact numbers, or the exact values of floats, to the nearest of the format.

        Args:
            values: nested sequences of exact numbers, or an array of floats; any shape.

        Returns:
            The rounded numbers; ±inf where one is too large for the format.
        """
        if isinstance(values, np.ndarray) and values.dtype != object:
            return self._rounded_floats(values.astype(np.float64))
        numbers = np.array(values, dtype=object)
        keys = [exact.key(x) for x in numbers.flat]
        once = {key: self.nearest(x) for key, x in dict(zip(keys, numbers.flat, strict=True)).items()}
        return np.array([once[key] for key in keys], dtype=np.float64).reshape(numbers.shape)

    def _rounded_floats(self, x: Array) -> Array:
        if self.precision == np.finfo(np.float64).nmant + 1:
            return x  # a number of the format already
        step = self.ulp(x)
        with np.errstate(invalid="ignore", over="ignore"):
            nearest = np.rint(x / step) * step  # rint: ties to even, as IEEE wants
        over = np.abs(nearest) > self.largest
        return np.where(over, np.copysign(np.inf, x), np.where(np.isfinite(x), nearest, x))

    def nearest(self, x: Exact) -> float:
        """Return the number of the format nearest to x, ties to even; ±inf beyond its range."""
        if isinstance(x, Fraction):
            return self._nearest_fraction(x)
        for bits in exact.precisions():  # it is never half way between two numbers: more bits decide
            with balls.precision(bits):
                ball = exact.ball(x, bits)
                ends = [balls.midpoint(end) for end in (ball.lower(), ball.upper()) if ball.is_finite()]
            nearest = {self._nearest_fraction(end) for end in ends}
            if len(nearest) == 1:
                return nearest.pop()
        raise exact.Undecided(f"cannot round {str(x)[:80]} with {exact.MAX_BITS} bits")

    def _nearest_fraction(self, x: Fraction) -> float:
        if not x:
            return 0.0
        exponent = _floor_log2(abs(x))
        step = max(exponent, self.min_exponent) - self.precision + 1
        count = round(x / Fraction(2) ** step)  # Python rounds ties to even
        if abs(count) >= 2 ** (self.max_exponent - step + 1):
            return math.inf if x > 0 else -math.inf
        return math.ldexp(count, step)


def _floor_log2(x: Fraction) -> int:
    guess = x.numerator.bit_length() - x.denominator.bit_length()
    return guess if x >= Fraction(2) ** guess else guess - 1


FORMATS = {
    f.name: f
    for f in (
        Format("float64", 53, -1022, 1023),
        Format("float32", 24, -126, 127),
        # Half precision is computed with its subnormals wherever it is found in hardware, and
        # flushing them (6e-5) would make the envelope useless.
        Format("float16", 11, -14, 15, flushes=False),
        Format("bfloat16", 8, -126, 127),
    )
}
"""Name -> format."""
