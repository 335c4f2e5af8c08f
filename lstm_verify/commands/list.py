"""lstm-verify list: the puzzles that come with lstm-verify, by family."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lstm_verify.puzzle.summary import Summary

KEYS = ("name", "title", "family", "network", "tags", "kills", "file")
"""What programs are told of a puzzle, beside its cases."""

NARROWEST = 30
"""A column of text has so many characters, or none of its own."""


@click.command(name="list")
@click.option("--family", metavar="FAMILY", help="Only puzzles of this family.")
@click.option("--tag", metavar="TAG", help="Only puzzles with this tag.")
@click.option("--exposes", metavar="FAULT", help="Only puzzles that kill this fault, in all its forms.")
@click.option("--set", "group", metavar="SET", help="Only those of this set, such as smoke.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(family: str | None, tag: str | None, exposes: str | None, group: str | None, output: str) -> int:
    """List the puzzles that come with lstm-verify, by family.

    The column `kills` has how many kinds of fault a puzzle kills in all their forms; `lstm-verify faults`
    lists the faults, and `lstm-verify matrix` finds out about puzzles of your own.
    """
    from lstm_verify.puzzle.exposes import known
    from lstm_verify.puzzle.families import FAMILIES
    from lstm_verify.puzzle.library import sets, shipped
    from lstm_verify.puzzle.model import PuzzleError
    from lstm_verify.puzzle.summary import cases, summary

    _check("family", family, FAMILIES)
    _check("fault", exposes, known())
    _check("set", group, sets())
    paths = shipped().values() if group is None else sets()[group]
    every, wrong = [], []
    for path in paths:
        try:
            every.append(summary(path))
        except PuzzleError as error:
            wrong.append(str(error))
    _check("tag", tag, dict.fromkeys(tag for puzzle in every for tag in puzzle.tags))
    puzzles = [
        puzzle
        for puzzle in every
        if family in (None, puzzle.family)
        and (tag is None or tag in puzzle.tags)
        and (exposes is None or exposes in (puzzle.kills or ()))
    ]
    if output == "json":
        entries = [
            {key: getattr(puzzle, key) for key in KEYS} | {"cases": cases(Path(puzzle.file))}
            for puzzle in puzzles
        ]
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
    elif puzzles:
        click.echo("\n".join(_by_family(puzzles)))
    else:
        click.echo("no puzzle is all of that", err=True)
    for message in wrong:
        click.echo(message, err=True)
    return 2 if wrong else 0


def _check(what: str, name: str | None, known: Collection[str]) -> None:
    """Refuse a name that there is not, with the nearest that there is."""
    from lstm_verify.puzzle.problems import quoted, suggestion

    if name is not None and name not in known:
        raise click.BadParameter(f"there is no {what} {quoted(name)}; {suggestion(name, list(known))}")


def _by_family(puzzles: Sequence[Summary]) -> Iterator[str]:
    """Write a table of the puzzles, those of each family under its title."""
    from tabulate import tabulate

    from lstm_verify.puzzle.families import FAMILIES

    head = ["name", "network", "kills", "what it shows"]
    rows = [(p.name, p.network, "?" if p.kills is None else len(p.kills), p.title) for p in puzzles]
    align = ("left", "left", "right", "left")
    header, _, *lines = tabulate(rows, head, colalign=align, disable_numparse=True).splitlines()
    width = shutil.get_terminal_size((120, 24)).columns
    column = header.index(head[-1]) + 2
    margin = " " * (column if width - column >= NARROWEST else 6)
    yield f"  {header}"
    titles = {slug: f"{title} ({slug})" for slug, (title, _) in FAMILIES.items()} | {"": "Of no family"}
    families = [puzzle.family if puzzle.family in titles else "" for puzzle in puzzles]
    for slug, title in titles.items():
        own = [line for family, line in zip(families, lines, strict=True) if family == slug]
        if own:
            yield f"\n{title}"
        for line in own:
            yield from textwrap.wrap(f"  {line}", width, subsequent_indent=margin, break_long_words=False)
