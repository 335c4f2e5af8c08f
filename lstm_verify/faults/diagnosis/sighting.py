"""What an implementation showed on the rows of a batch, and how near code with a fault comes to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from lstm_verify.backends.base import Array, Observation, Part, Values
from lstm_verify.faults.base import Form
from lstm_verify.faults.simulate import FLOATS, HONEST, followed, row_of, shown
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.arithmetic.envelope import EnvelopeArithmetic
from lstm_verify.lstm.arithmetic.interval import Interval
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.unroll import Trace
from lstm_verify.verify.compare import compare
from lstm_verify.verify.verdict import malformed, rounded

SHORT = 16
"""Over so many steps an error of rounding does not grow into one that is seen."""


@dataclass(frozen=True)
class Sighting:
    """What an implementation showed.

    Attributes:
        puzzle: the puzzle's name.
        network, runs: as the implementation was given them, rounded to its format.
        observations: one for each of the runs.
        form, accuracy: what it computes in, and promises.
    """

    puzzle: str
    network: Network
    runs: Sequence[Run]
    observations: Sequence[Observation]
    form: Format
    accuracy: Accuracy

    def distance(self, fault: Form, enough: float = np.inf) -> float:
        """Return how far what was shown is from what code with a fault would have shown.

        Step by step, each given what was shown before; but over the whole trace where what such code
        shows is not what it goes on with.

        Args:
            enough: the search may end where it is farther than this.

        Returns:
            The largest difference, relative to the number where that is above 1.
        """
        if fault.follows and not self.formed:
            return np.inf
        farthest = 0.0
        try:
            with np.errstate(all="ignore"):
                for part, predicted in self._predicted(fault):
                    for place, got in part.values.items():
                        if place in predicted:
                            farthest = max(farthest, apart(got, predicted[place]))
                        if farthest > enough:
                            return farthest
        except (ValueError, IndexError):  # such code cannot run this network
            return np.inf
        return farthest

    @cached_property
    def formed(self) -> bool:
        """Whether all that was shown has a place in the network, and the shape that it should have."""
        both = zip(self.runs, self.observations, strict=True)
        return not any(malformed(self.network, run, observation) for run, observation in both)

    @cached_property
    def constant(self) -> float | None:
        """The one number that is all it shows, such as 0 or NaN; None where it shows several."""
        parts = (part for observation in self.observations for part in observation.parts)
        numbers = [values.ravel() for part in parts for values in part.values.values()]
        shown = np.unique(np.concatenate(numbers)) if numbers else np.zeros(0)
        return float(shown[0]) if len(shown) == 1 else None

    @cached_property
    def wrong(self) -> float:
        """How far it is from what correct code would have shown."""
        return self.distance(HONEST)

    def _predicted(self, fault: Form) -> Iterator[tuple[Part, Values]]:
        """Yield what each part should show beside it, lazily."""
        if not fault.follows:
            whole = shown(fault, self.network, self.runs)
            for row, observation in enumerate(self.observations):
                for part in observation.parts:
                    yield part, row_of(whole, row, len(self.runs))
            return
        for run, observation in zip(self.runs, self.observations, strict=True):
            for part in observation.parts:
                trace = followed(fault, self.network, run, part, FLOATS)
                yield (
                    part,
                    {place: _column(self.network, trace, place, got) for place, got in part.values.items()},
                )

    def sharp(self, fault: Form) -> bool:
        """Tell whether what such code would show is certain: then it must match, or is ruled out.

        Where c is not shown, or the whole trace is predicted, errors may grow from step to step.
        """
        parts = [part for observation in self.observations for part in observation.parts]
        known = all(place in part.values for part in parts for place in self.network.places("h", "c"))
        return (known and fault.follows) or self.runs[0].steps <= SHORT

    def inside(self, fault: Form) -> bool:
        """Tell whether all that was shown lies in the envelope of code with a fault."""
        if not (fault.follows and fault.in_intervals):
            return False
        with np.errstate(all="ignore"):
            return not any(
                compare(
                    self.network, run, observation, self.form, self.accuracy, partial(_envelope, fault)
                ).failures
                for run, observation in zip(self.runs, self.observations, strict=True)
            )

    def right_as(self, form: Format) -> bool:
        """Tell whether all that was shown are numbers of a coarser format, and right in that."""
        if form.precision >= self.form.precision or not self.formed:
            return False
        for run, observation in zip(self.runs, self.observations, strict=True):
            shown = [values for part in observation.parts for values in part.values.values()]
            if not all(np.array_equal(form.rounded(values), values) for values in shown):
                return False
            narrow = compare(*rounded(self.network, run, form), observation, form, self.accuracy)
            if narrow.failures or not narrow.checked:
                return False
        return True


def _envelope(
    fault: Form, network: Network, run: Run, part: Part, form: Format, accuracy: Accuracy
) -> Trace[Interval]:
    """Return the envelope of code with a fault; see `verify.envelope`."""
    return followed(fault, network, run, part, EnvelopeArithmetic(form, accuracy))


def _column(network: Network, trace: Trace[Any], place: Place, got: Array) -> Array:
    """Return what a trace has of a place, NaN where a step is skipped."""
    blank = np.full(got.shape[-1:], np.nan)
    return np.array([blank if vector is None else vector for vector in trace.column(network, place)])


def apart(got: Array, predicted: Array) -> float:
    """Return the largest difference of two arrays, relative to numbers above 1; ∞ where they cannot match."""
    if got.shape != predicted.shape:
        return np.inf
    same = (got == predicted) | (np.isnan(got) & np.isnan(predicted))
    off = np.abs(got - predicted) / np.maximum(1, np.abs(predicted))
    return float(np.max(np.where(same, 0, np.where(np.isnan(off), np.inf, off)), initial=0))
