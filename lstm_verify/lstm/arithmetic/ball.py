"""The ball reading: the true trace, enclosed as narrowly as the precision allows."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.activations import function
from lstm_verify.lstm.arithmetic.base import objects
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Tensor
from lstm_verify.lstm.semantics import Activation

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

    def joined(self, vectors: Sequence[Array]) -> Array:
        """Put vectors one behind the other."""
        return np.concatenate(vectors)

    def affine(self, products: Sequence[tuple[arb_mat, Array]], terms: Sequence[Array]) -> Array:
        """Return the sum of matrix products and terms, [n]."""
        summands = [objects((matrix * _column(x)).entries()) for matrix, x in products] + list(terms)
        return sum(summands[1:], start=summands[0])

    def activation(self, role: str, activation: Activation, z: Array) -> Array:  # noqa: ARG002 (hand needs it)
        """Return the activation, elementwise."""
        return objects([function(activation).ball(x) for x in z])

    def one_minus(self, x: Array) -> Array:
        """Return 1 − x."""
        return 1 - x

    def clip(self, x: Array, limit: Fraction) -> Array:
        """Return x kept within ± limit."""
        bound = balls.fraction(limit)
        return objects([z.max(-bound).min(bound) for z in x])

    def normalise(self, x: Array, epsilon: Fraction) -> Array:
        """Return (x − mean) / √(variance + ε)."""
        deviation = x - sum(x) / len(x)
        variance = sum(d * d for d in deviation) / len(x)
        return deviation / (variance + balls.fraction(epsilon)).sqrt()

    def _ball(self, x: Exact | float) -> arb:
        return arb(float(x)) if isinstance(x, float) else exact.ball(x, self.bits)


def _column(x: Array) -> arb_mat:
    return arb_mat([[number] for number in x])
