"""Judge what a puzzle itself states: is the hand table what the rules give, are the digits proven?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Network
from lstm_verify.lstm.numerals import formula
from lstm_verify.lstm.readings import by_hand, true_trace
from lstm_verify.lstm.unroll import Trace
from lstm_verify.puzzle.model import Case, Number, Puzzle
from lstm_verify.verify.published import published, wrong_numbers
from lstm_verify.verify.stated import Stated, Wrong, stated, within, written

if TYPE_CHECKING:
    from flint import arb

    from lstm_verify.lstm.arithmetic.hand import Hand


@dataclass(frozen=True)
class TableVerdict:
    """The verdict on one table.

    Attributes:
        status: hand and published: "holds", "fails" or "none"; digits: "proved", "fails", "unproved" or
            "none".
        stated: how many numbers it states.
        wrong: those that are wrong or unproved, in the table's order.
        radius: hand only: the truth lies within this distance of every number stated, rounded up.
        note: something to know, where the radius says more than the digits written.
    """

    status: str
    stated: int = 0
    wrong: tuple[Wrong, ...] = ()
    radius: arb | None = None
    note: str | None = None


NOT_STATED = TableVerdict("none")


@dataclass(frozen=True)
class Tables:
    """A case's tables and the verdicts on them.

    Attributes:
        shown: the quantities that a note about the hand table's radius looks at.
    """

    puzzle: Puzzle
    case: Case
    shown: tuple[str, ...] = ("c", "h")

    @cached_property
    def ideals(self) -> Trace[Sequence[Hand]]:
        """What the hand rules give, with radii."""
        return by_hand(self.puzzle.network, self.puzzle.ideal).trace(self.case.run)

    @cached_property
    def truth(self) -> Trace[Sequence[arb]]:
        """The true trace, in balls narrow enough to be printed, or as narrow as the most bits make them."""
        for bits in exact.precisions(256):
            trace = true_trace(self.puzzle.network, self.case.run, bits)
            numbers = (x for steps in trace.steps for step in steps for v in step if v is not None for x in v)
            if all(balls.well_known(x) for x in numbers):
                break
        return trace

    def judge(self) -> None:
        """Work the verdicts out now, while what cannot be decided can be told.

        Raises:
            exact.Undecided: a number cannot be worked with.
        """
        _ = self.verdicts

    @cached_property
    def verdicts(self) -> dict[str, TableVerdict]:
        """The verdict on each kind of table: "hand", "digits" and "published"."""
        hand = judge_hand(self) if self.case.hand else NOT_STATED
        digits = judge_digits(self.puzzle.network, self.case)
        return {"hand": hand, "digits": digits, "published": judge_published(self.puzzle, self.case)}

    @property
    def wrong(self) -> list[Wrong]:
        """Every number stated that is wrong or unproved."""
        return [wrong for verdict in self.verdicts.values() for wrong in verdict.wrong]

    @property
    def where(self) -> str | None:
        """The first wrong number as file:line:column, and what is wrong with it."""
        if not self.wrong:
            return None
        first = self.wrong[0]
        return f"{self.puzzle.file}:{first.number.line}:{first.number.column}: {first.message}"


def judge_hand(tables: Tables) -> TableVerdict:
    """Hold the hand table against the ideals that the hand rules give: exactly."""
    network, trace = tables.puzzle.network, tables.ideals
    cells = stated(tables.case.hand, network)
    if not cells:
        return NOT_STATED
    wrong = []
    radius, coarse = balls.fraction(Fraction(0)), []
    for cell in cells:
        number, hand = cell.number, cell.of(trace)
        if not _is(number, hand.ideal):
            rule = f"the hand rules give {cell.name} = {formula(hand.ideal)}{cell.when}"
            wrong.append(Wrong(number, f"{rule}, not {number.text}"))
        radius = radius.max(hand.radius)
        half = number.half_unit
        if cell.quantity in tables.shown and half is not None and hand.radius > balls.fraction(half):
            coarse.append(cell)
    note = None
    if coarse:
        where = str(coarse[0]) + (f" and {len(coarse) - 1} more" if len(coarse) > 1 else "")
        note = f"the truth may be farther off than half the last digit written: {where}"
    return TableVerdict("fails" if wrong else "holds", len(cells), tuple(wrong), radius, note)


def judge_digits(network: Network, case: Case) -> TableVerdict:
    """Prove |written − true| ≤ half a unit of the last digit, or the contrary, with balls.

    The precision is doubled up to `exact.MAX_BITS`; what is then undecided is unproved.
    """
    cells = stated(case.digits, network)
    if not cells:
        return NOT_STATED
    wrong: set[Stated] = set()
    undecided = set(cells)
    for bits in exact.precisions():
        trace = true_trace(network, case.run, bits)
        right = {cell: within(cell.number, cell.of(trace), bits) for cell in undecided}
        wrong |= {cell for cell in undecided if right[cell] is False}
        undecided = {cell for cell in undecided if right[cell] is None}
        if not undecided:
            break
    found = [
        Wrong(
            cell.number,
            f"{cell} is not proven to be {cell.number.text}"
            if cell in undecided
            else f"{cell} is {written(cell.of(trace), cell.number)}, not {cell.number.text}",
        )
        for cell in cells
        if cell in undecided or cell in wrong
    ]
    return TableVerdict("fails" if wrong else "unproved" if undecided else "proved", len(cells), tuple(found))


def _is(number: Number, ideal: Exact) -> bool:
    """Tell whether a number as written is the ideal; of an ideal that is no fraction, its digits."""
    if number.value == ideal:
        return True
    if isinstance(ideal, Fraction):
        return False
    for bits in exact.precisions():
        verdict = within(number, exact.ball(ideal, bits), bits)
        if verdict is not None:
            return verdict
    return False


def judge_published(puzzle: Puzzle, case: Case) -> TableVerdict:
    """Hold what somebody has published against the true trace, with the tolerance that it has."""
    count, wrong = wrong_numbers(puzzle, case) if case.published or case.published_sum else (0, [])
    if not count:
        return NOT_STATED
    marked = sum(
        (c.number.line, c.number.column) in puzzle.misprints for c in published(puzzle.network, case)
    )
    words = "one of them is" if marked == 1 else f"{marked} of them are"
    note = f"{words} known to be wrong as printed" if marked else None
    return TableVerdict("fails" if wrong else "holds", count, tuple(wrong), note=note)
