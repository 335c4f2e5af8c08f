"""Activations and the hand rules that go with them."""

from __future__ import annotations

from lstm_verify.lstm.semantics import ROLES, Semantics
from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.leaves import RULES
from lstm_verify.puzzle.number import check_length
from lstm_verify.puzzle.problems import quoted, suggestion
from lstm_verify.puzzle.sections import ActivationsSection, IdealSection

_FITTING = {"sigmoid": ("step", "exact"), "tanh": ("linear", "sign", "exact")}
"""Activation -> the hand rules that it may have, the default first."""


def read_semantics(section: ActivationsSection | None) -> Semantics:
    """Return the variant of the LSTM that a file asks for."""
    if section is None:
        return Semantics()
    return Semantics(**{role: str(name) for role, name in section.given().items()})


def read_ideal(
    section: IdealSection | None, semantics: Semantics, frame: Frame
) -> dict[str, tuple[str, ...]]:
    """Return role -> the hand rule of each unit.

    A rational activation (identity, relu) is exact whatever the file says.
    """
    given = section.given() if section else {}
    return {role: _rules(role, given.get(role), semantics, frame) for role in ROLES}


def _rules(
    role: str, node: Scalar | SequenceNode | None, semantics: Semantics, frame: Frame
) -> tuple[str, ...]:
    activation = semantics.activation(role)
    default = _FITTING.get(activation, ("exact",))[0]
    if node is None:
        return (default,) * frame.hidden
    if isinstance(node, Scalar):
        return (_rule(role, node, activation, frame),) * frame.hidden
    check_length(node, frame.hidden, f"ideal of {role}", "rule (one a unit)", frame.problems)
    return tuple(_rule(role, item, activation, frame) for item in node)


def _rule(role: str, node: Node, activation: str, frame: Frame) -> str:
    fitting = _FITTING.get(activation)
    if not isinstance(node, Scalar):
        frame.problems.add(node, f"expected a hand rule ({', '.join(RULES)}), found {kind(node)}")
    elif node not in RULES:
        frame.problems.add(node, f"unknown hand rule {quoted(node)}; {suggestion(node, RULES)}")
    elif fitting is None:
        return "exact"
    elif node not in fitting:
        choices = f"{', '.join(fitting[:-1])} or {fitting[-1]}"
        frame.problems.add(node, f"{quoted(node)} does not fit {role}, a {activation}: {choices}")
    return str(node)
