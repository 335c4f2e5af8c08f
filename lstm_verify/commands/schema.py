"""lstm-verify schema: the JSON Schema of puzzle files."""

from __future__ import annotations

import click


@click.command(name="schema")
@click.option("--suite", is_flag=True, help="That of suites of published cases, document by document.")
def command(*, suite: bool) -> int:
    """Print the JSON Schema (draft 7) of puzzle files, which editors use to complete and check them."""
    from lstm_verify.puzzle.schema import text

    click.echo(text(suite=suite), nl=False)
    return 0
