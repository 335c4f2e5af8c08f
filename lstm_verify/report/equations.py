"""A puzzle's network written out: one line a gate and unit, with its hand rule."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import GATES
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.report.writing import (
    WIDTH,
    Layer,
    affine,
    numbered,
    plain,
    read_off,
    together,
    unit_name,
    written_sum,
)

RULES = {
    "step": "taken as 0 or 1, by the sign",
    "linear": "taken as its argument",
    "sign": "taken as −1 or 1, by the sign",
}
"""Hand rule -> what it does to σ or tanh; `exact` takes them as they are."""

FORMULAS = {
    "relu": "relu(z) = max(0, z)",
    "hard_tanh": "hard_tanh(z) = max(−1, min(1, z))",
    "softsign": "softsign(z) = z / (1 + |z|)",
    "hard_sigmoid": "hard_sigmoid(z, α, β) = max(0, min(1, α·z + β))",
    "leaky_relu": "leaky_relu(z, α) = max(z, α·z)",
    "scaled_tanh": "scaled_tanh(z, α, β) = α·tanh(β·z)",
}
"""Activation -> what it is, for those that are not σ, tanh or the identity."""


class Line(NamedTuple):
    """An equation, and in words what it is taken for by hand."""

    formula: str
    rule: str = ""


class Block(NamedTuple):
    """Equations that belong together, under a heading where there are several blocks.

    Attributes:
        before: the time of each h on the right: one step before t, backwards t+1; or the step t itself;
            "" where nothing is of a step.
    """

    heading: str
    lines: list[Line]
    before: str


def layers(puzzle: Puzzle) -> list[Layer]:
    """Return the layers and directions of a puzzle's network, in their order."""
    return [Layer(puzzle, k) for k in range(len(puzzle.network.layers))]


def equations(puzzle: Puzzle, units: int) -> Iterator[str]:
    """Write the network out as text, layer by layer; of each gate the first units."""
    for block in blocks(puzzle, units):
        if block.heading:
            yield f"{block.heading}:"
        width = max(len(line.formula) for line in block.lines)
        for formula, rule in block.lines:
            yield (f"{formula.ljust(min(width, WIDTH - 46))}   {rule}" if rule else formula).rstrip()
    if remark := left_out(puzzle, units):
        yield remark


def left_out(puzzle: Puzzle, units: int) -> str:
    """Say that there are more units than are written out; "" where there are none."""
    hidden = puzzle.network.hidden_size
    return f"(units: the first {units} of {hidden})" if hidden > units else ""


def blocks(puzzle: Puzzle, units: int) -> Iterator[Block]:
    """Return the network's equations, layer by layer, and what is made of its states."""
    for index, layer in enumerate(layers(puzzle)):
        lines = [*_gates(puzzle, layer, index, units), *_states(puzzle, layer, index)]
        before = "t+1" if layer.network.reversed(layer.direction) else "t-1"
        yield Block(f"{layer.heading}{_below(layer)}", lines, before)
    definitions = [*_activations(puzzle), *_normalisation(puzzle)]
    if definitions:
        yield Block("", definitions, "")
    made = [*_head(puzzle), *_readings(puzzle)]
    if made:
        yield Block("", made, "t")


def _below(layer: Layer) -> str:
    """Say where the inputs of an upper layer come from, and whether they are dropped."""
    if not layer.layer:
        return ""
    semantics = layer.semantics
    dropped = ", all dropped" if semantics.training and semantics.dropout else ""
    kept = f", none dropped in evaluation (p = {plain(semantics.dropout)})" if semantics.dropout else ""
    return f" (its inputs {', '.join(layer.inputs)} are h of layer {layer.layer - 1}{dropped or kept})"


def _gates(puzzle: Puzzle, layer: Layer, index: int, units: int) -> Iterator[Line]:
    """Write each gate, the units that have the same equation in one line."""
    coupled = layer.semantics.coupled or ""
    for gate in GATES:
        alike: dict[Line, list[str]] = {}
        for unit in range(min(units, puzzle.network.hidden_size)):
            if gate == coupled[:1]:
                line = Line(f"1 − {layer.name(coupled[-1], unit)}")
            else:
                rule = _rule(puzzle, layer, index, gate, unit)
                line = Line(layer.applied(gate, _argument(layer, gate, unit)), rule)
            alike.setdefault(line, []).append(layer.name(gate, unit))
        yield from (Line(f"{together(names)} = {formula}", rule) for (formula, rule), names in alike.items())


def _argument(layer: Layer, gate: str, unit: int) -> str:
    """Write a pre-activation with the names of what goes in."""
    new = gate == "o" and layer.semantics.peephole == "new"
    c = layer.name("c", unit) if new else f"({layer.name('c', unit)} before)"
    if layer.semantics.layer_norm is None:
        text = written_sum(layer.terms(gate, unit, layer.inputs, layer.names("h"), c))
    else:
        text = _normalised(layer, gate, unit, c)
    limit = layer.semantics.clip_gates
    return text if limit is None else f"clip({text}, ±{plain(limit)})"


def _normalised(layer: Layer, gate: str, unit: int, c: str) -> str:
    """Write LN(W x + U h) + p·c + b."""
    products = layer.products(gate, unit, layer.inputs, layer.names("h"))
    gains = layer.weights.gate(gate).weight_ln
    gain = "" if gains is None or gains[unit] == 1 else f"{plain(gains[unit])}·"
    normalised = f"{gain}LN({written_sum(products) or '0'})"
    added = layer.added(gate, unit, c)
    return written_sum([(Fraction(1), normalised), *added]) if added else normalised


def _states(puzzle: Puzzle, layer: Layer, index: int) -> Iterator[Line]:
    """Write c and h, alike in all units but for the hand rule."""
    semantics = layer.semantics
    total = "f·(c before) + i·g"
    limit = semantics.clip_cell
    yield Line(f"c = {total if limit is None else f'clip({total}, ±{plain(limit)})'}")
    units, name = range(puzzle.network.hidden_size), "m" if puzzle.network.proj_size else "h"
    alike: dict[str, list[str]] = {}
    for unit in units:
        alike.setdefault(_rule(puzzle, layer, index, "h", unit), []).append(layer.name(name, unit))
    for rule, names in alike.items():
        whose = together(names) if len(alike) > 1 else name
        yield Line(f"{whose} = o·{layer.applied('h', 'c')}", rule)
    for unit, row in enumerate(layer.weights.weight_hr or ()):
        names = [numbered("m", k, puzzle.network.hidden_size) for k in units]
        text = affine(row, names)
        limit = semantics.clip_projection
        yield Line(f"{layer.name('h', unit)} = {text if limit is None else f'clip({text}, ±{plain(limit)})'}")


def _rule(puzzle: Puzzle, layer: Layer, index: int, role: str, unit: int) -> str:
    rule = puzzle.ideal[index][role][unit]
    return f"({layer.applied(role, '…')} is {RULES[rule]})" if rule in RULES else ""


def _activations(puzzle: Puzzle) -> Iterator[Line]:
    """Write what the activations are that not everybody knows."""
    used = {activation.name for activation in puzzle.network.semantics.all_activations()}
    yield from (Line(formula) for name, formula in FORMULAS.items() if name in used)


def _normalisation(puzzle: Puzzle) -> Iterator[Line]:
    """Write LN(z)."""
    if puzzle.network.semantics.layer_norm is not None:
        epsilon = plain(puzzle.network.semantics.layer_norm)
        yield Line(f"LN(z) = (z − mean) / √(variance + {epsilon}), over the units of a gate")


def _readings(puzzle: Puzzle) -> Iterator[Line]:
    """Write what a person reads off."""
    for name, reading in puzzle.reads.items():
        names = {term: unit_name(puzzle, *term) for term in reading.terms}
        yield Line(f"{name} = {read_off(reading, names)}", "(to be read off)")


def _head(puzzle: Puzzle) -> Iterator[Line]:
    """Write the output layer."""
    network = puzzle.network
    if network.head is None:
        return
    last = layers(puzzle)[-network.directions :]
    names = [name for layer in last for name in layer.names("h")]
    for unit, (row, bias) in enumerate(zip(network.head.weight, network.head.bias, strict=True)):
        yield Line(f"{unit_name(puzzle, Place('logits'), unit)} = {affine(row, names, bias)}")
