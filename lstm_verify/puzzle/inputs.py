"""The inputs of a case: columns by feature, a list of rows, or text over the alphabet."""

from __future__ import annotations

from fractions import Fraction

from lstm_verify.puzzle.document import MappingNode, Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.frame import Frame, characters
from lstm_verify.puzzle.model import Number
from lstm_verify.puzzle.network import MAX_NUMBERS
from lstm_verify.puzzle.number import check_length, number
from lstm_verify.puzzle.problems import count, quoted, suggestion
from lstm_verify.puzzle.sections import CaseSection

Rows = tuple[tuple[Number, ...], ...]
"""Inputs as written, [steps][input_size]."""


def read_inputs(name: Scalar, section: CaseSection, frame: Frame) -> Rows | None:
    """Return the inputs of a case; None, and a problem, where they have no such shape."""
    if section.text is None and section.inputs is None:
        message = f"the key 'inputs' is missing in cases.{name}"
        frame.problems.add(name, message + ("" if frame.alphabet is None else "; or give `text`"))
    elif section.text is not None and section.inputs is not None:
        frame.problems.add(section.key("text"), "both `inputs` and `text` are given; remove one")
    if section.text is not None:
        return _characters(section.key("text"), section.text, frame)
    return None if section.inputs is None else _inputs(section.inputs, frame)


def _characters(key: Scalar, node: Node, frame: Frame) -> Rows | None:
    """Return a row for each character: 1 in its column, 0 in the others."""
    text, alphabet = characters(node, frame.problems), frame.alphabet
    if alphabet is None:
        message = "`text` needs the `alphabet` of the file: the characters, in the order of the inputs"
        frame.problems.add(key, message)
        return None
    if text is None or not alphabet:
        return None
    for character in dict.fromkeys(text):
        if character not in alphabet:
            column = text.column + (text.shift + text.index(character) if text.shift >= 0 else 0)
            message = f"{quoted(character)} is not in the alphabet, {quoted(alphabet)}"
            frame.problems.add_at(text.line, column, message)
    if not _fits(text, len(text), frame):
        return None
    columns = range(frame.network.input_size)
    digits = [Number(str(k), Fraction(k), 0, text.line, text.column) for k in (0, 1)]
    rows = {c: tuple(digits[k == alphabet.find(c)] for k in columns) for c in dict.fromkeys(text)}
    return tuple(rows[character] for character in text)


def _inputs(node: Node, frame: Frame) -> Rows | None:
    """Return [steps][input_size]; None, and a problem, where it has no such shape."""
    if isinstance(node, MappingNode):
        return _columns(node, frame)
    if isinstance(node, SequenceNode):
        return _rows(node, frame)
    frame.problems.add(node, f"inputs are columns by feature, or a list of rows, found {kind(node)}")
    return None


def _rows(node: SequenceNode, frame: Frame) -> Rows | None:
    if not _fits(node, len(node), frame):
        return None
    rows = []
    for step, row in enumerate(node, 1):
        if isinstance(row, SequenceNode):
            check_length(row, frame.network.input_size, f"step {step} of inputs", "number", frame.problems)
            rows.append(tuple(number(item, frame.problems) for item in row))
        elif frame.network.input_size == 1:
            rows.append((number(row, frame.problems),))
        else:
            expected = f"a row of {count(frame.network.input_size, 'number')}"
            frame.problems.add(row, f"step {step} of inputs is {expected}, found {kind(row)}")
            return None
    return tuple(rows)


def _columns(node: MappingNode, frame: Frame) -> Rows | None:
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
    elif steps * frame.network.input_size > MAX_NUMBERS:
        features = count(frame.network.input_size, "feature")
        message = f"{steps:,} steps of {features}; at most {MAX_NUMBERS:,} numbers"
        frame.problems.add(node, message)
    else:
        return True
    return False
