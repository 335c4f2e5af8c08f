"""lstm-verify published: what others have published as right, replayed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lstm_verify.published.summary import Row


@click.command(name="published")
@click.argument("suites", nargs=-1, metavar="[SUITE]...")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(suites: tuple[str, ...], output: str) -> int:
    """Replay the LSTM cases of published suites, and print what they notice.

    Each suite is run as it is: its networks, its inputs, the outputs that it looks at and its tolerance.
    Then with each of the 23 wrong orders of the gates, and with every fault of the catalogue. Its numbers
    are held against the true ones, and those that are wrong are told.

    Of the suites named, with details, or of all that come with lstm-verify; and of the installed onnx
    package. SUITE may also be a file.
    """
    from lstm_verify.puzzle.model import PuzzleError

    known = _known()
    unknown = _unknown(suites, known)
    for message in unknown:
        click.echo(f"Error: {message}", err=True)
    if unknown:
        return 2
    try:
        rows = _rows(suites or known)
    except PuzzleError as error:
        click.echo(str(error), err=True)
        return 2
    _write(rows, output, detailed=bool(suites))
    return 0 if all(row.holds for row in rows) else 1


def _known() -> list[str]:
    from lstm_verify.published.summary import LIVE, names

    found = names()
    if LIVE not in found:
        click.echo("note: the package onnx is not installed; its node tests are not read from it", err=True)
    return found


def _unknown(suites: tuple[str, ...], known: list[str]) -> list[str]:
    """Say of each name that is none which one is meant."""
    from pathlib import Path

    from lstm_verify.puzzle.problems import quoted, suggestion

    return [
        f"there is no such file or published suite: {quoted(name)}; {suggestion(name, known)}"
        for name in suites
        if name not in known and not Path(name).is_file()
    ]


def _rows(wanted: tuple[str, ...] | list[str]) -> list[Row]:
    """Replay the suites; say on a terminal how far it is."""
    from lstm_verify.published.summary import rows

    found: list[Row] = []
    for row in rows(wanted):
        found.append(row)
        if sys.stderr.isatty() and len(wanted) > 1:
            click.echo(f"\r{len(found)} of {len(wanted)} suites", nl=False, err=True)
    if sys.stderr.isatty() and len(wanted) > 1:
        click.echo("\r" + " " * 30 + "\r", nl=False, err=True)
    return found


def _write(rows: list[Row], output: str, *, detailed: bool) -> None:
    """Print the rows for people, or write them for programs."""
    import json

    from lstm_verify.report import published as report

    if output == "json":
        written = {"version": 1, "suites": [row.as_json() for row in rows]}
        click.echo(json.dumps(written, ensure_ascii=False, indent=1))
    elif detailed:
        for number, row in enumerate(rows):
            click.echo("\n" * bool(number), nl=False)
            for line in report.details(row):
                click.echo(report.wrapped(line))
    else:
        click.echo(report.table(report.ranked(row.counts for row in rows)) + "\n")
        for remark in report.remarks(rows):
            click.echo(report.wrapped(remark))
