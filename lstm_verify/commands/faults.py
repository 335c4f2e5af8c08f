"""lstm-verify faults: the catalogue of faults, and what each of them looks like."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lstm_verify.faults.base import Fault, Unseen
    from lstm_verify.faults.matrix import Batch
    from lstm_verify.puzzle.model import Case, Puzzle


@click.command(name="faults")
@click.argument("name", required=False, metavar="[ID]")
@click.option("--group", metavar="G", help="Only this group: its letter, its name or its heading.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(name: str | None, group: str | None, output: str) -> int:
    """List the faults that real LSTMs have had; or explain one, with a picture of what it does."""
    from lstm_verify.faults.catalogue import entries

    if name is not None:
        if name not in entries():
            return _unknown("fault", name, list(entries()))
        _explain(entries()[name], output)
        return 0
    from lstm_verify.faults.catalogue import GROUPS
    from lstm_verify.report.faults import letter, listing

    known = {key.lower(): own for own, title in GROUPS.items() for key in (letter(own), own, title)}
    if group is not None and group.lower() not in known:
        return _unknown("group", group, list(GROUPS))
    groups = [known[group.lower()]] if group else list(GROUPS)
    if output == "json":
        chosen = [_entry(entry) for entry in entries().values() if entry.group in groups]
        click.echo(json.dumps(chosen, ensure_ascii=False, indent=1))
    else:
        for line in listing(groups):
            click.echo(line)
    return 0


def _unknown(what: str, word: str, known: list[str]) -> int:
    from lstm_verify.puzzle.problems import nearest, quoted

    near = nearest(word, known)
    hint = f"did you mean {quoted(near)}?" if near else "`lstm-verify faults` lists them"
    click.echo(f"there is no {what} {quoted(word)}; {hint}", err=True)
    return 2


def _entry(entry: Fault | Unseen) -> dict[str, Any]:
    """Return an entry of the catalogue for programs."""
    from lstm_verify.faults.base import Fault
    from lstm_verify.faults.catalogue import equivalents
    from lstm_verify.report.faults import linked

    said = {"id": entry.id, "group": entry.group, "says": entry.says}
    cites = {"cites": [linked(citation) for citation in entry.cites]}
    if not isinstance(entry, Fault):
        return {**said, "simulated": False, "reason": entry.reason, **cites}
    return {
        **said,
        "simulated": True,
        "mend": entry.mend,
        "shows": entry.shows,
        "needs": list(entry.needs),
        "protocol": entry.protocol,
        "forms": [form.words for form in entry.forms],
        "equivalent": [name for name in equivalents(entry.id) if name != entry.id],
        **cites,
    }


def _explain(entry: Fault | Unseen, output: str) -> None:
    """Say everything of one fault."""
    from lstm_verify.faults.base import Fault
    from lstm_verify.report.faults import explanation, killed

    puzzles = _smallest_first() if isinstance(entry, Fault) else []
    killing = _killers(entry, puzzles) if isinstance(entry, Fault) else []
    names = [[puzzle.name for puzzle, _, _ in killers] for killers in killing]
    if output == "json":
        click.echo(json.dumps({**_entry(entry), "killed_by": names}, ensure_ascii=False, indent=1))
        return
    for line in explanation(entry):
        click.echo(line)
    if isinstance(entry, Fault):
        for line in killed(entry, names, [puzzle.name for puzzle in puzzles]):
            click.echo(line)
        _draw(entry, killing)


Killers = list[tuple["Puzzle", "Batch", "Sequence[Case]"]]
"""Puzzles that kill a form of a fault, each with the first batch that does, and its cases."""

FIRST = "memory"
"""The puzzle that people know."""

ENOUGH = 3
"""A picture has so many steps, where there is a puzzle for it."""


def _smallest_first() -> list[Puzzle]:
    """Load all shipped puzzles: the first one, then by units times steps; short ones and variants last."""
    from lstm_verify.puzzle.library import load_all, shipped

    def size(puzzle: Puzzle) -> tuple[bool, bool, bool, int, str]:
        network, steps = puzzle.network, [case.steps for case in puzzle.cases]
        units = len(network.layers) * network.hidden_size
        short, other = max(steps) < ENOUGH, bool(network.semantics.departures())
        return puzzle.name != FIRST, short, other, units * sum(steps), puzzle.name

    return sorted(load_all(shipped())[0], key=size)


def _killers(fault: Fault, puzzles: Sequence[Puzzle]) -> list[Killers]:
    """Return for each form of a fault the puzzles that kill it."""
    from lstm_verify.faults.matrix import batches, outcome

    found: list[Killers] = [[] for _ in fault.forms]
    for puzzle in puzzles:
        pairs = list(zip(batches(puzzle), puzzle.batches(), strict=True))
        for form, killers in zip(fault.forms, found, strict=True):
            first = next((pair for pair in pairs if outcome(fault, form, pair[0]).killed), None)
            if first:
                killers.append((puzzle, *first))
    return found


def _draw(fault: Fault, killing: list[Killers]) -> None:
    """Draw what the first form that is killed does to the smallest puzzle that kills it."""
    from lstm_verify.faults.picture import picture
    from lstm_verify.report.faults import drawn

    for form, killers in zip(fault.forms, killing, strict=True):
        for puzzle, batch, cases in killers:
            seen = picture(fault, form, batch)
            if seen:
                said = [f"On {puzzle.name}", f"case {cases[seen.row].name}"]
                said += [f"call {seen.call}"] if seen.call else []
                said += [form.words] if form.words else []
                click.echo(f"\n{', '.join(said)}:\n")
                for line in drawn(seen):
                    click.echo(f"  {line}")
                return
