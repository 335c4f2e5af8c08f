"""Whether what is wrong may be no more than an approximation of σ or tanh."""

from __future__ import annotations

import shlex

from lstm_verify.backends.registry import kinds
from lstm_verify.faults.diagnosis.sighting import Sighting
from lstm_verify.lstm.accuracy import UNKNOWN, Accuracy, Error
from lstm_verify.verify.compare import compare

MEASURE = "to measure them"
"""How the sentence begins that is a command."""

ERRORS = (1e-5, 1e-4, 1e-3, 0.01, 0.03)
"""Absolute errors of σ and tanh that are tried; a rational or piecewise linear one is off by 0.02."""


def approximate(sighting: Sighting, backend: str) -> list[str]:
    """Say how far off σ and tanh would have to be for all of this to be right, where that is not far."""
    if not sighting.formed:
        return []
    for error in ERRORS:
        granted = Accuracy(Error(UNKNOWN.ulps, error / sighting.form.roundoff))
        if _right(sighting, granted):
            words = f"{error:g}".replace("e-0", "e-")
            said = [f"with σ and tanh off by {words} at most it would be right: are they approximations?"]
            if backend.partition(",")[0].partition(":")[0] in kinds():
                said.append(f"{MEASURE}: lstm-verify activations {shlex.quote(backend)}")
            return said
    return []


def _right(sighting: Sighting, granted: Accuracy) -> bool:
    """Tell whether all that was shown lies where such activations may put it."""
    return not any(
        compare(sighting.network, run, observation, sighting.form, granted).failures
        for run, observation in zip(sighting.runs, sighting.observations, strict=True)
    )
