"""What `list` tells of a shipped puzzle, read from the head of its file without checking it.

The tests have checked it; to check all of them takes three times as long as to read them, and to read the
weights and tables as well takes twice as long.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from lstm_verify.puzzle import files
from lstm_verify.puzzle.document import MappingNode, SequenceNode, compose
from lstm_verify.puzzle.exposes import kills
from lstm_verify.puzzle.problems import Problems, failure


class Summary(NamedTuple):
    """A puzzle's name, file and title, its network's sizes in words, and what it belongs to.

    Attributes:
        kills: the ids of the faults that it kills, or None where it is too new to be in the list of them.
    """

    name: str
    file: str
    title: str
    family: str
    network: str
    tags: list[str]
    kills: tuple[str, ...] | None


_BODY = re.compile(r"^(features|weights|gates|cases):", re.MULTILINE)


def summary(path: Path) -> Summary:
    """Read the summary of a shipped puzzle, whose weights and cases stand behind all else.

    Raises:
        PuzzleError: it is none; whoever works on one has it so for a while.
    """
    text = files.decode(files.read(path), str(path))
    body = _BODY.search(text)
    tree = compose(text[: body.start()], Problems(str(path))) if body else None
    network = tree.get("network") if isinstance(tree, MappingNode) and "title" in tree else None
    if not isinstance(network, MappingNode) or not {"input_size", "hidden_size"} <= set(network):
        raise failure(str(path), f"no puzzle that is in order; `lstm-verify lint {path}` says why")
    assert isinstance(tree, MappingNode)  # as its network has been found
    tags = tree.get("tags")
    name = files.name_of(path)
    return Summary(
        name,
        str(path),
        str(tree["title"]),
        str(tree.get("family", "")),
        _sizes(network),
        [str(tag) for tag in tags] if isinstance(tags, SequenceNode) else [],
        kills().get(name),
    )


def cases(path: Path) -> list[str]:
    """Return the names of a shipped puzzle's cases; none where they are not in order."""
    tree = compose(files.decode(files.read(path), str(path)), Problems(str(path)))
    found = tree.get("cases") if isinstance(tree, MappingNode) else None
    return [str(case) for case in found] if isinstance(found, MappingNode) else []


def _sizes(network: MappingNode) -> str:
    """Write the sizes of a network: "3 → 1", or, projected, "2 → 2 → 1, 2 layers, both ways"."""
    projected = f" → {network['proj_size']}" if "proj_size" in network else ""
    layers = f", {network['num_layers']} layers" if network.get("num_layers", "1") != "1" else ""
    both = ", both ways" if network.get("bidirectional") == "true" else ""
    backwards = ", backwards" if network.get("reverse") == "true" else ""
    return f"{network['input_size']} → {network['hidden_size']}{projected}{layers}{both}{backwards}"
