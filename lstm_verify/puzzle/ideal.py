"""The section `ideal`: the hand rule of each activation."""

from __future__ import annotations

from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import ROLES, Activation
from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.network_sections import IdealSection
from lstm_verify.puzzle.number import check_length
from lstm_verify.puzzle.placed import placed
from lstm_verify.puzzle.problems import quoted, suggestion
from lstm_verify.puzzle.shapes import RULES

_FITTING = {
    "sigmoid": ("step", "exact"),
    "tanh": ("linear", "sign", "exact"),
    "scaled_tanh": ("exact",),
}
"""Activation -> the hand rules that it may have, the default first; the others are exact anyway."""


def read_ideal(section: IdealSection | None, frame: Frame) -> tuple[dict[str, tuple[str, ...]], ...]:
    """Return, for each layer and direction, role -> the hand rule of each unit.

    A rational activation (identity, relu) is exact whatever the file says.
    """
    given = placed(section, frame, everywhere=True).entries if section else {}
    nodes = {place: entry.node for place, entry in given.items()}
    network = frame.network
    return tuple(
        {role: _rules(Place(role, layer, direction), nodes, frame) for role in ROLES}
        for layer in range(network.num_layers)
        for direction in range(network.directions)
    )


def _rules(place: Place, nodes: dict[Place, Node], frame: Frame) -> tuple[str, ...]:
    units, role = frame.network.hidden_size, place.quantity
    semantics = frame.network.semantics
    second = semantics.reverse_activations if place.direction else None
    activation = (second or semantics.activations).of(role)
    node = nodes.get(place)
    if node is None:
        return (_FITTING.get(activation.name, ("exact",))[0],) * units
    if isinstance(node, Scalar):
        return (_rule(place, node, activation, frame),) * units
    assert isinstance(node, SequenceNode)
    check_length(node, units, f"ideal of {role}", "rule (one a unit)", frame.problems)
    return tuple(_rule(place, item, activation, frame) for item in node)


def _rule(place: Place, node: Node, activation: Activation, frame: Frame) -> str:
    fitting = _FITTING.get(activation.name)
    if not isinstance(node, Scalar):
        frame.problems.add(node, f"expected a hand rule ({', '.join(RULES)}), found {kind(node)}")
    elif node not in RULES:
        frame.problems.add(node, f"unknown hand rule {quoted(node)}; {suggestion(node, RULES)}")
    elif fitting is None:
        return "exact"
    elif node not in fitting:
        where = place.quantity + (" of the reverse direction" if place.direction else "")
        choices = " or ".join(filter(None, (", ".join(fitting[:-1]), fitting[-1])))
        frame.problems.add(node, f"{quoted(node)} does not fit {where}, a {activation}: {choices}")
    return str(node)
