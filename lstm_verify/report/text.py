"""The report that people read."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from lstm_verify.backends.base import Backend
from lstm_verify.lstm.accuracy import UNKNOWN
from lstm_verify.puzzle.model import Case, Puzzle
from lstm_verify.report.sentences import LESS_ACCURATE, TABLES, Said, of_backend, of_table, of_tables
from lstm_verify.report.tables import left_out, trace_tables
from lstm_verify.verify.report import Report
from lstm_verify.verify.tables import Tables
from lstm_verify.verify.verdict import WRONG, Result, Verdict

COLOURS = {
    "agrees": "green",
    "less": "yellow",
    "holds": "green",
    "proved": "green",
    "failed": "red",
    "fails": "red",
    "errored": "red",
    "unproved": "yellow",
    "skipped": "yellow",
}
"""Verdict as printed -> colour."""


def colour(verdict: str) -> str:
    """Return the colour of a verdict as printed, by its first word, such as "failed (chunks)"."""
    return COLOURS[verdict.partition(" ")[0]]


NARROWEST = max(map(len, TABLES.values()))
"""Names are padded at least to the tables' own names, so that all verdicts stand in one column."""


def heading(puzzle: Puzzle, case: Case) -> str:
    """Name the puzzle and the case."""
    return f"{puzzle.name}: {puzzle.title}\ncase {case.name}" + (f": {case.title}" if case.title else "")


def body(tables: Tables, results: Sequence[Result], show: Sequence[str], style: str) -> str:
    """Print a case's trace, with the numbers of one backend."""
    return "\n\n".join(trace_tables(tables, _printed(results), show, style))


def _printed(results: Sequence[Result]) -> Result | None:
    """Return the result whose numbers are printed: the first that failed, else the first that shows most.

    What is shown at the end only is not counted, and neither is what went wrong in another than a plain run.
    """
    failed = [r for r in results if r.plain and r.plain.failures]
    return next(iter(failed), None) or max((r for r in results if r.plain), key=_shown, default=None)


def _shown(result: Result) -> int:
    """Count the columns that a backend shows, of c, h and logits."""
    columns = result.plain.columns if result.plain else {}
    return sum(bool(c.shown.any()) for place, c in columns.items() if place.quantity in ("c", "h", "logits"))


def remarks(tables: Tables, results: Sequence[Result]) -> Iterator[str]:
    """Say what the tables leave out, and whose numbers they have where that could be several's."""
    if sum(r.plain is not None for r in results) > 1 and (printed := _printed(results)):
        yield f"(actual: what {printed.backend.name} gives)"
    if any(r.plain and r.plain.failures for r in results):
        yield "(✗: wrong, given what it showed one step before; the first ✗ is where it goes wrong)"
    yield from left_out(tables)


def verdicts(tables: Tables, results: Sequence[Result]) -> Iterator[Said]:
    """Say one line a backend, and one line a table, with what there is to say besides."""
    yield from _padded([of_backend(result) for result in results])
    yield from _padded(of_tables(tables))


def _padded(said: Sequence[Said]) -> Iterator[Said]:
    """Pad the names to one width."""
    width = max([NARROWEST, *(len(one.who) for one in said)])
    for one in said:
        yield one._replace(who=one.who.ljust(width))


def promises(report: Report) -> Iterator[str]:
    """Say what each backend is granted, and, of several cases, how many came out how."""
    seen = {r.backend.name: r.backend for r in report.results if r.plain}
    if seen:
        yield "Besides the rounding of + and ×, each may be off by so many units in the last place (ulp):"
    width = max(map(len, seen), default=0)
    for name, backend in seen.items():
        yield f"  {name.ljust(width)}  {backend.form.name}, {backend.accuracy}"
        if backend.accuracy.less_than_usual(backend.form):
            yield f"  {' ' * width}  less accurate than honest {backend.form.name} code ({UNKNOWN})"
    for name, backend in seen.items():
        yield from taken(name, backend)
    if len(report.cases) > 1:
        counts = [f"{report.count(v)} {v}" for v in Verdict if report.count(v)]
        worse = sum(result.less_accurate for result in report.results)
        counts += [f"{worse} of these {LESS_ACCURATE}"] if worse else []
        yield f"In all {len(report.cases)} cases, {len(report.results)} verdicts: {', '.join(counts)}"


def taken(name: str, backend: Backend) -> Iterator[str]:
    """Say how people's own code is filled and called, in a form that can be pasted and changed."""
    options = getattr(backend, "taken", ())
    if options:
        yield f"How {name} is filled and called"
        yield "  (to correct it, change this and put it behind the name; then it is taken as stated):"
    for option in options:
        key, _, value = option.partition("=")
        yield f"  ,{key}={shlex.quote(value)}"
    if documented := getattr(backend, "documented", ()):
        yield f"  its documentation is taken at its word: {'; '.join(documented)}"
    if limits := getattr(backend, "limits", ()):
        yield f"  {'; '.join(limits)}"


def summary(report: Report) -> str:
    """Return, as plain text, what is wrong; or, where nothing was checked, why."""
    wrong = WRONG if report.exit_code == 1 else tuple(Verdict)
    bad = [r for r in report.results if r.verdict in wrong]
    names = ", ".join(dict.fromkeys(r.backend.name for r in bad))
    parts = [f"{names}: {len(bad)} of {len(report.results)} verdicts are no agreement"] if bad else []
    parts += [str(error) for error in report.errors]
    for tables, results in report.cases:
        said = [of_backend(r) for r in results if r.verdict in wrong]
        said += [of_table(kind, tables) for kind, verdict in tables.verdicts.items() if verdict.wrong]
        if said:
            parts.append(heading(tables.puzzle, tables.case))
        for one in _padded(said):
            parts.append(f"  {one.who}  {one.verdict}: {one.text}")
            parts += [f"      {detail}" for detail in one.details]
    return "\n".join(parts)
