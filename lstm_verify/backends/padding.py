"""Weights for an implementation that has been made larger than a network is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm.network import Tensor, Weights
from lstm_verify.lstm.semantics import GATES

Given = TypeVar("Given", bound=Weights)


def padded(weights: Given, inputs: int, units: int) -> Given:
    """Return weights for more inputs and units: those that are added see nothing, and are not seen."""
    has = len(weights.bias_ih) // len(GATES), len(weights.weight_ih[0])
    if has == (units, inputs):
        return weights

    def wider(name: str, tensor: Tensor) -> NDArray[Any]:
        array = np.asarray(tensor, dtype=float)
        if name in Weights.PACKED:
            blocks = array.reshape(len(GATES), has[0], *array.shape[1:])
            grown = widened(blocks, 1, units)
            if array.ndim == 2:
                grown = widened(grown, 2, inputs if name == "weight_ih" else units)
            return grown.reshape(len(GATES) * units, *grown.shape[2:])
        return widened(array, 0, units)

    return replace(weights, **{name: wider(name, tensor) for name, tensor in weights.items()})


def widened(array: NDArray[Any], axis: int, length: int) -> NDArray[Any]:
    """Add zeros at the end of an axis."""
    missing = length - array.shape[axis]
    return (
        np.pad(array, [(0, missing if k == axis else 0) for k in range(array.ndim)]) if missing > 0 else array
    )
