"""lstm-verify exec-check: what is wrong with a harness, before its LSTM is blamed."""

from __future__ import annotations

import contextlib
import shlex
import textwrap
from typing import TYPE_CHECKING

import click

from lstm_verify.backends.timeout import seconds

if TYPE_CHECKING:
    from lstm_verify.backends.harness.checks import Finding

WIDTH = 100
MARKS = {True: ("ok", "green"), False: ("found", "red"), None: ("?", "cyan")}
"""Whether the harness passed a check -> what stands before it, and its colour."""


def _seconds(_ctx: click.Context, _param: click.Parameter, value: str) -> float:
    try:
        return seconds(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(
    name="exec-check", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False}
)
@click.option(
    "--timeout",
    default="10",
    show_default=True,
    callback=_seconds,
    metavar="SECONDS",
    help="How long it may take for its hello, and for an answer.",
)
@click.argument("words", nargs=-1, required=True, metavar="COMMAND...")
def command(words: tuple[str, ...], timeout: float) -> int:
    """Check a harness for exec:COMMAND: whether it speaks the protocol, and loses no digits.

    COMMAND is what you would write after exec: (in quotes), or its words one by one. The page on
    exec in docs/ tells the protocol; lstm-verify schema hello, request and answer have its schemas.
    """
    from lstm_verify.backends.errors import Unusable
    from lstm_verify.backends.harness.checks import checked
    from lstm_verify.backends.harness.words import split

    found = []
    try:
        asked = split(words[0].removeprefix("exec:")) if len(words) == 1 else list(words)
        for finding in checked(asked, timeout):
            found.append(finding)
            with contextlib.suppress(
                BrokenPipeError
            ):  # what was found stands, whether or not somebody reads on
                _print(finding)
    except Unusable as error:
        click.echo(f"Error: {error}", err=True)
        return 2
    with contextlib.suppress(BrokenPipeError):
        _summary(found, asked)
    return 1 if any(finding.fine is False for finding in found) else 0


def _print(finding: Finding) -> None:
    """Print a check: its mark, its name, and what was seen."""
    mark, colour = MARKS[finding.fine]
    head = f"{mark:6} {finding.what:16} "
    lines = textwrap.wrap(
        finding.said,
        WIDTH,
        initial_indent=" " * len(head),
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
    click.echo(click.style(f"{mark:6}", fg=colour) + head[6:] + "\n".join(lines)[len(head) :])


def _summary(found: list[Finding], words: list[str]) -> None:
    """Say what is to be done next."""
    wrong = sum(finding.fine is False for finding in found)
    click.echo()
    if wrong:
        click.echo(
            f"{wrong} of {len(found)} checks found something: mend the harness, before the LSTM in it."
        )
    else:
        again = shlex.join(["lstm-verify", "run", "memory", "generic", "-b", f"exec:{shlex.join(words)}"])
        click.echo("The harness is in order: what lstm-verify now finds is the LSTM's. Go on with")
        click.echo(f"  {again}")
