"""Judge an implementation by the protocols too: called twice, in two calls, row by row and so on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lstm_verify.backends.base import PLAIN, Array, Backend, Call, Observation, asked_of
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.puzzle.model import Case, Puzzle
from lstm_verify.verify.compare import Column, Comparison, compare
from lstm_verify.verify.protocols import Answer, Protocol, possible
from lstm_verify.verify.verdict import (
    WRONG,
    NoAnswer,
    Result,
    Trial,
    Verdict,
    answered,
    judge,
    malformed,
    of_comparison,
    rounded,
)


def judge_thoroughly(puzzle: Puzzle, cases: Sequence[Case], backend: Backend) -> list[Result]:
    """Run a backend on the rows of a batch as `judge` does; where all agree, by every protocol besides.

    The first protocol that finds something wrong is the last that is run: what is left over from it
    could make all that follow go wrong.
    """
    results = judge(puzzle, cases, backend)
    ran = [r for r in results if r.observation is not None]
    if any(r.verdict in WRONG for r in results) or all(r.verdict is Verdict.SKIPPED for r in ran):
        return results
    pairs = [rounded(asked_of(backend, puzzle.network), r.case.run, backend.form) for r in ran]
    found = iter(_tried(ran, pairs[0][0], [run for _, run in pairs]))
    return [r if r.observation is None else next(found) for r in results]


def _tried(results: Sequence[Result], network: Network, runs: Sequence[Run]) -> list[Result]:
    """Add to what agreed on a plain run what came of the protocols."""
    backend = results[0].backend
    trials = [Trial(network, runs, plain=r.comparison) for r in results]
    for name, protocol in possible(backend, network, runs):
        answers, error = _gone_through(protocol, network, runs, backend)
        if error:
            return [
                replace(
                    result,
                    verdict=Verdict.ERRORED,
                    reason=f"{protocol.does}: {error}",
                    comparison=None,
                    protocol=name,
                    trial=replace(trial, answers=tuple(answers)),
                )
                for result, trial in zip(results, trials, strict=True)
            ]
        judged = [_of_row(row, answers, backend) for row in range(len(runs))]
        if any(one.verdict in WRONG for row in judged for one in row):
            return [
                _wrong(name, protocol, answers, *given) for given in zip(results, trials, judged, strict=True)
            ]
        if answers:
            trials = [
                replace(
                    trial,
                    passed=(*trial.passed, name),
                    checked=trial.checked + sum(one.comparison.checked for one in row),
                )
                for trial, row in zip(trials, judged, strict=True)
            ]
    return [replace(result, trial=trial) for result, trial in zip(results, trials, strict=True)]


class _Refused(Exception):
    """The implementation cannot express what a protocol asks for."""


def _gone_through(
    protocol: Protocol, network: Network, runs: Sequence[Run], backend: Backend
) -> tuple[list[Answer], str | None]:
    """Return all answers, none where they cannot be had; and what went wrong where one was not given."""

    def asked(network: Network, runs: Sequence[Run], call: Call = PLAIN) -> list[Observation]:
        if any(backend.refusal(network, run) for run in runs):
            raise _Refused
        observations = answered(backend, network, runs, call)
        for run, observation in zip(runs, observations, strict=True):
            if wrong := malformed(network, run, observation):
                raise NoAnswer(wrong)
        return observations

    answers: list[Answer] = []
    try:
        answers.extend(protocol.answers(network, runs, asked))
    except NoAnswer as error:
        return answers, str(error)
    except _Refused:
        return [], None
    return answers, None


@dataclass(frozen=True)
class _Judged:
    """The verdict on one row of an answer; see `Result` and `Trial`."""

    verdict: Verdict
    reason: str | None
    comparison: Comparison
    where: str
    changed: bool = False


def _of_row(row: int, answers: Sequence[Answer], backend: Backend) -> list[_Judged]:
    """Judge what was answered of one row, answer by answer."""
    judged: list[_Judged] = []
    before = None
    for answer in answers:
        if row not in answer.rows:
            continue
        k = list(answer.rows).index(row)
        run, observation = answer.runs[k], answer.observations[k]
        found = compare(answer.network, run, observation, backend.form, backend.accuracy)
        found = _later(found, answer.begins)
        judged.append(_Judged(*of_comparison(found), found, answer.where))
        if answer.again and before is not None and judged[-1].verdict not in WRONG:
            judged[-1] = _held_against(before, observation, judged[-1])
        before = observation
    return judged


def _wrong(
    name: str, protocol: Protocol, answers: Sequence[Answer], result: Result, trial: Trial, row: list[_Judged]
) -> Result:
    """Make the result of a row, which is wrong in the first of its answers that is, if any."""
    first = next((one for one in row if one.verdict in WRONG), None)
    if first is None:
        return replace(result, trial=trial)
    return replace(
        result,
        verdict=first.verdict,
        reason=f"{protocol.does}: {first.reason}" if first.reason else protocol.finds,
        comparison=first.comparison,
        protocol=name,
        trial=replace(trial, answers=tuple(answers), where=first.where, changed=first.changed),
    )


def _later(comparison: Comparison, begins: int) -> Comparison:
    """Count the steps as the case does."""
    columns = {
        place: replace(column, steps=[step + begins for step in column.steps])
        for place, column in comparison.columns.items()
    }
    return replace(comparison, columns=columns)


def _held_against(before: Observation, now: Observation, judged: _Judged) -> _Judged:
    """Hold what is right against what was shown before: every number must be the same, to the last bit."""
    if [set(part.values) for part in before.parts] != [set(part.values) for part in now.parts]:
        reason = "it shows other quantities than the time before"
        return replace(judged, verdict=Verdict.ERRORED, reason=reason)
    columns: dict[Place, Column] = {}
    for old, new in zip(before.parts, now.parts, strict=True):
        for place, numbers in new.values.items():
            got, was = _there(numbers), _there(old.values[place])
            column = replace(judged.comparison.columns[place], got=got, low=was, high=was)
            if place not in columns or not columns[place].outside.any():
                columns[place] = column
    comparison = replace(judged.comparison, columns=columns)
    if not comparison.failures:
        return judged
    return replace(judged, verdict=Verdict.FAILED, comparison=comparison, changed=True)


def _there(numbers: Array) -> Array:
    """Put −∞ in the place of NaN: no number equals NaN, itself included."""
    return np.where(np.isnan(numbers), -np.inf, numbers)
