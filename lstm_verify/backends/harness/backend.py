"""A harness as an implementation under test: any program that speaks the protocol."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lstm_verify.backends.answers import checked
from lstm_verify.backends.base import (
    UNROLLED,
    Observation,
    Options,
    Part,
    Values,
    beyond,
    values_of,
)
from lstm_verify.backends.errors import Misbehaved, Unusable
from lstm_verify.backends.harness.session import Session
from lstm_verify.backends.harness.words import split
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.arithmetic.floats import FloatArithmetic
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.semantics import GATES, PYTORCH
from lstm_verify.lstm.unroll import Unroll


class Harness:
    """See `Backend`. The process is kept from case to case, and started anew where it has been ended."""

    def __init__(self, name: str, words: Sequence[str], options: Options) -> None:
        """Start it, and take its hello for what it is.

        Raises:
            Unusable: it cannot be started, says no hello, or cannot compute in the format asked for.
        """
        self.name = name
        self._words, self._timeout, self._deadline = words, options.timeout, 0.0
        try:
            self._session: Session | None = Session(words, options.timeout)
        except Misbehaved as error:
            raise Unusable(f"{name}: {error}") from None
        self.hello = self._session.hello
        self.form: Format = options.dtype(self.hello.dtypes[0])
        if self.form.name not in self.hello.dtypes:
            can = " or ".join(self.hello.dtypes)
            raise Unusable(f"dtype={self.form.name}: {name} says that it computes in {can}")
        self.accuracy = options.accuracy(Accuracy())

    def refusal(self, network: Network, run: Run) -> str | None:
        """Refuse what the hello does not say that it supports."""
        supported = {*self.hello.supports}
        if self.hello.form == "step":
            supported |= UNROLLED | ({"reverse_activations"} if "activations" in supported else set())
        other = beyond(network, run, supported)
        if other:
            return f"this one has {other}, and its hello does not say that it can do that"
        given = any(x != 0 for state in (run.h0, run.c0) for row in state for x in row)
        if given and not self.hello.initial_state:
            return "its hello says that it takes no initial state, and this one has one"
        return None

    def observe(self, network: Network, runs: Sequence[Run]) -> list[Observation]:
        """Ask for each row; led from step to step, as often as there are steps."""
        observed = self._led if self.hello.form == "step" else self._asked
        found = []
        for row, run in enumerate(runs):
            self._deadline = time.monotonic() + self._timeout
            try:
                found.append(observed(network, run))
            except Misbehaved as error:
                of = f" (row {row + 1} of {len(runs)} of the batch)" if len(runs) > 1 else ""
                raise Misbehaved(f"{error}{of}") from None
        return found

    def close(self) -> None:
        """End the process; it is started anew where it is needed again."""
        if self._session:
            self._session.line.close()
        self._session = None

    def shown(self, network: Network, run: Run) -> Values:
        """Ask for a run, and return the answer in numbers of the format."""
        if self._session is None:
            self._session = Session(self._words, self._timeout)
            if self._session.hello != self.hello:
                self.close()
                raise Misbehaved("started anew, it says another hello than before")
        try:
            (values,) = self._session.ask(network, [run], self.form, self._deadline)
        except BaseException:  # it has been ended
            self._session = None
            raise
        return {place: self.form.rounded(array) for place, array in values.items()}

    def _asked(self, network: Network, run: Run) -> Observation:
        return Observation((Part(self.shown(network, run)),))

    def _led(self, network: Network, run: Run) -> Observation:
        cells = [_Cell(self, network, k) for k in range(len(network.layers))]
        trace = Unroll(network, cells, FloatArithmetic("float64")).trace(run)
        return Observation((Part(values_of(network, trace), fed_back=True),))


@dataclass
class _Cell:
    """A harness that is given one step at a time, in the place of `cell.Cell`."""

    harness: Harness
    network: Network
    index: int

    def __post_init__(self) -> None:
        self.alone = _alone(self.network, self.index)

    def step(self, x: Any, h: Any, c: Any) -> Step[Any]:
        run = Run(np.array([x]), np.array([h]), np.array([c]))
        shown = self.harness.shown(self.alone, run)
        taken = {q: self._taken(q, shown[Place(q)]) for q in (*GATES, "c", "h") if Place(q) in shown}
        i, f, g, o = (taken.get(gate) for gate in GATES)
        return Step(i, f, g, o, taken["c"], taken["h"])

    def _taken(self, quantity: str, values: Any) -> Any:
        return checked(values, self._name(quantity), (1, self.network.width(quantity)))[0]

    def _name(self, quantity: str) -> str:
        return self.network.name(Place(quantity, *divmod(self.index, self.network.directions)))


def _alone(network: Network, index: int) -> Network:
    """Return one layer and direction of a network as a network of its own, run forwards."""
    layer, direction = divmod(index, network.directions)
    between = ("reverse_activations", "dropout", "training", "padded_output", "reverse_from")
    semantics = replace(
        network.semantics,
        activations=network.semantics.in_direction(direction),
        **{name: getattr(PYTORCH, name) for name in between},
    )
    return Network(
        network.layer_inputs(layer),
        network.hidden_size,
        (network.layers[index],),
        network.bias,
        semantics,
        proj_size=network.proj_size,
    )


def make(name: str, target: str, options: Options) -> Harness:
    """Make the backend of a command."""
    return Harness(name, split(target), options)
