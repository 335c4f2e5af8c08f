"""Judge one implementation on one case: agree, failed, errored or skipped."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache

import numpy as np

from lstm_verify.backends.base import PLAIN, Backend, Call, Observation, asked_of
from lstm_verify.backends.errors import told
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Run
from lstm_verify.lstm.semantics import AT_THE_END, SHOWN
from lstm_verify.puzzle.model import Case, Puzzle
from lstm_verify.puzzle.problems import count
from lstm_verify.verify.compare import Comparison, Number, asked, compare
from lstm_verify.verify.protocols import Answer, ask

SINGLE_STEP = 2**20
"""Ulps of float64: what is off by less was not computed in float32, whose roundings are 2^28 of them."""


class Verdict(StrEnum):
    """What can be said of an implementation on a case."""

    AGREE = "agree"  # everything that could be checked lies in the envelope
    FAILED = "failed"  # a number lies outside
    ERRORED = "errored"  # it raised, or gave a wrong shape, or NaN
    SKIPPED = "skipped"  # it cannot express the network, or nothing could be checked


WRONG = (Verdict.FAILED, Verdict.ERRORED)
"""The verdicts that say that something is wrong."""


@dataclass(frozen=True)
class Finding:
    """What a wrong trace looks like.

    Attributes:
        faults: the ids of all faults that match; of a pair "a+b".
        sentences: each for a line of its own.
    """

    faults: tuple[str, ...]
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Trial:
    """What came of a case that agreed on a plain run when it was run by the protocols.

    Attributes:
        network, runs: as the implementation was given them in the plain run, all rows that it can run.
        passed: the protocols that found nothing wrong in any row, in the order in which they were run.
        checked: how many numbers of this row were checked in those.
        plain: what it showed of this row in the plain run.
        answers: all that it answered in the protocol that found something wrong.
        where: which answer is wrong, in words.
        changed: whether that has other numbers than the answer before, though each may be right.
    """

    network: Network
    runs: Sequence[Run]
    passed: tuple[str, ...] = ()
    checked: int = 0
    plain: Comparison | None = None
    answers: tuple[Answer, ...] = ()
    where: str = ""
    changed: bool = False


@dataclass(frozen=True)
class Result:
    """The verdict on a backend in one case.

    Attributes:
        reason: of an error or a skip, or else a remark.
        comparison: every number beside its interval, where the implementation answered.
        row: the case's place, from 0, among those that were run together.
        observation: what the implementation showed, on a plain run.
        finding: what that looks like, where it is wrong and has been diagnosed.
        protocol: the name of the protocol in which it went wrong, where a plain run agreed; then the
            comparison is that of the wrong answer.
        trial: what came of the protocols, where they were run.
    """

    puzzle: Puzzle
    case: Case
    backend: Backend
    verdict: Verdict
    reason: str | None = None
    comparison: Comparison | None = None
    row: int = 0
    observation: Observation | None = None
    finding: Finding | None = None
    protocol: str | None = None
    trial: Trial | None = None

    @property
    def checked(self) -> int:
        """How many numbers were checked; of what agrees also in the protocols."""
        more = self.trial.checked if self.trial and not self.protocol else 0
        return more + (self.comparison.checked if self.comparison else 0)

    @property
    def less_accurate(self) -> bool:
        """Whether it agrees as one whose σ or tanh may be worse than those of honest code are."""
        backend = self.backend
        return self.verdict is Verdict.AGREE and backend.accuracy.less_than_usual(backend.form)

    @property
    def plain(self) -> Comparison | None:
        """The numbers of the plain run beside their intervals, whatever came of the protocols."""
        return self.trial.plain if self.trial else self.comparison

    @property
    def not_checked(self) -> int:
        """How many were not shown, or could lie in too wide an interval."""
        if self.comparison:
            return self.comparison.not_checked
        network = self.puzzle.network
        return self.case.steps * sum(network.width(place.quantity) for place in asked(network))

    @property
    def worst(self) -> Number | None:
        """The number the most ulps outside, else the one nearest to its edge."""
        return self.comparison.worst() if self.comparison else None


def judge(puzzle: Puzzle, cases: Sequence[Case], backend: Backend) -> list[Result]:
    """Run a backend on cases, on the numbers rounded once to its format, and judge what it shows.

    Args:
        cases: the rows of one batch, which are run together; a row that the backend cannot express
            is skipped, and the others are run.
    """
    results, rows = {}, {}
    for case in cases:
        reason, network, run = _prepared(asked_of(backend, puzzle.network), case.run, backend)
        if reason:
            results[case.name] = Result(puzzle, case, backend, Verdict.SKIPPED, reason)
        else:
            rows[case.name] = run
    if rows:
        results |= _observed(puzzle, network, rows, [c for c in cases if c.name in rows], backend)
    return [replace(results[case.name], row=row) for row, case in enumerate(cases)]


def _prepared(network: Network, run: Run, backend: Backend) -> tuple[str | None, Network, Run]:
    """Return why a case cannot be run, or None; and the network and the run in the backend's format."""
    reason = backend.refusal(network, run)
    network, run = rounded(network, run, backend.form)
    return reason or _overflow(network, run, backend.form), network, run


def _observed(
    puzzle: Puzzle, network: Network, rows: Mapping[str, Run], cases: Sequence[Case], backend: Backend
) -> dict[str, Result]:
    """Run the rows of a batch and judge each; where the implementation raises, that is the verdict on all."""
    try:
        observations = answered(backend, network, list(rows.values()))
    except NoAnswer as error:
        return {c.name: Result(puzzle, c, backend, Verdict.ERRORED, str(error)) for c in cases}
    return {
        case.name: _judged(puzzle, case, backend, network, rows[case.name], observation)
        for case, observation in zip(cases, observations, strict=True)
    }


class NoAnswer(Exception):
    """An implementation raised, or answered fewer rows than it was given: the text says it."""


def answered(
    backend: Backend, network: Network, runs: Sequence[Run], call: Call = PLAIN
) -> list[Observation]:
    """Run the rows of a batch, and return what is shown of each.

    Raises:
        NoAnswer: there is none.
    """
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what it prints must not mix with our output
            observations = ask(backend)(network, runs, call)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - it is not our code that runs: SystemExit, GeneratorExit …
        raise NoAnswer(told(error)) from None
    if len(observations) != len(runs):
        raise NoAnswer(f"it answered {count(len(observations), 'row')} of {len(runs)}")
    return observations


def _judged(
    puzzle: Puzzle, case: Case, backend: Backend, network: Network, run: Run, observation: Observation
) -> Result:
    """Judge what was shown of one row."""
    wrong = malformed(network, run, observation)
    if wrong:
        return Result(puzzle, case, backend, Verdict.ERRORED, wrong, observation=observation)
    comparison = compare(network, run, observation, backend.form, backend.accuracy)
    verdict, reason = of_comparison(comparison)
    if verdict is Verdict.FAILED and backend.form.name == "float64":
        reason = _looks_like_float32(network, run, observation, backend, comparison)
    if reason is None and observation.returned:
        reason = f"{_returned(observation)} where {backend.form.name} were asked for"
    return Result(puzzle, case, backend, verdict, reason, comparison, observation=observation)


def malformed(network: Network, run: Run, observation: Observation) -> str | None:
    """Return what is wrong with the form of what was shown, or None."""
    known = network.places(*SHOWN)
    for part in observation.parts:
        hidden = [p for p in network.places("h", "c") if p not in part.values] if part.fed_back else []
        if hidden:
            return f"it is said to be given back what it shows, and does not show {network.name(hidden[0])}"
        for place, values in part.values.items():
            if place not in known:
                where = f"layer {place.layer}, direction {place.direction}"
                return f"it shows {place.quantity} of {where}; there is none"
            rows = 1 if place.quantity in AT_THE_END else run.steps
            expected = (rows, network.width(place.quantity))
            if values.shape != expected:
                found = f"{network.name(place)} has the shape {list(values.shape)}"
                return f"{found}; expected {list(expected)}"
    return None


def rounded(network: Network, run: Run, form: Format) -> tuple[Network, Run]:
    """Round a network and what it is run on, once, to the numbers of a format."""
    return _in_format(network, form), run.map(form.rounded)


@lru_cache(maxsize=4)  # one backend after another is asked about the same network
def _in_format(network: Network, form: Format) -> Network:
    return network.map(form.rounded)


def _overflow(network: Network, run: Run, form: Format) -> str | None:
    """Name the tensor with a number that the format cannot hold."""
    for name, tensor in (*network.tensors(), *run.items()):
        if np.isinf(tensor).any():
            return f"{name} has a number beyond the range of {form.name}, whose largest is {form.largest:.3g}"
    for activation in network.semantics.all_activations():
        if any(np.isinf(form.nearest(x)) for x in (activation.alpha, activation.beta) if x is not None):
            return f"{activation} has a parameter beyond the range of {form.name}"
    return None


def of_comparison(comparison: Comparison) -> tuple[Verdict, str | None]:
    """Return the verdict that follows from the numbers, and the reason of an error or a skip."""
    missing = comparison.missing()
    if missing:
        name, place = comparison.network.name(missing.place), f"step {missing.step}, unit {missing.unit}"
        return Verdict.ERRORED, f"{name} is not a number (NaN) at {place}"
    if comparison.failures:
        return Verdict.FAILED, None
    if not comparison.checked:
        why = (
            "rounding alone may move every number by more than 1 %"
            if comparison.too_wide
            else "it shows nothing"
        )
        return Verdict.SKIPPED, f"nothing could be checked: {why}"
    return Verdict.AGREE, None


def _looks_like_float32(
    network: Network, run: Run, observation: Observation, backend: Backend, comparison: Comparison
) -> str | None:
    """Say so where what fails as float64, by as much as float32 would, is right as float32."""
    worst = comparison.worst()
    if worst is None or worst.ulps <= SINGLE_STEP or not _all_of(FORMATS["float32"], observation):
        return None
    single = compare(network, run, observation, FORMATS["float32"], backend.accuracy)
    if single.failures or not single.checked:
        return None
    seen = f"{_returned(observation)}, and " if "float32" in observation.returned else ""
    right = "every number is right to that precision; if that is meant, say dtype=float32"
    return f"it looks like float32: {seen}{right}"


def _all_of(form: Format, observation: Observation) -> bool:
    """Tell whether every number that was shown is one of a format."""
    numbers = (values for part in observation.parts for values in part.values.values())
    return all(np.array_equal(form.rounded(shown), shown, equal_nan=True) for shown in numbers)


def _returned(observation: Observation) -> str:
    return f"it returned {' and '.join(sorted(observation.returned))} numbers"
