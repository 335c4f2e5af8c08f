"""The report that people read."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from lstm_verify.backends.registry import kinds
from lstm_verify.lstm.numerals import apart, rounded_up
from lstm_verify.puzzle.library import shipped
from lstm_verify.puzzle.model import Case, Puzzle
from lstm_verify.report.tables import left_out, trace_tables
from lstm_verify.verify.report import Report
from lstm_verify.verify.tables import Tables, TableVerdict
from lstm_verify.verify.verdict import Result, Verdict

COLOURS = {
    "agrees": "green",
    "holds": "green",
    "proved": "green",
    "failed": "red",
    "fails": "red",
    "errored": "red",
    "unproved": "yellow",
    "skipped": "yellow",
}
"""Verdict as printed -> colour."""

TABLES = {"hand": "hand table", "digits": "digits"}
"""Kind of table -> its name in print."""

Line = tuple[str, str, str]
"""Who or what is judged, the verdict, and what there is to say."""


def heading(puzzle: Puzzle, case: Case) -> str:
    """Name the puzzle and the case."""
    return f"{puzzle.name}: {puzzle.title}\ncase {case.name}" + (f": {case.title}" if case.title else "")


def _printed(results: Sequence[Result]) -> Result | None:
    """Return the result whose numbers are printed: the first that failed, else the first that has any."""
    answered = [r for r in results if r.comparison]
    failed = [r for r in answered if r.verdict is Verdict.FAILED]
    return next(iter(failed + answered), None)


def body(tables: Tables, results: Sequence[Result], show: Sequence[str], style: str) -> str:
    """Print a case's trace, with the numbers of one backend."""
    return "\n\n".join(trace_tables(tables, _printed(results), show, style))


def remarks(tables: Tables, results: Sequence[Result]) -> Iterator[str]:
    """Say what the tables leave out, and whose numbers they have where that could be several's."""
    if sum(r.comparison is not None for r in results) > 1 and (printed := _printed(results)):
        yield f"(actual: what {printed.backend.name} gives)"
    if any(r.verdict is Verdict.FAILED for r in results):
        yield "(✗: wrong, given what it showed one step before; the first ✗ is where it goes wrong)"
    yield from left_out(tables)


def verdicts(tables: Tables, results: Sequence[Result]) -> Iterator[Line]:
    """Say one line a backend and one line a table (and one more for each thing that is wrong)."""
    yield from aligned([line for result in results for line in _on_backend(result)])
    lines = [line for name, verdict in tables.verdicts.items() for line in _on_table(name, verdict, tables)]
    yield from aligned(lines)


def _on_backend(result: Result) -> Iterator[Line]:
    name, form = result.backend.name, result.backend.form.name
    if result.verdict is Verdict.AGREE:
        checked = f"{result.checked} of {result.checked + result.not_checked} numbers checked"
        text = f"{checked}, all where correct {form} arithmetic must put them"
        yield name, "agrees", text
        yield from _unchecked(result)
    elif result.verdict is Verdict.FAILED:
        yield from _on_failure(result)
    else:
        yield name, str(result.verdict), result.reason or ""
        if result.verdict is Verdict.ERRORED:
            yield from _again(result)


def _unchecked(result: Result) -> Iterator[Line]:
    """Say how many numbers were not checked, and why: not shown, or too wide."""
    comparison = result.comparison
    if comparison and comparison.not_shown:
        yield "", "", f"{comparison.not_shown} numbers not checked: it does not show them"
    if comparison and comparison.too_wide:
        why = f"in {result.backend.form.name}, rounding alone may move them by more than 1 %"
        yield "", "", f"{comparison.too_wide} numbers not checked: {why}"


def _on_failure(result: Result) -> Iterator[Line]:
    comparison = result.comparison
    first = comparison.first_outside() if comparison else None
    if comparison is None or first is None:
        return
    form = result.backend.form.name
    wrong = f"{comparison.failures} of {result.checked} numbers"
    text = f"{wrong} are not where correct {form} arithmetic puts them"
    yield result.backend.name, "failed", text
    yield from _unchecked(result)
    got, low, high = apart(first.got, first.low, first.high)
    name = first.quantity + ("" if result.puzzle.network.hidden_size == 1 else f"[{first.unit}]")
    yield "", "", f"first at t={first.step}: {name} is {got}; it must lie between {low} and {high}"
    if result.reason:
        yield "", "", result.reason
    yield "", "", f"granted: {result.backend.form.name}, {result.backend.accuracy}"
    yield from _again(result)


def _on_table(name: str, verdict: TableVerdict, tables: Tables) -> Iterator[Line]:
    if verdict.status == "none":
        return
    if verdict.status == "holds" and verdict.radius is not None:
        text = f"{_all(verdict.stated)} what the hand rules give"
        if verdict.radius > 0:
            text += f"; the truth is within ± {rounded_up(verdict.radius)}"
    elif verdict.status == "proved":
        text = f"{_all(verdict.stated)} right to the last digit written"
    else:
        what = "wrong" if verdict.status == "fails" else "not proven"
        text = f"{len(verdict.wrong)} of {verdict.stated} numbers are {what}"
    yield TABLES[name], verdict.status, text
    for wrong in verdict.wrong[:5]:
        yield "", "", f"{tables.puzzle.file}:{wrong.number.line}:{wrong.number.column}: {wrong.message}"
    if len(verdict.wrong) > 5:
        yield "", "", f"and {len(verdict.wrong) - 5} more"
    if verdict.note:
        yield "", "", f"note: {verdict.note}"


def _all(count: int) -> str:
    return "its one number is" if count == 1 else f"all {count} numbers are"


def summary_of(result: Result) -> str:
    """Say a result in one line of plain text, without the backend's name."""
    return "; ".join(text for _, _, text in _on_backend(result))


def said_of_backend(result: Result) -> str:
    """Say a result in lines of plain text: the verdict and what there is to say of it."""
    return _plain(_on_backend(result))


def said_of_table(name: str, tables: Tables) -> str:
    """Say the verdict on a table, "hand" or "digits", in lines of plain text."""
    return _plain(_on_table(name, tables.verdicts[name], tables))


def _plain(lines: Iterable[Line]) -> str:
    return "\n".join(f"{verdict}: {text}" if verdict else f"  {text}" for _, verdict, text in lines)


def _again(result: Result) -> Iterator[Line]:
    """Give the command that shows a result again; an object that was handed to `check` has none."""
    name = result.backend.name
    if name.split(",")[0].partition(":")[0] in kinds():
        puzzle = result.puzzle.file
        if str(shipped().get(result.puzzle.name)) == puzzle:
            puzzle = result.puzzle.name
        words = ["lstm-verify", "run", puzzle, "--case", result.case.name, "-b", name]
        yield "", "", f"to see it again: {shlex.join(words)}"


def promises(report: Report) -> Iterator[str]:
    """Say what each backend is granted, and, of several cases, how many came out how."""
    seen = {r.backend.name: r.backend for r in report.results if r.comparison}
    if seen:
        yield "Besides the rounding of + and ×, each may be off by so many units in the last place (ulp):"
    width = max(map(len, seen), default=0)
    for name, backend in seen.items():
        yield f"  {name.ljust(width)}  {backend.form.name}, {backend.accuracy}"
    if len(report.tables) > 1:
        counts = [f"{report.count(v)} {v}" for v in Verdict if report.count(v)]
        yield f"In all {len(report.tables)} cases, {len(report.results)} verdicts: {', '.join(counts)}"


def aligned(lines: Sequence[Line]) -> Iterator[Line]:
    """Pad names to one width; what has no name belongs to the line before, and is indented."""
    width = max([len(TABLES["hand"]), *(len(name) for name, _, _ in lines)])
    for name, verdict, text in lines:
        yield (name.ljust(width) if verdict else "  ", verdict, text)


def summary(report: Report) -> str:
    """Return, as plain text, what is wrong; or, where nothing was checked, why."""
    wrong = (Verdict.FAILED, Verdict.ERRORED) if report.exit_code == 1 else tuple(Verdict)
    bad = [r for r in report.results if r.verdict in wrong]
    names = ", ".join(dict.fromkeys(r.backend.name for r in bad))
    parts = [f"{names}: {len(bad)} of {len(report.results)} verdicts are no agreement"] if bad else []
    parts += [str(error) for error in report.errors]
    for tables, results in report.cases():
        lines = [line for r in results if r.verdict in wrong for line in _on_backend(r)]
        for name, verdict in tables.verdicts.items():
            lines += _on_table(name, verdict, tables) if verdict.wrong else []
        if lines:
            parts.append(heading(tables.puzzle, tables.case))
            parts += [
                f"  {name}  {verdict}: {text}" if verdict else f"  {name}{text}"
                for name, verdict, text in aligned(lines)
            ]
    return "\n".join(parts)
