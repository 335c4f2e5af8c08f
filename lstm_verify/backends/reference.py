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

# NumPy's exp and tanh, measured over all float32: tanh within 1.38 ulp, 1/(1 + e^−z) within 3.68.
NUMPY = Accuracy(Error(4))


@dataclass(frozen=True)
class Reference:
    """See `Backend`."""

    name: str
    form: Format
    accuracy: Accuracy

    def refusal(self, network: Network) -> None:  # noqa: ARG002 (there is nothing it cannot express)
        """Refuse nothing."""

    def observe(self, network: Network, run: Run) -> Observation:
        """Run all steps; each is given the c and h of the step before, as shown."""
        trace = float_trace(network, run, self.form.name)
        values = {q: np.array([getattr(step, q) for step in trace], dtype=np.float64) for q in Step._fields}
        return Observation((Part(len(trace), values),), fed_back=True)


def _make(name: str, _target: str, options: Options) -> Backend:
    form = options.dtype("float64", ("float64", "float32", "float16"))
    return Reference(name, form, options.accuracy(NUMPY))


KINDS = [Kind("reference", "our own equations in NumPy floats; shows the gates, runs everything", None, _make)]
