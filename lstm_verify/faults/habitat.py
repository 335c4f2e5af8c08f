"""Random networks on which a fault shows: no puzzle ships them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np

from lstm_verify.faults.base import Fault, Form
from lstm_verify.faults.needs import NEEDS
from lstm_verify.lstm.network import FORWARD, Head, Network, Run, Weights
from lstm_verify.lstm.semantics import Semantics

SIZES: Mapping[str, Any] = {
    "inputs": 3,
    "hidden": 4,
    "steps": 6,
    "rows": 1,
    "layers": 1,
    "direction": FORWARD,
    "proj": 0,
    "outputs": 0,
    "bias": True,
}
"""The sizes of a plan, with those that hold unless others are planned."""

CHANCE: Mapping[str, Any] = {
    "scale": 1.2,
    "input_scale": 1.5,
    "state_scale": 0.9,
    "state": True,
    "c0": True,
    "square": False,
    "lengths": False,
    "empty": False,
    "mask": False,
}
"""How the numbers of a plan are drawn.

scale, input_scale, state_scale: the largest absolute weight, input, and number of h0 and c0; state: whether
there is an initial state; c0: whether it has a c; square: as many inputs as an upper layer has, or the
recurrence; lengths, empty, mask: whether rows are shorter than their buffer, one of them empty, or have
masked steps.
"""

SEMANTICS = tuple(field.name for field in fields(Semantics))


def plan(fault: Fault, form: Form) -> dict[str, Any]:
    """Return what a network must be like to show a form of a fault.

    Returns:
        Names of `SIZES`, of `CHANCE` and of fields of `Semantics`, with their values.
    """
    made: dict[str, Any] = {}
    for need in (*fault.needs, *form.needs):
        made |= NEEDS[need].plan
    return made | dict(fault.plan) | dict(form.plan)


def draw(planned: Mapping[str, Any], seed: int) -> tuple[Network, list[Run]]:
    """Draw a network and the rows of a batch to run it on, all numbers evenly from ± their scale.

    Raises:
        KeyError: something is planned that there is not.
    """
    unknown = planned.keys() - {*SIZES, *CHANCE, *SEMANTICS}
    if unknown:
        raise KeyError(f"a plan has no {', '.join(sorted(unknown))}")
    random = np.random.default_rng(seed)
    size, chance = {**SIZES, **planned}, {**CHANCE, **planned}
    variant = Semantics(**{name: planned[name] for name in SEMANTICS if name in planned})
    bare = Network(
        size["inputs"],
        size["hidden"],
        (),
        size["bias"],
        variant,
        size["layers"],
        size["direction"],
        size["proj"],
    )
    if chance["square"]:
        bare = replace(bare, input_size=bare.layer_inputs(1) if bare.num_layers > 1 else bare.output_size)

    def tensor(scale: float, *shape: int) -> Any:
        return random.uniform(-scale, scale, shape)

    layers = tuple(
        _layer(bare, layer, lambda *shape: tensor(chance["scale"], *shape))
        for layer in range(bare.num_layers)
        for _ in range(bare.directions)
    )
    head = None
    if size["outputs"]:
        width = bare.directions * bare.output_size
        head = Head(tensor(1, size["outputs"], width), tensor(1, size["outputs"]))
    network = replace(bare, layers=layers, head=head)
    return network, [_run(network, size, chance, random, row) for row in range(size["rows"])]


def _layer(network: Network, layer: int, tensor: Any) -> Weights:
    drawn = {name: tensor(*shape) for name, shape in network.shapes(layer).items()}
    none = {} if network.bias else {name: 0 * drawn[name] for name in ("bias_ih", "bias_hh")}
    return Weights(**drawn | none)


def _run(
    network: Network,
    size: Mapping[str, Any],
    chance: Mapping[str, Any],
    random: np.random.Generator,
    row: int,
) -> Run:
    steps, several = size["steps"], len(network.layers)
    scale = chance["state"] * chance["state_scale"]
    length, mask = None, None
    if chance["lengths"]:
        length = steps - (1 + row) % size["rows"] * 2 % steps  # unsorted, and one row fills its buffer
    if chance["empty"] and row == 1:
        length = 0
    if chance["mask"]:
        mask = tuple(step not in {0, 2 + row % 2} for step in range(steps))  # a gap, and padding on the left
    return Run(
        random.uniform(-1, 1, (steps, network.input_size)) * chance["input_scale"],
        random.uniform(-1, 1, (several, network.output_size)) * scale,
        random.uniform(-1, 1, (several, network.hidden_size)) * scale * chance["c0"],
        length,
        mask,
    )
