"""The section `cases`: input sequences, initial states, and the tables stated about them."""

from __future__ import annotations

from fractions import Fraction

from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Run
from lstm_verify.lstm.semantics import QUANTITIES
from lstm_verify.puzzle.document import MappingNode, Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.expression import FUNCTIONS
from lstm_verify.puzzle.frame import MAX_NUMBERS, Frame
from lstm_verify.puzzle.model import Case, Number, Table
from lstm_verify.puzzle.number import check_length, number, vector
from lstm_verify.puzzle.problems import count, quoted, suggestion
from lstm_verify.puzzle.sections import CaseSection, PuzzleFile, TableSection

_Row = tuple[Number, ...]
_Cells = tuple[Number | None, ...]


def read_cases(file: PuzzleFile, frame: Frame) -> tuple[Case, ...]:
    """Return all cases, in the order of the file."""
    return tuple(_case(name, section, frame) for name, section in file.cases.items())


def _case(name: Scalar, section: CaseSection, frame: Frame) -> Case:
    inputs = _inputs(section.inputs, frame)
    steps = None if inputs is None else len(inputs)
    published = section.published
    tolerance = published.tolerance if published else None
    return Case(
        name=str(name),
        title=str(section.title or ""),
        run=Run(
            inputs=tuple(tuple(n.value for n in row) for row in inputs or ()),
            h0=_state("h0", section.h0, frame),
            c0=_state("c0", section.c0, frame),
        ),
        inputs=inputs or (),
        hand=_table(section.hand, steps, frame),
        digits=_decimals(_table(section.digits, steps, frame), frame),
        published=_table(published, steps, frame),
        tolerance=None if tolerance is None else number(tolerance, frame.problems),
        line=name.line,
    )


def _state(name: str, node: Node | None, frame: Frame) -> tuple[Exact, ...]:
    if node is None:
        return (Fraction(0),) * frame.hidden
    return vector(node, frame.hidden, name, frame.problems)


def _inputs(node: Node, frame: Frame) -> tuple[_Row, ...] | None:
    """Return [steps][input_size]; None, and a problem, where it has no such shape."""
    if isinstance(node, MappingNode):
        return _columns(node, frame)
    if isinstance(node, SequenceNode):
        return _rows(node, frame)
    frame.problems.add(node, f"inputs are columns by feature, or a list of rows, found {kind(node)}")
    return None


def _rows(node: SequenceNode, frame: Frame) -> tuple[_Row, ...] | None:
    if not _fits(node, len(node), frame):
        return None
    rows = []
    for step, row in enumerate(node, 1):
        if isinstance(row, SequenceNode):
            check_length(row, frame.inputs, f"step {step} of inputs", "number", frame.problems)
            rows.append(tuple(number(item, frame.problems) for item in row))
        elif frame.inputs == 1:
            rows.append((number(row, frame.problems),))
        else:
            expected = f"a row of {count(frame.inputs, 'number')}"
            frame.problems.add(row, f"step {step} of inputs is {expected}, found {kind(row)}")
            return None
    return tuple(rows)


def _columns(node: MappingNode, frame: Frame) -> tuple[_Row, ...] | None:
    problems = frame.problems
    for key in node:
        if key not in frame.names:
            assert isinstance(key, Scalar)
            problems.add(key, f"unknown feature {quoted(key)}; {suggestion(key, frame.features)}")
    for name in frame.features:
        if name not in node:
            problems.add(node, f"the inputs have no column for the feature {quoted(name)}")
    steps = _steps(node, frame)
    if steps is None or not all(name in node for name in frame.features):
        return None
    columns = [_column(name, node[name], steps, frame) for name in frame.features]
    return tuple(zip(*columns, strict=False))


def _steps(node: MappingNode, frame: Frame) -> int | None:
    """Return the length that all columns have; a single number is a constant column."""
    lengths = {name: len(column) for name, column in node.items() if not isinstance(column, Scalar)}
    if not lengths:
        frame.problems.add(node, "no column is a list: how many steps are there?")
        return None
    first, steps = next(iter(lengths.items()))
    for name, length in lengths.items():
        if length != steps:
            message = f"{name} has {count(length, 'step')}, {first} has {steps:,}"
            frame.problems.add(node[name], message)
            return None
    return steps if _fits(node, steps, frame) else None


def _column(name: str, node: Node, steps: int, frame: Frame) -> tuple[Number, ...]:
    if isinstance(node, Scalar):
        return (number(node, frame.problems),) * steps
    if isinstance(node, MappingNode):
        frame.problems.add(node, f"{name} is a list of numbers, found {kind(node)}")
        return ()
    return tuple(number(item, frame.problems) for item in node)


def _fits(node: Node, steps: int, frame: Frame) -> bool:
    if steps == 0:
        frame.problems.add(node, "the sequence is empty; expected at least one step")
    elif steps * frame.inputs > MAX_NUMBERS:
        message = f"{steps:,} steps of {count(frame.inputs, 'feature')}; at most {MAX_NUMBERS:,} numbers"
        frame.problems.add(node, message)
    else:
        return True
    return False


def _table(section: TableSection | None, steps: int | None, frame: Frame) -> Table:
    """Return quantity -> [steps][hidden_size]; None in it is an open cell.

    Args:
        steps: of the sequence, or None where that could not be read.
    """
    given = section.given() if section else {}
    return {q: _quantity(q, given[q], steps, frame) for q in QUANTITIES if q in given}


def _quantity(name: str, node: Node, steps: int | None, frame: Frame) -> tuple[_Cells, ...]:
    if not isinstance(node, SequenceNode):
        expected = f"a list of {count(steps, 'step')}" if steps else "a list, one entry a step"
        frame.problems.add(node, f"{name} is {expected}, found {kind(node)}")
        return ()
    if steps is not None and len(node) != steps:
        frame.problems.add(
            node,
            f"{name} has {count(len(node), 'step')}, the sequence has {steps}; "
            "leave a step open with ~ where nothing is stated",
        )
    return tuple(_cells(f"step {t} of {name}", row, frame) for t, row in enumerate(node, 1))


def _cells(what: str, node: Node, frame: Frame) -> _Cells:
    """Read the cells of all units at one step; ~ leaves all of them open."""
    if isinstance(node, Scalar) and (frame.hidden == 1 or _is_open(node)):
        return (_cell(node, frame),) * frame.hidden
    if not isinstance(node, SequenceNode):
        message = f"{what} is a row of {count(frame.hidden, 'number')}, found {kind(node)}"
        frame.problems.add(node, message)
        return ()
    check_length(node, frame.hidden, what, "number", frame.problems)
    return tuple(_cell(cell, frame) for cell in node)


def _cell(node: Node, frame: Frame) -> Number | None:
    return None if _is_open(node) else number(node, frame.problems, FUNCTIONS)


def _is_open(node: Node) -> bool:
    return isinstance(node, Scalar) and node.missing and bool(node)


def _decimals(table: Table, frame: Frame) -> Table:
    """Return a table whose digits count, and note the cells that are no decimals."""
    for cell in (cell for rows in table.values() for row in rows for cell in row):
        if cell is not None and cell.place is None:
            message = f"digits are decimals, found {quoted(cell.text)}; write its first digits, as in 0.3333"
            frame.problems.add_at(cell.line, cell.column, message)
    return table
