"""What `list` tells of a shipped puzzle, read from its file without checking it: the tests have done so.

Checking all of them takes three times as long as reading them.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from lstm_verify.puzzle import files
from lstm_verify.puzzle.document import MappingNode, Node, SequenceNode, compose
from lstm_verify.puzzle.problems import Problems


class Summary(NamedTuple):
    """A puzzle's name, file and title, its network's sizes in words, its tags and the names of its cases."""

    name: str
    file: str
    title: str
    network: str
    tags: list[str]
    cases: list[str]


def summary(path: Path) -> Summary:
    """Read the summary of a puzzle that is in order."""
    tree = compose(files.decode(files.read(path), str(path)), Problems(str(path)))
    assert isinstance(tree, MappingNode)
    tags = tree.get("tags")
    return Summary(
        files.name_of(path),
        str(path),
        str(tree["title"]),
        _sizes(_mapping(tree["network"])),
        [str(tag) for tag in tags] if isinstance(tags, SequenceNode) else [],
        [str(case) for case in _mapping(tree["cases"])],
    )


def _mapping(node: Node) -> MappingNode:
    assert isinstance(node, MappingNode)
    return node


def _sizes(network: MappingNode) -> str:
    """Write the sizes of a network: "3 → 1", or "2 → 2 → 1 (projected), 2 layers, both ways"."""
    projected = f" → {network['proj_size']} (projected)" if "proj_size" in network else ""
    layers = f", {network['num_layers']} layers" if network.get("num_layers", "1") != "1" else ""
    both = ", both ways" if network.get("bidirectional") == "true" else ""
    backwards = ", backwards" if network.get("reverse") == "true" else ""
    return f"{network['input_size']} → {network['hidden_size']}{projected}{layers}{both}{backwards}"
