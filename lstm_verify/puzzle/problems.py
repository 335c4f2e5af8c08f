"""Collecting what is wrong with a file, so that all of it can be said at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice
from typing import Protocol

from lstm_verify.puzzle.model import Problem, PuzzleError

MAX_SHOWN = 100
"""More problems than this are counted, not listed."""

_MAX_KEPT = 10_000
_LONGEST_QUOTE = 60
_MOST_CANDIDATES = 1000


class Place(Protocol):
    """Whatever stands somewhere in a file: line and column count from 1."""

    line: int
    column: int


class Problems:
    """The problems found so far in one file.

    Attributes:
        file: the path as the user gave it.
        unreadable: the keys whose values make no sense at all, such as "network.clip": about what
            needs them there is nothing to say.
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self.unreadable: set[str] = set()
        self._found: set[Problem] = set()
        self._more = 0

    def __len__(self) -> int:
        return len(self._found) + self._more

    def add(self, place: Place, message: str) -> None:
        """Note what is wrong at a place."""
        self.add_at(place.line, place.column, message)

    def add_at(self, line: int, column: int, message: str) -> None:
        """Note what is wrong at a line and column; 0, 0 is the file as a whole."""
        if len(self._found) < _MAX_KEPT:
            self._found.add(Problem(self.file, line, column, message))
        else:
            self._more += 1

    def error(self) -> PuzzleError:
        """Return the error that tells all problems, in the order of the file."""
        found = sorted(self._found)
        shown, more = found[:MAX_SHOWN], len(found) - MAX_SHOWN + self._more
        if more > 0:
            last = shown[-1]
            shown.append(Problem(self.file, last.line, last.column, f"and {more:,} more problems"))
        return PuzzleError(shown)

    def check(self) -> None:
        """Raise `PuzzleError` if there is any problem."""
        if self:
            raise self.error()


def failure(file: str, message: str, line: int = 0, column: int = 0) -> PuzzleError:
    """Return the error for a single problem; at 0, 0 it is about the file as a whole."""
    return PuzzleError([Problem(file, line, column, message)])


def quoted(text: str) -> str:
    """Return a text in quotation marks, shortened and without control characters."""
    short = text if len(text) <= _LONGEST_QUOTE else text[: _LONGEST_QUOTE - 1] + "…"
    return "'" + "".join(c if c.isprintable() else repr(c)[1:-1] for c in short) + "'"


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the likely fix for an unknown word: the nearest known one, or all of them."""
    names = list(islice(known, _MOST_CANDIDATES))
    match = nearest(word, names)
    if match:
        return f"did you mean {quoted(match)}?"
    return f"known: {', '.join(names)}" if len(names) <= 30 else f"known: {', '.join(names[:30])}, …"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that looks most like a given one, if any does."""
    if len(word) > _LONGEST_QUOTE:
        return None
    lower = {name.lower(): name for name in islice(known, _MOST_CANDIDATES)}
    matches = difflib.get_close_matches(word.lower(), lower, n=1)
    return lower[matches[0]] if matches else None


def count(number: int, noun: str) -> str:
    """Return a number with its noun: "1 row", "12 rows"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
