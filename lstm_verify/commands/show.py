"""lstm-verify show: a puzzle worked by hand, step by step."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lstm_verify.puzzle.model import Case, Puzzle

NO_BREAK = "\N{NO-BREAK SPACE}"


@click.command(name="show")
@click.argument("puzzle")
@click.option("--case", metavar="NAME", help="Only this case.")
@click.option(
    "--steps", type=click.IntRange(min=1), default=60, show_default=True, help="At most so many steps."
)
@click.option(
    "--units", type=click.IntRange(min=1), default=8, show_default=True, help="At most so many units."
)
@click.option(
    "--equations",
    type=click.Choice(["text", "latex"]),
    help="Print the network's equations alone, as text or in LaTeX.",
)
def command(puzzle: str, case: str | None, steps: int, units: int, equations: str | None) -> int:
    """Work a puzzle by hand, step by step: every gate, c and h.

    ± is how far the true value may be from what the hand rules give.
    """
    from lstm_verify.engine import load
    from lstm_verify.puzzle.model import PuzzleError
    from lstm_verify.report.readings import is_one_hot

    try:
        loaded = load(puzzle, case)
    except (PuzzleError, ValueError) as error:
        click.echo(str(error), err=True)
        return 2
    cases = [c for c in loaded.cases if case in (None, c.name)]
    if not cases:
        names = ", ".join(c.name for c in loaded.cases)
        click.echo(f"{loaded.file} has no case '{case}'; it has {names}", err=True)
        return 2
    if equations:
        _equations(loaded, equations, units, margin="")
        return 0
    click.echo(f"{loaded.name}: {loaded.title}")
    if loaded.why:
        click.echo(textwrap.fill(loaded.why, 100))
    click.echo()
    _equations(loaded, "text", units, margin="  ")
    _claims(loaded)
    one_hot = is_one_hot(loaded)
    return max(_worked(puzzle, loaded, one, steps, units, one_hot=one_hot) for one in cases)


def _equations(puzzle: Puzzle, form: str, units: int, margin: str) -> None:
    from lstm_verify.report import equations, latex

    if form == "latex":
        click.echo("\n".join(latex.equations(puzzle, units)))
        return
    for line in equations.equations(puzzle, units):
        click.echo(_wrapped(f"{margin}{line}"))


def _claims(puzzle: Puzzle) -> None:
    """Print what holds for all inputs, name by name."""
    for name, claim in puzzle.claims.items():
        click.echo(
            textwrap.fill(f"claim {name}: {claim}", 100, initial_indent="\n  ", subsequent_indent="    ")
        )


def _worked(asked: str, puzzle: Puzzle, case: Case, steps: int, units: int, *, one_hot: bool) -> int:
    """Print a case step by step; return the exit status: 2 where it cannot be worked."""
    from lstm_verify.engine import undecided
    from lstm_verify.lstm.arithmetic.hand import NotByHand
    from lstm_verify.lstm.exact import Undecided
    from lstm_verify.report.steps import worked

    click.echo(f"\ncase {case.name}" + (f": {case.title}" if case.title else ""))
    try:
        for line in worked(puzzle, case, steps, units, one_hot=one_hot):
            click.echo(_wrapped(line))
    except NotByHand as error:
        click.echo(f"{error}. For its true trace:\n  lstm-verify run {asked} -b reference")
        return 0
    except Undecided as error:
        click.echo(str(undecided(puzzle, case, error)), err=True)
        return 2
    if case.steps > steps:
        click.echo(f"… {case.steps - steps} more steps (--steps {case.steps} shows them)")
    if (hidden := puzzle.network.hidden_size) > units:
        click.echo(f"… {hidden - units} more units (--units {hidden} shows them)")
    return 0


def _wrapped(line: str) -> str:
    """Break a line that passes 100 columns; what follows is set in farther, a remark in one piece."""
    if len(line) <= 100:
        return line
    margin = " " * (len(line) - len(line.lstrip()) + 6)
    formula, gap, remark = line.partition("   (")
    kept = f"{formula.rstrip()}{gap}{remark.replace(' ', NO_BREAK)}"
    broken = textwrap.wrap(kept, 100, subsequent_indent=margin, drop_whitespace=True, break_on_hyphens=False)
    return "\n".join(broken).replace(NO_BREAK, " ")
