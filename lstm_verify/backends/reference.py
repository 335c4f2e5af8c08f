"""The float reading of our own equations; it shows the gates, and runs everything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lstm_verify.backends.base import Backend, Kind, Observation, Options, Part
from lstm_verify.lstm.accuracy import Accuracy, Error
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Run
from lstm_verify.lstm.readings import float_trace

# Measured: NumPy's tanh is within 1.38 ulp and our σ within 3.64, over all float32 of 2^−20 ≤ |x| < 128;
# within 0.51 and 1.76 over all float16.
NUMPY = Accuracy(Error(4))


@dataclass(frozen=True)
class Reference:
    """See `Backend`."""

    name: str
    form: Format
    accuracy: Accuracy

    def refusal(self, network: Network) -> None:
        """Refuse nothing."""

    def observe(self, network: Network, run: Run) -> Observation:
        """Run all steps; each is given the c and h of the step before, as shown."""
        trace = float_trace(network, run, self.form.name)
        values = {q: np.array([getattr(step, q) for step in trace], dtype=np.float64) for q in Step._fields}
        return Observation((Part(len(trace), values),), fed_back=True)


def _make(name: str, _target: str, options: Options) -> Backend:
    form = options.dtype("float64", ("float64", "float32", "float16"))
    return Reference(name, form, options.accuracy(NUMPY))


KINDS = [
    Kind("reference", "our own equations in NumPy floats; shows the gates, runs everything", None, _make)
]
