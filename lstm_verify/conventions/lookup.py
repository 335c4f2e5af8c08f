"""Finding a convention by its name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping

from lstm_verify.conventions.base import Convention
from lstm_verify.conventions.table import ENTRIES

CONVENTIONS: Mapping[str, Convention] = {entry.name: entry for entry in ENTRIES}
"""Name -> convention."""

_NAMES = {name: entry for entry in ENTRIES for name in (entry.name, *entry.aliases)}


def find(name: str) -> Convention | None:
    """Return the convention of this name or alias, in capitals or not; None where there is none."""
    return _NAMES.get(name.lower())


def convention(name: str) -> Convention:
    """Return the convention of this name or alias, in capitals or not.

    Raises:
        ValueError: there is none; the message has the nearest name, or all of them.
    """
    found = find(name)
    if found:
        return found
    near = difflib.get_close_matches(name.lower(), _NAMES, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(CONVENTIONS)}"
    raise ValueError(f"'{name}' is no convention of packing weights; {hint}")
