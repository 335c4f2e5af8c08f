"""lstm-verify show: a puzzle worked by hand, step by step."""

from __future__ import annotations

import textwrap

import click


@click.command(name="show")
@click.argument("puzzle")
@click.option("--case", metavar="NAME", help="Only this case.")
@click.option(
    "--steps", type=click.IntRange(min=1), default=60, show_default=True, help="At most so many steps."
)
def command(puzzle: str, case: str | None, steps: int) -> int:
    """Work a puzzle by hand, step by step: every gate, c and h.

    ± is how far the true value may be from what the hand rules give.
    """
    from lstm_verify.engine import load, undecided
    from lstm_verify.lstm.arithmetic.hand import NotByHand
    from lstm_verify.lstm.exact import Undecided
    from lstm_verify.puzzle.model import PuzzleError
    from lstm_verify.report.equations import equations
    from lstm_verify.report.steps import worked

    try:
        loaded = load(puzzle)
    except (PuzzleError, ValueError) as error:
        click.echo(str(error), err=True)
        return 2
    cases = [c for c in loaded.cases if case in (None, c.name)]
    if not cases:
        names = ", ".join(c.name for c in loaded.cases)
        click.echo(f"{loaded.file} has no case '{case}'; it has {names}", err=True)
        return 2
    click.echo(f"{loaded.name}: {loaded.title}")
    if loaded.why:
        click.echo(textwrap.fill(loaded.why, 100))
    click.echo()
    for line in equations(loaded):
        click.echo(_wrapped(f"  {line}"))
    for one in cases:
        click.echo(f"\ncase {one.name}" + (f": {one.title}" if one.title else ""))
        try:
            for line in worked(loaded, one, steps):
                click.echo(_wrapped(line))
        except NotByHand as error:
            click.echo(f"{error}. For its true trace:\n  lstm-verify run {puzzle} -b reference")
            continue
        except Undecided as error:
            click.echo(str(undecided(loaded, one, error)), err=True)
            return 2
        if one.steps > steps:
            click.echo(f"… {one.steps - steps} more steps (--steps {one.steps} shows them)")
    return 0


def _wrapped(line: str) -> str:
    """Break a line that passes 100 columns; what follows is set in farther than it begins."""
    if len(line) <= 100:
        return line
    margin = " " * (len(line) - len(line.lstrip()) + 6)
    broken = textwrap.wrap(line, 100, subsequent_indent=margin, drop_whitespace=True, break_on_hyphens=False)
    return "\n".join(broken)
