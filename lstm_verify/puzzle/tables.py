"""The tables of a case: what is stated of each quantity, layer and direction."""

from __future__ import annotations

from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import AT_THE_END, GATES
from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.expression import FUNCTIONS
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.model import Number, Table
from lstm_verify.puzzle.number import check_length, number
from lstm_verify.puzzle.placed import Entry, placed
from lstm_verify.puzzle.problems import count, quoted
from lstm_verify.puzzle.published_sections import PublishedSection
from lstm_verify.puzzle.steps import Steps
from lstm_verify.puzzle.table_section import TableSection

_Cells = tuple[Number | None, ...]


def read_table(section: TableSection | None, steps: Steps, frame: Frame) -> Table:
    """Return place -> [steps][width], or a single row for a state at the end; None is an open cell."""
    entries = _entries(section, frame) if section else {}
    table = {place: _quantity(place, entry.node, steps, frame) for place, entry in entries.items()}
    for place, rows in table.items():
        if place.quantity in GATES:
            _look_for_skipped(place, rows, steps, frame)
    return table


def read_digits(section: TableSection | None, steps: Steps, frame: Frame) -> Table:
    """Return a table whose digits count, and note the cells that are no decimals."""
    table = read_table(section, steps, frame)
    for cell in (cell for rows in table.values() for row in rows for cell in row):
        if cell is not None and cell.place is None:
            message = f"digits are decimals, found {quoted(cell.text)}; write its first digits, as in 0.3333"
            frame.problems.add_at(cell.line, cell.column, message)
    return table


def read_hand(section: TableSection | None, key: Scalar | None, steps: Steps, frame: Frame) -> Table:
    """Return a table to be worked by hand, which is not possible for every network."""
    if key is not None and frame.network.semantics.layer_norm is not None:
        frame.problems.add(key, "layer normalisation cannot be worked by hand; state `digits`")
    return read_table(section, steps, frame)


def read_sum(section: PublishedSection | None, steps: Steps, frame: Frame) -> tuple[_Cells, ...]:
    """Return the table of the sum of h over both directions, [steps][width]; nothing where there is none."""
    if section is None or section.h_sum is None:
        return ()
    key = section.key("h_sum")
    if frame.network.directions == 1:
        frame.problems.add(key, "h_sum is of two directions; the network has one")
        return ()
    return _quantity(Place("h"), section.h_sum, steps, frame)


def _entries(section: TableSection, frame: Frame) -> dict[Place, Entry]:
    entries = placed(section, frame).entries
    if section.logits is None:
        return entries
    key = section.key("logits")
    if frame.network.head is None:
        frame.problems.add(key, "logits need a `head`, the output layer that makes them")
        return entries
    if not frame.network.head.bias:
        return entries  # it could not be read, so that their number is not known
    return entries | {Place("logits"): Entry(key, section.logits)}


def _quantity(place: Place, node: Node, steps: Steps, frame: Frame) -> tuple[_Cells, ...]:
    name, width = frame.network.name(place), frame.network.width(place.quantity)
    if place.quantity in AT_THE_END:
        return (_cells(name, node, width, frame),)
    total = steps.count
    if not isinstance(node, SequenceNode):
        expected = f"a list of {count(total, 'step')}" if total else "a list, one entry a step"
        frame.problems.add(node, f"{name} is {expected}, found {kind(node)}")
        return ()
    if total is not None and len(node) != total:
        frame.problems.add(
            node,
            f"{name} has {count(len(node), 'step')}, the sequence has {total}; "
            "leave a step open with ~ where nothing is stated",
        )
    return tuple(_cells(f"step {t} of {name}", row, width, frame) for t, row in enumerate(node, 1))


def _cells(what: str, node: Node, width: int, frame: Frame) -> _Cells:
    """Read the cells of all units at one step; ~ leaves all of them open."""
    if isinstance(node, Scalar) and (width == 1 or _is_open(node)):
        return (_cell(node, frame),) * width
    if not isinstance(node, SequenceNode):
        message = f"{what} is a row of {count(width, 'number')}, found {kind(node)}"
        frame.problems.add(node, message)
        return ()
    check_length(node, width, what, "number", frame.problems)
    return tuple(_cell(cell, frame) for cell in node)


def _cell(node: Node, frame: Frame) -> Number | None:
    return None if _is_open(node) else number(node, frame.problems, FUNCTIONS)


def _is_open(node: Node) -> bool:
    return isinstance(node, Scalar) and node.missing and bool(node)


def _look_for_skipped(place: Place, rows: tuple[_Cells, ...], steps: Steps, frame: Frame) -> None:
    """Note the gates that are stated where nothing is computed."""
    for step, row in enumerate(rows):
        reason = steps.skipped(step, place.direction, frame.network)
        stated = next((cell for cell in row if cell is not None), None)
        if reason and stated is not None:
            message = f"no gate is computed at step {step + 1}, {reason}: leave it open with ~"
            frame.problems.add_at(stated.line, stated.column, message)
