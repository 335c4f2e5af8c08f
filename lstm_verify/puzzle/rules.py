"""The section `gates`: affine rules, compiled to weights."""

from __future__ import annotations

from fractions import Fraction

from lstm_verify.lstm.network import Weights
from lstm_verify.lstm.semantics import GATES
from lstm_verify.puzzle.affine import Affine
from lstm_verify.puzzle.document import Node, Scalar, Sequence, kind
from lstm_verify.puzzle.expression import ExpressionError, parse
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.number import check_length, fault
from lstm_verify.puzzle.sections import GatesSection


def read_rules(section: GatesSection, frame: Frame, *, bias: bool) -> Weights:
    """Return the weights of gate rules: the constant of a rule is its bias_ih, bias_hh is 0."""
    forms = [form for gate in GATES for form in _gate(gate, getattr(section, gate), frame, bias=bias)]
    units = range(frame.hidden)
    zero = Fraction(0)
    return Weights(
        weight_ih=tuple(tuple(form.features.get(name, zero) for name in frame.features) for form in forms),
        weight_hh=tuple(tuple(form.hidden.get(k, zero) for k in units) for form in forms),
        bias_ih=tuple(form.constant for form in forms),
        bias_hh=(zero,) * len(forms),
    )


def _gate(gate: str, node: Scalar | Sequence, frame: Frame, *, bias: bool) -> list[Affine]:
    """Return the rule of each unit; a single rule is for every unit."""
    if isinstance(node, Scalar):
        return [_rule(node, frame, bias=bias)] * frame.hidden
    check_length(node, frame.hidden, f"gate {gate}", "rule (one a unit)", frame.problems)
    return [_rule(item, frame, bias=bias) for item in node]


def _rule(node: Node, frame: Frame, *, bias: bool) -> Affine:
    if not isinstance(node, Scalar) or node.missing:
        frame.problems.add(node, f"expected a rule such as 100*x2 - 10, found {kind(node)}")
        return Affine()
    try:
        form = parse(node, features=frame.names, hidden=frame.hidden)
    except ExpressionError as error:
        fault(node, error, frame.problems)
        return Affine()
    if form.constant and not bias:
        message = "the rule has a constant, which is a bias, but `bias: false` says there is none"
        frame.problems.add(node, message)
    return form
