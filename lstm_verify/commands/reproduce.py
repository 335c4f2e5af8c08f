"""lstm-verify reproduce: what published lessons claim, checked again."""

from __future__ import annotations

import contextlib
import json
import os
import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from lstm_verify.lessons import NAMES
from lstm_verify.lessons.ledger import NOT_RUN, Verdict

if TYPE_CHECKING:
    from lstm_verify.lessons.ledger import Entry, Lesson

WIDTH, COLUMN = 100, 25
OUTCOMES = {
    Verdict.HOLDS.value: ("green", "hold"),
    Verdict.CORRECTED.value: ("yellow", "hold with a correction"),
    Verdict.FAILS.value: ("red", "fail"),
    Verdict.UNCHECKED.value: ("cyan", Verdict.UNCHECKED.value),
    NOT_RUN: (None, NOT_RUN),
}
"""What an entry comes to -> its colour, and what several are said to do or be."""


@click.command(name="reproduce")
@click.option(
    "--lesson", "names", type=click.Choice(NAMES), multiple=True, help="Only this lesson; may be repeated."
)
@click.option("--timing", is_flag=True, help="Check also what is claimed of speed; it takes some seconds.")
@click.option("--details", is_flag=True, help="Show how each claim is checked, and the numbers behind it.")
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(names: tuple[str, ...], output: str, *, timing: bool, details: bool) -> int:
    """Check again, by running, what published lessons claim of the LSTM.

    Each claim has a verdict on record. The exit status is 0 where every verdict found is that one.
    """
    from lstm_verify.backends.registry import kinds, missing
    from lstm_verify.lessons import lesson
    from lstm_verify.lessons.ledger import reproduce

    reason = missing(kinds()["torch.lstm"])
    if reason:
        click.echo(f"Error: the claims are about PyTorch: {reason}", err=True)
        return 2
    entries = []
    with contextlib.suppress(BrokenPipeError):  # what was found stands, whether or not somebody reads on
        for name in (name for name in NAMES if name in (names or NAMES)):
            one = lesson(name)
            if output == "text":
                _print_head(one)
            for entry in reproduce([one], timing=timing):
                entries.append(entry)
                if output == "text":
                    _print(entry, details=details)
        if output == "json":
            click.echo(json.dumps(_as_json(entries), ensure_ascii=False, indent=1))
        else:
            _print_summary(entries)
    return 1 if any(entry.surprising for entry in entries) else 0


def _print_head(lesson: Lesson) -> None:
    """Print which lesson it is."""
    click.echo(click.style(f"{lesson.name}: {lesson.title}", bold=True), color=_colour())
    click.echo(lesson.url)
    click.echo(textwrap.fill(lesson.read, WIDTH) + "\n")


def _print(entry: Entry, *, details: bool) -> None:
    """Print a claim in two columns: the verdict and the claim's id, and what there is to be said."""
    colour, _ = OUTCOMES[entry.outcome]
    styled = click.style(entry.outcome.ljust(COLUMN), fg=colour, bold=entry.surprising)
    left = [styled, f"  {entry.claim.id}".ljust(COLUMN)]
    for k, line in enumerate(_lines(entry, details=details)):
        click.echo(((left[k] if k < len(left) else " " * COLUMN) + line).rstrip(), color=_colour())
    table = entry.finding.table if entry.finding else None
    if table and (details or entry.claim.timed):
        from tabulate import tabulate

        printed = tabulate(table.rows, table.headers, disable_numparse=True)
        click.echo("\n" + textwrap.indent(printed, "  "))
    click.echo()


def _colour() -> bool | None:
    return False if os.environ.get("NO_COLOR") else None


def _lines(entry: Entry, *, details: bool) -> Iterator[str]:
    """Yield the right-hand column: the claim, what was found, and what is right instead."""
    claim, finding = entry.claim, entry.finding
    yield from _wrapped(claim.statement)
    if details and claim.how:
        yield from _wrapped(f"Checked: {claim.how}.")
    if finding:
        yield from _wrapped(f"{'Found' if claim.how else 'Why'}: {finding.figure}.")
    else:
        yield from _wrapped("Its check takes seconds: --timing runs it.")
    if finding and finding.verdict in (Verdict.CORRECTED, Verdict.FAILS) and claim.correction:
        yield from _wrapped(f"Correction: {claim.correction}")
    if entry.surprising:
        yield from _wrapped(f"On record it {_in_words(claim.record.value)}.")


def _in_words(verdict: str) -> str:
    return f"is {verdict}" if verdict.startswith("not") else verdict


def _wrapped(sentence: str) -> list[str]:
    """Break a sentence into lines, but no shape [32, 256], and nothing around = or ≤."""
    bound = re.sub(r"\[[^]]+\]| [=≤] ", lambda m: m[0].replace(" ", "\u00a0"), sentence)
    lines = textwrap.wrap(bound, WIDTH - COLUMN, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\u00a0", " ") for line in lines]


def _print_summary(entries: list[Entry]) -> None:
    from lstm_verify.puzzle.problems import count

    found = Counter(entry.outcome for entry in entries)
    parts = [f"{found[outcome]} {words}" for outcome, (_, words) in OUTCOMES.items() if found[outcome]]
    click.echo(f"{count(len(entries), 'claim')}: {', '.join(parts)}.")
    surprising = [entry for entry in entries if entry.surprising]
    if not surprising:
        click.echo(f"Every verdict found is the one on record (torch {_torch()}).")
    for entry in surprising:
        name = f"{entry.lesson.name}/{entry.claim.id}"
        click.echo(f"{name}: found '{entry.outcome}', on record '{entry.claim.record}'")


def _torch() -> str:
    from importlib.metadata import version

    return version("torch")


def _as_json(entries: list[Entry]) -> dict[str, Any]:
    """Return everything for programs; the verdict of what was not run is null."""
    found = Counter(entry.outcome for entry in entries)
    lessons = {entry.lesson.name: entry.lesson for entry in entries}
    return {
        "version": 1,
        "torch": _torch(),
        "lessons": [
            {"name": one.name, "title": one.title, "url": one.url, "read": one.read}
            for one in lessons.values()
        ],
        "claims": [
            {
                "lesson": entry.lesson.name,
                "id": entry.claim.id,
                "statement": entry.claim.statement,
                "how": entry.claim.how,
                "verdict": entry.finding.verdict.value if entry.finding else None,
                "record": entry.claim.record.value,
                "as_recorded": not entry.surprising if entry.finding else None,
                "figure": entry.finding.figure if entry.finding else None,
                "correction": entry.claim.correction or None,
                "table": _table(entry),
            }
            for entry in entries
        ],
        "summary": {outcome: found[outcome] for outcome in OUTCOMES},
    }


def _table(entry: Entry) -> list[dict[str, str]] | None:
    """Return the numbers behind a figure, each row by the headers."""
    table = entry.finding.table if entry.finding else None
    return [dict(zip(table.headers, row, strict=True)) for row in table.rows] if table else None
