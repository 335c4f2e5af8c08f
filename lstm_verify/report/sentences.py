"""What is said of a verdict, in plain words: the same on the command line, in pytest and for CI."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import NamedTuple

from lstm_verify.backends.registry import kind_of
from lstm_verify.lstm.numerals import apart, rounded_up
from lstm_verify.puzzle.library import shipped
from lstm_verify.puzzle.model import Case
from lstm_verify.report.writing import unit_name
from lstm_verify.verify.compare import Number
from lstm_verify.verify.tables import Tables, TableVerdict
from lstm_verify.verify.verdict import Result, Verdict

LESS_ACCURATE = "less accurate, agreeing"
"""What is said in place of "agrees" where σ or tanh may be worse than those of honest code are."""

TABLES = {"hand": "hand table", "digits": "digits", "published": "published"}
"""Kind of table -> its name in print."""


class Said(NamedTuple):
    """A verdict in words.

    Attributes:
        who: the backend's or the table's name.
        verdict: "agrees", `LESS_ACCURATE`, "failed" or so; behind it, in parentheses, the protocol that
            found it.
        details: further sentences, each for a line of its own.
    """

    who: str
    verdict: str
    text: str
    details: tuple[str, ...] = ()

    def plain(self) -> str:
        """Return the verdict and all sentences, a line each, without the name."""
        return "\n  ".join((f"{self.verdict}: {self.text}", *self.details))

    def in_one_line(self) -> str:
        """Return all sentences in one line, without the name and the verdict."""
        return "; ".join((self.text, *self.details))


def of_backend(result: Result) -> Said:
    """Say what came of a backend in a case."""
    name, form, comparison = result.backend.name, result.backend.form.name, result.comparison
    first = comparison.first_outside() if comparison else None
    if result.verdict is Verdict.AGREE and comparison:
        checked = f"{comparison.checked} of {comparison.checked + comparison.not_checked} numbers checked"
        remark = [result.reason] if result.reason else []
        how = "agrees"
        text = f"{checked}, all where correct {form} arithmetic must put them"
        if result.less_accurate:
            how = LESS_ACCURATE
            text = f"{checked}, all where {form} arithmetic puts them with {result.backend.accuracy}"
        return Said(name, how, _if(result) + text + _passed(result), (*_unchecked(result), *remark))
    verdict = f"{result.verdict} ({result.protocol})" if result.protocol else str(result.verdict)
    if result.verdict is Verdict.FAILED and comparison and first:
        wrong = f"{comparison.failures} of {comparison.checked} numbers"
        text = f"{wrong} are not where correct {form} arithmetic puts them"
        if result.protocol:
            text = result.reason or ""
        return Said(name, verdict, text, tuple(_failure(result, first)))
    looks = result.finding.sentences if result.finding and result.finding.faults else ()
    again = (*looks, *_again(result)) if result.verdict is Verdict.ERRORED else ()
    found = result.finding.sentences if result.finding and result.protocol else ()
    return Said(name, verdict, result.reason or "", (*found, *again))


def _if(result: Result) -> str:
    """Say what was found of it by trying, and not told."""
    conditions = getattr(result.backend, "conditions", ())
    return f"if {' and '.join(conditions)}; " if conditions else ""


def _passed(result: Result) -> str:
    """Say in which protocols it agrees as well."""
    trial = result.trial
    if not trial or not trial.passed:
        return ""
    protocols = f"{len(trial.passed)} protocol{'s' if len(trial.passed) > 1 else ''}"
    return f"; and {trial.checked} in {protocols}: {', '.join(trial.passed)}"


def _failure(result: Result, first: Number) -> Iterator[str]:
    """Say where it went wrong, by how much, what was granted, and how to see it again."""
    yield from _unchecked(result)
    got, low, high = apart(first.got, first.low, first.high)
    name = unit_name(result.puzzle, first.place, first.unit)
    trial = result.trial if result.protocol else None
    where = f", {trial.where}" if trial and trial.where else ""
    must = f"was {low} the time before" if trial and trial.changed else f"must lie between {low} and {high}"
    yield f"first at t={first.step}{where}: {name} is {got}; it {must}"
    if result.reason and not result.protocol:
        yield result.reason
    if result.finding:
        yield from result.finding.sentences
    if departs := getattr(result.backend, "departs", None):
        yield departs
    if conditions := getattr(result.backend, "conditions", ()):
        yield f"as far as could be found out by trying, {' and '.join(conditions)}"
    yield f"granted: {result.backend.form.name}, {result.backend.accuracy}"
    yield from _again(result)


def _unchecked(result: Result) -> Iterator[str]:
    """Say how many numbers were not checked, and why: not shown, or too wide."""
    comparison = result.comparison
    if comparison and comparison.not_shown:
        yield f"{comparison.not_shown} numbers not checked: it does not show them"
    if comparison and comparison.too_wide:
        form, accuracy = result.backend.form, result.backend.accuracy
        cause = "what it is granted" if accuracy.less_than_usual(form) else "rounding alone"
        why = f"in {form.name}, {cause} may move them by more than 1 %"
        yield f"{comparison.too_wide} numbers not checked: {why}"


def _again(result: Result) -> Iterator[str]:
    """Give the command that shows a result again; an object that was handed to `check` has none."""
    name = result.backend.name
    if kind_of(name):
        puzzle = result.puzzle.file
        if str(shipped().get(result.puzzle.name)) == puzzle:
            puzzle = result.puzzle.name
        words = ["lstm-verify", "run", puzzle, "--case", result.case.name, "-b", name]
        words += ["--thorough"] if result.protocol else []
        yield f"to see it again: {shlex.join(words)}"


def of_tables(tables: Tables) -> list[Said]:
    """Say what came of each table that a case states."""
    return [of_table(kind, tables) for kind, verdict in tables.verdicts.items() if verdict.status != "none"]


def of_table(kind: str, tables: Tables) -> Said:
    """Say what came of one table: "hand", "digits" or "published"."""
    verdict = tables.verdicts[kind]
    details = [
        f"{tables.puzzle.file}:{w.number.line}:{w.number.column}: {w.message}" for w in verdict.wrong[:5]
    ]
    if len(verdict.wrong) > 5:
        details.append(f"and {len(verdict.wrong) - 5} more")
    if verdict.note:
        details.append(f"note: {verdict.note}")
    return Said(TABLES[kind], verdict.status, _on_table(kind, verdict, tables.case), tuple(details))


def _on_table(kind: str, verdict: TableVerdict, case: Case) -> str:
    all_are = "its one number is" if verdict.stated == 1 else f"all {verdict.stated} numbers are"
    if verdict.status == "holds" and verdict.radius is not None:
        within = f"; the truth is within ± {rounded_up(verdict.radius)}" if verdict.radius > 0 else ""
        return f"{all_are} what the hand rules give{within}"
    if verdict.status == "holds" and kind == "published":
        allowed = case.tolerance.text if case.tolerance else "half a unit of the last digit"
        return f"{all_are} within the tolerance that they were published with ({allowed})"
    if verdict.status == "proved":
        return f"{all_are} right to the last digit written"
    wrong = "not proven" if verdict.status == "unproved" else "wrong"
    if verdict.stated == 1:
        return f"its one number is {wrong}"
    return f"{len(verdict.wrong)} of {verdict.stated} numbers are {wrong}"
