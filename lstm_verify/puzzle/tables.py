"""Tables: what a file states about a run, cell by cell."""

from __future__ import annotations

from lstm_verify.lstm.semantics import QUANTITIES
from lstm_verify.puzzle import document
from lstm_verify.puzzle.document import Node, Scalar, kind
from lstm_verify.puzzle.expression import FUNCTIONS
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.model import Number, Table
from lstm_verify.puzzle.number import check_length, number
from lstm_verify.puzzle.problems import count
from lstm_verify.puzzle.sections import TableSection

_Row = tuple[Number | None, ...]


def read_table(
    section: TableSection | None, steps: int | None, frame: Frame, *, decimals: bool = False
) -> Table:
    """Return quantity -> [steps][hidden_size]; None in it is an open cell.

    Args:
        steps: of the sequence, or None where that could not be read.
        decimals: whether all numbers must be decimals, whose digits count.
    """
    given = section.given() if section else {}
    reader = _Reader(frame, decimals=decimals)
    return {q: reader.rows(q, given[q], steps) for q in QUANTITIES if q in given}


class _Reader:
    def __init__(self, frame: Frame, *, decimals: bool) -> None:
        self.hidden = frame.hidden
        self.problems = frame.problems
        self.decimals = decimals

    def rows(self, quantity: str, node: Node, steps: int | None) -> tuple[_Row, ...]:
        """Read the row of every step."""
        if not isinstance(node, document.Sequence):
            expected = f"a list of {count(steps, 'step')}" if steps else "a list, one entry a step"
            self.problems.add(node, f"{quantity} is {expected}, found {kind(node)}")
            return ()
        if steps is not None and len(node) != steps:
            self.problems.add(
                node,
                f"{quantity} has {count(len(node), 'step')}, the sequence has {steps}; "
                "leave a step open with ~ where nothing is stated",
            )
        return tuple(self.row(f"step {t} of {quantity}", row) for t, row in enumerate(node, 1))

    def row(self, what: str, node: Node) -> _Row:
        """Read the cells of all units at one step; ~ leaves all of them open."""
        if isinstance(node, Scalar) and (self.hidden == 1 or _is_open(node)):
            return (self.cell(node),) * self.hidden
        if not isinstance(node, document.Sequence):
            self.problems.add(node, f"{what} is a row of {count(self.hidden, 'number')}, found {kind(node)}")
            return ()
        check_length(node, self.hidden, what, "number", self.problems)
        return tuple(self.cell(cell) for cell in node)

    def cell(self, node: Node) -> Number | None:
        """Read one cell."""
        if isinstance(node, Scalar) and _is_open(node):
            return None
        cell = number(node, self.problems, FUNCTIONS)
        if self.decimals and cell.place is None:
            message = f"digits are decimals, found {kind(node)}; write its first digits, as in 0.3333"
            self.problems.add(node, message)
        return cell


def _is_open(node: Scalar) -> bool:
    return node.missing and bool(node)
