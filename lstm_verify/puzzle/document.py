"""YAML text as a tree whose every node knows its line and column.

The tree is built from the events of PyYAML's parser (libyaml where there is one), so that
nothing is composed, resolved or converted: a scalar is the text that stands in the file, and
depth and size are bounded while reading. YAML's own typing (`on` is true, `010` is 8) is never
used. Aliases, anchors, tags, merge keys, duplicate keys and a second document are refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Self

import yaml

from lstm_verify.puzzle import syntax
from lstm_verify.puzzle.problems import Problems, quoted

MAX_DEPTH = 50
"""Lists and mappings may be nested this deep."""

MAX_NODES = 4_000_000
"""A file may have this many values and keys."""

MAX_DOCUMENTS = 2_000
"""A stream may have this many documents."""

Loader: type[yaml.SafeLoader | yaml.CSafeLoader] = (
    yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader
)
"""PyYAML's, the fast one where there is one."""


class Scalar(str):
    """A value or key, as the text that stands in the file.

    Attributes:
        line, column: where it begins, counted from 1.
        plain: whether it stands without quotation marks.
        shift: how many characters after its place its text begins (1 for a quoted one), or −1
            where the text does not stand in the file as it is: escapes, several lines.
    """

    __slots__ = ("column", "line", "plain", "shift")
    line: int
    column: int
    plain: bool
    shift: int

    def __new__(cls, text: str, line: int, column: int, *, plain: bool, shift: int) -> Self:
        """Make a scalar; str alone would take no more than the text."""
        scalar = super().__new__(cls, text)
        scalar.line, scalar.column, scalar.plain, scalar.shift = line, column, plain, shift
        return scalar

    @property
    def missing(self) -> bool:
        """Whether nothing was written here, or YAML's null."""
        return self.plain and self in ("", "~", "null", "Null", "NULL")


class SequenceNode(list["Node"]):
    """A list, with the line and column (from 1) where it begins."""

    __slots__ = ("column", "line")
    line: int
    column: int


class MappingNode(dict[str, "Node"]):
    """A mapping, with the line and column (from 1) where it begins; its keys are `Scalar`."""

    __slots__ = ("column", "line")
    line: int
    column: int

    def key(self, name: str) -> Scalar:
        """Return a key as it stands in the file; KeyError if there is none."""
        for key in self:
            if key == name and isinstance(key, Scalar):
                return key
        raise KeyError(name)


Node = Scalar | SequenceNode | MappingNode
"""What a file is made of."""


def kind(node: object) -> str:
    """Say in words what a node is, for messages about what was found."""
    if isinstance(node, MappingNode):
        return "a mapping"
    if isinstance(node, SequenceNode):
        return "a list" if node else "an empty list"
    if isinstance(node, Scalar) and node.missing:
        return "nothing" if not node else f"{node} (nothing)"
    return quoted(str(node))


def compose(text: str, problems: Problems) -> Node | None:
    """Build the tree of a text.

    Returns:
        The tree, or None for a text without any value, and where the problems are such
        that no tree makes sense.
    """
    builder = _Builder(problems)
    return builder.root if _built(text, problems, builder.take) and not builder.broken else None


def compose_stream(text: str, problems: Problems) -> list[Node | None]:
    """Build the tree of each document of a stream; None for one that makes no sense.

    Where the text is no YAML there is no document at all.
    """
    builders: list[_Builder] = []

    def take(event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            if len(builders) == MAX_DOCUMENTS:
                problems.add_at(*_place(event), f"more than {MAX_DOCUMENTS:,} documents; split the file")
                raise _Stop
            builders.append(_Builder(problems))
        elif builders:
            builders[-1].take(event)

    return [None if b.broken else b.root for b in builders] if _built(text, problems, take) else []


def _built(text: str, problems: Problems, take: Callable[[yaml.Event], None]) -> bool:
    """Give the events of a text away; False, and a problem, where the text is no YAML."""
    try:
        for event in _events(text):
            take(event)
    except yaml.MarkedYAMLError as error:
        problems.add_at(*syntax.explain(error, text))
        return False
    except _Stop:
        return False
    return True


def _events(text: str) -> Iterator[yaml.Event]:
    loader = Loader(text)
    try:
        while (event := loader.get_event()) is not None:
            yield event
    finally:
        loader.dispose()


class _Stop(Exception):
    """What follows cannot be read."""


class _Builder:
    """Puts the nodes of a stream of events together."""

    def __init__(self, problems: Problems) -> None:
        self.root: Node | None = None
        self.broken = False
        self._problems = problems
        self._open: list[tuple[SequenceNode | MappingNode, Scalar | None]] = []
        self._key: Scalar | None = None  # of the innermost mapping, while its value is awaited
        self._nodes = 0

    def take(self, event: yaml.Event) -> None:
        """Take the next event."""
        if isinstance(event, yaml.ScalarEvent):
            self._count(event)
            self._put(_scalar(event))
        elif isinstance(event, yaml.CollectionStartEvent):
            self._count(event)
            self._start(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            node, self._key = self._open.pop()
            self._put(node)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self._add(event, "a second document begins here; a puzzle file holds one puzzle: split it")
            raise _Stop

    def _count(self, event: yaml.NodeEvent) -> None:
        """Refuse what no puzzle needs: anchors, tags, and more values than can be held."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._add(event, f"more than {MAX_NODES:,} values; a puzzle is smaller than this")
            raise _Stop
        if event.anchor is not None:
            self._add(event, f"the anchor &{event.anchor} is not allowed: write the value itself")
        tag = getattr(event, "tag", None)
        if tag is not None:
            self._add(event, f"the tag {quoted(tag)} is not allowed: remove it; a value is its text")

    def _start(self, event: yaml.CollectionStartEvent) -> None:
        if len(self._open) == MAX_DEPTH:
            self._add(event, f"more than {MAX_DEPTH} brackets or levels inside one another")
            raise _Stop
        if self._open and isinstance(self._open[-1][0], MappingNode) and self._key is None:
            self._add(event, "a list or mapping stands where a key should; expected `key: value`")
            raise _Stop
        node = MappingNode() if isinstance(event, yaml.MappingStartEvent) else SequenceNode()
        node.line, node.column = _place(event)
        self._open.append((node, self._key))
        self._key = None

    def _put(self, node: Node) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1][0]
        if isinstance(parent, SequenceNode):
            parent.append(node)
        elif self._key is None:
            assert isinstance(node, Scalar)
            self._key = node
        else:
            self._insert(parent, self._key, node)
            self._key = None

    def _insert(self, mapping: MappingNode, key: Scalar, node: Node) -> None:
        if key == "<<" and key.plain:
            self._problems.add(key, "the merge key << is not allowed: write the keys themselves")
        elif not key:
            self._problems.add(key, "a key is missing here; expected `key: value`")
        elif key in mapping:
            first = mapping.key(key).line
            self._problems.add(
                key, f"the key {quoted(key)} stands here again (first in line {first}); remove one"
            )
        else:
            mapping[key] = node

    def _alias(self, event: yaml.AliasEvent) -> None:
        self._add(
            event,
            f"the alias *{event.anchor} is not allowed: write the value itself"
            " (a rule that begins with * needs its first factor)",
        )
        self.broken = True
        self._put(Scalar("", *_place(event), plain=False, shift=-1))

    def _add(self, event: yaml.Event, message: str) -> None:
        self._problems.add_at(*_place(event), message)


def _place(event: yaml.Event) -> tuple[int, int]:
    mark = event.start_mark
    assert mark is not None
    return mark.line + 1, mark.column + 1


def _scalar(event: yaml.ScalarEvent) -> Scalar:
    start, end = event.start_mark, event.end_mark
    assert start is not None
    assert end is not None
    marks = 1 if event.style else 0
    verbatim = start.line == end.line and end.index - start.index == len(event.value) + 2 * marks
    shift = marks if verbatim else -1
    return Scalar(event.value, start.line + 1, start.column + 1, plain=not event.style, shift=shift)
