"""lstm-verify shapes: the shape of every variable of an LSTM."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from lstm_verify.shapes.views import VIEWS

if TYPE_CHECKING:
    from lstm_verify.shapes import Row, Sizes

SIZE = click.IntRange(1, 10**6)


@click.command(name="shapes")
@click.argument("puzzle", required=False)
@click.option(
    "--as", "view", type=click.Choice([*VIEWS]), default="torch", show_default=True, help="Whose names."
)
@click.option("--input", "inputs", type=SIZE, help="I, numbers a step.")
@click.option("--hidden", type=SIZE, help="H, units of a layer.")
@click.option("--layers", type=click.IntRange(1, 100), help="L.  [default: 1]")
@click.option("--bidirectional", is_flag=True, help="D is 2.")
@click.option("--proj", type=click.IntRange(0, 10**6), help="P, the width of a projected h.  [default: none]")
@click.option("--batch", type=SIZE, help="B, sequences.  [default: 1]")
@click.option("--steps", type=SIZE, help="T.  [default: 1]")
@click.option("--vocab", type=SIZE, help="V, tokens and logits.  [default: as --input]")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(puzzle: str | None, view: str, output: str, **options: int | bool | None) -> int:
    """Print the shape of every variable of an LSTM, in symbols and in numbers.

    Of a PUZZLE's, or of one with --input and --hidden; options change what a puzzle says.
    """
    from lstm_verify.puzzle.model import PuzzleError
    from lstm_verify.shapes import rows

    try:
        sizes = _sizes(puzzle, options)
        found = rows(view, sizes)
    except (PuzzleError, ValueError) as error:
        click.echo(str(error), err=True)
        return 2
    if output == "json":
        click.echo(_json(view, sizes, found))
    else:
        _print(view, sizes, found)
    return 0


def _sizes(puzzle: str | None, options: Mapping[str, Any]) -> Sizes:
    """Return the sizes of a puzzle or those given; what is given wins."""
    from lstm_verify.shapes import Sizes

    given = {name: number for name, number in options.items() if number is not None}
    given |= {"directions": 2} if given.pop("bidirectional") else {}
    if puzzle:
        sizes = replace(_of_puzzle(puzzle), **given)
    elif "inputs" in given and "hidden" in given:
        sizes = Sizes(**{"vocab": given["inputs"], **given})
    else:
        raise click.UsageError("Name a puzzle, such as memory, or give --input and --hidden.")
    if sizes.proj >= sizes.hidden:
        raise click.UsageError(f"--proj {sizes.proj}: expected less than the hidden size, {sizes.hidden}.")
    return sizes


def _of_puzzle(puzzle: str) -> Sizes:
    """Return the sizes of a puzzle, and of the batch that its first case is in."""
    from lstm_verify.puzzle.library import load_one
    from lstm_verify.shapes import Sizes

    loaded = load_one(puzzle)
    batch = loaded.batches()[0]
    return Sizes.of(loaded.network, len(batch), max(case.steps for case in batch))


def _json(view: str, sizes: Sizes, found: list[Row]) -> str:
    """Return everything for programs; layer and direction are those of a layer's parameters."""
    variables = [row._asdict() for row in found]
    learned = sum(row.numbers for row in found if row.learned)
    whole = {"convention": view, "sizes": sizes.symbols, "learned": learned, "variables": variables}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def _print(view: str, sizes: Sizes, found: list[Row]) -> None:
    """Print everything for people; the gates' parameters that are alike share a line."""
    from tabulate import tabulate

    from lstm_verify.conventions import convention
    from lstm_verify.conventions.symbols import shown

    used = convention(view)
    click.echo(f"{used.title}, with")
    unbroken = ", ".join(entry.replace(" ", "\xa0") for entry in sizes.legend)
    legend = textwrap.fill(unbroken, 100, initial_indent="  ", subsequent_indent="  ")
    click.echo(legend.replace("\xa0", " "))
    click.echo()
    lines, section = [], ""
    for _, group in groupby(found, lambda row: (row.section, row.field or row.name, row.symbols)):
        alike = list(group)
        row = alike[0]
        heading, section = "" if row.section == section else row.section, row.section
        names = ", ".join(one.name for one in alike)
        lines.append((heading, names, shown(row.symbols), shown(row.shape), row.what))
    head = ["part", "variable", "shape", "in numbers", "what it is"]
    click.echo(tabulate(lines, head, disable_numparse=True, maxcolwidths=[None, 26, None, None, 26]))
    click.echo(f"\n{sum(row.numbers for row in found if row.learned):,} numbers to learn")
    source = f"Source: {used.source}"
    click.echo(textwrap.fill(source, 100, break_long_words=False, break_on_hyphens=False))
