"""The ball reading: the true trace, enclosed as narrowly as the precision allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from flint import arb, arb_mat
from numpy.typing import NDArray

from lstm_verify.lstm import exact
from lstm_verify.lstm.activations import ACTIVATIONS
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Tensor

Array = NDArray[np.object_]  # of arb


class BallArithmetic:
    """Vectors [n] of balls of a given precision; run inside `balls.precision(bits)`."""

    def __init__(self, bits: int) -> None:
        self.bits = bits

    def parameters(self, tensors: Mapping[str, Tensor]) -> Mapping[str, arb_mat]:
        """Make a matrix, or a column, of balls of each tensor."""
        return {name: self._matrix(tensor) for name, tensor in tensors.items()}

    def vector(self, values: Tensor) -> Array:
        """Enclose exact numbers, [n]."""
        return np.array([self._ball(x) for x in values] + [None], dtype=object)[:-1]

    def affine(self, products: Sequence[tuple[arb_mat, Array]], biases: Sequence[arb_mat]) -> Array:
        """Return the sum of matrix products and biases, [n]."""
        terms = [matrix * _column(x) for matrix, x in products] + list(biases)
        total = terms[0]
        for term in terms[1:]:
            total += term
        return _array(total.entries())

    def activation(self, role: str, name: str, z: Array) -> Array:  # noqa: ARG002 (hand needs it)
        """Return the activation, elementwise."""
        return _array([ACTIVATIONS[name].ball(x) for x in z])

    def _matrix(self, tensor: Tensor) -> arb_mat:
        rows = [[self._ball(x) for x in np.atleast_1d(np.asarray(row, dtype=object))] for row in tensor]
        return arb_mat(rows)

    def _ball(self, x: Exact | float) -> arb:
        return arb(float(x)) if isinstance(x, float) else exact.ball(x, self.bits)


def _column(x: Array) -> arb_mat:
    return arb_mat([[number] for number in x])


def _array(numbers: Sequence[Any]) -> Array:
    """Make an object array; np.array alone would ask each ball whether it is a sequence."""
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return array
