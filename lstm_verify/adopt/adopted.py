"""People's own LSTM as a backend: filled, called and read as was found out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from lstm_verify.adopt.calling import Array, Calling
from lstm_verify.adopt.expressions import filled
from lstm_verify.adopt.mapping import Mapped
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.subjects.base import Instance
from lstm_verify.adopt.variant import words
from lstm_verify.adopt.ways import shown
from lstm_verify.backends.base import PLAIN, UNROLLED, Call, Observation, Part, beyond, values_of
from lstm_verify.backends.declared import no_place
from lstm_verify.backends.errors import Misbehaved
from lstm_verify.backends.padding import padded, widened
from lstm_verify.faults.simulate import arrays, row_of, together, whole
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.arithmetic.floats import FloatArithmetic
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.semantics import Semantics
from lstm_verify.lstm.unroll import Unroll

_KEPT = 8
"""So many instances are kept, each of other sizes."""


@dataclass(frozen=True)
class Adopted:
    """Somebody's own LSTM; see `Backend`.

    Attributes:
        make: makes it of certain sizes; not there in what was sent from another process.
        calling, mapped: how it is called, and its parameters filled.
        conditions: what was found by trying, in words to go behind "agrees, if".
        declared: fields of `Semantics` that it is declared to have, whatever a puzzle has.
        fixed: its sizes, where it has been made already.
        per_run: whether it is made for a number of rows or steps.
        calls: in which other ways it can be called.
        documented: what is known from its documentation alone, in words.
        left: names of parameters that are left as they are, though they could be a part of an LSTM.
    """

    name: str
    form: Format
    accuracy: Accuracy
    make: Callable[[Sizes], Instance] | None
    calling: Calling
    mapped: Mapped
    conditions: tuple[str, ...] = ()
    declared: Mapping[str, Any] = field(default_factory=dict)
    fixed: Sizes | None = None
    per_run: bool = False
    calls: frozenset[str] = frozenset()
    left: tuple[str, ...] = ()
    documented: tuple[str, ...] = ()
    instances: dict[tuple[Sizes, int], Instance] = field(default_factory=dict, repr=False)

    @property
    def taken(self) -> tuple[str, ...]:
        """How it is taken, as options that can be pasted behind its name."""
        return f"weights={self.mapped}", f"call={self.calling}"

    @property
    def limits(self) -> tuple[str, ...]:
        """What it cannot be given or asked, in sentences; what needs it is skipped, or judged without."""
        shown = {quantity[0] for slot in self.calling.shown for quantity in (slot.states or (slot.what,))}
        said = [f"it cannot be given {name}" for name in ("h0", "c0") if name in self.lacks]
        said += ["it has no bias"] if "bias" in self.lacks else []
        said += ["it does not show c"] if "c" not in shown else []
        others = "is none of the weights, biases and peepholes that are known"
        return (*said, *(f"{name} is left as it is: it {others}" for name in self.left))

    def __getstate__(self) -> dict[str, Any]:
        """Leave out the code: what is sent to another process can say all but what it computes."""
        return vars(self) | {"make": None, "instances": {}}

    def refusal(self, network: Network, run: Run) -> str | None:
        """Refuse what it has no place for: variants, states and biases that it cannot be given."""
        supported = {*(() if self.calling.whole else UNROLLED), *self._declared()}
        if "c" in self.mapped.fields and "peephole" not in self.declared:
            supported.add("peephole")
        other = beyond(network, run, supported)
        if other:
            kind = f"an LSTM with {words(self.declared)}" if self.declared else "a plain LSTM"
            return f"it is taken for {kind}, and this one has {other}"
        apart = {
            name: value for name, value in self.declared.items() if getattr(network.semantics, name) != value
        }
        if apart and (set(apart) != {"peephole"} or network.semantics.peephole):
            return f"it is declared to have {words(self.declared)}, which does not go with this puzzle"
        return no_place(network, run, self.lacks, self.fixed[:2] if self.fixed else None)

    def _declared(self) -> frozenset[str]:
        """Return the features that it is declared to have."""
        return frozenset(Semantics(**self.declared).departures())

    @property
    def lacks(self) -> frozenset[str]:
        """What it has no place for: h0, c0, bias."""
        states = {f"{quantity}0" for quantity in "hc" if quantity not in self.calling.takes}
        has_bias = any(name.startswith("bias") for name in self.mapped.fields)
        return frozenset(states | (set() if has_bias else {"bias"}))

    def observe(self, network: Network, runs: Sequence[Run], call: Call = PLAIN) -> list[Observation]:
        """Run the rows of one batch: together where it takes several rows."""
        network = replace(network, head=None)  # what stands behind the LSTM is not its own
        if self.calling.whole:
            groups = [runs] if self.calling.rows else [[run] for run in runs]
            return [seen for group in groups for seen in self._sequences(network, group, call)]
        if self.calling.rows and whole(network, runs):
            found = arrays(network, self._led(network, len(runs), call).trace(together(runs)))
            shown_at = {place: v for place, v in found.items() if place.quantity in ("h", "c")}
            rows = [row_of(shown_at, row, len(runs)) for row in range(len(runs))]
            return [Observation((Part(values, fed_back=True),)) for values in rows]
        return [self._one_row(network, run, call) for run in runs]

    def _one_row(self, network: Network, run: Run, call: Call) -> Observation:
        trace = self._led(network, 1, call).trace(run)
        return Observation((Part(values_of(network, trace), fed_back=True),))

    def _led(self, network: Network, rows: int, call: Call) -> Unroll[Any]:
        cells = [_Cell(self, network, k, rows, call) for k in range(len(network.layers))]
        return Unroll(network, cells, FloatArithmetic(self.form.name))

    def _sequences(self, network: Network, runs: Sequence[Run], call: Call) -> list[Observation]:
        """Run whole sequences, and take from what is shown what the network has."""
        instance = self._filled(network, 0, len(runs), runs[0].steps)
        values = {"x": np.stack([np.asarray(run.inputs, dtype=float) for run in runs])}
        if call.state:
            values["h"] = np.stack([np.asarray(run.h0[0], dtype=float) for run in runs])
            values["c"] = np.stack([np.asarray(run.c0[0], dtype=float) for run in runs])
        found = self._shown(instance, values, network)
        if not found.keys() & {"h", "c"}:
            found |= self._by_prefixes(instance, values, network)
        return [
            Observation((Part({Place(q): np.atleast_2d(array[row]) for q, array in found.items()}),))
            for row in range(len(runs))
        ]

    def _by_prefixes(
        self, instance: Instance, values: Mapping[str, Array], network: Network
    ) -> dict[str, Array]:
        """Return h, and c, of every step of what shows the last one alone: it is run up to each."""
        steps = values["x"].shape[1]
        ends = [
            self._shown(instance, {**values, "x": values["x"][:, :t]}, network) for t in range(1, steps + 1)
        ]
        return {q[0]: np.stack([end[q] for end in ends], axis=1) for q in ends[0]}

    def _shown(self, instance: Instance, values: Mapping[str, Array], network: Network) -> dict[str, Array]:
        """Call it on arrays that are as large as it is, and cut off what was added."""
        rows, units = len(values["x"]), self._units(network)
        wide = {"x": self.fixed.inputs if self.fixed else 0, "h": units, "c": units}
        given = {name: widened(array, array.ndim - 1, wide[name]) for name, array in values.items()}
        found = shown(instance, self.calling, given)
        for quantity, array in found.items():
            expected = (rows, *([values["x"].shape[1]] if array.ndim == 3 else []), units)
            if array.shape != expected:
                raise Misbehaved(f"{quantity} has the shape {list(array.shape)}; expected {list(expected)}")
        return {q: array[..., : network.hidden_size] for q, array in found.items()}

    def _units(self, network: Network) -> int:
        """Return how many units the instance has that is used for a network."""
        return self.fixed.units if self.fixed else network.hidden_size

    def _filled(self, network: Network, index: int, rows: int, steps: int) -> Instance:
        """Return an instance that has the weights of a layer; the same one as before where its sizes are."""
        assert self.make is not None
        weights = network.layers[index]
        inputs = len(weights.weight_ih[0]) if not self.fixed else self.fixed.inputs
        units = self._units(network)
        key = Sizes(inputs, units, *((rows, steps) if self.per_run else (1, 1))), index
        if key not in self.instances:
            if len(self.instances) >= _KEPT:
                self.instances.clear()
            self.instances[key] = self.make(Sizes(inputs, units, rows, steps))
        instance = self.instances[key]
        instance.fill(filled(self.mapped.expressions, padded(weights, inputs, units)))
        return instance


@dataclass
class _Cell:
    """One step of it, in the place of `cell.Cell`: it shows no gates."""

    code: Adopted
    network: Network
    index: int
    rows: int
    call: Call

    def __post_init__(self) -> None:
        self.instance = self._filled()

    def _filled(self) -> Instance:
        return self.code._filled(self.network, self.index, self.rows, 1)  # noqa: SLF001 (a part of it)

    def step(self, x: Any, h: Any, c: Any) -> Step[Any]:
        values = {"x": np.reshape(x, (self.rows, -1))}
        if self.call.state:
            values |= {"h": np.reshape(h, (self.rows, -1)), "c": np.reshape(c, (self.rows, -1))}
        self.call = replace(self.call, state=True)  # after the first step there is one
        if self.code.fixed and len(self.network.layers) > 1:  # there is one object for all layers
            self.instance = self._filled()
        found = self.code._shown(self.instance, values, self.network)  # noqa: SLF001 (a part of it)
        shape = np.shape(h)
        return Step(None, None, None, None, found["c"].reshape(shape), found["h"].reshape(shape))
