"""lstm-verify schema: the JSON Schemas of puzzle files, and of what goes to a harness and comes back."""

from __future__ import annotations

from importlib.resources import files

import click

FILES = ("puzzle", "suite")
MESSAGES = ("hello", "request", "answer")


@click.command(name="schema")
@click.argument("what", type=click.Choice([*FILES, *MESSAGES]), default="puzzle")
def command(what: str) -> int:
    """Print the JSON Schema of puzzle files, of suites, or of a message of exec:COMMAND.

    WHAT is puzzle, or suite for published cases, document by document (draft 7, for editors that
    complete and check YAML), unless you say hello, request or answer (2020-12): what a harness says
    first, what it is asked, and what it answers.
    """
    if what in FILES:
        from lstm_verify.puzzle.schema import text

        written = text(suite=what == "suite")
    else:
        place = files("lstm_verify") / "backends" / "harness" / "schemas" / f"{what}.schema.json"
        written = place.read_text(encoding="utf-8")
    click.echo(written, nl=False)
    return 0
