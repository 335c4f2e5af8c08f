"""The ball reading: the true trace, enclosed as narrowly as the precision allows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from lstm_verify.lstm import exact
from lstm_verify.lstm.activations import ACTIVATIONS
from lstm_verify.lstm.arithmetic.base import objects
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Tensor

Array = NDArray[np.object_]  # of arb


class BallArithmetic:
    """Vectors [n] of balls of a given precision; run inside `balls.precision(bits)`."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def matrix(self, values: Tensor) -> arb_mat:
        """Enclose exact numbers, [n, m]."""
        return arb_mat([[self._ball(x) for x in row] for row in values])

    def vector(self, values: Tensor) -> Array:
        """Enclose exact numbers, [n]."""
        return objects([self._ball(x) for x in values])

    def affine(self, products: Sequence[tuple[arb_mat, Array]], terms: Sequence[Array]) -> Array:
        """Return the sum of matrix products and terms, [n]."""
        summands = [objects((matrix * _column(x)).entries()) for matrix, x in products]
        return sum(terms, start=sum(summands[1:], start=summands[0]))

    def activation(self, role: str, name: str, z: Array) -> Array:  # noqa: ARG002 (hand needs it)
        """Return the activation, elementwise."""
        return objects([ACTIVATIONS[name].ball(x) for x in z])

    def _ball(self, x: Exact | float) -> arb:
        return arb(float(x)) if isinstance(x, float) else exact.ball(x, self.bits)


def _column(x: Array) -> arb_mat:
    return arb_mat([[number] for number in x])
