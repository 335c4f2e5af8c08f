"""Layers, directions and time: how cells make a network.

One loop for every arithmetic, and for implementations that are given one step at a time. A
subclass that overrides one method is a network that goes wrong between its cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, Protocol

from lstm_verify.lstm.arithmetic.base import Vector, Vectors
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.semantics import AT_THE_END


class Stepper(Protocol[Vector]):
    """Whatever computes one step of one layer in one direction, as `cell.Cell` does."""

    def step(self, x: Vector, h: Vector, c: Vector) -> Step[Vector]:
        """Compute a step from an input and the state of the step before."""


@dataclass(frozen=True)
class Trace(Generic[Vector]):
    """Everything that a network computes on a sequence.

    Lists over layers and directions are in the order of `Network.layers`.

    Attributes:
        steps: for each layer and direction, for each step in the order of time; the gates of a
            step that is skipped are None.
        h_n, c_n: the states at the end of each layer and direction.
        logits: for each step, or None where there is no output layer.
    """

    steps: list[list[Step[Vector]]]
    h_n: list[Vector]
    c_n: list[Vector]
    logits: list[Vector] | None = None

    def column(self, network: Network, place: Place) -> list[Vector | None]:
        """Return one quantity of one layer and direction: for each step, or, of h_n and c_n, one."""
        if place.quantity == "logits":
            return list(self.logits or [])
        index = network.index(place.layer, place.direction)
        if place.quantity in AT_THE_END:
            return [getattr(self, place.quantity)[index]]
        return [getattr(step, place.quantity) for step in self.steps[index]]

    def at(self, network: Network, place: Place, row: int) -> Vector | None:
        """Return one entry of a column, counted from 0, without making the others: they may be many."""
        if place.quantity == "logits" or place.quantity in AT_THE_END:
            return self.column(network, place)[row]
        step = self.steps[network.index(place.layer, place.direction)][row]
        vector: Vector | None = getattr(step, place.quantity)
        return vector


class Unroll(Generic[Vector]):
    """Leads vectors through the layers, directions and steps of a network: one short method for each."""

    def __init__(
        self, network: Network, cells: Sequence[Stepper[Vector]], vectors: Vectors[Vector], head: Any = None
    ) -> None:
        """Take one cell for each layer and direction, in the order of `network.layers`.

        Args:
            head: makes logits of the outputs, where the network has an output layer.
        """
        self.network = network
        self.cells = cells
        self.vectors = vectors
        self.head = head

    def trace(self, run: Run) -> Trace[Vector]:
        """Run a sequence through all layers."""
        found: Trace[Vector] = Trace([], [], [])
        inputs = self.inputs(run)
        for layer in range(self.network.num_layers):
            for direction in range(self.network.directions):
                index = self.network.index(layer, direction)
                steps, h, c = self.direction(index, inputs, run)
                found.steps.append(steps)
                found.h_n.append(h)
                found.c_n.append(c)
            inputs = self.outputs(layer, found.steps[-self.network.directions :])
            if layer < self.network.num_layers - 1:
                inputs = self.dropped(inputs)
        return Trace(found.steps, found.h_n, found.c_n, self.head and [self.head(h) for h in inputs])

    def inputs(self, run: Run) -> list[Vector]:
        """What the first layer is given at each step."""
        return [self.vectors.vector(x) for x in run.inputs]

    def outputs(self, layer: int, directions: Sequence[Sequence[Step[Vector]]]) -> list[Vector]:  # noqa: ARG002 (for subclasses)
        """What a layer gives to the next: at each step the h of all its directions."""
        if len(directions) == 1:
            return [step.h for step in directions[0]]
        return [self.vectors.joined([step.h for step in steps]) for steps in zip(*directions, strict=True)]

    def dropped(self, inputs: list[Vector]) -> list[Vector]:
        """What dropout leaves of the outputs between two layers: all, or, with p = 1 in training, nothing."""
        if not (self.network.semantics.training and self.network.semantics.dropout):
            return inputs
        return [self.zeros(self.network.layer_inputs(1))] * len(inputs)

    def direction(
        self, index: int, inputs: Sequence[Vector], run: Run
    ) -> tuple[list[Step[Vector]], Vector, Vector]:
        """Run one layer in one direction; return its steps in the order of time, and its state at the end."""
        h, c = self.initial(index, run)
        steps: dict[int, Step[Vector]] = {}
        for t in self.times(index, run):
            steps[t], h, c = self.advance(index, t, inputs[t], h, c, run)
        in_order = [steps[t] for t in range(run.steps)]
        return in_order, *self.final(index, in_order, run)

    def final(self, index: int, steps: Sequence[Step[Vector]], run: Run) -> tuple[Vector, Vector]:
        """The state at the end, h and c: that of the last step that was computed, or the initial one."""
        computed = [t for t in self.times(index, run) if self.counts(index, t, run)]
        if not computed:
            return self.initial(index, run)
        return steps[computed[-1]].h, steps[computed[-1]].c

    def advance(
        self, index: int, t: int, x: Vector, h: Vector, c: Vector, run: Run
    ) -> tuple[Step[Vector], Vector, Vector]:
        """Take one step; return it, and the state that the next one is given."""
        if not self.counts(index, t, run):
            return self.skipped(h, c), h, c
        step = self.cells[index].step(x, h, c)
        return step, *self.carried(index, t, self.seen(index, t, step), run)

    def seen(self, index: int, t: int, step: Step[Vector]) -> Step[Vector]:  # noqa: ARG002 (for subclasses)
        """The step as the next one sees it: as computed, or with what is known of it from elsewhere."""
        return step

    def carried(self, index: int, t: int, step: Step[Vector], run: Run) -> tuple[Vector, Vector]:  # noqa: ARG002
        """The state that the next step is given, h and c."""
        return step.h, step.c

    def initial(self, index: int, run: Run) -> tuple[Vector, Vector]:
        """The state before the first step, h and c."""
        return self.vectors.vector(run.h0[index]), self.vectors.vector(run.c0[index])

    def times(self, index: int, run: Run) -> Sequence[int]:
        """The steps in the order in which they are computed."""
        backwards = self.network.reversed(index % self.network.directions)
        return range(run.steps)[::-1] if backwards else range(run.steps)

    def counts(self, index: int, t: int, run: Run) -> bool:
        """Whether a step is computed; where not, the state is held."""
        backwards = self.network.reversed(index % self.network.directions)
        if backwards and self.network.semantics.reverse_from == "buffer":
            return run.mask is None or run.mask[t]
        return run.valid(t)

    def skipped(self, h: Vector, c: Vector) -> Step[Vector]:
        """What a step that does not count shows: no gates, the cell state, and 0 or the last h."""
        if self.network.semantics.padded_output == "zero":
            h = self.zeros(self.network.output_size)
        return Step(None, None, None, None, c, h)

    def zeros(self, width: int) -> Vector:
        """A vector of zeros."""
        return self.vectors.vector([Fraction(0)] * width)
