"""Judge what others have published: is each number as near to the true one as its tolerance has it?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.network import Network, Place
from lstm_verify.lstm.readings import true_trace
from lstm_verify.lstm.unroll import Trace
from lstm_verify.puzzle.model import Case, Number, Puzzle
from lstm_verify.verify.stated import Spot, Stated, Wrong, stated, within, written

if TYPE_CHECKING:
    from flint import arb


@dataclass(frozen=True, eq=False)
class Summed(Stated):
    """A number that is the sum of h over both directions."""

    @property
    def name(self) -> str:
        """The quantity with its unit."""
        return f"h_sum[{self.unit}]" if self.network.output_size > 1 else "h_sum"

    def of(self, trace: Trace[Any]) -> Any:
        """Return the sum of the numbers of a trace that stand there."""
        layer = self.place.layer
        parts = [Spot(self.network, Place("h", layer, d), self.row, self.unit).of(trace) for d in (0, 1)]
        return parts[0] + parts[1]


def published(network: Network, case: Case) -> list[Stated]:
    """Return the numbers that somebody has published of a case."""
    top = Place("h", network.num_layers - 1)
    return [
        *stated(case.published, network),
        *(
            Summed(network, top, row, unit, number)
            for row, cells in enumerate(case.published_sum)
            for unit, number in enumerate(cells)
            if number is not None
        ),
    ]


def room(case: Case, number: Number) -> Fraction:
    """Return how far from a published number the true one may be."""
    if case.tolerance is None:
        return number.half_unit or Fraction(0)
    return case.tolerance.room(_value(number))


def _value(number: Number) -> Fraction:
    """Return a number as a fraction: near to it, where it is none."""
    if isinstance(number.value, Fraction):
        return number.value
    with balls.precision(256):
        return balls.midpoint(exact.ball(number.value, 256))


def wrong_numbers(puzzle: Puzzle, case: Case) -> tuple[int, list[Wrong]]:
    """Return how many numbers are published of a case, and those that are farther off than they may be.

    A number that is marked as wrong must be wrong: farther off than half a unit of its last digit;
    and what stands beside it must be right to the last digit.
    """
    cells = published(puzzle.network, case)
    found: dict[Stated, str] = {}
    undecided = set(cells) if case.tolerance is None or case.tolerance.rms is None else _marked(puzzle, cells)
    for bits in exact.precisions():
        if not undecided:
            break
        trace = true_trace(puzzle.network, case.run, bits)
        for cell in list(undecided):
            message = _judged(puzzle, case, cell, cell.of(trace), bits)
            if message is not None:
                undecided.discard(cell)
                found[cell] = message
    found |= {cell: f"{cell} is not proven to be {cell.number.text}" for cell in undecided}
    if case.tolerance is not None and case.tolerance.rms is not None:
        found |= _spread(puzzle, case, case.tolerance.rms, cells)
    return len(cells), [Wrong(cell.number, found[cell]) for cell in cells if found.get(cell)]


def _marked(puzzle: Puzzle, cells: Iterable[Stated]) -> set[Stated]:
    return {cell for cell in cells if (cell.number.line, cell.number.column) in puzzle.misprints}


def _judged(puzzle: Puzzle, case: Case, cell: Stated, true: arb, bits: int) -> str | None:
    """Say what is wrong with a number, or ""; None where so many bits do not tell."""
    misprint = puzzle.misprints.get((cell.number.line, cell.number.column))
    if misprint is None:
        verdict = near(cell.number, room(case, cell.number), true, bits)
        if verdict is None:
            return None
        return "" if verdict else _far(case, cell, true)
    right, printed = within(misprint.right, true, bits), within(misprint.printed, true, bits)
    if right is None or printed is None:
        return None
    if not right:
        return f"{cell} is {written(true, misprint.right)}, not {misprint.right.text}, called right here"
    return f"{cell} is {misprint.printed.text}, which is called wrong here" if printed else ""


def near(number: Number, distance: Fraction, true: arb, bits: int) -> bool | None:
    """Tell whether a true value lies within a distance of a number; None: undecided."""
    with balls.precision(bits):
        apart, most = abs(exact.ball(number.value, bits) - true), balls.fraction(distance)
        if apart <= most:
            return True
        return False if apart > most else None


def _far(case: Case, cell: Stated, true: arb) -> str:
    allowed = f"tolerance: {case.tolerance.text}" if case.tolerance else "half a unit of its last digit"
    return f"{cell} is {written(true, cell.number)}, not {cell.number.text} ({allowed})"


def _spread(
    puzzle: Puzzle, case: Case, most: Fraction, cells: Sequence[Stated], bits: int = 256
) -> dict[Stated, str]:
    """Judge the tables of a batch, each by the root mean square of its differences.

    Returns:
        The first number of each table that is too far off, with what is wrong with it.
    """
    rows = next(batch for batch in puzzle.batches() if case in batch)
    tables: dict[str, list[tuple[arb, arb]]] = {}
    for other in rows:
        trace = true_trace(puzzle.network, other.run, bits)
        for cell in published(puzzle.network, other):
            with balls.precision(bits):
                pair = (exact.ball(cell.number.value, bits), cell.of(trace))
            tables.setdefault(table_of(cell), []).append(pair)
    found = {}
    for name, pairs in tables.items():
        first = next((cell for cell in cells if table_of(cell) == name), None)
        if first is None:
            continue
        with balls.precision(bits):
            squares = sum(((p - t) * (p - t) for p, t in pairs), start=pairs[0][0] * 0)
            largest = max(balls.midpoint(abs(p)) for p, _ in pairs)
            limit = balls.fraction(most * most * largest * largest * len(pairs))
            if not squares <= limit:
                found[first] = f"the table of {name} is farther from the truth than rms {most} of its largest"
    return found


def table_of(cell: Stated) -> str:
    """Name the tensor that a number is published in: that of all directions."""
    return "h_sum" if isinstance(cell, Summed) else cell.quantity


def verdicts(puzzle: Puzzle) -> Iterator[tuple[Case, int, list[Wrong]]]:
    """Yield each case, how many numbers are published of it, and the wrong ones."""
    for case in puzzle.cases:
        yield case, *wrong_numbers(puzzle, case)
