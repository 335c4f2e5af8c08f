"""The envelope of what an implementation showed, step by step.

Each step is given the h that the implementation itself showed one step before, as the number
it is, and either the c that it showed and was given back, or c as the interval that the step
before left. By induction from the initial state that is sound: the first wrong number is
caught in its own step, and the intervals do not widen with the length of the sequence.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lstm_verify.backends.base import Array, Observation, Part
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.arithmetic.envelope import EnvelopeArithmetic, Interval
from lstm_verify.lstm.cell import Cell, Step
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Run, Tensor


def envelopes(
    network: Network, run: Run, observation: Observation, form: Format, accuracy: Accuracy
) -> list[Step[Interval]]:
    """Return the envelope of each part of an observation, intervals [steps, hidden_size].

    Args:
        network, run: as the implementation was given them, rounded to its format.
    """
    arithmetic = EnvelopeArithmetic(form, accuracy)
    cell = Cell[Interval](network, arithmetic)
    parts = observation.parts
    h = [_before(part, "h", run.h0) for part in parts]
    x = arithmetic.vector(run.inputs)
    if observation.fed_back:  # every state is known: each step is a row of one batch
        c = [_before(part, "c", run.c0) for part in parts]
        return [
            cell.step(x[: part.steps], arithmetic.shown(h[k]), arithmetic.shown(c[k]))
            for k, part in enumerate(parts)
        ]
    c0 = arithmetic.vector(np.tile(run.c0, (len(parts), 1)))
    steps = list(_carried(cell, arithmetic, x, h, c0))
    return [_row(k, steps[: part.steps]) for k, part in enumerate(parts)]


def _before(part: Part, quantity: str, initial: Tensor) -> Array:
    """Return what was shown one step before each step, [steps, hidden_size]."""
    return np.concatenate([np.asarray(initial)[None], part.values[quantity][: part.steps - 1]])


def _carried(
    cell: Cell[Interval], arithmetic: EnvelopeArithmetic, inputs: Interval, before: list[Array], c: Interval
) -> Iterator[Step[Interval]]:
    """Yield one step after the other of all parts together, row k being part k's; c is carried.

    The parts come the longest first, so those that go on are the first rows.
    """
    for t in range(len(before[0])):
        h = np.array([shown[t] for shown in before if len(shown) > t])
        step = cell.step(inputs[t], arithmetic.shown(h), c[: len(h)])
        c = step.c
        yield step


def _row(k: int, steps: list[Step[Interval]]) -> Step[Interval]:
    """Put one row of all steps together: intervals [steps, hidden_size]."""
    quantities = zip(*steps, strict=True)
    return Step(*(Interval.stacked([at_one_step[k] for at_one_step in q]) for q in quantities))
