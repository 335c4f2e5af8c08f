"""Backends for tests: one that shows everything, and others that spoil what a right one shows."""

import numpy as np

from lstm_verify.backends.base import Observation, Part
from lstm_verify.backends.reference import NUMPY
from lstm_verify.lstm.arithmetic.floats import FloatArithmetic
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.readings import unrolled
from lstm_verify.lstm.semantics import AT_THE_END, QUANTITIES


class Everything:
    """A backend that shows all that there is: gates, states, logits, and the states at the end; correct."""

    name = "everything"

    def __init__(self, unroll=unrolled, dtype="float64"):
        """Take what makes the network that is run, of a network and an arithmetic."""
        self.unroll, self.form, self.accuracy = unroll, FORMATS[dtype], NUMPY

    def refusal(self, network, run):
        """Refuse nothing."""

    def observe(self, network, runs):
        """Run the rows one by one."""
        led = self.unroll(network, FloatArithmetic(self.form.name))
        return [Observation((Part(self.values(network, led.trace(run)), fed_back=True),)) for run in runs]

    def values(self, network, trace):
        """Return arrays of all quantities of a trace, NaN at steps that have none."""
        places = [*network.places(*QUANTITIES, *AT_THE_END), *([Place("logits")] if network.head else [])]
        blank = {place: np.full(network.width(place.quantity), np.nan) for place in places}
        columns = {place: trace.column(network, place) for place in places}
        return {
            place: np.array([blank[place] if v is None else v for v in column], dtype=np.float64)
            for place, column in columns.items()
        }


class Rows:
    """A backend that runs another on the rows of a batch, and answers them in a wrong order."""

    def __init__(self, inner, order):
        """Take what is to be run, and makes a wrong order of the right one."""
        self.inner, self.order = inner, order
        self.name, self.form, self.accuracy = "rows", inner.form, inner.accuracy

    def refusal(self, network, run):
        """Refuse what the other refuses."""
        return self.inner.refusal(network, run)

    def observe(self, network, runs):
        """Run the rows in the wrong order."""
        return self.inner.observe(network, self.order(runs))


class Spoilt(Rows):
    """A backend that runs another, and then changes the values that it shows of each row."""

    def observe(self, network, runs):
        """Change what was shown: `order` is given the row and its values."""
        observations = self.inner.observe(network, runs)
        for row, observation in enumerate(observations):
            for part in observation.parts:
                self.order(row, part.values)
        return observations
