"""lstm-verify digits: write a puzzle's proven digits into its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstm_verify.commands.quantities import quantities

if TYPE_CHECKING:
    from lstm_verify.authoring.refresh import Refreshed


@click.command(name="digits")
@click.argument("puzzles", nargs=-1, required=True, metavar="FILE...")
@click.option("--case", metavar="NAME", help="Only this case.")
@click.option(
    "--show",
    callback=quantities,
    metavar="c,h,i,f,g,o,logits,h_n,c_n",
    help="What each case is to state. [default: what it states; c,h and logits where it states nothing]",
)
@click.option(
    "--places",
    type=click.IntRange(0, 300),
    help="Decimals. [default: as many as there are; in a new table 4, or 6 for several units without a hand "
    "table]",
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 where something would change.")
def command(
    puzzles: tuple[str, ...],
    case: str | None,
    show: tuple[str, ...] | None,
    places: int | None,
    *,
    check: bool,
) -> int:
    """Write the proven digits of the true trace into puzzle files, in place.

    A number that is wrong is replaced, one that is right stays; open cells (~) stay open. Where steps or
    units have been added or taken away, the tables follow, and a case without digits gets a table. All
    else in the file stays as it is.
    """
    from lstm_verify.authoring.filling import Wanted
    from lstm_verify.authoring.refresh import refresh
    from lstm_verify.puzzle import files
    from lstm_verify.puzzle.library import resolve
    from lstm_verify.puzzle.model import PuzzleError

    codes, paths = {0}, []
    for text in puzzles:
        try:
            paths += resolve(text)
        except PuzzleError as error:
            click.echo(str(error), err=True)
            codes.add(2)
    for path in paths:
        try:
            found = refresh(files.read(path), str(path), Wanted(show, places), case)
            if found.is_new and not check:
                files.replace(path, found.data)
        except PuzzleError as error:
            click.echo(str(error), err=True)
            codes.add(2)
        else:
            codes.add(_told(path, found, check=check))
    return max(codes)


def _told(path: Path, found: Refreshed, *, check: bool) -> int:
    """Say what is new in a file, and return the exit status."""
    for changes in found.changes:
        if changes.replaced or changes.notes:
            click.echo(f"{path}: {changes}")
    if not found.is_new:
        click.echo(f"{path}: nothing to change")
    unclear = [f"case {changes.case}: {cell}" for changes in found.changes for cell in changes.unclear]
    for cell in unclear:
        reason = "it lies so near the middle of two decimals that they cannot be told apart"
        click.echo(f"{path}: {cell}: {reason}; ask for more or fewer --places", err=True)
    return int(bool(unclear) or (check and found.is_new))
