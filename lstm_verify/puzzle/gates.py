"""The section `gates`: an affine rule for each gate, compiled to weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from lstm_verify.lstm.network import Place, Weights
from lstm_verify.lstm.semantics import GATES, PEEPHOLES
from lstm_verify.puzzle.affine import Affine
from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.expression import ExpressionError, Scope, parse
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.number import check_length, mistake
from lstm_verify.puzzle.placed import placed
from lstm_verify.puzzle.sections import PuzzleFile
from lstm_verify.puzzle.variant import made_of_another

_ZERO = Fraction(0)


def read_gates(file: PuzzleFile, beside: Sequence[Weights], frame: Frame) -> tuple[Weights, ...]:
    """Return the weights of each layer and direction: a rule's constant is its bias_ih, bias_hh is 0.

    Args:
        beside: for each layer and direction the weights that no rule gives: the projection and the
            gain of a layer normalisation.
    """
    assert file.gates is not None
    network, given = frame.network, placed(file.gates, frame)
    for place in network.places(*GATES):
        known = place in given.entries or place.quantity in given.unclear
        if not known and place.quantity not in frame.needless:
            frame.problems.add(file.key("gates"), f"the key '{network.name(place)}' is missing in gates")
    nodes = {place: entry.node for place, entry in given.entries.items()}
    return tuple(
        _layer(layer, direction, nodes, beside[network.index(layer, direction)], frame)
        for layer in range(network.num_layers)
        for direction in range(network.directions)
    )


def _layer(layer: int, direction: int, nodes: Mapping[Place, Node], beside: Weights, frame: Frame) -> Weights:
    network = frame.network
    rules = {gate: _gate(Place(gate, layer, direction), nodes, frame) for gate in GATES}
    forms = [form for gate in GATES for form in rules[gate]]
    inputs = _inputs(layer, frame)
    outputs = [f"h[{k}]" for k in range(network.output_size)]
    peepholes = {
        f"weight_c{gate}": tuple(form.terms.get(f"c[{k}]", _ZERO) for k, form in enumerate(rules[gate]))
        for gate in PEEPHOLES
    }
    return replace(
        beside,
        weight_ih=tuple(tuple(form.terms.get(name, _ZERO) for name in inputs) for form in forms),
        weight_hh=tuple(tuple(form.terms.get(name, _ZERO) for name in outputs) for form in forms),
        bias_ih=tuple(form.constant for form in forms),
        **(peepholes if network.semantics.peephole else {}),
    )


def _inputs(layer: int, frame: Frame) -> tuple[str, ...]:
    """Name the inputs of a layer: the features, or x1, x2, … for the outputs of the layer below."""
    return frame.network.input_names(layer) if layer else frame.features


def _gate(place: Place, nodes: Mapping[Place, Node], frame: Frame) -> list[Affine]:
    """Return the rule of each unit; a single rule is for every unit."""
    units = frame.network.hidden_size
    node = nodes.get(place)
    if node is None:
        return [Affine()] * units
    scope = _scope(place, frame)
    if isinstance(node, Scalar):
        form = _rule(node, scope, 0, frame)
        if units > 1 and "c[0]" in form.terms:
            _rule(node, scope, 1, frame)  # which says that it is not this unit's c
        return [form] * units
    assert isinstance(node, SequenceNode)
    check_length(node, units, f"gate {frame.network.name(place)}", "rule (one a unit)", frame.problems)
    return [_rule(item, scope, unit, frame) for unit, item in enumerate(node)]


def _scope(place: Place, frame: Frame) -> Scope:
    """Return what the rules of a gate may name; the unit of c is each rule's own."""
    network, inputs = frame.network, _inputs(place.layer, frame)
    elsewhere = {}
    if place.layer:
        own = "x1" if len(inputs) == 1 else f"x1 to x{len(inputs)}"
        reason = f"is an input of layer 0; those of layer {place.layer} are the outputs below it, {own}"
        elsewhere = {name: f"'{name}' {reason}" for name in frame.features}
    if network.semantics.peephole is None:
        elsewhere.setdefault("c", "a rule may use c only with `peephole: new` or `peephole: old` in network")
    elif place.quantity not in PEEPHOLES:
        elsewhere.setdefault("c", "the candidate g has no peephole: only the rules of i, f and o may use c")
    elif reason := made_of_another(place.quantity, network.semantics.coupled):
        elsewhere.setdefault("c", f"{reason} no peephole, so that its rule may not use c")
    return Scope(
        features=dict.fromkeys(inputs) if place.layer else frame.rule_names,
        states={state: frame.state(state) for state in ("h", "c") if state not in elsewhere},
        own=("c",),
        elsewhere=elsewhere,
    )


def _rule(node: Node, scope: Scope, unit: int, frame: Frame) -> Affine:
    if not isinstance(node, Scalar) or node.missing:
        frame.problems.add(node, f"expected a rule such as 100*x2 - 10, found {kind(node)}")
        return Affine()
    try:
        form = parse(node, scope, unit=unit)
    except ExpressionError as error:
        mistake(node, error, frame.problems)
        return Affine()
    if form.constant and not frame.network.bias:
        message = "the rule has a constant, which is a bias, but `bias: false` says there is none"
        frame.problems.add(node, message)
    return form
