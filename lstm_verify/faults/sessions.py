"""What code may keep from one call to the next, or let depend on the call, and should not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lstm_verify.backends.base import Call
from lstm_verify.faults.base import Array, Form, Shown
from lstm_verify.faults.chance import unknown
from lstm_verify.faults.outputs import ends
from lstm_verify.faults.simulate import Session
from lstm_verify.lstm.network import Network, Run


def _given(runs: Sequence[Run], call: Call) -> bool:
    """Tell whether an initial state is given."""
    return call.state and any(np.any(run.h0) or np.any(run.c0) for run in runs)


def started(runs: Sequence[Run], h: Array, c: Array) -> list[Run]:
    """Return the rows with another initial state, [rows, layers · directions, n]."""
    return [replace(run, h0=h[row], c0=c[row]) for row, run in enumerate(runs)]


class Stateful(Session):
    """Goes on where the call before ended, whatever state is given."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.kept: tuple[Array, Array] | None = None

    def call(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Run the rows, with a state that may have been kept, and keep the state at the end."""
        begun = runs
        if self.kept and len(self.kept[0]) == len(runs):
            begun = self.begun(runs, call, *self.kept)
        found = super().call(network, begun, call)
        self.kept = ends(network, found, "h_n"), ends(network, found, "c_n")
        return found

    def begun(self, runs: Sequence[Run], call: Call, h: Array, c: Array) -> Sequence[Run]:  # noqa: ARG002
        """Return the rows as a call begins them; the call before ended with h and c."""
        return started(runs, h, c)


class StatefulUnlessGiven(Stateful):
    """Goes on where the call before ended, where no state is given."""

    def begun(self, runs: Sequence[Run], call: Call, h: Array, c: Array) -> Sequence[Run]:
        """Return the rows with the state that was kept, or with the given one."""
        return runs if _given(runs, call) else started(runs, h, c)


class SecondRowReset(Stateful):
    """Begins a call by resetting the rows that are done: a mask of 1, 1, 1 taken for indices is row 1."""

    def begun(self, runs: Sequence[Run], call: Call, h: Array, c: Array) -> Sequence[Run]:  # noqa: ARG002
        """Return the rows, all but row 1 with the state that was kept."""
        return [
            run if row == 1 else kept
            for row, (run, kept) in enumerate(zip(runs, started(runs, h, c), strict=True))
        ]


class ZeroLater(Stateful):
    """Begins every call but the first with zeros."""

    def begun(self, runs: Sequence[Run], call: Call, h: Array, c: Array) -> Sequence[Run]:  # noqa: ARG002
        """Return the rows with no state."""
        return started(runs, 0 * h, 0 * c)


class FirstAgain(Session):
    """Begins every call with the state that the first was given."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.first: Sequence[Run] = ()

    def call(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Run the rows from the state of the first call."""
        self.first = self.first or runs
        if len(self.first) == len(runs):
            runs = [replace(run, h0=old.h0, c0=old.c0) for run, old in zip(runs, self.first, strict=True)]
        return super().call(network, runs, call)


class RandomStart(Session):
    """Draws a state, where none is given."""

    def call(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Run the rows from the state given, or from a random one."""
        if not call.state:
            random = unknown()
            h, c = (random.normal(size=(len(runs), *np.shape(state))) for state in (runs[0].h0, runs[0].c0))
            runs = started(runs, h, c)
        return super().call(network, runs, call)


class OneBuffer(Session):
    """Returns the state in its own buffer, which every call writes anew."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.buffer: Shown = {}

    def call(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Run the rows; what calls before have returned as their state changes."""
        found = super().call(network, runs, call)
        for place in network.places("h_n", "c_n"):
            kept = self.buffer.setdefault(place, found[place])
            if kept.shape == found[place].shape:
                kept[...], found[place] = found[place], kept
        return found


class ByBatch(Session):
    """Computes a batch of two rows or more otherwise than a row alone."""

    def call(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Run the rows, in a way that depends on how many they are."""
        return super().call(network, runs, call) if len(runs) == 1 else self.together(network, runs, call)

    def together(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Run several rows; here as any code would."""
        return super().call(network, runs, call)


class OtherPrecision(ByBatch):
    """Returns float32 of a batch, float64 of a row."""

    def together(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Run several rows; what they give is rounded."""
        found = Session.call(self, network, runs, call)
        return {place: array.astype(np.float32).astype(np.float64) for place, array in found.items()}


class CentredInputs(ByBatch):
    """Takes the mean of the batch from every input."""

    def together(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Run several rows on what is left of their inputs."""
        mean = np.mean([run.inputs for run in runs], axis=0)
        return Session.call(self, network, [replace(run, inputs=run.inputs - mean) for run in runs], call)
