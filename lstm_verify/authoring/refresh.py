"""Bringing the digits of a puzzle file up to date: proven, written in place, and read again."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

from lstm_verify.authoring.filling import Changes, Filling, Wanted
from lstm_verify.authoring.splice import Splicer, composed, entry, spliced
from lstm_verify.puzzle import files
from lstm_verify.puzzle.load import parse
from lstm_verify.puzzle.model import PuzzleError
from lstm_verify.puzzle.problems import failure
from lstm_verify.verify.tables import judge_digits


@dataclass(frozen=True)
class Refreshed:
    """A puzzle file with its digits up to date.

    Attributes:
        data: its bytes; nothing has been written.
        is_new: whether they are others than they were.
        changes: what is new in each case.
    """

    data: bytes
    is_new: bool
    changes: list[Changes]


def refresh(data: bytes, file: str, wanted: Wanted, only: str | None = None) -> Refreshed:
    """Return a puzzle file with the proven digits of its true traces.

    Numbers that are right stay as they are, as do open cells and every character outside the tables.

    Args:
        data, file: the file's bytes, and its path for messages.
        wanted: the quantities and decimals asked for.
        only: the name of a case; None: all.

    Raises:
        PuzzleError: with everything that is wrong with the file, but for digits that can be mended; or
            that it has no such case.
    """
    try:
        puzzle = parse(data, file, digits=())
    except PuzzleError:
        parse(data, file)  # which says what is wrong with the digits as well
        raise
    names = [case.name for case in puzzle.cases]
    if only is not None and only not in names:
        raise failure(file, f"there is no case '{only}'; there are: {', '.join(names)}")
    text = files.decode(data, file)
    cases = entry(composed(text), "cases")
    assert cases is not None
    into, changes = Splicer(text), []
    for (name, node), case in zip(cases[1].value, puzzle.cases, strict=True):
        if only in (None, case.name):
            filling = Filling(into, puzzle, case, wanted)
            filling.fill(name, node)
            changes.append(filling.changes)
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    fresh = mark + spliced(text, into.edits).encode()
    _judge(data, fresh, file, changes)
    return Refreshed(fresh, fresh != data, changes)


def _judge(data: bytes, fresh: bytes, file: str, changes: list[Changes]) -> None:
    """Read the file anew, and prove what is stated there now."""
    names = [change.case for change in changes]
    try:
        puzzle = parse(fresh, file, digits=names)
    except PuzzleError:
        parse(data, file, digits=names)  # what is wrong with it stands elsewhere there
        raise
    cases = {case.name: case for case in puzzle.cases}
    for change in changes:
        verdict = judge_digits(puzzle.network, cases[change.case])
        if len(verdict.wrong) > change.kept:
            raise failure(file, f"case {change.case}: {verdict.wrong[0].message}; nothing is written")
