"""Numbers that are known to be wrong where they were published: {printed: …, right: …, why: …}.

They are put right in the tree before it is read, so that all else sees one number.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstm_verify.puzzle.document import MappingNode, Node, Scalar, SequenceNode
from lstm_verify.puzzle.expression import FUNCTIONS
from lstm_verify.puzzle.model import Misprint
from lstm_verify.puzzle.number import number
from lstm_verify.puzzle.problems import Problems, suggestion

KEYS = ("printed", "right", "why")


def put_right(
    tree: Node | None, problems: Problems, *, as_printed: bool = False
) -> dict[tuple[int, int], Misprint]:
    """Replace each such number by what is right, in place.

    Args:
        as_printed: by what was printed instead.

    Returns:
        Line and column of the number that stands there now, both from 1 -> the misprint.
    """
    if not isinstance(tree, MappingNode):
        return {}
    found = {}
    for where, section in _sections(tree):
        for misprint in _walk(section, where, problems, as_printed=as_printed):
            now = misprint.printed if as_printed else misprint.right
            found[now.line, now.column] = misprint
    return found


def _sections(tree: MappingNode) -> Iterator[tuple[str, Node | None]]:
    """Yield where such numbers may stand: in the weights, and in what is published of each case."""
    yield "weights", tree.get("weights")
    cases = tree.get("cases")
    for name, case in cases.items() if isinstance(cases, MappingNode) else ():
        if isinstance(case, MappingNode):
            yield f"cases.{name}.published", case.get("published")


def _walk(node: Node | None, where: str, problems: Problems, *, as_printed: bool) -> Iterator[Misprint]:
    """Yield the misprints of a tree, and put them right."""
    if not isinstance(node, MappingNode | SequenceNode):
        return
    named = isinstance(node, MappingNode)
    items: list[tuple[Any, Node]] = list(node.items() if isinstance(node, MappingNode) else enumerate(node))
    for key, value in items:
        path = f"{where}.{key}" if named else where
        if isinstance(value, MappingNode) and "printed" in value:
            misprint = _read(value, path, problems)
            if misprint is not None:
                yield misprint
            node[key] = value["printed" if as_printed or "right" not in value else "right"]
        else:
            yield from _walk(value, path, problems, as_printed=as_printed)


def _read(node: MappingNode, where: str, problems: Problems) -> Misprint | None:
    for key in node:
        if key not in KEYS:
            assert isinstance(key, Scalar)
            problems.add(key, f"unknown key '{key}'; {suggestion(key, KEYS)}")
    if "right" not in node:
        problems.add(node, "the key 'right' is missing beside 'printed': what is the right number?")
        return None
    printed, right = (number(node[key], problems, FUNCTIONS) for key in ("printed", "right"))
    return Misprint(where, printed, right, str(node.get("why") or ""))
