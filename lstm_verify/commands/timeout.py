"""--timeout: how long people's own code may take."""

from __future__ import annotations

import click

from lstm_verify.backends.timeout import TIMEOUT, seconds


def _seconds(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
    try:
        return seconds(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


timeout_option = click.option(
    "--timeout",
    default=f"{TIMEOUT:g}",
    show_default=True,
    callback=_seconds,
    metavar="SECONDS",
    help="How long your own code (python:..., exec:...) may take for a case. It is run in a process of its "
    "own: where it hangs or crashes, that is told, and the others still run.",
)
"""The option, for commands that run people's own code."""
