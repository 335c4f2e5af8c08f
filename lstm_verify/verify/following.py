"""A network that follows an implementation, step by step, from what the implementation showed.

Each step is given the h that the implementation itself showed one step before, and the c where
that is known; a layer is given what the layer below showed, where it did. What is not shown is
carried along as computed. So a step says what the implementation should have shown *next*, and
one wrong step spoils no other.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from lstm_verify.backends.base import Array, Part
from lstm_verify.lstm.arithmetic.base import Following, Vector
from lstm_verify.lstm.cell import Cell, Step
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.readings import head
from lstm_verify.lstm.unroll import Unroll


class Follower(Unroll[Vector]):
    """The network, what was shown taking the place of what was computed.

    Its methods that follow are `seen` and `outputs`: they can be put before those of any subclass
    of `Unroll` that says how a network goes on, `Follower` first.
    """

    def __init__(
        self,
        network: Network,
        part: Part,
        arithmetic: Following[Vector],
        cell: type[Cell[Any]] = Cell,
        *,
        trusts_c: bool = False,
    ) -> None:
        """Follow one part of what an implementation showed.

        Args:
            cell: of the network that follows.
            trusts_c: whether a c that was shown, yet not fed back by us, is what the implementation
                itself went on with; to prove something, it is not known to be.
        """
        cells = [cell(network, arithmetic, k) for k in range(len(network.layers))]  # type: ignore[arg-type]
        super().__init__(network, cells, arithmetic, head(network, arithmetic))  # type: ignore[arg-type]
        self.part = part
        self.arithmetic = arithmetic
        self.trusts_c = trusts_c or part.fed_back

    def shown(self, quantity: str, index: int) -> Array | None:
        """Return what was shown of a quantity, [steps, n], or None."""
        return self.part.values.get(Place(quantity, *divmod(index, self.network.directions)))

    def known(self, index: int) -> list[Array | None]:
        """Return the h and the c, [steps, n] each, that the steps of a layer and direction are given."""
        return [self.shown("h", index), self.shown("c", index) if self.trusts_c else None]

    def seen(self, index: int, t: int, step: Step[Vector]) -> Step[Vector]:
        """The step as the next one sees it: with the h and c that were shown."""
        h, c = self.known(index)
        return step._replace(
            h=step.h if h is None else self.arithmetic.shown(h[t]),
            c=step.c if c is None else self.arithmetic.shown(c[t]),
        )

    def inputs(self, run: Run) -> list[Vector]:
        """What the first layer is given at each step, made in one go."""
        if super().inputs.__func__ is not Unroll.inputs:  # type: ignore[attr-defined]
            return super().inputs(run)
        inputs = self.arithmetic.vector(run.inputs)
        return [inputs[t] for t in range(run.steps)]

    def direction(
        self, index: int, inputs: Sequence[Vector], run: Run
    ) -> tuple[list[Step[Vector]], Vector, Vector]:
        """Run one layer in one direction; the state at the end is what its last step gives."""
        h, c = (state is not None for state in self.known(index))
        usual = self.as_usual and all(self.counts(index, t, run) for t in range(run.steps))
        if usual and h and c:
            steps = self.at_once(index, inputs, run)
        elif usual and h and type(self.cells[index]) is Cell and self.network.semantics.peephole is None:
            steps = self.gates_at_once(index, inputs, run)
        else:
            return super().direction(index, inputs, run)
        return steps, *self.final(index, steps, run)

    @cached_property
    def as_usual(self) -> bool:
        """Whether a step is given what the step before showed, and nothing else decides about it."""
        methods = ("advance", "carried", "initial")
        usual = all(getattr(type(self), name) is getattr(Unroll, name) for name in methods)
        return usual and super().direction.__func__ is Unroll.direction  # type: ignore[attr-defined]

    def at_once(self, index: int, inputs: Sequence[Vector], run: Run) -> list[Step[Vector]]:
        """Take all steps as the rows of one batch, as every state is known."""
        initial = (run.h0[index], run.c0[index])
        before = [self.before(index, *states, run) for states in zip(initial, self.known(index), strict=True)]
        step = self.cells[index].step(self.arithmetic.stacked(inputs), *before)
        return [Step(*(quantity[t] for quantity in step)) for t in range(run.steps)]  # type: ignore[index]

    def gates_at_once(self, index: int, inputs: Sequence[Vector], run: Run) -> list[Step[Vector]]:
        """Take the gates of all steps as the rows of one batch, as every h is known; then c step by step.

        No gate may hang on c, as with a peephole, and the equations must be those of `Cell.step`.
        """
        cell: Any = self.cells[index]
        x = self.arithmetic.stacked(inputs)
        h = self.before(index, run.h0[index], self.known(index)[0], run)
        c: Any = self.arithmetic.vector(run.c0[index])
        i, f = cell.input_and_forget(x, h, c)
        g, o = cell.gate("g", x, h, c), cell.gate("o", x, h, c)
        states = {}
        for t in self.times(index, run):
            states[t] = c = cell.cell_state(i[t], f[t], g[t], c)
        new = self.arithmetic.stacked([states[t] for t in range(run.steps)])
        quantities = i, f, g, o, new, cell.projection(cell.hidden_state(o, new))
        return [Step(*(quantity[t] for quantity in quantities)) for t in range(run.steps)]

    def before(self, index: int, initial: Any, after: Array | None, run: Run) -> Vector:
        """Return the state that each step is given, as the rows of a batch, of the one that each has left."""
        assert after is not None
        times = list(self.times(index, run))
        states = np.empty_like(after)
        states[times[0]], states[times[1:]] = initial, after[times[:-1]]
        return self.arithmetic.shown(states)

    def outputs(self, layer: int, directions: Sequence[Sequence[Step[Vector]]]) -> list[Vector]:
        """What a layer gives to the next: what it showed, where it did."""
        indices = [self.network.index(layer, direction) for direction in range(len(directions))]
        seen = [
            [self.seen(index, t, step) for t, step in enumerate(steps)]
            for index, steps in zip(indices, directions, strict=True)
        ]
        return super().outputs(layer, seen)
