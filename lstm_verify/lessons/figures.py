"""Numbers for a finding: how far apart things are, and how that is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm import exact
from lstm_verify.lstm.exact import Exact
from lstm_verify.verify.verdict import Verdict

if TYPE_CHECKING:
    from lstm_verify.verify.report import Report

SAME = 1e-12
"""Numbers of float64 that are so near to each other differ by rounding only."""


def array(values: Any) -> NDArray[np.float64]:
    """Return a tensor, or exact numbers, as an array of float64 without axes of length 1."""
    if hasattr(values, "detach"):
        values = values.detach().numpy()
    return np.squeeze(np.asarray(values, dtype=np.float64))


def apart(got: Any, wanted: Any) -> float:
    """Return the largest distance between two arrays or tensors."""
    return float(np.max(np.abs(array(got) - array(wanted))))


def outcome(report: Report) -> str:
    """Say what a run over puzzles found: how many numbers are where correct arithmetic puts them."""
    checked = sum(result.checked for result in report.results)
    wrong = sum(result.comparison.failures for result in report.results if result.comparison)
    errors = len(report.errors) + sum(result.verdict is Verdict.ERRORED for result in report.results)
    return f"{checked} numbers checked, {wrong} wrong" + (f", {errors} errors" if errors else "")


def decimals(distance: float) -> int:
    """Return to how many decimals two numbers agree: they are at most half a unit of the last one apart."""
    places = 0
    while places < 15 and distance <= 0.5 * 10.0 ** -(places + 1):
        places += 1
    return places


def short(x: float) -> str:
    """Write a distance with two digits."""
    text = f"{x:.2g}"
    return text.replace("e-0", "e-").replace("e+0", "e+")


def digits(x: Exact) -> str:
    """Write an exact number with three proven digits."""
    ball = exact.well_known(x)
    return "unknown" if ball is None else str(ball.str(3, radius=False))
