"""The published numbers that are wrong: farther from the truth than their digits and float32 allow.

A tolerance hides them. What code in float32 may give is the envelope of a correct implementation, carried
from the initial state to the end, around the weights and inputs as float32 has them.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple, Self

from lstm_verify.backends.base import Part
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network, Run
from lstm_verify.lstm.readings import float_trace
from lstm_verify.lstm.unroll import Trace
from lstm_verify.puzzle.model import Case, Number, Puzzle
from lstm_verify.puzzle.suite import Suite, load_suite, name_of
from lstm_verify.verify.envelope import envelope
from lstm_verify.verify.published import published
from lstm_verify.verify.stated import Stated
from lstm_verify.verify.verdict import rounded

ANY_ORDER = 17
"""Decimals of a number that has no last digit."""


@dataclass(frozen=True)
class Defect:
    """A published number that is wrong.

    Attributes:
        line: of the suite's file, from 1.
        where: the case and the cell, or the weight.
        printed, right: the numbers, as text.
        why: why it is thought so.
        known: whether the file says so.
        sure: whether it is wrong indeed; of a weight: whether the published numbers do not fit it;
            of another number that is marked: whether the mark holds.
    """

    line: int
    where: str
    printed: str
    right: str
    why: str
    known: bool
    sure: bool = True


def defects(suite: Suite, refuted: Collection[tuple[int, int]] = ()) -> list[Defect]:
    """Return the published numbers of a suite that are wrong, marked ones and others.

    Of a weight that is marked, it is said how many published numbers only the right one gives.

    Args:
        refuted: line and column of the numbers whose mark has been found not to hold.
    """
    printed = load_suite(suite.file, as_printed=True) if any(p.misprints for p in suite.puzzles) else suite
    found = []
    for puzzle, before in zip(suite.puzzles, printed.puzzles, strict=True):
        misfits = list(far(puzzle))
        for place, misprint in puzzle.misprints.items():
            if misprint.where.startswith("weights."):
                count = sum(1 for _ in far(before))
                why = f"{count} published numbers do not fit it" if count else "every number fits it too"
                sure, where = count > 0, f"{misprint.where} of {name_of(puzzle.cases)}"
            else:
                sure, where = place not in refuted, _where(puzzle, place)
                why = "proven" if sure else "marked so, which does not hold"
            why = f"{why}; {misprint.why}" if misprint.why else why
            texts = misprint.printed.text, misprint.right.text
            found.append(Defect(place[0], where, *texts, why, known=True, sure=sure))
        for case, cell, true in misfits:
            where = f"{case.name}: {cell}"
            why = "neither its digits nor float32 explain it"
            found.append(Defect(cell.number.line, where, cell.number.text, f"{true:.9g}", why, known=False))
    return found


def _where(puzzle: Puzzle, place: tuple[int, int]) -> str:
    """Name the case and the cell of a marked number."""
    for case in puzzle.cases:
        for cell in published(puzzle.network, case):
            if (cell.number.line, cell.number.column) == place:
                return f"{case.name}: {cell}"
    return puzzle.misprints[place].where


def far(puzzle: Puzzle) -> Iterator[tuple[Case, Stated, float]]:
    """Yield the published numbers that neither their digits nor float32 explain, with the true ones.

    Those that are marked as wrong are left out.
    """
    known: dict[Any, _Reach] = {}  # cases often differ in what is stated of them only
    for batch in puzzle.batches():
        numbers = [cell.number for case in batch for cell in published(puzzle.network, case)]
        for case in batch:
            run = (case.run.inputs, case.run.h0, case.run.c0, case.run.length, case.run.mask)
            if run not in known:
                known[run] = _Reach.of(puzzle.network, case.run)
            yield from _far(puzzle, case, _Printed(numbers), known[run])


def _far(
    puzzle: Puzzle, case: Case, printed: _Printed, reach: _Reach
) -> Iterator[tuple[Case, Stated, float]]:
    for cell in published(puzzle.network, case):
        if (cell.number.line, cell.number.column) in puzzle.misprints:
            continue
        true, low, high = (float(cell.of(trace)) for trace in reach)
        value, half = FORMATS["float64"].nearest(cell.number.value), printed.half_unit(cell.number)
        if not min(true, low) - half <= value <= max(true, high) + half:
            yield case, cell, true


class _Reach(NamedTuple):
    """The true trace of a run, and the lower and upper ends of what correct float32 code may give."""

    true: Trace[Any]
    low: Trace[Any]
    high: Trace[Any]

    @classmethod
    def of(cls, network: Network, run: Run) -> Self:
        exactly = float_trace(*rounded(network, run, FORMATS["float64"]))
        ends = envelope(*rounded(network, run, FORMATS["float32"]), Part({}), FORMATS["float32"], Accuracy())
        return cls(exactly, _Ends(ends, "low"), _Ends(ends, "high"))  # type: ignore[arg-type]


class _Ends:
    """One end of the intervals of a trace, as a trace."""

    def __init__(self, trace: Trace[Any], end: str) -> None:
        self.trace, self.end = trace, end

    def at(self, *where: Any) -> Any:
        """Return one entry of a column."""
        return getattr(self.trace.at(*where), self.end)


class _Printed:
    """How the numbers of a table were printed: to so many decimals, or to so many digits.

    A 0 at the end is often lost on the way, so that a number's own digits say too little of it.
    """

    def __init__(self, numbers: Sequence[Number]) -> None:
        shown = [number for number in numbers if number.value]
        self.decimals = median([_decimals(number) for number in shown]) if shown else 0
        self.digits = median([_digits(number.text) for number in shown]) if shown else 0

    def half_unit(self, number: Number) -> float:
        """Return half a unit of a number's last digit, or of the table's usual one where that is less."""
        value = FORMATS["float64"].nearest(number.value)
        leading = math.floor(math.log10(abs(value))) if value else 0
        usual = max(-self.decimals, leading - self.digits + 1)
        return float(0.5 * 10.0 ** min(-_decimals(number), usual))


def _decimals(number: Number) -> int:
    return ANY_ORDER if number.place is None else number.place


def _digits(text: str) -> int:
    """Count the significant digits of a decimal."""
    return len(text.lower().partition("e")[0].strip("+-").replace(".", "").lstrip("0"))
