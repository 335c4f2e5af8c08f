"""A puzzle's network written out: one line a gate and unit, with its hand rule."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from lstm_verify.lstm.semantics import GATES
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.report.writing import WIDTH, Layer, affine, numbered, plain, written_sum

RULES = {
    "step": "taken as 0 or 1, by the sign",
    "linear": "taken as its argument",
    "sign": "taken as −1 or 1, by the sign",
}
"""Hand rule -> what it does to σ or tanh; `exact` takes them as they are."""

Line = tuple[str, str]
"""An equation, and the hand rule of its activation."""


def layers(puzzle: Puzzle) -> list[Layer]:
    """Return the layers and directions of a puzzle's network, in their order."""
    return [Layer(puzzle.network, puzzle.features, k) for k in range(len(puzzle.network.layers))]


def equations(puzzle: Puzzle) -> Iterator[str]:
    """Write the network out, layer by layer."""
    for index, layer in enumerate(layers(puzzle)):
        if layer.heading:
            yield f"{layer.heading}{_below(layer)}:"
        lines = [*_gates(puzzle, layer, index), *_states(puzzle, layer, index)]
        width = max(len(formula) for formula, _ in lines)
        for formula, rule in lines:
            yield (f"{formula.ljust(min(width, WIDTH - 40))}   {rule}" if rule else formula).rstrip()
    if puzzle.network.semantics.layer_norm is not None:
        epsilon = plain(puzzle.network.semantics.layer_norm)
        yield f"LN(z) = (z − mean) / √(variance + {epsilon}), over the units of a gate"
    yield from _head(puzzle)


def _below(layer: Layer) -> str:
    """Say where the inputs of an upper layer come from, and whether they are dropped."""
    if not layer.layer:
        return ""
    semantics = layer.semantics
    dropped = ", all dropped" if semantics.training and semantics.dropout else ""
    kept = f", none dropped in evaluation (p = {plain(semantics.dropout)})" if semantics.dropout else ""
    return f" (its inputs {', '.join(layer.inputs)} are h of layer {layer.layer - 1}{dropped or kept})"


def _gates(puzzle: Puzzle, layer: Layer, index: int) -> Iterator[Line]:
    coupled = layer.semantics.coupled or ""
    for gate in GATES:
        for unit in range(puzzle.network.hidden_size):
            name = layer.name(gate, unit)
            if gate == coupled[:1]:
                yield f"{name} = 1 − {layer.name(coupled[-1], unit)}", ""
            else:
                yield (
                    f"{name} = {layer.applied(gate, _argument(layer, gate, unit))}",
                    _rule(puzzle, layer, index, gate, unit),
                )


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
    """Write c and h, alike in all units."""
    semantics = layer.semantics
    total = "f·(c before) + i·g"
    yield (
        (
            f"c = {total}"
            if semantics.clip_cell is None
            else f"c = clip({total}, ±{plain(semantics.clip_cell)})"
        ),
        "",
    )
    units = range(puzzle.network.hidden_size)
    rules = dict.fromkeys(_rule(puzzle, layer, index, "h", unit) for unit in units)
    name = "m" if puzzle.network.proj_size else "h"
    yield from ((f"{name} = o·{layer.applied('h', 'c')}", rule) for rule in rules)
    for unit, row in enumerate(layer.weights.weight_hr or ()):
        names = [numbered("m", k, puzzle.network.hidden_size) for k in units]
        text = affine(row, names)
        limit = semantics.clip_projection
        yield f"{layer.name('h', unit)} = {text if limit is None else f'clip({text}, ±{plain(limit)})'}", ""


def _rule(puzzle: Puzzle, layer: Layer, index: int, role: str, unit: int) -> str:
    rule = puzzle.ideal[index][role][unit]
    return f"({layer.applied(role, '…')} is {RULES[rule]})" if rule in RULES else ""


def _head(puzzle: Puzzle) -> Iterator[str]:
    """Write the output layer."""
    network = puzzle.network
    if network.head is None:
        return
    last = layers(puzzle)[-network.directions :]
    names = [name for layer in last for name in layer.names("h")]
    for unit, (row, bias) in enumerate(zip(network.head.weight, network.head.bias, strict=True)):
        yield f"{numbered('logits', unit, len(network.head.bias))} = {affine(row, names, bias)}"
