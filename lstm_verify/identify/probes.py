"""What code is asked: small networks and what they are run on, the same ones each time.

All sizes are the same, so that no shape tells rows from columns, or steps from inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from lstm_verify.backends.base import Array, Backend, Observation, Part, asked_of
from lstm_verify.backends.errors import Misbehaved
from lstm_verify.faults.diagnosis.sighting import Sighting
from lstm_verify.identify.hypothesis import Hypothesis
from lstm_verify.lstm.network import Network, Place, Run, Weights

SIZE = 4
"""Of everything: inputs, units, steps and rows."""

FULL = 200.0
"""The c that is left to decay, so that any limit of it shows."""

DECAY = 12
"""So many steps it takes until a c that halves each step is small again."""

ROOM = 2.0**10
"""So many roundoffs a few steps may add up to, at most."""

HALF = 1e-2
"""Half precision is given no more room than this."""


def numbers(seed: int, *shape: int, low: float = 0.0, high: float = 1.0) -> Array:
    """Return random numbers of either sign, their sizes between low and high; the same for the same seed."""
    rng = np.random.default_rng(seed)
    return rng.uniform(low, high, shape) * rng.choice([-1.0, 1.0], shape)


def plain(**given: Any) -> Network:
    """Return a network of one layer: the tensors that are given, all else 0; and no more than that of it."""
    rows, no_bias = np.zeros((4 * SIZE, SIZE)), np.zeros(4 * SIZE)
    tensors = {"weight_ih": rows, "weight_hh": rows, "bias_ih": no_bias, "bias_hh": no_bias}
    names = [name for name in given if name.startswith(("weight", "bias_"))]
    weights = Weights(**(tensors | {name: given.pop(name) for name in names}))
    return Network(SIZE, SIZE, (weights,), **given)


def rows_of(seed: int, rows: int = SIZE, steps: int = SIZE, states: int = 1) -> list[Run]:
    """Return runs with random inputs and states."""
    return [
        Run(
            numbers(seed + 3 * row, steps, SIZE),
            numbers(seed + 3 * row + 1, states, SIZE, high=0.4),
            numbers(seed + 3 * row + 2, states, SIZE, high=0.4),
        )
        for row in range(rows)
    ]


def diagonal(seed: int, low: float, high: float) -> Array:
    """Return a diagonal matrix for each gate: it is the same read by rows and by columns, [4·4, 4]."""
    return np.concatenate([np.diag(row) for row in numbers(seed, 4, SIZE, low=low, high=high)])


def dense(seed: int = 100) -> dict[str, Array]:
    """Return all tensors of one layer, no two numbers alike."""
    return {
        "weight_ih": numbers(seed, 4 * SIZE, SIZE, low=0.05, high=0.7),
        "weight_hh": numbers(seed + 1, 4 * SIZE, SIZE, low=0.05, high=0.7),
        "bias_ih": numbers(seed + 2, 4 * SIZE, low=0.05, high=0.4),
        "bias_hh": numbers(seed + 3, 4 * SIZE, low=0.05, high=0.4),
    }


@dataclass
class Asked:
    """An implementation, and what it showed of what it was asked.

    Attributes:
        near: what is no farther from what code would show is what it shows.
        seen: everything so far, by the name of the probe.
    """

    backend: Backend
    near: float
    seen: dict[str, Sighting] = field(default_factory=dict)

    def sighting(self, name: str, network: Network, runs: Sequence[Run]) -> Sighting:
        """Ask, unless it was asked before.

        Raises:
            Exception: whatever the implementation raises.
        """
        if name not in self.seen:
            form = self.backend.form
            given = network.map(form.rounded)
            rows = [run.map(form.rounded) for run in runs]
            observed = self.backend.observe(given, rows)
            found = Sighting(name, given, rows, observed, form, self.backend.accuracy)
            if not found.formed:
                raise Misbehaved("what it shows has another shape than it should have")
            self.seen[name] = found
        return self.seen[name]

    def refusal(self) -> str | None:
        """Return why it takes no plain LSTM, or None.

        What has no place for biases or a state is asked all the same: it will be seen not to use them.
        """
        network = plain(**{name: tensor for name, tensor in dense().items() if name.startswith("weight")})
        still = rows_of(200, 1)[0].map(np.zeros_like)
        return self.backend.refusal(asked_of(self.backend, network), still)

    @cached_property
    def base(self) -> Sighting:
        """All weights, one row: what the effect of a change is measured from."""
        return self.sighting("base", plain(**dense()), rows_of(200, 1))

    @cached_property
    def fed_back(self) -> bool:
        """Whether it is led from step to step, so that time and layers are not its own."""
        return all(part.fed_back for part in self.base.observations[0].parts)

    @cached_property
    def shows_c(self) -> bool:
        """Whether it shows c at every step."""
        return any(Place("c") in part.values for part in self.base.observations[0].parts)

    def part(self, observation: Observation) -> Part:
        """Return what shows the most: h and c of every step where there is such."""
        return max(observation.parts, key=lambda part: len({Place("h"), Place("c")} & {*part.values}))

    def distance(self, hypothesis: Hypothesis, sighting: Sighting) -> float:
        """Return how far what was shown is from what such code would show."""
        return sighting.distance(hypothesis.form(fed_back=self.fed_back))

    def fits(self, hypothesis: Hypothesis, sighting: Sighting) -> bool:
        """Tell whether such code would show this."""
        return self.distance(hypothesis, sighting) <= self.near

    def moderate(self) -> Sighting:
        """Ask about small z and c, which nothing clips; nothing but the inputs and c counts."""
        return self.sighting("moderate", plain(weight_ih=diagonal(300, 0.35, 0.9)), _uniform(310, 0.4, 1.0))

    def large(self) -> Sighting:
        """Ask about z of all sizes."""
        return self.sighting("large", plain(weight_ih=diagonal(400, 0.5, 1.0)), _uniform(410, 0.5, 24.0, 6))

    def decay(self, *, given: bool) -> Sighting:
        """Ask how c decays from a large one; where no c can be given, one that has grown for six steps.

        In the first row all gates are ½ while it decays, but for a forget bias; in the second they are not.
        """
        still = np.zeros((DECAY, SIZE))
        start = np.array([[FULL, -FULL, FULL / 7, -FULL / 50]])
        zero = np.zeros((1, SIZE))
        moving = np.repeat(numbers(430, DECAY, 1, low=0.4, high=1.0), SIZE, axis=1)
        if given:
            runs = [Run(still, start, start), Run(moving, start, start)]
            return self.sighting("decay", plain(weight_ih=diagonal(300, 0.35, 0.9)), runs)
        still[: DECAY // 2] = 2
        runs = [Run(still, zero, zero), Run(still + moving, zero, zero)]
        return self.sighting("grown", plain(weight_ih=np.concatenate([np.eye(SIZE)] * 4)), runs)

    def changed(self, name: str) -> Sighting:
        """Ask about the base with one of its tensors, or of its states, changed; or "again"."""
        base = self.base
        if name == "again":
            return self.sighting(name, base.network, base.runs)
        if name in ("inputs", "h0", "c0"):
            values = np.array(getattr(base.runs[0], name))
            values[(1, 2) if name == "inputs" else ...] += 0.25
            changed: dict[str, Any] = {name: values}
            return self.sighting(f"{name} changed", base.network, [replace(base.runs[0], **changed)])
        weights = base.network.layers[0]
        other = replace(weights, **{name: dense(150)[name]})
        return self.sighting(f"{name} changed", replace(base.network, layers=(other,)), base.runs)


def _uniform(seed: int, low: float, high: float, rows: int = 3) -> list[Run]:
    """Return runs in which every input of a step is the same: then a diagonal tells each unit its own z."""
    sizes = numbers(seed, rows, SIZE, low=low, high=high)
    return [
        replace(run, inputs=np.repeat(sizes[row][:, None], SIZE, axis=1))
        for row, run in enumerate(rows_of(seed + 1, rows))
    ]
