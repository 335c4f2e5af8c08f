"""What an arithmetic has to offer so that the equations can be read in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm.network import Tensor

Vector = TypeVar("Vector", bound=Any)
"""A vector [..., n] of an arithmetic's numbers, with elementwise + and ⊙ (written *)."""


def objects(numbers: Sequence[Any]) -> NDArray[np.object_]:
    """Make a vector of numbers that are objects; np.array alone would ask each whether it is a sequence."""
    array = np.empty(len(numbers), dtype=object)
    array[:] = numbers
    return array


class Arithmetic(Protocol[Vector]):
    """A reading of the equations: what a number is, and what is done with it."""

    def matrix(self, values: Tensor) -> Any:
        """Make exact numbers [n, m] ready for `affine`, once for a whole run."""

    def vector(self, values: Tensor) -> Vector:
        """Turn exact numbers [..., n] (a bias, an input, an initial state) into the arithmetic's."""

    def affine(self, products: Sequence[tuple[Any, Vector]], terms: Sequence[Vector]) -> Vector:
        """Return the sum of all matrix products [n, m] · [..., m] and terms [..., n], in no set order."""

    def activation(self, role: str, name: str, z: Vector) -> Vector:
        """Return the activation of that name, standing in that role (i, f, g, o or h), of z."""
