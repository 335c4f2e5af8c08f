"""lstm-verify list: the puzzles that come with lstm-verify."""

from __future__ import annotations

import json

import click

from lstm_verify.lstm.network import BIDIRECTIONAL, REVERSE, Network


def _sizes(network: Network) -> str:
    """Write the sizes of a network: "3 → 1", or "2 → 2 → 1 (projected), 2 layers, both ways"."""
    projected = f" → {network.proj_size} (projected)" if network.proj_size else ""
    layers = f", {network.num_layers} layers" if network.num_layers > 1 else ""
    directions = {REVERSE: ", backwards", BIDIRECTIONAL: ", both ways"}.get(network.direction, "")
    return f"{network.input_size} → {network.hidden_size}{projected}{layers}{directions}"


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
            _sizes(p.network),
            len(p.cases),
            p.title,
        )
        for p in puzzles
    ]
    click.echo(tabulate(rows, ["name", "network", "cases", "what it shows"], disable_numparse=True))
    return 0
