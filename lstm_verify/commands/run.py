"""lstm-verify run: hold implementations against puzzles."""

from __future__ import annotations

import contextlib
import os
import textwrap
from typing import TYPE_CHECKING, Any

import click

from lstm_verify.commands.quantities import quantities
from lstm_verify.commands.timeout import timeout_option

if TYPE_CHECKING:
    from lstm_verify.verify.report import Report

COMMANDS = ("to see it again", "to measure them")
"""How the details begin that are commands."""

UNBROKEN: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}

STYLES = ("simple", "github", "latex", "html", "tsv")
OUTPUTS = ("text", "json", "junit", "github")


@click.command(name="run")
@click.argument("puzzles", nargs=-1, required=True, metavar="PUZZLE...")
@click.option(
    "-b",
    "--backend",
    "backends",
    multiple=True,
    metavar="BACKEND",
    help="An implementation, such as torch.lstm,dtype=float64, python:my_lstm.py:cell or exec:./lstm; may be "
    "repeated. "
    "[default: torch.cell and torch.lstm]",
)
@click.option("--case", metavar="NAME", help="Only this case.")
@click.option(
    "--thorough",
    is_flag=True,
    help="Call what agrees in other ways too: twice, in two calls with the state handed on, each row of a "
    "batch alone, without a state, on arrays that are views, without biases after a network with biases.",
)
@click.option(
    "--show",
    default="c,h,logits",
    show_default=True,
    callback=quantities,
    metavar="c,h,i,f,g,o,logits,h_n,c_n",
    help="What to print (logits where there is an output layer).",
)
@click.option(
    "--format", "style", type=click.Choice(STYLES), default="simple", show_default=True, help="Of the tables."
)
@click.option(
    "--output", type=click.Choice(OUTPUTS), default="text", show_default=True, help="Of the whole report."
)
@click.option(
    "--diagnose",
    is_flag=True,
    help="Where a failure looks like several faults, run shipped puzzles that tell them apart.",
)
@timeout_option
def command(
    puzzles: tuple[str, ...],
    backends: tuple[str, ...],
    case: str | None,
    show: tuple[str, ...],
    style: str,
    output: str,
    timeout: float,
    *,
    diagnose: bool,
    thorough: bool,
) -> int:
    """Hold implementations against puzzles, and print the c/h tables.

    PUZZLE is a shipped name (memory), a set of them (smoke), a file, a folder or a glob.
    """
    from lstm_verify.engine import run

    report = run(
        puzzles, backends, case=case, shown=show, timeout=timeout, diagnose=diagnose, thorough=thorough
    )
    # What was found stands, whether or not somebody reads on (`| head`).
    with contextlib.suppress(BrokenPipeError):
        for note in report.notes:
            click.echo(f"note: {note}", err=True)
        if output == "text":
            _print(report, show, style)
        else:
            _write(report, output)
    return report.exit_code


def _write(report: Report, output: str) -> None:
    """Write the report for programs."""
    from lstm_verify.report import machine

    writers = {"json": machine.to_json, "junit": machine.to_junit, "github": machine.to_github}
    written = writers[output](report)
    click.echo(written, nl=bool(written))


def _print(report: Report, show: tuple[str, ...], style: str) -> None:
    """Print the report for people."""
    from lstm_verify.puzzle.model import Problem
    from lstm_verify.report import text

    plain = style in ("simple", "github")  # other formats go into documents: the talk about them to stderr
    colour = False if os.environ.get("NO_COLOR") else None
    for tables, results in report.cases if report.results else []:
        click.echo(text.heading(tables.puzzle, tables.case), err=not plain)
        click.echo(err=not plain)
        click.echo(text.body(tables, results, show, style))
        for remark in text.remarks(tables, results):
            click.echo(remark, err=not plain)
        click.echo(err=not plain)
        for said in text.verdicts(tables, results):
            head = f"{said.who}  {click.style(said.verdict, fg=text.colour(said.verdict))}: "
            length = len(said.who) + 2 + len(said.verdict) + 2
            click.echo(_wrapped(head, length, said.text), err=not plain, color=colour)
            for detail in said.details:
                click.echo(_indented(detail), err=not plain)
        click.echo(err=not plain)
    for line in text.promises(report):
        click.echo(line, err=not plain)
    for error in report.errors:
        click.echo(error if isinstance(error, Problem) else f"Error: {error}", err=True)
    if report.exit_code == 2 and not report.errors:
        click.echo("nothing was checked: every implementation was skipped", err=True)
        if len({result.puzzle.name for result in report.results}) == 1:
            click.echo("other puzzles may ask less of it: lstm-verify run smoke -b …", err=True)


def _indented(detail: str) -> str:
    """Indent a detail, and break it where it passes 100 columns; a command is left in one piece."""
    inner = len(detail) - len(detail.lstrip())
    first, others = " " * (4 + inner), " " * (6 + inner)
    if detail.startswith(COMMANDS):
        return first + detail
    return textwrap.fill(detail.lstrip(), 100, initial_indent=first, subsequent_indent=others, **UNBROKEN)


def _wrapped(head: str, length: int, sentence: str) -> str:
    """Break a verdict that passes 100 columns; `length` is how long its head is in print."""
    lines = textwrap.wrap(
        sentence,
        100,
        initial_indent=" " * length,
        subsequent_indent=" " * 6,
        **UNBROKEN,
    )
    return "\n".join([head + "".join(lines[:1])[length:], *lines[1:]])
