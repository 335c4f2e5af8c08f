"""A shipped puzzle that tells faults apart."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from lstm_verify.backends.base import Backend, asked_of
from lstm_verify.faults.base import Form, Shown
from lstm_verify.faults.catalogue import faults
from lstm_verify.faults.diagnosis.match import Match
from lstm_verify.faults.diagnosis.sighting import apart
from lstm_verify.faults.matrix import Batch, batches, visible
from lstm_verify.faults.needs import missing
from lstm_verify.faults.simulate import shown
from lstm_verify.puzzle.library import shipped
from lstm_verify.puzzle.load import load
from lstm_verify.puzzle.model import Puzzle

DIFFERENT = 1e-4
"""Two faults are told apart by numbers that differ by so much."""


def telling_apart(matches: Sequence[Match], backend: Backend, but: Collection[str] = ()) -> Puzzle | None:
    """Return the shipped puzzle on which most of these faults show different numbers; None where none does.

    Args:
        backend: what is to be run on it.
        but: names of puzzles that are not asked.
    """
    best, most = None, 1
    for puzzle in _shipped(but):
        if any(backend.refusal(asked_of(backend, puzzle.network), case.run) for case in puzzle.cases):
            continue
        kinds = max(_kinds(batch, matches) for batch in batches(puzzle))
        if kinds > most:
            best, most = puzzle, kinds
        if most == len(matches):
            break
    return best


def _shipped(but: Collection[str]) -> Iterable[Puzzle]:
    """Load the shipped puzzles one by one, those that see most first."""
    names = [name for name in shipped() if name not in but]
    for name in sorted(names, key=lambda name: not name.startswith("generic")):
        yield load(shipped()[name])


def _kinds(batch: Batch, matches: Sequence[Match]) -> int:
    """Count how many different things code with these faults shows."""
    found: list[Shown] = []
    for match in matches:
        needs = [need for name in match.faults if name in faults() for need in faults()[name].needs]
        lacks = missing(needs, batch.network, batch.runs)
        here = visible(_shown(Form() if lacks else match.form, batch))
        if not any(_same(here, other) for other in found):
            found.append(here)
    return len(found)


def _shown(form: Form, batch: Batch) -> Shown:
    with np.errstate(all="ignore"):
        return shown(form, batch.network, batch.runs)


def _same(some: Shown, others: Shown) -> bool:
    return some.keys() == others.keys() and all(apart(some[p], others[p]) < DIFFERENT for p in some)
