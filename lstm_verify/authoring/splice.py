"""Changing the values of a file in its text, and leaving every other character as it is.

Positions count characters from the beginning of the text; nodes are those of PyYAML's `compose`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import yaml

from lstm_verify.authoring.layout import WIDTH
from lstm_verify.puzzle.document import Loader

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


class Edit(NamedTuple):
    """Put a text in the place of what stands from `start` up to `end`."""

    start: int
    end: int
    text: str


def spliced(text: str, edits: Iterable[Edit]) -> str:
    """Return a text with all edits made; none reaches into another, and two at one place keep their order."""
    pieces, position = [], 0
    for edit in sorted(edits, key=lambda edit: edit[:2]):
        assert edit.start >= position, "two edits overlap"
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])


def composed(text: str) -> yaml.Node:
    """Return the nodes of a text that has been read without a mistake, each with its positions."""
    root = yaml.compose(text, Loader=Loader)
    assert root is not None
    return root


def entry(mapping: yaml.Node, name: str) -> tuple[yaml.Node, yaml.Node] | None:
    """Return a key of a mapping and its value, or None where it has no such key."""
    if not isinstance(mapping, yaml.MappingNode):
        return None
    return next(((key, value) for key, value in mapping.value if key.value == name), None)


def start_of(node: yaml.Node) -> int:
    """Return where a node begins."""
    return int(node.start_mark.index)


def end_of(node: yaml.Node, text: str) -> int:
    """Return where a node's last character ends: in blocks, YAML counts what follows as well."""
    start, end = start_of(node), int(node.end_mark.index)
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        last = node.value[-1]
        if isinstance(node, yaml.SequenceNode):
            return end_of(last, text)
        return max(after_colon(last[0], text), end_of(last[1], text))
    return start + len(text[start:end].rstrip())


def after_colon(key: yaml.Node, text: str) -> int:
    """Return where a value may begin, right after the colon of its key."""
    return text.index(":", int(key.end_mark.index)) + 1


def line_end(position: int, text: str) -> int:
    """Return where the line ends in which a position is, before its line break."""
    match = _LINE_BREAK.search(text, position)
    return match.start() if match else len(text)


def _comments_end(position: int, indent: int, text: str) -> int:
    """Return where the comments end that follow a line and are set in farther than an indent."""
    comment = re.compile(rf"(?:{_LINE_BREAK.pattern}) {{{indent + 1},}}#")
    while match := comment.match(text, position):
        position = line_end(match.end(), text)
    return position


def line_break(text: str) -> str:
    """Return the line break that a text uses: that of its first line."""
    match = _LINE_BREAK.search(text)
    return match[0] if match else "\n"


class Splicer:
    """Collects the edits of a text.

    Attributes:
        newline: the text's line break.
        edits: those so far.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.newline = line_break(text)
        self.edits: list[Edit] = []

    def put(self, node: yaml.Node, text: str) -> None:
        """Put a text in a node's place; the quotation marks of a number stay where they are."""
        start, end = start_of(node), end_of(node, self.text)
        if isinstance(node, yaml.ScalarNode) and node.style in ("'", '"') and text != "~":
            start, end = start + 1, end - 1
        self.edits.append(Edit(start, end, f" {text}" if start == end else text))

    def write(self, key: yaml.Node, value: yaml.Node, text: str) -> None:
        """Put a text in a value's place: right after its key's colon, or in the lines below."""
        start = after_colon(key, self.text)
        end = max(start, end_of(value, self.text))
        if text.startswith(self.newline):
            below = line_end(end, self.text)
            self.edits += [Edit(start, end, ""), Edit(below, below, text)]
        else:
            self.edits.append(Edit(start, end, text))

    def add_entry(self, mapping: yaml.MappingNode, after: Sequence[yaml.Node], entry: str) -> None:
        """Add `key: value` after another entry, to a mapping in braces or in lines."""
        key, value = after
        end = max(after_colon(key, self.text), end_of(value, self.text))
        if mapping.flow_style:
            self.edits.append(Edit(end, end, f", {entry}"))
            return
        indent = mapping.start_mark.column
        end = _comments_end(line_end(end, self.text), indent, self.text)
        self.edits.append(Edit(end, end, f"{self.newline}{' ' * indent}{entry}"))

    def fit(self, node: yaml.SequenceNode, size: int, fresh: Sequence[str]) -> None:
        """Bring a list to a size: items are taken away at its end, or fresh ones added there."""
        end = end_of(node.value[:size][-1], self.text)
        surplus = end_of(node.value[-1], self.text)
        if not node.flow_style:  # with the comments behind them
            end, surplus = line_end(end, self.text), line_end(surplus, self.text)
        if len(node.value) > size:
            self.edits.append(Edit(end, surplus, ""))
        elif fresh:
            self.edits.append(Edit(end, end, "".join(self._separated(node, fresh))))

    def _separated(self, node: yaml.SequenceNode, fresh: Iterable[str]) -> Iterator[str]:
        """Yield items, each with what parts it from the one before: as in the list so far."""
        first, last = node.value[0].start_mark, node.value[-1].start_mark
        one_a_line = isinstance(node.value[0], yaml.SequenceNode) and first.line != last.line
        broken = self.newline + " " * first.column
        column = node.value[-1].end_mark.column
        for item in fresh:
            if not node.flow_style:
                yield f"{self.newline}{' ' * node.start_mark.column}- {item}"
            elif one_a_line or column + len(f", {item},") > WIDTH:
                yield f",{broken}{item}"
                column = first.column + len(item)
            else:
                yield f", {item}"
                column += len(f", {item}")
