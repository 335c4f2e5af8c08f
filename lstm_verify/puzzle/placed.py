"""Which layer and direction the keys of a section speak of."""

from __future__ import annotations

from typing import Any, NamedTuple

from lstm_verify.lstm.network import Place
from lstm_verify.puzzle.document import Scalar
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.names import choices, missing, split
from lstm_verify.puzzle.problems import quoted
from lstm_verify.puzzle.section import Section


class Entry(NamedTuple):
    """A key as it stands in the file, and its value."""

    key: Scalar
    node: Any


class Placed(NamedTuple):
    """The entries of a section, by place.

    Attributes:
        entries: where each stands.
        unclear: the names about which a problem has been noted, so that nothing may be missing.
    """

    entries: dict[Place, Entry]
    unclear: set[str]


def placed(section: Section, frame: Frame, *, everywhere: bool = False) -> Placed:
    """Sort the keys that may carry a suffix by layer and direction, and note the names that fit none.

    Args:
        everywhere: in a network of several layers or directions, a key without a suffix is meant
            for all of them that have no entry of their own; otherwise it is a mistake.
    """
    found = Placed({}, set())
    general: dict[Place, Entry] = {}
    for key, node in section.given().items():
        assert isinstance(key, Scalar)
        name, suffix = split(key)
        if name not in section.SUFFIXED:
            continue
        entry = Entry(key, node)
        if suffix is None and everywhere and len(frame.network.layers) > 1:
            general |= dict.fromkeys(frame.network.places(name), entry)
            continue
        place = _place(entry.key, name, suffix, frame)
        if place is None:
            found.unclear.add(name)
        elif place in found.entries:
            first = found.entries[place].key
            frame.problems.add(entry.key, f"{entry.key} is {first}, which is given as well")
        else:
            found.entries[place] = entry
    return Placed(general | found.entries, found.unclear)


def _place(key: Scalar, name: str, suffix: tuple[int, int] | None, frame: Frame) -> Place | None:
    """Return the place that a key names; None, and a problem, where the network has none of it."""
    network = frame.network
    if suffix is None:
        if len(network.layers) == 1:
            return Place(name)
        several = "there are several layers or directions"
        frame.problems.add(key, f"{several}; say which: {choices(name, network)}")
        return None
    reason = missing(*suffix, network)
    if reason:
        frame.problems.add(key, f"there is no {quoted(key)}: {reason}")
        return None
    return Place(name, *suffix)
