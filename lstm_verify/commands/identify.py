"""lstm-verify identify: which LSTM code is, and what it takes its arrays for."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from lstm_verify.commands.timeout import timeout_option

if TYPE_CHECKING:
    from lstm_verify.identify import Identity
    from lstm_verify.identify.words import Finding


@click.command(name="identify")
@click.argument("backend")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@timeout_option
def command(backend: str, output: str, timeout: float) -> int:
    """Find out which LSTM an implementation is, and what it takes its arrays for.

    BACKEND is an implementation as after `run -b`, such as python:my_lstm.py:cell. It is given
    arrays packed as in PyTorch: rows in the order i, f, g, o and two biases.
    """
    from lstm_verify.backends.errors import Unusable
    from lstm_verify.backends.worker import end, named
    from lstm_verify.identify import identify
    from lstm_verify.identify.identify import to_data

    try:
        asked = named(backend, timeout)
        try:
            found = identify(asked)
        finally:
            end([asked])
    except Unusable as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    if output == "json":
        click.echo(json.dumps(to_data(found), ensure_ascii=False, indent=1))
    else:
        for line in _lines(found):
            click.echo(line)
    return 0 if found.identified else 1


def _lines(found: Identity) -> Iterator[str]:
    """Yield the report for people."""
    from tabulate import tabulate

    yield from _wrapped(f"{found.backend} ", _headline(found))
    if found.findings:
        yield ""
        table = [(finding.what, finding.found, _sure(finding)) for finding in found.findings]
        head = ["given PyTorch's arrays", "what it makes of them", "how sure"]
        yield tabulate(table, head, disable_numparse=True, maxcolwidths=[None, 46, 30])
    if found.notes or not found.identified:
        yield ""
    for note in found.notes:
        yield from _wrapped("  ", note)
    if not found.identified:
        hint = shlex.join(["lstm-verify", "run", "generic", "-b", found.backend])
        yield from _wrapped("  ", f"what is wrong with it, if anything is: {hint}")
    if found.framework:
        yield ""
        for known in found.framework.frameworks:
            yield from _wrapped("Source: ", f"{known.title}, {known.source}")


def _headline(found: Identity) -> str:
    """Say in a sentence what it is."""
    near = found.framework
    if near is None:
        return "is not identified: no LSTM that is known here shows what it shows"
    first, *others = [known.title for known in near.frameworks]
    also = f" (and {', '.join(others)})" if others else ""
    packed = "; ".join(near.packed_otherwise)
    if near.differences:
        differences = "; ".join((*near.differences, *near.packed_otherwise))
        return f"is like none of the known frameworks; nearest: {first}{also}, but {differences}"
    return f"is as {first}{also}" + (f", packed otherwise: {packed}" if packed else "")


def _sure(finding: Finding) -> str:
    return f"{finding.sure}: {finding.reason}" if finding.reason else finding.sure


def _wrapped(head: str, text: str) -> list[str]:
    """Break a sentence that passes 100 columns."""
    return textwrap.wrap(
        text,
        100,
        initial_indent=head,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
