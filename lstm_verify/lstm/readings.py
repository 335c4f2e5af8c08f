"""The readings of the equations: one network, four arithmetics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lstm_verify.lstm import balls
from lstm_verify.lstm.arithmetic.base import Arithmetic, Vector
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.network import Network, Run
from lstm_verify.lstm.unroll import Trace, Unroll

Rules = Mapping[str, Sequence[str]]
"""Role (i, f, g, o, h) -> the hand rule of each unit."""


def cells(network: Network, arithmetic: Arithmetic[Vector]) -> list[Cell[Vector]]:
    """Return a cell for each layer and direction, all in one arithmetic."""
    return [Cell(network, arithmetic, k) for k in range(len(network.layers))]


class OutputLayer:
    """logits = W h + b."""

    def __init__(self, network: Network, arithmetic: Arithmetic[Any]) -> None:
        assert network.head is not None
        self.arithmetic = arithmetic
        self.weight = arithmetic.matrix(network.head.weight)
        self.bias = arithmetic.vector(network.head.bias)

    def __call__(self, h: Vector) -> Vector:
        """Return the logits of one step."""
        return self.arithmetic.affine([(self.weight, h)], [self.bias])


def head(network: Network, arithmetic: Arithmetic[Vector]) -> OutputLayer | None:
    """Return the output layer in an arithmetic, or None where the network has none."""
    return OutputLayer(network, arithmetic) if network.head else None


def unrolled(network: Network, arithmetic: Arithmetic[Vector]) -> Unroll[Vector]:
    """Return the network, read in an arithmetic."""
    return Unroll(network, cells(network, arithmetic), arithmetic, head(network, arithmetic))


def float_trace(network: Network, run: Run, dtype: str = "float64") -> Trace[Any]:
    """Return the trace in NumPy floats."""
    from lstm_verify.lstm.arithmetic.floats import FloatArithmetic

    return unrolled(network, FloatArithmetic(dtype)).trace(run)


def by_hand(network: Network, rules: Sequence[Rules]) -> Unroll[Any]:
    """Return the network, read by the hand rules of each layer and direction.

    Vectors are [n] of `Hand`: ideal and radius.
    """
    from lstm_verify.lstm.arithmetic.hand import HandArithmetic

    ruled = [Cell(network, HandArithmetic(rules[k]), k) for k in range(len(network.layers))]
    return Unroll(network, ruled, HandArithmetic({}), head(network, HandArithmetic({})))


def true_trace(network: Network, run: Run, bits: int) -> Trace[Any]:
    """Return the true trace, vectors [n] of balls computed with so many bits."""
    from lstm_verify.lstm.arithmetic.ball import BallArithmetic

    with balls.precision(bits):
        return unrolled(network, BallArithmetic(bits)).trace(run)
