"""Judge one implementation on one case: agree, failed, errored or skipped."""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from lstm_verify.backends.base import Backend, Observation
from lstm_verify.backends.errors import told
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Run
from lstm_verify.puzzle.model import Case, Puzzle
from lstm_verify.verify.compare import Comparison, Number, compare

SINGLE_STEP = 2**20
"""Ulps of float64: what is off by less was not computed in float32, whose roundings are 2^28 of them."""


class Verdict(StrEnum):
    """What can be said of an implementation on a case."""

    AGREE = "agree"  # everything that could be checked lies in the envelope
    FAILED = "failed"  # a number lies outside
    ERRORED = "errored"  # it raised, or gave a wrong shape, or NaN
    SKIPPED = "skipped"  # it cannot express the network, or nothing could be checked


@dataclass(frozen=True)
class Result:
    """The verdict on a backend in one case.

    Attributes:
        reason: of an error or a skip, or a remark on a failure.
        comparison: every number beside its interval, where the implementation answered.
    """

    puzzle: Puzzle
    case: Case
    backend: Backend
    verdict: Verdict
    reason: str | None = None
    comparison: Comparison | None = None

    @property
    def checked(self) -> int:
        """How many numbers were checked."""
        return self.comparison.checked if self.comparison else 0

    @property
    def not_checked(self) -> int:
        """How many were not shown, or could lie in too wide an interval."""
        if self.comparison:
            return self.comparison.not_checked
        return 2 * self.case.steps * self.puzzle.network.hidden_size

    @property
    def worst(self) -> Number | None:
        """The number the most ulps outside, else the one nearest to its edge."""
        return self.comparison.worst() if self.comparison else None


def judge(puzzle: Puzzle, case: Case, backend: Backend) -> Result:
    """Run a backend on a case, on the numbers rounded once to its format, and judge what it shows."""
    reason = backend.refusal(puzzle.network)
    if reason:
        return Result(puzzle, case, backend, Verdict.SKIPPED, reason)
    network, run = rounded(puzzle.network, case.run, backend.form)
    reason = _overflow(network, run, backend.form)
    if reason:
        return Result(puzzle, case, backend, Verdict.SKIPPED, reason)
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what it prints must not mix with our output
            observation = backend.observe(network, run)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - it is not our code that runs: SystemExit, GeneratorExit …
        return Result(puzzle, case, backend, Verdict.ERRORED, told(error))
    comparison = compare(network, run, observation, backend.form, backend.accuracy)
    verdict, reason = _verdict(comparison)
    if verdict is Verdict.FAILED and backend.form.name == "float64":
        reason = _looks_like_float32(network, run, observation, backend, comparison)
    return Result(puzzle, case, backend, verdict, reason, comparison)


def rounded(network: Network, run: Run, form: Format) -> tuple[Network, Run]:
    """Round a network and what it is run on, once, to the numbers of a format."""
    return network.map(form.rounded), run.map(form.rounded)


def _overflow(network: Network, run: Run, form: Format) -> str | None:
    """Name the tensor with a number that the format cannot hold."""
    for name, tensor in (*network.weights.items(), *run.items()):
        if np.isinf(tensor).any():
            return f"{name} has a number beyond the range of {form.name}, whose largest is {form.largest:.3g}"
    return None


def _verdict(comparison: Comparison) -> tuple[Verdict, str | None]:
    missing = comparison.missing()
    if missing:
        place = f"step {missing.step}, unit {missing.unit}"
        return Verdict.ERRORED, f"{missing.quantity} is not a number (NaN) at {place}"
    if comparison.failures:
        return Verdict.FAILED, None
    if not comparison.checked:
        return Verdict.SKIPPED, (
            "nothing could be checked: rounding alone may move every number by more than 1 %"
        )
    return Verdict.AGREE, None


def _looks_like_float32(
    network: Network, run: Run, observation: Observation, backend: Backend, comparison: Comparison
) -> str | None:
    """Say so where what fails as float64, by as much as float32 would, is right as float32."""
    worst = comparison.worst()
    if worst is None or worst.ulps <= SINGLE_STEP:
        return None
    single = compare(network, run, observation, FORMATS["float32"], backend.accuracy)
    if single.failures or not single.checked:
        return None
    return (
        "it looks like float32: every number is right to that precision; if that is meant, say dtype=float32"
    )
