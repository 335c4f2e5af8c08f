"""What a fault makes of one run: the right numbers beside the wrong ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from lstm_verify.faults.base import Array, Fault, Form, Shown
from lstm_verify.faults.matrix import Batch, answered, visible
from lstm_verify.faults.simulate import Faulty, shown
from lstm_verify.lstm.network import Network, Place
from lstm_verify.verify.protocols import PROTOCOLS, ask

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Column:
    """One unit's numbers over time, [steps] each, or the single number of a state at the end."""

    place: Place
    unit: int
    right: Array
    wrong: Array

    @property
    def deviation(self) -> Array:
        """How far off each number is; NaN where one is no number."""
        return self.wrong - self.right


@dataclass(frozen=True)
class Picture:
    """A run on which a fault shows.

    Attributes:
        call: which of a protocol's calls it is, from 1, or 0 of a plain run.
        row: which row of the batch.
        columns: those of the unit where it shows most: c and h, or whatever else differs.
        missing: what is not shown at all, or in another shape: place -> the right shape and its own, or None.
    """

    network: Network
    call: int
    row: int
    columns: list[Column]
    missing: dict[Place, tuple[Shape, Shape | None]]

    @property
    def largest(self) -> float:
        """The largest deviation; infinite where numbers are missing."""
        off = [np.nan_to_num(np.abs(column.deviation), nan=np.inf).max() for column in self.columns]
        return np.inf if self.missing else float(max(off))


def picture(fault: Fault, form: Form, batch: Batch) -> Picture | None:
    """Commit a form of a fault on a batch, and return where it shows most; None where it does not."""
    with np.errstate(all="ignore"):
        seen = [_seen(call, own, found) for call, own, found in _runs(fault, form, batch)]
    return max(filter(None, seen), key=lambda one: one.largest, default=None)


def _runs(fault: Fault, form: Form, batch: Batch) -> Iterator[tuple[int, Batch, Shown]]:
    """Yield what the code shows: on a plain run, or at each call of a protocol."""
    if fault.protocol is None:
        yield 0, batch, visible(shown(form, batch.network, batch.runs))
        return
    answers = PROTOCOLS[fault.protocol].answers(batch.network, batch.runs, ask(Faulty(form)))
    for call, answer in enumerate(answers, 1):
        yield call, Batch(answer.network, answer.runs), answered(answer)


def _seen(call: int, batch: Batch, found: Shown) -> Picture | None:
    honest = batch.honest
    missing = {
        place: (right.shape, found[place].shape if place in found else None)
        for place, right in honest.items()
        if place not in found or found[place].shape != right.shape
    }
    off = {
        place: np.nan_to_num(np.abs(found[place] - right), nan=np.inf)
        for place, right in honest.items()
        if place not in missing
    }
    worst = max(off, key=lambda place: (off[place].max(), place.quantity in "ch"), default=None)
    if worst is None or not off[worst].max():
        return Picture(batch.network, call, 0, [], missing) if missing else None
    row, _, unit = np.unravel_index(np.argmax(off[worst]), off[worst].shape)
    places = [worst]
    if worst.quantity in "ch" and batch.network.proj_size == 0:
        both = [worst._replace(quantity=quantity) for quantity in "ch"]
        places = [place for place in both if place not in missing]
    columns = [Column(p, int(unit), honest[p][row, :, unit], found[p][row, :, unit]) for p in places]
    return Picture(batch.network, call, int(row), columns, missing)
