"""The sections `domain` and `claims`: what the features may be, and what then holds."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lstm_verify.puzzle.document import MappingNode, Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.model import Choice, Interval
from lstm_verify.puzzle.number import fraction
from lstm_verify.puzzle.problems import quoted, suggestion
from lstm_verify.puzzle.sections import DomainSection, PuzzleFile


def read_domain(file: PuzzleFile, frame: Frame) -> dict[str, Interval | Choice]:
    """Return feature -> what it may be."""
    domain: dict[str, Interval | Choice] = {}
    for name, section in (file.domain or {}).items():
        if name not in frame.names:
            message = f"unknown feature {quoted(name)}; {suggestion(name, frame.features)}"
            frame.problems.add(name, message)
        feature = _feature(section, frame)
        if feature is not None:
            domain[str(name)] = feature
    return domain


def _feature(section: DomainSection, frame: Frame) -> Interval | Choice | None:
    given = section.given()
    if set(given) == {"from", "to"}:
        return _interval(section, frame)
    if set(given) == {"in"}:
        return _choice(section, frame)
    found = ", ".join(given) or "neither"
    frame.problems.add(section.node, f"expected {{from: …, to: …}} or {{in: […]}}, found {found}")
    return None


def _interval(section: DomainSection, frame: Frame) -> Interval:
    low, high = (_fraction(node, frame) for node in (section.low, section.high) if node is not None)
    if low > high:
        frame.problems.add(section.key("from"), f"from {low} to {high} is empty; swap them")
    return Interval(low, high)


def _choice(section: DomainSection, frame: Frame) -> Choice:
    node = section.choice
    if not isinstance(node, SequenceNode) or not node:
        frame.problems.add(section.key("in"), f"expected a list of values, found {kind(node)}")
        return Choice(())
    return Choice(tuple(_fraction(item, frame) for item in node))


def _fraction(node: Node, frame: Frame) -> Fraction:
    return fraction(node, "a value", frame.problems) or Fraction(0)


def plain(node: Node) -> Any:
    """Return a node as texts, lists and dicts without places."""
    if isinstance(node, Scalar):
        return str(node)
    if isinstance(node, MappingNode):
        return {str(key): plain(value) for key, value in node.items()}
    return [plain(item) for item in node]
