"""Which faults a puzzle says that it exposes, and which it kills: ids of the catalogue, as files have them.

`make docs` writes both files down. The catalogue itself is code for NumPy, which is too much to load
for a look at a file, and the kill matrix takes a while to compute.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from lstm_verify.puzzle.document import Scalar
from lstm_verify.puzzle.problems import Problems, nearest, quoted

IDS = Path(__file__).with_name("faults.txt")
"""The ids of all faults that a run can show, one a line."""

KILLS = Path(__file__).with_name("kills.json")
"""Name of a shipped puzzle -> the ids of the faults that it kills, in all their forms."""


@cache
def known() -> tuple[str, ...]:
    """Return the ids of all faults that a run can show."""
    return tuple(IDS.read_text(encoding="utf-8").split())


@cache
def kills() -> Mapping[str, tuple[str, ...]]:
    """Return the faults that each shipped puzzle kills; a puzzle that is new is missing."""
    written = json.loads(KILLS.read_text(encoding="utf-8"))
    return {name: tuple(ids) for name, ids in written.items()}


def read_exposes(given: Iterable[Scalar], problems: Problems) -> tuple[str, ...]:
    """Read the ids that a puzzle file lists; one that there is not, or that stands there twice, is noted."""
    found: list[str] = []
    for text in given:
        name = str(text)
        if name in found:
            problems.add(text, f"{quoted(name)} is listed twice; leave one out")
        elif name not in known():
            near = nearest(name, known())
            fix = f"did you mean {quoted(near)}?" if near else "`lstm-verify faults` lists them"
            problems.add(text, f"there is no fault {quoted(name)} that a run can show; {fix}")
        found.append(name)
    return tuple(found)
