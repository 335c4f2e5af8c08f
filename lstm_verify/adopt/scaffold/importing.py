"""The lines that import what a user named, and what it is called then."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

TAKEN = frozenset(
    [
        "cell",
        "lstm",
        "net",
        "x",
        "h",
        "c",
        "w",
        "inputs",
        "h0",
        "c0",
        "i",
        "f",
        "g",
        "o",
        "p",
        "k",
        "t",
        "gate",
        "part",
        "weights",
        "params",
        "units",
        "out",
        "ends",
        "step",
        "np",
        "torch",
        "sys",
        "run_path",
        "kept",
        "cache",
        "input_size",
        "hidden_size",
    ]
)
"""Names that an adapter has for things of its own."""


@dataclass(frozen=True)
class Imported:
    """How something is imported.

    Attributes:
        standard: lines that import from the standard library.
        own: lines that import the user's code.
        name: what it is then.
    """

    standard: tuple[str, ...]
    own: tuple[str, ...]
    name: str


def imported(target: str, also: Sequence[str] = ()) -> Imported:
    """Return how `module:object` or `file.py:object` is imported, from the folder where we are.

    Args:
        also: names of the same file that are imported too.
    """
    place, _, attribute = target.rpartition(":")
    first, dot, rest = attribute.partition(".")
    name = "yours" if first in TAKEN else first
    renamed = ", ".join([f"{first} as {name}" if name != first else first, *also])
    if not place.endswith(".py"):
        return Imported((), (f"from {place} import {renamed}",), name + dot + rest)
    path = Path(place)
    if not path.stem.isidentifier() or path.stem in sys.stdlib_module_names | {"numpy", "torch", "adapter"}:
        line = f'{name} = run_path("{path.as_posix()}")["{first}"]'
        return Imported(("from runpy import run_path",), (line,), name + dot + rest)
    line = f"from {path.stem} import {renamed}"
    if path.parent == Path():
        return Imported((), (line,), name + dot + rest)
    found = f'sys.path.insert(0, "{path.parent.as_posix()}")  # where {path.name} lies'
    return Imported(("import sys",), (found, line), name + dot + rest)
