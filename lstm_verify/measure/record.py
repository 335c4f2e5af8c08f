"""What was measured, as data: for programs, and for the file that `accuracy=` reads."""

from __future__ import annotations

import math
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from lstm_verify.backends.registry import kinds
from lstm_verify.lstm.accuracy import KIND, MEASURED, VERSION, Error
from lstm_verify.measure.measure import Measured
from lstm_verify.measure.tally import HIGHEST, LOWEST, Peak, Tally


def to_data(measured: Measured) -> dict[str, Any]:
    """Return all that was measured; numbers that are none are "nan", "inf" and "-inf"."""
    levels = {key: _finite(value) for key, value in vars(measured.levels).items() if key != "open"}
    return {
        "lstm-verify": KIND,
        "version": VERSION,
        "backend": measured.backend.name,
        "versions": _versions(measured.backend.name),
        "format": measured.form.name,
        "points": "all" if measured.every else "sample",
        "safety_factor": measured.safety,
        "granted": {name: _error(measured.accuracy.of(name)) for name in MEASURED},
        "granted_so_far": {name: _error(measured.backend.accuracy.of(name)) for name in MEASURED},
        "within": measured.within,
        "less_accurate": measured.accuracy.less_than_usual(measured.form),
        "other_functions": measured.other_functions,
        "levels": levels | {"open": measured.levels.open},
        "places": {place: _tally(tally) for place, tally in measured.places.items()},
        "unseen": measured.unseen,
    }


def _versions(backend: str) -> dict[str, str]:
    """Return the versions of what was measured and of what measured it."""
    kind = kinds().get(backend.partition(",")[0].partition(":")[0])
    found = {}
    for package in ("lstm-verify", "numpy", kind.requires if kind else None):
        try:
            if package:
                found[package] = version(package)
        except PackageNotFoundError:  # run from a checkout that is not installed
            pass
    return found


def _error(error: Error) -> dict[str, float]:
    return {key: _finite(value) for key, value in vars(error).items()}


def _tally(tally: Tally) -> dict[str, Any]:
    peaks = {key: _peak(value) for key, value in vars(tally).items() if isinstance(value, Peak)}
    exponents = range(LOWEST, HIGHEST + 1)
    bins = tally.bins.tolist()
    return {
        "function": tally.name,
        "points": tally.points,
        **{key: peaks[key] for key in ("ulps", "absolute", "flushed", "missing", "outside", "falls", "odd")},
        "one_from": _finite(tally.one_from) if math.isfinite(tally.one_from) else None,
        "zero_to": _finite(tally.zero_to) if math.isfinite(tally.zero_to) else None,
        "ulps_by_exponent": {
            "negative": dict(
                zip(map(str, exponents), map(_finite, reversed(bins[: len(bins) // 2])), strict=True)
            ),
            "positive": dict(zip(map(str, exponents), map(_finite, bins[len(bins) // 2 :]), strict=True)),
        },
    }


def _peak(peak: Peak) -> dict[str, Any] | None:
    """Return the largest value and where it is; None where there is none."""
    return {key: _finite(value) for key, value in peak._asdict().items()} if peak.value >= 0 else None


def _finite(x: Any) -> Any:
    """JSON has no infinities: they are written as strings."""
    if x is None or math.isfinite(x):
        return x
    return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"
