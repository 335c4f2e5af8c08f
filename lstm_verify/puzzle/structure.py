"""Whether a file has the sections and keys of a puzzle; all that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from lstm_verify.puzzle.document import MappingNode, Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.names import split
from lstm_verify.puzzle.problems import Problems, quoted
from lstm_verify.puzzle.published_sections import SuiteFile
from lstm_verify.puzzle.sections import PuzzleFile

_MOST_PASSES = 8
_SIZES = ("input_size", "hidden_size", "num_layers", "bidirectional", "reverse", "proj_size")

BESIDE_GATES = ("weight_hr", "weight_ln")
"""The tensors that no gate rule gives, so that `weights` may have them beside `gates`."""


def validate(tree: Node | None, problems: Problems) -> PuzzleFile | None:
    """Return the sections of a file, and note what is wrong with them.

    Where a section is in disorder the rest is returned, so that it can be looked at too;
    None where nothing more can be said.
    """
    if not isinstance(tree, MappingNode):
        _no_mapping(tree, problems)
        return None
    if not _known_version(tree, problems):
        return None
    for attempt in range(_MOST_PASSES):
        try:
            file = PuzzleFile.model_validate(tree, context=problems)
        except ValidationError as error:
            file, mistakes = None, error.errors(include_url=False)
        else:
            mistakes = []
        if attempt == 0:
            _look_over(tree, problems)
            for mistake in mistakes:
                _note(tree, mistake, problems)
        pruned = [_prune(tree, mistake, problems) for mistake in mistakes]
        if file or not all(pruned):
            return file
    return None


def validate_head(tree: Node | None, problems: Problems) -> SuiteFile | None:
    """Return the head of a suite, and note what is wrong with it; None where it is in disorder."""
    if not isinstance(tree, MappingNode):
        _no_mapping(tree, problems)
        return None
    if tree["suite"] != "1":
        message = f"version {kind(tree['suite'])} of the format is not known; this program reads `suite: 1`"
        problems.add(tree["suite"], message)
        return None
    try:
        return SuiteFile.model_validate(tree, context=problems)
    except ValidationError as error:
        for mistake in error.errors(include_url=False):
            _note(tree, mistake, problems)
        return None


def _no_mapping(tree: Node | None, problems: Problems) -> None:
    if isinstance(tree, SequenceNode) or (isinstance(tree, Scalar) and not tree.missing):
        problems.add(tree, f"expected the keys of a puzzle, found {kind(tree)}")
    else:
        problems.add_at(1, 1, "an empty file; a puzzle begins with `puzzle: 1`")


def _known_version(tree: MappingNode, problems: Problems) -> bool:
    """Look at the first key; with another version nothing else makes sense."""
    first = next(iter(tree), None)
    if "puzzle" not in tree:
        found = f", found {quoted(first)}" if first else ""
        problems.add(tree, f"the first key must be the version of the format, `puzzle: 1`{found}")
        tree[_assumed("puzzle", tree)] = _assumed("1", tree)
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


def _assumed(text: str, place: MappingNode) -> Scalar:
    """Return a key or value that the file lacks."""
    return Scalar(text, place.line, place.column, plain=True, shift=-1)


def _look_over(tree: MappingNode, problems: Problems) -> None:
    """Note what no single section shows."""
    if tree.get("cases") == {}:
        problems.add(tree.key("cases"), "a puzzle needs at least one case")
    weights = tree.get("weights")
    if "weights" in tree and "gates" in tree and not _is_beside_gates(weights):
        message = (
            "both `weights` and `gates` are given; the gates are the weights: remove one"
            f" (beside gates there may be {' and '.join(BESIDE_GATES)} only)"
        )
        problems.add(tree.key("gates"), message)
    elif "weights" not in tree and "gates" not in tree:
        problems.add(tree, "neither `weights` nor `gates` is given; expected one of them")


def _is_beside_gates(weights: Node | None) -> bool:
    return isinstance(weights, MappingNode) and all(
        split(key)[0] in (*BESIDE_GATES, "layout") for key in weights
    )


def _note(tree: MappingNode, mistake: Any, problems: Problems) -> None:
    """Note a mistake that pydantic found, in our words and at its place."""
    path = [step for step in mistake["loc"] if step != "[key]"]
    if mistake["type"] == "missing":
        place, section = _place(tree, path[:-1], key=True), ".".join(map(str, path[:-1]))
        inside = f" in {section}" if section else ""
        problems.add(place, f"the key {quoted(str(path[-1]))} is missing{inside}")
        return
    place = _place(tree, path, key=mistake["loc"][-1] == "[key]")
    found = kind(_place(tree, path))
    if mistake["type"] == "value_error":
        message = str(mistake["ctx"]["error"])
    elif mistake["type"] == "list_type":
        message = f"{quoted(str(path[-1]))} is a list, found {found}"
    else:
        message = f"{quoted(str(path[-1]))} is a mapping (key: value), found {found}"
    problems.add(place, message)


def _place(tree: MappingNode, path: Sequence[Any], *, key: bool = False) -> Node:
    """Return the node at the end of a path, or the key that stands before it."""
    node: Node = tree
    place: Node = tree
    for step in path:
        if isinstance(node, MappingNode):
            place, node = node.key(step), node[step]
        elif isinstance(node, SequenceNode):
            place = node = node[step]
    return place if key else node


def _prune(tree: MappingNode, mistake: Any, problems: Problems) -> bool:
    """Take what is in disorder out of the tree; False if then the rest makes no sense."""
    path = [step for step in mistake["loc"] if step != "[key]"]
    if path == ["title"] and mistake["type"] == "missing":
        tree[_assumed("title", tree)] = _assumed("-", tree)
        return True
    if mistake["type"] == "missing":
        path = path[:-1]
    if not path or _is_decisive(path):
        return False
    node: Node = tree
    owner, last = tree, path[0]
    for step in path:
        if isinstance(node, MappingNode):
            if step not in node:
                return True  # went with another mistake
            owner, last = node, step
            node = node[step]
        elif isinstance(node, SequenceNode):
            node = node[step]
    del owner[last]
    problems.unreadable.add(".".join(map(str, path)))
    return True


def _is_decisive(path: Sequence[Any]) -> bool:
    """Tell whether what stands elsewhere cannot be judged without the value at a path."""
    section, *inside = path
    if section == "network":
        return not inside or inside[0] in _SIZES
    return section == "features"
