"""lstm-verify lint: find mistakes in puzzle files, without running them."""

from __future__ import annotations

import click


@click.command(name="lint")
@click.argument("puzzles", nargs=-1, required=True, metavar="PUZZLE...")
def command(puzzles: tuple[str, ...]) -> int:
    """Find mistakes in puzzle files, without running them: every one, with its line and column.

    Whether a table's numbers are right is for `run` to say.
    """
    from lstm_verify.puzzle.library import load_all
    from lstm_verify.puzzle.problems import count

    loaded, problems = load_all(puzzles)
    files = {problem.file for problem in problems if problem.line}  # the others were not there to be read
    for problem in problems:
        click.echo(str(problem))
    found = count(len(problems), "mistake") if problems else "no mistakes"
    click.echo(f"{count(len(loaded) + len(files), 'file')} read, {found} found", err=True)
    return 2 if problems else 0
