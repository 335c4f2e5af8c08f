"""The envelope of what an implementation showed, step by step.

Each step is given the h that the implementation itself showed one step before, as the number
it is, and either the c that it showed and was given back, or c as the interval that the step
before left. By induction from the initial state that is sound: the first wrong number is
caught in its own step, and the intervals do not widen with the length of the sequence.

As every h is known beforehand, the gates of all steps are computed at once, each step a row.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lstm_verify.backends.base import Array, Observation, Part
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.arithmetic.envelope import EnvelopeArithmetic, Interval
from lstm_verify.lstm.cell import Cell, Step
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Run


def envelopes(
    network: Network, run: Run, observation: Observation, form: Format, accuracy: Accuracy
) -> Iterator[Step[Interval]]:
    """Return the envelope of each part of an observation, intervals [steps, hidden_size].

    Args:
        network, run: as the implementation was given them, rounded to its format.
    """
    arithmetic = EnvelopeArithmetic(form, accuracy)
    cell = Cell[Interval](network, arithmetic)
    inputs, h0, c0 = (np.asarray(tensor, dtype=np.float64) for tensor in (run.inputs, run.h0, run.c0))
    parts = observation.parts
    before = np.concatenate([_before(part, "h", h0) for part in parts])
    i, f, g, o = _gates(cell, arithmetic, np.concatenate([inputs[: part.steps] for part in parts]), before)
    if observation.fed_back:
        shown = arithmetic.shown(np.concatenate([_before(part, "c", c0) for part in parts]))
        c = cell.cell_state(i, f, g, shown)
    else:
        c = _carried(cell, (i, f, g), c0, [part.steps for part in parts])
    whole = Step(i, f, g, o, c, cell.hidden_state(o, c))
    start = 0
    for part in parts:
        yield Step(*(quantity[start : start + part.steps] for quantity in whole))
        start += part.steps


def _before(part: Part, quantity: str, initial: Array) -> Array:
    """Return what was shown one step before each step, [steps, hidden_size]."""
    return np.concatenate([initial[None], part.values[quantity][: part.steps - 1]])


def _gates(cell: Cell[Interval], arithmetic: EnvelopeArithmetic, x: Array, h: Array) -> list[Interval]:
    """Return i, f, g and o of many steps; equal ones, as in runs over prefixes, are computed once."""
    rows, place = np.unique(np.concatenate([x, h], axis=1), axis=0, return_inverse=True)
    size = x.shape[1]
    gates = cell.gates(arithmetic.vector(rows[:, :size]), arithmetic.shown(rows[:, size:]))
    return [gate[place.ravel()] for gate in gates]


def _carried(
    cell: Cell[Interval], gates: tuple[Interval, Interval, Interval], c0: Array, lengths: list[int]
) -> Interval:
    """Return c of all steps of all parts, each from the interval that the step before left.

    The parts, the longest first, go forward together: row k of the state is part k's.
    """
    starts = np.cumsum([0, *lengths[:-1]])
    c = cell.arithmetic.vector(np.tile(c0, (len(lengths), 1)))
    low, high = np.empty_like(gates[0].low), np.empty_like(gates[0].low)
    for t in range(lengths[0]):
        going = sum(steps > t for steps in lengths)
        rows = starts[:going] + t
        i, f, g = (gate[rows] for gate in gates)
        c = cell.cell_state(i, f, g, c[:going])
        low[rows], high[rows] = c.low, c.high
    return Interval(low, high, c.form)
