"""What published suites notice, in print: a table of all, and the details of one."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from lstm_verify.faults.catalogue import faults
from lstm_verify.published.noticed import WRONG_ORDERS
from lstm_verify.published.summary import LIVE, Row
from lstm_verify.published.wrong import Defect
from lstm_verify.puzzle.problems import count
from lstm_verify.report.writing import WIDTH

COLUMNS: Mapping[str, str] = {
    "suite": "suite",
    "cases": "cases",
    "replay": "replay",
    "orders": f"wrong orders noticed, of {len(WRONG_ORDERS)}",
    "faults": "faults noticed, of {faults}",
    "faults_that_can_show": "faults that could show",
    "wrong_numbers": "wrong numbers",
}
"""Figure of a suite -> the head of its column."""


def table(
    counts: Sequence[Mapping[str, Any]], style: str = "simple", columns: Mapping[str, str] = COLUMNS
) -> str:
    """Print a line a suite.

    Args:
        counts: the figures of each suite: `Row.counts`.
        columns: figure -> the head of its column.
    """
    from tabulate import tabulate

    lines = [[_cell(key, one[key]) for key in columns] for one in counts]
    head = [words.format(faults=len(faults())) for words in columns.values()]
    wrapped = ["\n".join(textwrap.wrap(words, 13)) if style == "simple" else words for words in head]
    align = ["left", *["right"] * (len(head) - 1)]
    return tabulate(lines, wrapped, style, colalign=align, disable_numparse=True)


def ranked(counts: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Sort suites: the one that notices most faults first."""
    return sorted(counts, key=lambda one: (-one["faults"], -one["orders"], one["suite"]))


def _cell(key: str, figure: object) -> str:
    return "–" if key == "wrong_numbers" and not figure else str(figure)


def remarks(rows: Sequence[Row]) -> Iterator[str]:
    """Say what the table means, which numbers are wrong, and what is not replayed."""
    own = [row for row in rows if row.suite != LIVE]
    cases, replay = sum(row.cases for row in own), sum(row.replay for row in own)
    if own:
        yield f"{count(len(own), 'suite')}, {count(cases, 'case')}; {replay} replay with their own tolerance."
    yield MEANING
    yield ""
    for row in rows:
        for failure in row.failing:
            yield f"FAILS: {row.suite}: {failure}"
    for row in rows:
        for defect in row.wrong:
            yield f"wrong: {row.suite}, line {defect.line}: {_defect(defect)}"
    for why in dict.fromkeys(why for row in rows for why in row.missing.values()):
        where = {row.suite: list(row.missing.values()).count(why) for row in rows}
        listed = ", ".join(f"{number} of {suite}" for suite, number in where.items() if number)
        yield f"not replayed: {listed}: {why}"


MEANING = (
    "A suite notices a fault if each way to commit it that can show in its cases fails one of them, run "
    "once. A fault could show if one call of some case has what its code needs."
)


def _defect(defect: Defect) -> str:
    known = "" if defect.known else "; it is not marked in the file"
    return f"{defect.where} is {defect.right}, not {defect.printed} ({defect.why}{known})"


def details(row: Row) -> Iterator[str]:
    """Say all there is to say of one suite, a paragraph at a time."""
    yield f"{row.suite}: {row.title}"
    origin = [row.source[key] for key in ("repo", "path", "url") if key in row.source]
    if origin:
        commit = f" ({row.source['commit']})" if "commit" in row.source else ""
        yield f"from {', '.join(origin)}{commit}"
    if "note" in row.source:
        yield row.source["note"]
    yield f"tolerance: {'; or '.join(row.tolerances) or 'half a unit of the last digit'}"
    yield ""
    yield (
        f"{count(row.cases, 'case')}, {count(row.numbers, 'number')}: {count(row.replay, 'case')} "
        f"{'replays' if row.replay == 1 else 'replay'}"
    )
    yield from _orders(row)
    seen = row.noticed
    could = len(seen.faults) + len(seen.missed)
    yield (
        f"faults: {len(seen.faults)} of {len(faults())} are noticed; {could} could show, as one call of some "
        "case has what their code needs"
    )
    if seen.missed:
        yield f"not noticed, though they could show: {', '.join(seen.missed)}"
    for defect in row.wrong:
        yield f"wrong: line {defect.line}: {_defect(defect)}"
    for failure in row.failing:
        yield f"FAILS: {failure}"
    for name, why in row.missing.items():
        yield f"not replayed: {name}: {why}"
    for name, why in row.in_part.items():
        yield f"in part: {name}: {why}"
    for name, what in row.asides.items():
        yield f"aside: {name}: {what}"


def _orders(row: Row) -> Iterator[str]:
    """Say which wrong orders of the gates pass, and how many single cases notice."""
    total, passing = len(WRONG_ORDERS), row.noticed.passing
    pass_ = (
        f"; {', '.join(passing)} {'passes' if len(passing) == 1 else 'pass'}"
        if 0 < len(passing) < total
        else ""
    )
    yield f"wrong gate orders: {len(row.noticed.orders) or 'none'} of {total} noticed{pass_}"
    found = Counter(number for number in row.by_case.values() if number is not None)
    if set(found) - {total}:
        parts = [
            f"{count(found[k], 'case')} {'notices' if found[k] == 1 else 'notice'} {k}" for k in sorted(found)
        ]
        yield f"  by itself: {', '.join(parts)}"


def wrapped(text: str) -> str:
    """Break a line at the width of the report, what follows indented."""
    inner = len(text) - len(text.lstrip())
    return textwrap.fill(
        text.lstrip(),
        WIDTH,
        initial_indent=" " * inner,
        subsequent_indent=" " * (inner + 4),
        break_long_words=False,
        break_on_hyphens=False,
    )
