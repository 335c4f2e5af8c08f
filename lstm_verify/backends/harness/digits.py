"""Whether a harness reads and writes numbers without losing digits."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from lstm_verify.backends.base import Array
from lstm_verify.backends.harness.subject import Failed, Subject, Untold
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Place, Run, Weights

PASSED_ON: Mapping[str, tuple[float, ...]] = {
    "float64": (0.1, 1 / 3, -2.5e-7, 123456.789012345, 1e-30, -np.pi),
    "float32": (0.1, 1 / 3, -2.5e-7, 123456.789, 1e-30, -np.pi),
    "bfloat16": (0.1, 1 / 3, -2.5e-7, 123456.789, 1e-30, -np.pi),
    "float16": (0.1, 1 / 3, -2.5e-4, 1234.5, 0.03, -np.pi),
}
"""Format -> numbers that lose something where they are written too short, or read in another format."""


def come_back(subject: Subject) -> str:
    """c goes through a forget gate that is wide open, and must come back as it is, to the last digit."""
    if "c" not in subject.hello.shows or not subject.hello.initial_state:
        raise Untold("only one that takes an initial state and shows c can be asked to give numbers back")
    for name in subject.hello.dtypes:
        _passed_on(subject, FORMATS[name])
    return f"a number comes back as it was given, to the last digit, in {' and '.join(subject.hello.dtypes)}"


def _passed_on(subject: Subject, form: Format) -> None:
    given = form.rounded(np.array([PASSED_ON[form.name]]))
    size = given.size
    # σ of it rounds to 1, and its exponential does not overflow.
    open_gate = 10.0 if form.precision < FORMATS["float32"].precision else 40.0
    bias = np.repeat([0.0, open_gate, 0.0, 0.0], size)
    none = np.zeros((4 * size, 1)), np.zeros((4 * size, size)), bias, 0 * bias
    kept = Network(1, size, (Weights(*none),))
    (values,) = subject.ask(kept, Run(np.zeros((1, 1)), 0 * given, given), form=form)
    got: Array = form.rounded(values[Place("c")])
    if np.array_equal(got, given):
        return
    if not np.allclose(got, given, rtol=2e-2, atol=1e-6) or np.ptp(got / given) <= 4 * form.roundoff:
        # All by the same factor: that is a gate which is not 1, and no digits that were lost.
        raise Untold(f"c does not pass an open forget gate in {form.name}: lstm-verify run will say more")
    k = int(np.argmax(got[0] != given[0]))
    raise Failed(
        f"in {form.name}, c was given as {_decimal(given[0, k])} and came back as "
        f"{_decimal(values[Place('c')][0, k])}; {_lost(got, given, form)}"
    )


def _decimal(x: float) -> str:
    return f"{x:.17g}"


def _lost(got: Array, given: Array, form: Format) -> str:
    if form.name == "float64" and np.array_equal(got, FORMATS["float32"].rounded(given)):
        return 'these are float32 numbers: if they are meant to be, its hello is to say "dtypes": ["float32"]'
    digits = {"float64": 17, "float32": 9}.get(form.name, 9)
    return f"digits are lost in reading or writing: write %.{digits}g, or the shortest that is read alike"
