"""What σ and tanh truly are at numbers of a format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from lstm_verify.lstm import balls
from lstm_verify.lstm.formats import Format

Array = NDArray[np.float64]

_BITS = 128
_BESIDE = 2.0**-120  # of a value: what is left of it where it is too little to be seen; see `_sided`

FLOAT64_ERROR = 4
"""The float64 values of σ and tanh here are within so many ulp of float64: measured against balls
(tests/measure), not proven. That is 2^-27 ulp of float32."""


@dataclass(frozen=True)
class Truth:
    """True values, as unevaluated sums of two float64 numbers, [n].

    Attributes:
        high: the float64 number nearest to each.
        low: what is left.
    """

    high: Array
    low: Array

    def error(self, got: Array) -> Array:
        """Return how far numbers are from the true ones; infinite where there is none."""
        with np.errstate(invalid="ignore"):
            distance = np.abs((got - self.high) - self.low)
        return np.where(np.isnan(distance), np.inf, distance)

    def ulp(self, form: Format) -> Array:
        """Return the spacing of a format at the true values.

        Just below a power of two it is half of that above.
        """
        power_of_two = np.abs(np.frexp(self.high)[0]) == 0.5
        shrinks = power_of_two & (np.sign(self.low) == -np.sign(self.high))
        at = np.where(shrinks, np.nextafter(self.high, 0), self.high)
        return form.ulp(at)


def by_balls(name: str, z: Array) -> Truth:
    """Return σ ("sigmoid") or tanh, proven to 2^-100 of themselves, or 2^-1074 where that is more."""
    function = balls.FUNCTIONS[name]
    high, low = [], []
    with balls.precision(_BITS):
        for x in z.tolist():
            ball = function(arb(x))
            nearest = float(ball)
            high.append(nearest)
            low.append(float(ball - nearest))
    return _sided(name, z, np.array(high), np.array(low))


def by_float64(name: str, z: Array) -> Truth:
    """Return σ or tanh as float64 arithmetic has it: near enough for narrower formats; see FLOAT64_ERROR."""
    if name == "tanh":
        value: Any = np.tanh(z)
    else:
        power = np.exp(-np.abs(z))
        value = np.where(z < 0, power, 1) / (1 + power)
    return _sided(name, z, value, np.zeros_like(z))


def _sided(name: str, z: Array, high: Array, low: Array) -> Truth:
    """Say on which side the true value lies where that is too near to ±1, ½ or z to be seen.

    At a power of two an ulp is another on either side.
    """
    inward = -high * _BESIDE  # of the smallest numbers 0: a fixed number might be an ulp of theirs
    beside = np.where(np.abs(high) == 1, inward, 0.0)
    if name == "tanh":
        beside = np.where((high == z) & (z != 0), inward, beside)
    else:
        beside = np.where((high == 0.5) & (z != 0), np.copysign(_BESIDE, z), beside)
    return Truth(high, np.where(low == 0, beside, low))
