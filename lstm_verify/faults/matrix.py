"""The kill matrix: which puzzle sees which fault.

A fault is committed on every case of a puzzle, in float64, and what it shows (c, h, logits and the
states at the end, not the gates) is held against the envelope of a correct implementation.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.base import Observation, Part
from lstm_verify.faults.base import Array, Fault, Form, Shown, cell
from lstm_verify.faults.catalogue import faults
from lstm_verify.faults.chance import SEEDS
from lstm_verify.faults.needs import missing
from lstm_verify.faults.simulate import FLOATS, HONEST, Faulty, followed, shown, together, whole
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.semantics import AT_THE_END
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.verify.compare import Comparison, compare
from lstm_verify.verify.protocols import PROTOCOLS, Answer, ask
from lstm_verify.verify.verdict import rounded

VISIBLE = ("c", "h", "logits", *AT_THE_END)
"""What an implementation is taken to show."""

ACCURACY = Accuracy()
"""What code that says nothing of itself is granted."""


class Outcome(StrEnum):
    """What comes of a fault on a puzzle."""

    KILLED = "killed"  # a number lies outside the envelope of float32
    KILLED_IN_FLOAT64 = "killed in float64"  # or, closer, of float64
    HIDDEN = "cannot be seen"  # numbers change, by no more than correct arithmetic may
    SURVIVES = "survives"  # no number changes: the puzzle is blind to it
    LACKS = "not applicable"  # the puzzle has not the feature

    @property
    def killed(self) -> bool:
        """Whether the fault is found."""
        return self in (Outcome.KILLED, Outcome.KILLED_IN_FLOAT64)


RANK = list(Outcome)

VERDICTS = {"float32": Outcome.KILLED, "float64": Outcome.KILLED_IN_FLOAT64}
"""The formats whose envelopes are asked, the usual one first -> what it means to lie outside."""


@dataclass(frozen=True)
class Batch:
    """The rows of one batch of a puzzle, in floats, and what an honest implementation shows of them."""

    network: Network
    runs: Sequence[Run]

    @cached_property
    def honest(self) -> Shown:
        """What an honest implementation shows."""
        return visible(shown(HONEST, self.network, self.runs))

    @cached_property
    def blocks(self) -> list[tuple[Run, Part, slice]]:
        """What can be followed at once, and which rows it is: all of them, where every step counts."""
        states = {place: array for place, array in self.honest.items() if place.quantity in "ch"}
        if whole(self.network, self.runs):
            part = Part({place: array.swapaxes(0, 1) for place, array in states.items()}, fed_back=True)
            return [(together(self.runs), part, slice(None))]
        return [
            (
                run,
                Part({place: array[row] for place, array in states.items()}, fed_back=True),
                slice(row, row + 1),
            )
            for row, run in enumerate(self.runs)
        ]

    def followed(self, form: Form) -> Iterator[tuple[Place, slice, Array]]:
        """Yield what a fault makes of each step, given what is right before it: [rows, steps, n]."""
        for run, part, rows in self.blocks:
            trace = followed(form, self.network, run, part, FLOATS)
            for place, honest in self.honest.items():
                column = [vector for vector in trace.column(self.network, place) if vector is not None]
                if len(column) == honest.shape[1]:
                    yield place, rows, np.stack(column, axis=-2).reshape(honest[rows].shape)

    def comparison(self, row: int, form: str, found: Shown | None = None) -> Comparison:
        """Hold a row of what is shown against the envelope of a format."""
        part = Part({place: array[row] for place, array in (found or self.honest).items()}, fed_back=True)
        return compare(self.network, self.runs[row], Observation((part,)), FORMATS[form], ACCURACY)

    def asked(self, answer: Answer) -> Batch:
        """Return what was asked for in a protocol as a batch; protocols ask for the same again and again."""
        if answer.network is self.network and answer.runs is self.runs:
            return self
        tensors = (*answer.network.tensors(), *(item for run in answer.runs for item in run.items()))
        key = tuple(np.asarray(tensor).tobytes() for _, tensor in tensors)
        return self.others.setdefault(key, Batch(answer.network, answer.runs))

    @cached_property
    def others(self) -> dict[tuple[bytes, ...], Batch]:
        """What protocols have asked for so far, by its numbers."""
        return {}

    @cached_property
    def envelopes(self) -> dict[str, list[Comparison]]:
        """Format -> the envelope of what is honest, row by row."""
        return {form: [self.comparison(row, form) for row in range(len(self.runs))] for form in VERDICTS}


def batches(puzzle: Puzzle) -> list[Batch]:
    """Return the batches of a puzzle."""
    made = []
    for cases in puzzle.batches():
        pairs = [rounded(puzzle.network, case.run, FORMATS["float64"]) for case in cases]
        made.append(Batch(pairs[0][0], [run for _, run in pairs]))
    return made


def visible(found: Shown) -> Shown:
    """Return what an implementation is taken to show."""
    return {place: array for place, array in found.items() if place.quantity in VISIBLE}


def answered(answer: Answer) -> Shown:
    """Return what simulated code showed of all rows when it was asked for something in a protocol."""
    values = [visible(dict(observation.parts[0].values)) for observation in answer.observations]
    return {place: np.array([row[place] for row in values]) for place in values[0]}


def outcome(fault: Fault, form: Form, batch: Batch) -> Outcome:
    """Commit a form of a fault on a batch, and judge what comes of it."""
    SEEDS.begin()
    if missing((*fault.needs, *form.needs), batch.network, batch.runs):
        return Outcome.LACKS
    if fault.protocol:
        return _by_protocol(fault.protocol, form, batch)
    with np.errstate(all="ignore"):
        if form.follows:
            return _by_steps(form, batch)
        return judged(batch, visible(shown(form, batch.network, batch.runs)))


def _by_steps(form: Form, batch: Batch) -> Outcome:
    """Judge a fault that can be followed: what it makes of each step, given what is right before it.

    Up to its first wrong step the states are right, so that this is what such code would show there; and
    all steps are taken at once.
    """
    found = Outcome.SURVIVES
    for place, rows, got in batch.followed(form):
        found = min(found, _by_room(batch, place, rows, got), key=RANK.index)
        if found is Outcome.KILLED:
            break
    return found


def _by_room(batch: Batch, place: Place, rows: slice, got: Array) -> Outcome:
    """Judge numbers [rows, steps, n] that are not what they should be, by the envelopes of what is honest."""
    honest = batch.honest[place][rows]
    if not _unequal(got, honest).any():
        return Outcome.SURVIVES
    for form, said in VERDICTS.items():
        for comparison, numbers, right in zip(batch.envelopes[form][rows], got, honest, strict=True):
            if (replace(comparison.columns[place], got=numbers).outside & _unequal(numbers, right)).any():
                return said
    return Outcome.HIDDEN


def _by_protocol(name: str, form: Form, batch: Batch) -> Outcome:
    """Run a protocol with code that commits the fault, and judge every answer."""
    protocol, faulty = PROTOCOLS[name], Faulty(form)
    if not protocol.can(batch.network, batch.runs, faulty.calls):
        return Outcome.LACKS
    found, before = Outcome.SURVIVES, None
    with np.errstate(all="ignore"):
        for answer in protocol.answers(batch.network, batch.runs, ask(faulty)):
            stacked = answered(answer)
            if answer.again and before is not None and _differ(before, stacked):
                return Outcome.KILLED
            found = min(found, judged(batch.asked(answer), stacked), key=RANK.index)
            if found is Outcome.KILLED:
                break
            before = stacked
    return found


def _differ(some: Shown, others: Shown) -> bool:
    return any(not np.array_equal(some[place], others[place], equal_nan=True) for place in some)


def judged(batch: Batch, found: Shown) -> Outcome:
    """Hold what is shown against what an honest implementation shows, and its envelope."""
    honest = batch.honest
    if any(place not in found or found[place].shape != array.shape for place, array in honest.items()):
        return Outcome.KILLED
    if any((np.isnan(found[place]) & ~np.isnan(array)).any() for place, array in honest.items()):
        return Outcome.KILLED
    if not _differ(honest, found):
        return Outcome.SURVIVES
    soon, everything = _by_first(batch, found)
    if everything or soon is Outcome.KILLED:
        return soon
    for name, said in VERDICTS.items():
        if soon is said or any(_outside(batch, row, name, found) for row in range(len(batch.runs))):
            return said
    return Outcome.HIDDEN


def _outside(batch: Batch, row: int, form: str, found: Shown) -> bool:
    """Tell whether a number of a row lies outside the envelope of a format: one that the fault has changed.

    What is handed through as it is, such as the state of an empty row, has float32's envelope around
    its own rounding, where a right number of float64 does not lie.
    """
    columns = batch.comparison(row, form, found).columns
    return any(
        (columns[p].outside & _unequal(found[p][row], batch.honest[p][row])).any() for p in batch.honest
    )


def _by_first(batch: Batch, found: Shown) -> tuple[Outcome, bool]:
    """Judge the first numbers of each row that differ; return with it whether these are all there are.

    Up to them everything is right, so that the envelopes of what is honest hold for them too; an
    envelope for all that follows takes a hundred times as long.
    """
    network, every, soon = batch.network, slice(None), Outcome.SURVIVES
    for layer in range(network.num_layers):
        right = True
        for direction in range(network.directions):
            places = [Place(quantity, layer, direction) for quantity in "ch"]
            wrong = np.any([_unequal(batch.honest[p], found[p]).any(axis=2) for p in places], axis=0)
            in_order = wrong[:, ::-1] if network.reversed(direction) else wrong
            first = in_order & (in_order.cumsum(axis=1) == 1)
            first = first[:, ::-1] if network.reversed(direction) else first
            right = right and not wrong.any()
            for place in places:
                mixed = np.where(first[..., None], found[place], batch.honest[place])
                soon = min(soon, _by_room(batch, place, every, mixed), key=RANK.index)
        if not right:
            return soon, False
    others = [place for place in batch.honest if place.quantity not in "ch"]
    return min((_by_room(batch, place, every, found[place]) for place in others), key=RANK.index), True


def _unequal(some: Array, others: Array) -> NDArray[np.bool_]:
    return (some != others) & ~(np.isnan(some) & np.isnan(others))


@dataclass(frozen=True)
class Row:
    """What a puzzle sees.

    Attributes:
        forms: id of a fault -> the outcome of each of its forms.
        sees: format -> the least relative error of an activation that it sees.
    """

    puzzle: str
    forms: Mapping[str, tuple[Outcome, ...]]
    sees: Mapping[str, float]

    def of(self, fault: str) -> Outcome:
        """Return the outcome of a fault: the worst of its forms' of those that apply."""
        applying = [found for found in self.forms[fault] if found is not Outcome.LACKS]
        return max(applying, key=RANK.index, default=Outcome.LACKS)

    @cached_property
    def killed(self) -> frozenset[str]:
        """The faults that it kills, in all their forms."""
        return frozenset(name for name in self.forms if self.of(name).killed)


Subject = tuple[str, list[Batch]]
"""A puzzle's name and its batches, which a process can be given."""


def row(subject: Subject) -> Row:
    """Commit every fault on a puzzle."""
    puzzle, own = subject
    forms = {
        name: tuple(min((outcome(fault, form, b) for b in own), key=RANK.index) for form in fault.forms)
        for name, fault in faults().items()
    }
    return Row(puzzle, forms, {name: min(sees(b, name) for b in own) for name in VERDICTS})


_STEP = 2.0**-20
_NUDGED = cell(activation=lambda self, role, z: (1 + _STEP) * Cell.activation(self, role, z))


def sees(batch: Batch, form: str) -> float:
    """Return the least relative error, of all activations alike, that a batch sees in a format.

    What such an error does to a number is taken to grow with it, which holds where it is small.
    """
    least = np.inf
    for place, rows, nudged in batch.followed(_NUDGED):
        moved = np.abs(nudged - batch.honest[place][rows]) / _STEP
        for comparison, by in zip(batch.envelopes[form][rows], moved, strict=True):
            right = comparison.columns[place]
            room = np.maximum(right.high - right.got, right.got - right.low)
            seen = right.checked & (by > 0)
            least = min(least, (room[seen] / by[seen]).min(initial=np.inf))
    return float(least)


def matrix(puzzles: Iterable[Puzzle], workers: int | None = None) -> list[Row]:
    """Commit every fault on every puzzle, on several processors.

    Args:
        workers: how many processes; as many as there are processors unless given.
    """
    subjects = [(puzzle.name, batches(puzzle)) for puzzle in puzzles]
    workers = min(workers or os.cpu_count() or 1, len(subjects))
    if workers <= 1:
        return [row(subject) for subject in subjects]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(row, subjects))
