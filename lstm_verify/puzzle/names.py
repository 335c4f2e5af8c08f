"""Names with PyTorch's suffix for a layer and direction, such as weight_ih_l1_reverse.

In a network of one layer and one direction the suffix may be left out; in any other each name
needs its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from lstm_verify.lstm.network import BIDIRECTIONAL, Network
from lstm_verify.puzzle.problems import count, nearest

_SUFFIXED = re.compile(r"(?P<name>.+)_l(?P<layer>0|[1-9][0-9]{0,8})(?P<reverse>_reverse)?", re.ASCII)
_ALMOST = re.compile(
    r"(?P<name>.+?)_l?_?(?P<layer>[0-9]{1,8})_?(?P<rest>[a-z]\w*)?", re.ASCII | re.IGNORECASE
)

SUFFIX_PATTERN = "_l(0|[1-9][0-9]*)(_reverse)?"
"""What a suffix looks like, as a regular expression for the JSON Schema."""

_MOST_LISTED = 6
_LONGEST = 60


def split(key: str) -> tuple[str, tuple[int, int] | None]:
    """Part a key from its suffix: "c_l1_reverse" is "c" and (1, 1); a key without one has None."""
    match = _SUFFIXED.fullmatch(key)
    if match is None:
        return key, None
    return match["name"], (int(match["layer"]), int(match["reverse"] is not None))


def mended(key: str, known: Iterable[str]) -> str | None:
    """Return what an unknown key is likely to mean that has almost a suffix, such as "c_l1_rev"."""
    match = _ALMOST.fullmatch(key) if len(key) <= _LONGEST else None
    name = nearest(match["name"], known) if match else None
    if match is None or name is None:
        return None
    reverse = (match["rest"] or "").lower().startswith("r")
    return f"{name}_l{int(match['layer'])}" + ("_reverse" if reverse else "")


def choices(name: str, network: Network) -> str:
    """List what a name without a suffix can mean, for a message."""
    names = [network.name(place) for place in network.places(name)]
    return ", ".join(names[:_MOST_LISTED] + ["…"] * (len(names) > _MOST_LISTED))


def missing(layer: int, direction: int, network: Network) -> str | None:
    """Say why a network has no such layer and direction; None where it has it."""
    if layer >= network.num_layers:
        last = network.num_layers - 1
        listed = "l0" if last == 0 else f"l0 {'and' if last == 1 else 'to'} l{last}"
        return f"the network has {count(network.num_layers, 'layer')}: {listed}"
    if direction and network.direction != BIDIRECTIONAL:
        return "the network has one direction; for two say `bidirectional: true`"
    return None
