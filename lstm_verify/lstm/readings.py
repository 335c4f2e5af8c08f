"""The readings of the equations: one loop over time, four arithmetics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lstm_verify.lstm import balls
from lstm_verify.lstm.arithmetic.base import Vector
from lstm_verify.lstm.cell import Cell, Step
from lstm_verify.lstm.network import Network, Run


def unroll(cell: Cell[Vector], run: Run) -> Iterator[Step[Vector]]:
    """Run a cell over a sequence, in the cell's arithmetic; one `Step` a time step."""
    vector = cell.arithmetic.vector
    h, c = vector(run.h0), vector(run.c0)
    for x in run.inputs:
        step = cell.step(vector(x), h, c)
        yield step
        h, c = step.h, step.c


def float_trace(network: Network, run: Run, dtype: str = "float64") -> list[Step[Any]]:
    """Return the trace in NumPy floats; vectors are [..., hidden_size], as the inputs' leading axes."""
    from lstm_verify.lstm.arithmetic.floats import FloatArithmetic

    return list(unroll(Cell(network, FloatArithmetic(dtype)), run))


def hand_trace(network: Network, run: Run, ideal: Mapping[str, Sequence[str]]) -> list[Step[Any]]:
    """Return the trace by the hand rules, vectors [hidden_size] of `Hand`: ideal and radius.

    Args:
        ideal: role (i, f, g, o, h) -> the hand rule of each unit.
    """
    from lstm_verify.lstm.arithmetic.hand import HandArithmetic

    return list(unroll(Cell(network, HandArithmetic(ideal)), run))


def true_trace(network: Network, run: Run, bits: int) -> list[Step[Any]]:
    """Return the true trace, vectors [hidden_size] of balls computed with so many bits."""
    from lstm_verify.lstm.arithmetic.ball import BallArithmetic

    with balls.precision(bits):
        return list(unroll(Cell(network, BallArithmetic(bits)), run))
