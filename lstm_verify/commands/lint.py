"""lstm-verify lint: find mistakes in puzzle files, without running them."""

from __future__ import annotations

import click


@click.command(name="lint")
@click.argument("puzzles", nargs=-1, required=True, metavar="PUZZLE...")
def command(puzzles: tuple[str, ...]) -> int:
    """Find mistakes in puzzle files, without running them: every one, with its line and column."""
    from lstm_verify.puzzle.library import resolve
    from lstm_verify.puzzle.load import load
    from lstm_verify.puzzle.model import PuzzleError
    from lstm_verify.puzzle.problems import count

    problems, read = [], 0
    for asked in puzzles:
        try:
            paths = resolve(asked)
        except PuzzleError as error:
            problems += error.problems
            continue
        for path in paths:
            read += 1
            try:
                load(path)
            except PuzzleError as error:
                problems += error.problems
    for problem in problems:
        click.echo(str(problem))
    found = count(len(problems), "mistake") if problems else "no mistakes"
    click.echo(f"{count(read, 'file')} read, {found} found", err=True)
    return 2 if problems else 0
