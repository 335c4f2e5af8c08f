"""lstm-verify schema: the JSON Schema of puzzle files."""

from __future__ import annotations

import click


@click.command(name="schema")
def command() -> int:
    """Print the JSON Schema (draft 7) of puzzle files, which editors use to complete and check them."""
    from lstm_verify.puzzle.schema import text

    click.echo(text(), nl=False)
    return 0
