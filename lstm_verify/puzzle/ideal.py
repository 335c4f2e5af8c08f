"""The section `ideal`: the hand rule of each activation."""

from __future__ import annotations

from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import FITTING, HAND_RULES, ROLES
from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.network_sections import IdealSection
from lstm_verify.puzzle.number import check_length
from lstm_verify.puzzle.placed import placed
from lstm_verify.puzzle.problems import quoted, suggestion
from lstm_verify.puzzle.variant import made_of_another


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
    units, node = frame.network.hidden_size, nodes.get(place)
    if node is None:
        return (_fitting(place, frame)[0],) * units
    if isinstance(node, Scalar):
        return (_rule(place, node, frame),) * units
    assert isinstance(node, SequenceNode)
    check_length(node, units, f"ideal of {place.quantity}", "rule (one a unit)", frame.problems)
    return tuple(_rule(place, item, frame) for item in node)


def _fitting(place: Place, frame: Frame) -> tuple[str, ...]:
    """Return the hand rules that an activation may have, the default first."""
    semantics = frame.network.semantics
    if made_of_another(place.quantity, semantics.coupled):
        return ("exact",)
    return FITTING.get(semantics.in_direction(place.direction).of(place.quantity).name, ("exact",))


def _rule(place: Place, node: Node, frame: Frame) -> str:
    fitting, role, semantics = _fitting(place, frame), place.quantity, frame.network.semantics
    activation = semantics.in_direction(place.direction).of(role)
    if not isinstance(node, Scalar):
        frame.problems.add(node, f"expected a hand rule ({', '.join(HAND_RULES)}), found {kind(node)}")
    elif node not in HAND_RULES:
        frame.problems.add(node, f"unknown hand rule {quoted(node)}; {suggestion(node, HAND_RULES)}")
    elif node in fitting:
        return str(node)
    elif reason := made_of_another(role, semantics.coupled):
        message = f"{reason} no activation of its own, and no hand rule but exact"
        frame.problems.add(node, message)
    elif activation.name in FITTING:
        where = role + (" of the reverse direction" if place.direction else "")
        choices = " or ".join(filter(None, (", ".join(fitting[:-1]), fitting[-1])))
        frame.problems.add(node, f"{quoted(node)} does not fit {where}, a {activation}: {choices}")
    return "exact"
