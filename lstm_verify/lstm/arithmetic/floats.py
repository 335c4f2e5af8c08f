"""The float reading: NumPy arrays, vectorised over leading axes such as a batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm.activations import ACTIVATIONS
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Tensor

Array = NDArray[np.floating]


class FloatArithmetic:
    """Floats of one of NumPy's formats: float64, float32 or float16."""

    def __init__(self, dtype: str = "float64") -> None:
        self.dtype = dtype

    def matrix(self, values: Tensor) -> Array:
        """Round exact numbers once to the format."""
        return self.vector(values)

    def vector(self, values: Tensor) -> Array:
        """Round exact numbers once to the format."""
        return FORMATS[self.dtype].rounded(values).astype(self.dtype)

    def affine(self, products: Sequence[tuple[Array, Array]], terms: Sequence[Array]) -> Array:
        """W_1 x_1 + W_2 x_2 + … + b_1 + b_2 + …, rows of a batch alike."""
        total: Array = sum(x @ matrix.T for matrix, x in products) + sum(terms)  # type: ignore[assignment]
        return total

    def activation(self, role: str, name: str, z: Array) -> Array:  # noqa: ARG002 (hand needs it)
        """Return the activation, elementwise."""
        return ACTIVATIONS[name].floats(z)
