"""Whether a file has the sections and keys of a puzzle; all that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from lstm_verify.puzzle import document
from lstm_verify.puzzle.document import Mapping, Node, Scalar, kind
from lstm_verify.puzzle.problems import Problems, quoted
from lstm_verify.puzzle.sections import PuzzleFile

_MOST_PASSES = 8
_DECISIVE = ("network", "features")  # what stands elsewhere cannot be judged without them


def validate(tree: Node | None, problems: Problems) -> PuzzleFile | None:
    """Return the sections of a file, and note what is wrong with them.

    Where a section is in disorder the rest is returned, so that it can be looked at too;
    None where nothing more can be said.
    """
    if not isinstance(tree, Mapping):
        _no_mapping(tree, problems)
        return None
    if not _known_version(tree, problems):
        return None
    for attempt in range(_MOST_PASSES):
        try:
            file = PuzzleFile.model_validate(tree, context=problems)
        except ValidationError as error:
            file, faults = None, error.errors(include_url=False)
        else:
            faults = []
        if attempt == 0:
            _look_over(tree, problems)
            for fault in faults:
                _note(tree, fault, problems)
        pruned = [_prune(tree, fault) for fault in faults]
        if file or not all(pruned):
            return file
    return None


def _no_mapping(tree: Node | None, problems: Problems) -> None:
    if isinstance(tree, document.Sequence) or (isinstance(tree, Scalar) and not tree.missing):
        problems.add(tree, f"expected the keys of a puzzle, found {kind(tree)}")
    else:
        problems.add_at(1, 1, "an empty file; a puzzle begins with `puzzle: 1`")


def _known_version(tree: Mapping, problems: Problems) -> bool:
    """Look at the first key; with another version nothing else makes sense."""
    first = next(iter(tree), None)
    if "puzzle" not in tree:
        found = f", found {quoted(first)}" if first else ""
        problems.add(tree, f"the first key must be the version of the format, `puzzle: 1`{found}")
        version = Scalar("1")
        version.line, version.column, version.plain, version.shift = tree.line, tree.column, True, 0
        tree[_named("puzzle", tree)] = version
        return True
    if first != "puzzle":
        problems.add(tree.key("puzzle"), "the version, `puzzle: 1`, must be the first key")
    version_node = tree["puzzle"]
    if isinstance(version_node, Scalar) and version_node == "1":
        return True
    problems.add(
        version_node,
        f"version {kind(version_node)} of the format is not known; this program reads `puzzle: 1`",
    )
    return False


def _named(key: str, place: Mapping) -> Scalar:
    scalar = Scalar(key)
    scalar.line, scalar.column, scalar.plain, scalar.shift = place.line, place.column, True, -1
    return scalar


def _look_over(tree: Mapping, problems: Problems) -> None:
    """Note what no single section shows."""
    if tree.get("cases") == {}:
        problems.add(tree.key("cases"), "a puzzle needs at least one case")
    if "weights" in tree and "gates" in tree:
        message = "both `weights` and `gates` are given; the gates are the weights: remove one"
        problems.add(tree.key("gates"), message)
    elif "weights" not in tree and "gates" not in tree:
        problems.add(tree, "neither `weights` nor `gates` is given; expected one of them")


def _note(tree: Mapping, fault: Any, problems: Problems) -> None:
    """Note a fault that pydantic found, in our words and at its place."""
    path = [step for step in fault["loc"] if step != "[key]"]
    if fault["type"] == "missing":
        place, section = _place(tree, path[:-1], key=True), ".".join(map(str, path[:-1]))
        inside = f" in {section}" if section else ""
        problems.add(place, f"the key {quoted(str(path[-1]))} is missing{inside}")
        return
    place = _place(tree, path, key=fault["loc"][-1] == "[key]")
    found = kind(_place(tree, path))
    if fault["type"] == "value_error":
        message = str(fault["ctx"]["error"])
    elif fault["type"] == "list_type":
        message = f"{quoted(str(path[-1]))} is a list, found {found}"
    else:
        message = f"{quoted(str(path[-1]))} is a mapping (key: value), found {found}"
    problems.add(place, message)


def _place(tree: Mapping, path: Sequence[Any], *, key: bool = False) -> Node:
    """Return the node at the end of a path, or the key that stands before it."""
    node: Node = tree
    place: Node = tree
    for step in path:
        if isinstance(node, Mapping):
            place, node = node.key(step), node[step]
        elif isinstance(node, document.Sequence):
            place = node = node[step]
    return place if key else node


def _prune(tree: Mapping, fault: Any) -> bool:
    """Take what is in disorder out of the tree; False if then the rest makes no sense."""
    path = [step for step in fault["loc"] if step != "[key]"]
    if path == ["title"] and fault["type"] == "missing":
        tree[_named("title", tree)] = _named("-", tree)
        return True
    if fault["type"] == "missing":
        path = path[:-1]
    if not path or path[0] in _DECISIVE:
        return False
    node: Node = tree
    owner, last = tree, path[0]
    for step in path:
        if isinstance(node, Mapping):
            if step not in node:
                return True  # went with another fault
            owner, last = node, step
            node = node[step]
        elif isinstance(node, document.Sequence):
            node = node[step]
    del owner[last]
    return True
