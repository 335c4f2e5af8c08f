"""The section `cases`: input sequences, initial states, and what is stated about them."""

from __future__ import annotations

from fractions import Fraction

from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Run
from lstm_verify.puzzle import document
from lstm_verify.puzzle.document import Mapping, Node, Scalar, kind
from lstm_verify.puzzle.frame import MAX_NUMBERS, Frame
from lstm_verify.puzzle.model import Case, Number
from lstm_verify.puzzle.number import check_length, number, vector
from lstm_verify.puzzle.problems import count, quoted, suggestion
from lstm_verify.puzzle.sections import CaseSection, PuzzleFile
from lstm_verify.puzzle.tables import read_table

_Row = tuple[Number, ...]


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
        hand=read_table(section.hand, steps, frame),
        digits=read_table(section.digits, steps, frame, decimals=True),
        published=read_table(published, steps, frame),
        tolerance=None if tolerance is None else number(tolerance, frame.problems),
        line=name.line,
    )


def _state(name: str, node: Node | None, frame: Frame) -> tuple[Exact, ...]:
    if node is None:
        return (Fraction(0),) * frame.hidden
    return vector(node, frame.hidden, name, frame.problems)


def _inputs(node: Node, frame: Frame) -> tuple[_Row, ...] | None:
    """Return [steps][input_size]; None, and a problem, where it has no such shape."""
    if isinstance(node, Mapping):
        return _columns(node, frame)
    if isinstance(node, document.Sequence):
        return _rows(node, frame)
    frame.problems.add(node, f"inputs are columns by feature, or a list of rows, found {kind(node)}")
    return None


def _rows(node: document.Sequence, frame: Frame) -> tuple[_Row, ...] | None:
    if not _fits(node, len(node), frame):
        return None
    rows = []
    for step, row in enumerate(node, 1):
        if isinstance(row, document.Sequence):
            check_length(row, frame.inputs, f"step {step} of inputs", "number", frame.problems)
            rows.append(tuple(number(item, frame.problems) for item in row))
        elif frame.inputs == 1:
            rows.append((number(row, frame.problems),))
        else:
            expected = f"a row of {count(frame.inputs, 'number')}"
            frame.problems.add(row, f"step {step} of inputs is {expected}, found {kind(row)}")
            return None
    return tuple(rows)


def _columns(node: Mapping, frame: Frame) -> tuple[_Row, ...] | None:
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


def _steps(node: Mapping, frame: Frame) -> int | None:
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
    if isinstance(node, Mapping):
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
