"""lstm-verify activations: how accurate the σ and tanh of an implementation are."""

from __future__ import annotations

import shlex
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lstm_verify.commands.timeout import timeout_option

if TYPE_CHECKING:
    from lstm_verify.measure import Measured

PLACES = ("f", "i", "o", "g", "h")
"""Where σ and tanh are used; h is the tanh on the way out."""


ONE_GATE = "one gate does something else than the others, and accuracy would hide it"


@click.command(name="activations")
@click.argument("backend")
@click.option(
    "--exhaustive",
    is_flag=True,
    help="Look at every number of float32: of torch.cell, for about an hour for each place. Of 16 bits all "
    "are looked at in any case.",
)
@click.option(
    "--place",
    "places",
    type=click.Choice(PLACES),
    multiple=True,
    help="Only there: σ in f, i or o, tanh in g or, on the way out, in h; may be repeated.  [default: all]",
)
@click.option(
    "--save",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE.json",
    help="Write what it needs into a file; after -b, accuracy=FILE.json grants it that.",
)
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@timeout_option
def command(
    backend: str, places: tuple[str, ...], save: Path | None, output: str, timeout: float, *, exhaustive: bool
) -> int:
    """Measure how accurate σ and tanh are in an implementation, through its gates.

    BACKEND is an implementation as after `run -b`, such as torch.lstm or python:my_lstm.py:cell.
    All gates but one are held open or closed, and that one shows itself in c or h.
    """
    from lstm_verify.backends.errors import Unusable, told
    from lstm_verify.backends.worker import end, named
    from lstm_verify.measure import measure

    if save and (save.suffix != ".json" or "," in str(save)):
        raise click.BadParameter("expected a name that ends in .json and has no comma", param_hint="--save")
    if save and places and not (set(places) & set("fio") and set(places) & set("gh")):
        has = "a file that is saved has both σ and tanh"
        raise click.BadParameter(f"{has}: expected one of f, i, o and one of g, h", param_hint="--place")
    try:
        asked = named(backend, timeout)
    except Unusable as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    try:
        found = measure(
            asked,
            exhaustive=exhaustive,
            places=places or PLACES,
            progress=_progress if exhaustive else _quiet,
        )
    except Unusable as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    except Exception as error:  # noqa: BLE001 - whatever the implementation raises is told of it
        click.echo(f"{backend}: it gave no answer: {told(error)}", err=True)
        return 1
    finally:
        end([asked])
    return _told(found, save, output)


def _told(found: Measured, save: Path | None, output: str) -> int:
    """Print and save what was found, and return the exit status."""
    import json

    from lstm_verify.measure.record import to_data

    data = json.dumps(to_data(found), ensure_ascii=False, allow_nan=False, indent=1)
    if output == "json":
        click.echo(data)
    else:
        _print(found)
    status = 0 if found.within and not (found.other_functions or found.uneven) else 1
    if not found.places:
        return 2
    return status if save is None else _saved(found, save, data) or status


def _saved(found: Measured, save: Path, data: str) -> int:
    """Write the file that `accuracy=` reads, and say so."""
    from lstm_verify.report.activations import with_accuracy

    unseen = {"sigmoid", "tanh"} - set(found.functions)
    if found.other_functions or found.uneven or unseen:
        why = "it has another function in place of σ or tanh" if found.other_functions else ONE_GATE
        why = f"nothing is known of {' and '.join(unseen)}" if unseen else why
        click.echo(f"Error: {save} is not written: {why}", err=True)
        return 2
    try:
        save.write_text(data + "\n", encoding="utf-8")
    except OSError as error:
        click.echo(f"Error: {save} cannot be written: {error.strerror}", err=True)
        return 2
    granted = shlex.quote(with_accuracy(found.backend.name, str(save)))
    click.echo(f"{save} is written: -b {granted}", err=True)
    return 0


def _print(found: Measured) -> None:
    """Print the report; sentences are broken where they pass 80 columns."""
    from lstm_verify.report.activations import report

    for part in report(found):
        sentence = part and not part.startswith(" ") and "-b " not in part
        click.echo(
            textwrap.fill(part, 80, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
            if sentence
            else part
        )


def _quiet(_place: str, _done: int, _all: int) -> None:
    """Say nothing."""


def _progress(place: str, done: int, total: int) -> None:
    """Say how far it is, on one line of standard error."""
    ending = "\n" if done == total else "\r"
    click.echo(f"{place}: {done / total:7.2%} of {2 * total:,} numbers{ending}", nl=False, err=True)
