"""lstm-verify list: the puzzles that come with lstm-verify."""

from __future__ import annotations

import json

import click


@click.command(name="list")
@click.option("--tag", metavar="TAG", help="Only puzzles with this tag.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(tag: str | None, output: str) -> int:
    """List the puzzles that come with lstm-verify."""
    from tabulate import tabulate

    from lstm_verify.puzzle.library import shipped
    from lstm_verify.puzzle.load import load

    read = map(load, shipped().values())
    puzzles = [puzzle for puzzle in read if tag is None or tag in puzzle.tags]
    if tag and not puzzles:
        click.echo(f"no puzzle has the tag '{tag}'", err=True)
    if output == "json":
        entries = [
            {
                "name": p.name,
                "title": p.title,
                "tags": list(p.tags),
                "cases": [c.name for c in p.cases],
                "file": p.file,
            }
            for p in puzzles
        ]
        click.echo(json.dumps(entries, ensure_ascii=False, indent=1))
        return 0
    rows = [
        (
            p.name,
            f"{p.network.input_size} → {p.network.hidden_size}",
            len(p.cases),
            ", ".join(p.tags),
            p.title,
        )
        for p in puzzles
    ]
    click.echo(tabulate(rows, ["name", "network", "cases", "tags", "what it shows"], disable_numparse=True))
    return 0
