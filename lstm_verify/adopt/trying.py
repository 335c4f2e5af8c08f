"""One way of making an implementation, and what it shows when it is called and filled in some way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np

from lstm_verify.adopt.calling import Array, Calling
from lstm_verify.adopt.expressions import filled
from lstm_verify.adopt.mapping import Mapped
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.subjects.base import Instance
from lstm_verify.adopt.ways import shown
from lstm_verify.faults.simulate import HONEST
from lstm_verify.faults.simulate import shown as computed
from lstm_verify.identify.probes import HALF, ROOM
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Place, Run, Weights
from lstm_verify.lstm.semantics import Semantics


@dataclass
class Trial:
    """One way of making it, at the sizes that it is looked at with."""

    make: Callable[[Sizes], Instance]
    sizes: Sizes
    ways: list[Mapped]
    left: tuple[str, ...] = ()

    def sizes_of(self, calling: Calling) -> Sizes:
        """Return the sizes at which it is called: with one row, where it takes but one."""
        return self.sizes if calling.rows else self.sizes._replace(rows=1)


def behaves(trial: Trial, calling: Calling) -> bool:
    """Tell whether what is shown depends on the inputs as it must, whatever the weights are.

    One row's input changes that row alone; over a sequence, that step and those after it.
    """
    sizes = trial.sizes_of(calling)
    values = moderate(calling, sizes)
    changed = dict(values, x=values["x"].copy())
    changed["x"][(0, 1) if calling.whole else 0] += 0.5
    try:
        seen = [_ask(trial, calling, trial.ways[0], sizes, v) for v in (values, changed)]
    except Exception:  # noqa: BLE001 (then it is not called like this)
        return False
    quantity = "h" if "h" in seen[0] else "h_n"
    moved = seen[0][quantity] != seen[1][quantity]
    if moved[1:].any():
        return False
    per_step = moved[0].any(axis=-1)
    return (
        bool(not per_step[0] and per_step[1:].all())
        if quantity == "h" and calling.whole
        else bool(per_step.any())
    )


def fits(trial: Trial, calling: Calling, mapped: Mapped, form: Format, declared: Mapping[str, Any]) -> bool:
    """Tell whether it computes what an LSTM must, called and filled like this."""
    sizes = trial.sizes_of(calling)
    values = moderate(calling, sizes)
    try:
        seen = _ask(trial, calling, mapped, sizes, values)
    except Exception:  # noqa: BLE001 (then it is not called like this)
        return False
    network = probe(sizes, mapped.fields, declared)
    none = np.zeros((sizes.rows, sizes.units))
    inputs = values["x"] if calling.whole else values["x"][:, None]
    h0, c0 = values.get("h", none), values.get("c", none)
    runs = [
        Run(form.rounded(x), form.rounded(h[None]), form.rounded(c[None]))
        for x, h, c in zip(inputs, h0, c0, strict=True)
    ]
    right = computed(HONEST, network.map(form.rounded), runs)
    near = min(HALF, ROOM * form.roundoff)
    for quantity, array in seen.items():
        expected = right[Place(quantity)]
        wanted = expected if array.ndim == 3 else expected[:, -1]
        if array.shape != wanted.shape or not np.all(np.abs(array - wanted) <= near):
            return False
    return True


def reads_inputs_there(trial: Trial, calling: Calling, mapped: Mapped) -> bool:
    """Tell whether inputs change nothing where all weights that they are multiplied with are 0."""
    sizes = trial.sizes_of(calling)
    values = moderate(calling, sizes)
    layer = probe(sizes, mapped.fields).layers[0]
    weights = replace(layer, weight_ih=0 * np.asarray(layer.weight_ih))
    seen = []
    for x in (values["x"], 1 - values["x"]):
        instance = trial.make(sizes)
        instance.fill(filled(mapped.expressions, weights))
        try:
            seen.append(shown(instance, calling, values | {"x": x}))
        except Exception:  # noqa: BLE001 (then this tells nothing)
            return True
    return all(np.array_equal(seen[0][q], seen[1][q], equal_nan=True) for q in seen[0])


def _ask(
    trial: Trial, calling: Calling, mapped: Mapped, sizes: Sizes, values: Mapping[str, Array]
) -> dict[str, Array]:
    instance = trial.make(sizes)
    fill(instance, mapped, sizes)
    return shown(instance, calling, values)


def fill(instance: Instance, mapped: Mapped, sizes: Sizes) -> None:
    """Give it weights that all count."""
    instance.fill(filled(mapped.expressions, probe(sizes, mapped.fields).layers[0]))


def moderate(calling: Calling, sizes: Sizes) -> dict[str, Array]:
    """Return inputs, and the states that it takes, all of moderate size."""
    return dict(_moderate(sizes, calling.takes, whole=calling.whole))


@cache  # drawing takes longer than most of what is called
def _moderate(sizes: Sizes, takes: frozenset[str], *, whole: bool) -> dict[str, Array]:
    rng = np.random.default_rng(7)
    shape = (sizes.rows, sizes.steps, sizes.inputs) if whole else (sizes.rows, sizes.inputs)
    values = {"x": rng.uniform(-1, 1, shape)}
    return values | {q: rng.uniform(-0.8, 0.8, (sizes.rows, sizes.units)) for q in "hc" if q in takes}


def probe(sizes: Sizes, fields: frozenset[str], declared: Mapping[str, Any] | None = None) -> Network:
    """Return a network of which every weight counts, but those that an implementation has no place for."""
    weights = _drawn(sizes, bias=any(name.startswith("bias") for name in fields))
    semantics = Semantics(**{k: v for k, v in (declared or {}).items() if k != "peephole"})
    return Network(sizes.inputs, sizes.units, (weights,), semantics=semantics)


@cache  # as above
def _drawn(sizes: Sizes, *, bias: bool) -> Weights:
    rng = np.random.default_rng(11)
    rows = 4 * sizes.units
    draw = {
        "weight_ih": rng.uniform(-0.9, 0.9, (rows, sizes.inputs)),
        "weight_hh": rng.uniform(-0.9, 0.9, (rows, sizes.units)),
        "bias_ih": rng.uniform(-0.7, 0.7, rows),
        "bias_hh": rng.uniform(-0.7, 0.7, rows),
    }
    if not bias:
        draw |= {"bias_ih": np.zeros(rows), "bias_hh": np.zeros(rows)}
    return Weights(**draw)
