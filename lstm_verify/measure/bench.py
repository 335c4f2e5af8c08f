"""One layer of many units, each with an input of its own, as a bench for many numbers at once.

The z of a gate that reads the inputs is 1·x + 0 + 0 + …: the input exactly, in whatever order it is
summed. So a row of a batch asks about as many numbers as there are units.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.base import Backend, Part
from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.network import Network, Place, Run, Weights
from lstm_verify.lstm.semantics import GATES

Array = NDArray[np.float64]

Held = Mapping[str, float | Array]
"""Gate -> its z, of every unit or [units]; 0 where none is given."""


@dataclass(frozen=True)
class Shown:
    """The state after the last step, [n], as one way of running showed it; None where it did not."""

    c: Array | None
    h: Array | None


@dataclass(frozen=True)
class Bench:
    """An implementation, and how much it is asked at once.

    Attributes:
        units: of the layer: 64 or more, for `places` asks so many in one go. More are quicker where it runs
            whole batches, and slower where every row is given the weights anew.
        rows: of a batch.
    """

    backend: Backend
    units: int = 128
    rows: int = 128

    def __post_init__(self) -> None:
        """Raise Unusable where it takes no plain LSTM."""
        reason = self.backend.refusal(self.layer(), self._runs(np.zeros((1, 1, 1)), np.zeros(1))[0])
        if reason:
            raise Unusable(f"{self.backend.name} cannot be measured: {reason}")

    @cached_property
    def takes_c0(self) -> bool:
        """Whether c can be given."""
        return self.backend.refusal(self.layer(), self._runs(np.zeros((1, 1, 1)), np.ones(1))[0]) is None

    @cached_property
    def shows_c(self) -> bool:
        """Whether c is shown, at least at the end."""
        return any(shown.c is not None for shown in self.ask(self.layer(), np.zeros(1)))

    @cached_property
    def growing(self) -> int:
        """How many steps c grows by 1 until tanh(c) is 1, and some more."""
        return math.ceil(math.log(2) * (self.backend.form.precision + 2) / 2) + 3

    def layer(self, reads: str = "", held: Held | None = None, first: float = 0.0) -> Network:
        """Return the layer.

        Args:
            reads: the gate that reads the inputs.
            held: what the others are held at.
            first: z of g in a first step that is marked as such.
        """
        size = self.units
        rows = {gate: np.zeros((size, size + 1)) for gate in GATES}
        if reads:
            rows[reads][:, :size] = np.eye(size)
        rows["g"][:, size] = first
        bias = np.concatenate([np.zeros(size) + (held or {}).get(gate, 0.0) for gate in GATES])
        matrices = np.concatenate([rows[gate] for gate in GATES]), np.zeros((4 * size, size))
        return Network(size + 1, size, (Weights(*matrices, bias, np.zeros(4 * size)),))

    def ask(
        self, layer: Network, x: Array, c0: Array | float = 0.0, *, before: int = 0, again: int = 0
    ) -> list[Shown]:
        """Ask about numbers, as many as there are, and return what was shown of each after the last step.

        Args:
            x: [n], what the gate reads in the last step.
            c0: [n] or of all.
            before: so many steps come first, with inputs of 0; they are marked by the last input.
            again: so many steps with the same inputs come first.
        """
        laid = self._laid(x)[:, None]
        inputs = np.concatenate([np.repeat(0 * laid, before, axis=1), np.repeat(laid, again + 1, axis=1)], 1)
        runs = self._runs(inputs, self._laid(np.zeros(len(x)) + c0), before)
        seen = [
            observation
            for start in range(0, len(runs), self.rows)
            for observation in self.backend.observe(layer, runs[start : start + self.rows])
        ]
        ways = range(len(seen[0].parts))
        return [Shown(*(_joined([o.parts[k] for o in seen], q, len(x)) for q in "ch")) for k in ways]

    def _laid(self, numbers: Array) -> Array:
        """Lay numbers out in rows of units, [rows, units]; the last row is filled up."""
        return np.concatenate([numbers, np.full(-len(numbers) % self.units, numbers[-1])]).reshape(
            -1, self.units
        )

    def _runs(self, inputs: Array, c0: Array, before: int = 0) -> list[Run]:
        """Return a run for each row of inputs [rows, steps, units] and c0 [rows, units]."""
        rows, steps, _ = inputs.shape
        inputs = np.broadcast_to(inputs, (rows, steps, self.units))
        mark = np.broadcast_to((np.arange(steps) < before).astype(np.float64)[:, None], (rows, steps, 1))
        whole = np.concatenate([inputs, mark], axis=2)
        zero = np.zeros((1, self.units))
        return [
            Run(row, zero, zero + c)
            for row, c in zip(whole, np.broadcast_to(c0, (rows, *c0.shape[1:])), strict=True)
        ]


def _joined(parts: list[Part], quantity: str, count: int) -> Array | None:
    """Return h or c after the last step, of all rows, [n]; None where it is not shown."""
    for name in (Place(quantity), Place(f"{quantity}_n")):
        if all(name in part.values for part in parts):
            return np.concatenate([part.values[name][-1] for part in parts])[:count]
    return None
