"""Judge what a puzzle itself states: is the hand table what the rules give, are the digits proven?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Network, Place
from lstm_verify.lstm.numerals import decimal, formula
from lstm_verify.lstm.readings import by_hand, true_trace
from lstm_verify.lstm.semantics import AT_THE_END
from lstm_verify.lstm.unroll import Trace
from lstm_verify.puzzle.model import Case, Number, Puzzle, Table

if TYPE_CHECKING:
    from flint import arb

    from lstm_verify.lstm.arithmetic.hand import Hand


@dataclass(frozen=True)
class Wrong:
    """A number of a table that is wrong or not proven: where it stands, and what is right."""

    number: Number
    message: str


@dataclass(frozen=True)
class TableVerdict:
    """The verdict on one table.

    Attributes:
        status: hand: "holds", "fails" or "none"; digits: "proved", "fails", "unproved" or "none".
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
    """A case's tables and the verdicts on them; published ones are kept, and not yet judged.

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
        """The verdict on each kind of table: "hand" and "digits"."""
        hand = judge_hand(self) if self.case.hand else NOT_STATED
        return {"hand": hand, "digits": judge_digits(self.puzzle.network, self.case)}

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
    stated = _stated(tables.case.hand, network)
    if not stated:
        return NOT_STATED
    wrong = []
    radius, coarse = balls.fraction(Fraction(0)), []
    for cell in stated:
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
    return TableVerdict("fails" if wrong else "holds", len(stated), tuple(wrong), radius, note)


def judge_digits(network: Network, case: Case) -> TableVerdict:
    """Prove |written − true| ≤ half a unit of the last digit, or the contrary, with balls.

    The precision is doubled up to `exact.MAX_BITS`; what is then undecided is unproved.
    """
    stated = _stated(case.digits, network)
    if not stated:
        return NOT_STATED
    wrong: set[Stated] = set()
    undecided = set(stated)
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
            else f"{cell} is {_digits(cell.of(trace), cell.number)}, not {cell.number.text}",
        )
        for cell in stated
        if cell in undecided or cell in wrong
    ]
    return TableVerdict(
        "fails" if wrong else "unproved" if undecided else "proved", len(stated), tuple(found)
    )


@dataclass(frozen=True, eq=False)
class Spot:
    """Where in a trace a number stands; row and unit count from 0. Each is equal to itself alone."""

    network: Network
    place: Place
    row: int
    unit: int

    def of(self, trace: Trace[Any]) -> Any:
        """Return the number of a trace that stands there."""
        vector = trace.at(self.network, self.place, self.row)
        assert vector is not None  # no table states a gate of a step that is skipped
        return vector[self.unit]

    @property
    def quantity(self) -> str:
        """The quantity: i f g o c h, h_n, c_n or logits."""
        return self.place.quantity

    @property
    def name(self) -> str:
        """The quantity with its layer, direction and unit, where there are several."""
        several = self.network.width(self.quantity) > 1
        return self.network.name(self.place) + (f"[{self.unit}]" if several else "")

    @property
    def when(self) -> str:
        """The step, in words; nothing for a state at the end."""
        return "" if self.quantity in AT_THE_END else f" at step {self.row + 1}"

    def __str__(self) -> str:
        return self.name + self.when


@dataclass(frozen=True, eq=False)
class Stated(Spot):
    """A cell of a table that is not left open."""

    number: Number


def _stated(table: Table, network: Network) -> list[Stated]:
    return [
        Stated(network, place, row, unit, number)
        for place, rows in table.items()
        for row, cells in enumerate(rows)
        for unit, number in enumerate(cells)
        if number is not None
    ]


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


def within(number: Number, true: arb, bits: int) -> bool | None:
    """Tell whether a true value lies within half a unit of a number's last digit; None: undecided.

    What is written as no decimal (1/3, tanh(1)) has no last digit and must be exact.
    """
    half = number.half_unit or Fraction(0)
    with balls.precision(bits):
        low, high = exact.ball(number.value - half, bits), exact.ball(number.value + half, bits)
        if low <= true <= high:
            return True
        return False if true < low or true > high else None


def _digits(true: arb, number: Number) -> str:
    """Write a true value to the digits of a number, and two more."""
    if number.place is None:
        return str(true.str(12, radius=False))
    return decimal(balls.midpoint(true), max(number.place + 2, 0))
