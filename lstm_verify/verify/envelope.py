"""The envelope of what an implementation showed, step by step.

Each step is given the h that the implementation itself showed one step before, as the number
it is, and either the c that it showed and was given back, or c as the interval that the step
before left; a layer is given what the layer below showed, where it did. By induction from the
initial state that is sound: the first wrong number is caught in its own step, and the
intervals do not widen with the length of the sequence. What is not shown is carried along as
the intervals that the equations give.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lstm_verify.backends.base import Array, Part
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.arithmetic.envelope import EnvelopeArithmetic
from lstm_verify.lstm.arithmetic.interval import Interval
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.readings import cells, head
from lstm_verify.lstm.unroll import Trace, Unroll


def envelope(network: Network, run: Run, part: Part, form: Format, accuracy: Accuracy) -> Trace[Interval]:
    """Return the envelope of what was shown of one run.

    Args:
        network, run: as the implementation was given them, rounded to its format.
    """
    return Enveloped(network, part, EnvelopeArithmetic(form, accuracy)).trace(run)


class Enveloped(Unroll[Interval]):
    """The network in intervals, what was shown taking the place of what was computed."""

    def __init__(self, network: Network, part: Part, arithmetic: EnvelopeArithmetic) -> None:
        super().__init__(network, cells(network, arithmetic), arithmetic, head(network, arithmetic))
        self.part = part
        self.arithmetic = arithmetic

    def shown(self, quantity: str, index: int) -> Array | None:
        """Return what was shown of a quantity, [steps, n], or None."""
        return self.part.values.get(Place(quantity, *divmod(index, self.network.directions)))

    def inputs(self, run: Run) -> list[Interval]:
        """What the first layer is given at each step, made in one go."""
        inputs = self.arithmetic.vector(run.inputs)
        return [inputs[t] for t in range(run.steps)]

    def advance(
        self, index: int, t: int, x: Interval, h: Interval, c: Interval, run: Run
    ) -> tuple[Step[Interval], Interval, Interval]:
        """Take one step; the next one is given what was shown of it."""
        step, h, c = super().advance(index, t, x, h, c, run)
        if not self.counts(index, t, run):
            return step, h, c
        known_h = self.shown("h", index)
        known_c = self.shown("c", index) if self.part.fed_back else None
        h = h if known_h is None else self.arithmetic.shown(known_h[t])
        c = c if known_c is None else self.arithmetic.shown(known_c[t])
        return step, h, c

    def direction(
        self, index: int, inputs: Sequence[Interval], run: Run
    ) -> tuple[list[Step[Interval]], Interval, Interval]:
        """Run one layer in one direction; the state at the end is what its last step gives."""
        times = [t for t in self.times(index, run) if self.counts(index, t, run)]
        if self.part.fed_back and len(times) == run.steps:
            steps = self.at_once(index, inputs, run)
        else:
            steps, _, _ = super().direction(index, inputs, run)
        if not times:
            return steps, *self.initial(index, run)
        return steps, steps[times[-1]].h, steps[times[-1]].c

    def at_once(self, index: int, inputs: Sequence[Interval], run: Run) -> list[Step[Interval]]:
        """Take all steps as the rows of one batch, as every state is known."""
        times = list(self.times(index, run))
        before = []
        for quantity, initial in ("h", run.h0[index]), ("c", run.c0[index]):
            after = self.shown(quantity, index)
            assert after is not None
            states = np.empty_like(after)
            states[times[0]], states[times[1:]] = initial, after[times[:-1]]
            before.append(self.arithmetic.shown(states))
        step = self.cells[index].step(Interval.stacked(inputs), *before)
        quantities = [quantity for quantity in step if quantity is not None]
        return [Step(*(quantity[t] for quantity in quantities)) for t in range(run.steps)]

    def outputs(self, layer: int, directions: Sequence[Sequence[Step[Interval]]]) -> list[Interval]:
        """What a layer gives to the next: what it showed, where it did."""
        taken = []
        for direction, steps in enumerate(directions):
            known = self.shown("h", self.network.index(layer, direction))
            if known is None:
                taken.append(steps)
            else:
                taken.append(
                    [step._replace(h=self.arithmetic.shown(h)) for step, h in zip(steps, known, strict=True)]
                )
        return super().outputs(layer, taken)
