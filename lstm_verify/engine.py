"""Puzzle × backend -> results: the one engine under the command line, pytest and Python."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, cast

from lstm_verify.backends.base import Backend, Options
from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.registry import backend as make_backend
from lstm_verify.backends.registry import kinds, missing, with_options
from lstm_verify.backends.timeout import TIMEOUT, seconds
from lstm_verify.backends.worker import end, named
from lstm_verify.lstm.arithmetic.hand import NotByHand
from lstm_verify.lstm.exact import Undecided
from lstm_verify.puzzle.library import load_all, load_one, shipped
from lstm_verify.puzzle.model import Case, Problem, Puzzle, PuzzleError
from lstm_verify.verify.report import CaseReport, Report
from lstm_verify.verify.tables import Tables
from lstm_verify.verify.thorough import judge_thoroughly
from lstm_verify.verify.verdict import Result, Verdict, judge

DEFAULTS = ("torch.cell", "torch.lstm")
FALLBACK = "reference"

Judge = Callable[[Puzzle, Sequence[Case], Backend], list[Result]]
"""What judges a backend on the rows of a batch."""


def load(puzzle: str | os.PathLike[str], case: str | None = None) -> Puzzle:
    """Load one puzzle: a shipped one by its name, or a file by its path.

    Args:
        case: of a suite of several puzzles, the one that has this case.

    Raises:
        PuzzleError: it is not found or not in order.
        ValueError: a folder or glob stands for several, or a suite has several and none with the case.
    """
    return load_one(str(puzzle), case)


def run(
    puzzles: str | os.PathLike[str] | Puzzle | Iterable[str | os.PathLike[str] | Puzzle],
    backends: str | Backend | Sequence[str | Backend] = (),
    *,
    case: str | None = None,
    shown: tuple[str, ...] = ("c", "h"),
    thorough: bool = False,
    diagnose: bool = False,
    timeout: float = TIMEOUT,
) -> Report:
    """Hold backends against puzzles.

    Args:
        puzzles: names, paths, folders, globs or loaded puzzles.
        backends: as on the command line; both torch ones unless given, and the reference where
            neither can express a puzzle.
        case: only the case of this name.
        shown: the quantities that notes about hand tables look at.
        thorough: whether what agrees is also called in other ways: twice, in two calls with the state
            handed on, each row of a batch alone, without a state, on arrays that are views, and without
            biases after a network with biases; see `verify.protocols`.
        diagnose: where what failed looks like several faults, go on with shipped puzzles that tell
            them apart.
        timeout: how many seconds your own code, where it is named (python:my_lstm.py:cell, exec:./lstm),
            may take for a case; it is run in a process of its own, which this function ends.

    What cannot be used is noted in `errors`; all else is run.

    Raises:
        ValueError: the timeout is none.
    """
    report = Report()
    several = isinstance(backends, Sequence) and not isinstance(backends, str)
    asked = cast("Sequence[str | Backend]", backends if several else [backends])
    used = _backends(report, asked, seconds(timeout))
    loaded = _puzzles(report, [puzzles] if isinstance(puzzles, (str, os.PathLike, Puzzle)) else puzzles)
    if not asked:
        report.notes += sorted({reason for name in DEFAULTS if (reason := missing(kinds()[name]))})
    by = judge_thoroughly if thorough else judge
    with contextlib.ExitStack() as afterwards:
        afterwards.callback(end, used)
        for puzzle in loaded:
            backends = used if asked else default_backends(puzzle)
            for batch in puzzle.batches():
                wanted = [one for one in batch if case in (None, one.name)]
                if wanted:
                    _judge(report, puzzle, batch, wanted, backends, shown, by)
        if report.count(Verdict.FAILED) or report.count(Verdict.ERRORED):
            _diagnose(report, shown, by, goes_on=diagnose)
    if loaded and not any(case in (None, one.name) for puzzle in loaded for one in puzzle.cases):
        has = "; ".join(f"{p.file} has {', '.join(c.name for c in p.cases)}" for p in loaded)
        report.errors.append(f"there is no case '{case}': {has}")
    return report


ROUNDS = 3
"""So many puzzles more are run, at most, to tell faults apart."""


def _diagnose(report: Report, shown: tuple[str, ...], by: Judge, *, goes_on: bool) -> None:
    """Add to each result that is wrong what it looks like.

    Args:
        goes_on: run more puzzles where that tells apart what it may be.
    """
    from lstm_verify.faults.diagnosis.diagnose import diagnose, findings

    backends = {result.backend.name: result.backend for result in report.results}
    made = diagnose(report.results)
    for name in made if goes_on else ():
        for _ in range(ROUNDS):
            puzzle = made[name].told_apart_by({r.puzzle.name for r in report.results})
            if puzzle is None:
                break
            for batch in puzzle.batches():
                _judge(report, puzzle, batch, batch, [backends[name]], shown, by)
            made[name] = diagnose(report.results)[name]
    found = {id(result): finding for d in made.values() for result, finding in findings(d)}
    for case in report.cases:
        case.results[:] = [replace(r, finding=found.get(id(r))) for r in case.results]


def _judge(
    report: Report,
    puzzle: Puzzle,
    batch: Sequence[Case],
    wanted: Sequence[Case],
    backends: Sequence[Backend],
    shown: tuple[str, ...],
    by: Judge,
) -> None:
    """Judge a batch: the wanted cases' tables, and every backend.

    A case with a number that cannot be worked with is noted, and the others are run without it.
    """
    made: dict[str, Tables] = {}
    for case in wanted:
        tables = Tables(puzzle, case, shown)
        try:
            tables.judge()
        except (Undecided, NotByHand) as error:
            report.errors.append(undecided(puzzle, case, error))
        else:
            made[case.name] = tables
    try:
        results = [by(puzzle, batch, backend) for backend in backends] if made else []
    except Undecided as error:
        report.errors.append(undecided(puzzle, batch[0], error))
        return
    for case, *found in zip(batch, *results, strict=True):
        if case.name in made:
            report.cases.append(CaseReport(made[case.name], found))


def undecided(puzzle: Puzzle, case: Case, error: ArithmeticError) -> Problem:
    """Say of a case that it has a number which cannot be worked with."""
    return Problem(puzzle.file, case.line, 1, f"case {case.name}: {error}")


def default_backends(puzzle: Puzzle) -> list[Backend]:
    """Return those that are run unless others are asked for: both torch ones, where torch is installed.

    The reference too, where none of them can express the puzzle.
    """
    usable = [make_backend(name) for name in DEFAULTS if not missing(kinds()[name])]
    runs = [case.run for case in puzzle.cases]
    expressible = any(backend.refusal(puzzle.network, run) is None for backend in usable for run in runs)
    return usable if expressible else [*usable, make_backend(FALLBACK)]


def _backends(report: Report, asked: Sequence[str | Backend], timeout: float) -> list[Backend]:
    """Make the backends that were asked for; what cannot be used is noted."""
    made = []
    for text in asked:
        if not isinstance(text, str) and not hasattr(text, "observe"):
            raise TypeError(
                f"{text!r} is no backend: expected a name such as 'torch.lstm'; for your own code see check"
            )
        try:
            made.append(named(text, timeout) if isinstance(text, str) else text)
        except Unusable as error:
            report.errors.append(str(error))
    return made


def _puzzles(report: Report, asked: Iterable[Any]) -> list[Puzzle]:
    """Load every puzzle asked for; what cannot be found or read is noted."""
    loaded = []
    for item in asked:
        if isinstance(item, Puzzle):
            loaded.append(item)
        else:
            puzzles, problems = load_all([str(item)])
            loaded += puzzles
            report.errors += problems
    return loaded


def check(implementation: Any, *, puzzles: Any = None, thorough: bool = False, **options: Any) -> None:
    """Hold your own implementation against puzzles, for use in a test of yours.

    Args:
        implementation: a function cell(x, h, c, w) -> (h, c) or another callable of the two
            contracts, a class whose instances are such, or a backend's name ("torch.lstm", "exec:./lstm").
        puzzles, thorough: as for `run`; all shipped puzzles unless given.
        options: as after a comma on the command line: form="sequence", dtype="float32" …

    Raises:
        AssertionError: something failed, or nothing was checked; with the text of the report.
        lstm_verify.PuzzleError: a puzzle cannot be found or is not in order.
        ValueError: an option is not in order.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test, not this one
    from lstm_verify.adopt.kinds import wrap
    from lstm_verify.report.text import summary

    try:
        if isinstance(implementation, str):
            backend = named(with_options(implementation, options))
        else:
            name = f"{getattr(implementation, '__name__', type(implementation).__name__)}()"
            given = Options({key: str(value) for key, value in options.items()})
            backend = wrap(implementation, name, given)
            given.refuse_unused(name)
    except Unusable as error:
        raise ValueError(str(error)) from None
    report = run(shipped().values() if puzzles is None else puzzles, [backend], thorough=thorough)
    problems = [e for e in report.errors if isinstance(e, Problem)]
    if problems:
        raise PuzzleError(problems)
    if report.exit_code:
        raise AssertionError(summary(report) or "nothing was checked: there was no puzzle to run")
