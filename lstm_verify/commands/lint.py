"""lstm-verify lint: find mistakes in puzzle files, and what a puzzle cannot see, without running them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lstm_verify.puzzle.blind import Remark
    from lstm_verify.puzzle.model import Puzzle


@click.command(name="lint")
@click.argument("puzzles", nargs=-1, required=True, metavar="PUZZLE...")
@click.option("--notes", is_flag=True, help="Show the notes too: what a puzzle cannot see, and need not.")
@click.option("--strict", is_flag=True, help="Exit with 2 for a warning as well.")
@click.option(
    "--blind",
    is_flag=True,
    help="Commit every known fault on each puzzle, and name those that it cannot see.",
)
def command(puzzles: tuple[str, ...], *, notes: bool, strict: bool, blind: bool) -> int:
    """Find mistakes in puzzle files, without running them: every one, with its line and column.

    A warning is about something that a puzzle promises and does not test: a feature that does
    nothing, or, where the puzzle has the tag `generic`, any mistake of an implementation that it
    cannot see. About other puzzles such blind spots are notes. Whether a table's numbers are right
    is for `run` to say.
    """
    from lstm_verify.puzzle.library import load_all
    from lstm_verify.puzzle.problems import count

    loaded, problems = load_all(puzzles)
    files = {problem.file for problem in problems if problem.line}  # the others were not there to be read
    files |= {puzzle.file for puzzle in loaded}
    found = _remarks(loaded)
    if blind:
        found += _blindness(loaded)
    shown = [remark for remark in found if notes or blind or remark.level != "note"]
    for line in (*problems, *shown):
        click.echo(str(line))
    levels = Counter(remark.level for remark in found)
    if len(shown) < len(found):
        hidden, which = count(levels["note"], "note"), "this puzzle" if len(loaded) == 1 else "these puzzles"
        click.echo(f"{hidden} on what {which} cannot see, for --notes to show", err=True)
    mistakes = len(problems) + levels["error"]
    said = f"{count(mistakes, 'mistake') if mistakes else 'no mistakes'} found"
    if levels["warning"]:
        said += f", {count(levels['warning'], 'warning')}"
    click.echo(f"{count(len(files), 'file')} read, {said}", err=True)
    return 2 if mistakes or (strict and levels["warning"]) else 0


def _remarks(puzzles: Iterable[Puzzle]) -> list[Remark]:
    """Return all that is to be said of puzzles without mistakes, one puzzle after the other."""
    from lstm_verify.puzzle.blind import remarks

    return [remark for puzzle in puzzles for remark in remarks(puzzle)]


def _blindness(puzzles: Sequence[Puzzle]) -> list[Remark]:
    """Return what the catalogue of faults shows that puzzles cannot see."""
    from lstm_verify.faults.blind import blindness

    return [remark for remarks in blindness(puzzles) for remark in remarks]
