"""The weights of a network: a section `weights`, or a section `gates` compiled to them.

`weights` has the tensors by their names in torch.nn.LSTM, per gate or packed; `gates` has an
affine rule for each gate.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lstm_verify.conventions import gate_order, reorder
from lstm_verify.lstm.network import Weights
from lstm_verify.lstm.semantics import GATES
from lstm_verify.puzzle.affine import Affine
from lstm_verify.puzzle.document import MappingNode, Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.expression import ExpressionError, parse
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.number import check_length, matrix, mistake, vector
from lstm_verify.puzzle.problems import quoted, suggestion
from lstm_verify.puzzle.sections import GatesSection, WeightsSection

_Rows = tuple[Any, ...]
"""Rows of numbers for a matrix, numbers for a bias."""


def read_weights(section: WeightsSection, frame: Frame, *, bias: bool) -> Weights:
    """Return the weights as [4·hidden_size, …], gates in PyTorch's order."""
    layout = _layout(section, frame)
    columns = {
        "weight_ih": frame.inputs,
        "weight_hh": frame.hidden,
        "bias_ih": None,
        "bias_hh": None,
    }
    tensors = {}
    for name, width in columns.items():
        key, node = _given(section, name, frame)
        if node is None:
            tensors[name] = _zeros(4 * frame.hidden, width)
        else:
            tensors[name] = _tensor(name, node, width, layout, frame)
        if key is not None and not bias and width is None:
            frame.problems.add(key, f"{key} is given, but `bias: false` says that there is none")
    return Weights(**tensors)


def _layout(section: WeightsSection, frame: Frame) -> str | None:
    if section.layout is None:
        return None
    try:
        return gate_order(section.layout)
    except ValueError as error:
        frame.problems.add(section.layout, str(error))
        return GATES


def _given(section: WeightsSection, name: str, frame: Frame) -> tuple[Scalar | None, Node | None]:
    """Return key and value of a tensor, which may stand under two names."""
    given = section.given()
    synonym = f"{name}_l0"
    if name in given and synonym in given:
        frame.problems.add(section.key(synonym), f"{synonym} is {name}, which is given as well")
    found = next((key for key in (name, synonym) if key in given), None)
    return (section.key(found), given[found]) if found else (None, None)


def _zeros(rows: int, columns: int | None) -> _Rows:
    zero = Fraction(0)
    return (zero if columns is None else (zero,) * columns,) * rows


def _tensor(name: str, node: Node, columns: int | None, layout: str | None, frame: Frame) -> _Rows:
    if isinstance(node, Scalar):
        return _block(name, node, 4 * frame.hidden, columns, frame)
    if isinstance(node, MappingNode):
        return _per_gate(name, node, columns, frame)
    if layout is None:
        message = (
            f"{name} is packed (a list of rows): say in which order, `layout: ifgo` beside it,"
            " or give it per gate, {i: …, f: …, g: …, o: …}"
        )
        frame.problems.add(node, message)
    rows = _block(name, node, 4 * frame.hidden, columns, frame)
    return tuple(reorder(rows, layout)) if layout and len(rows) == 4 * frame.hidden else rows


def _per_gate(name: str, node: MappingNode, columns: int | None, frame: Frame) -> _Rows:
    for key in node:
        if key not in GATES:
            assert isinstance(key, Scalar)
            hint = "the candidate is g here" if key == "c" else suggestion(key, GATES)
            frame.problems.add(key, f"{name} has no gate {quoted(key)}; {hint}")
    rows: _Rows = ()
    for gate in GATES:
        if gate in node:
            rows += _block(f"{name} of gate {gate}", node[gate], frame.hidden, columns, frame)
        else:
            message = f"{name} has nothing for gate {gate}; write `{gate}: 0` if it is zero"
            frame.problems.add(node, message)
    return rows


def _block(what: str, node: Node, rows: int, columns: int | None, frame: Frame) -> _Rows:
    if columns is None:
        return vector(node, rows, what, frame.problems)
    return matrix(node, rows, columns, what, frame.problems)


def read_gates(section: GatesSection, frame: Frame, *, bias: bool) -> Weights:
    """Return the weights of gate rules: the constant of a rule is its bias_ih, bias_hh is 0."""
    forms = [form for gate in GATES for form in _gate(gate, getattr(section, gate), frame, bias=bias)]
    units = [f"h[{k}]" for k in range(frame.hidden)]
    zero = Fraction(0)
    return Weights(
        weight_ih=tuple(tuple(form.terms.get(name, zero) for name in frame.features) for form in forms),
        weight_hh=tuple(tuple(form.terms.get(unit, zero) for unit in units) for form in forms),
        bias_ih=tuple(form.constant for form in forms),
        bias_hh=(zero,) * len(forms),
    )


def _gate(gate: str, node: Scalar | SequenceNode, frame: Frame, *, bias: bool) -> list[Affine]:
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
        mistake(node, error, frame.problems)
        return Affine()
    if form.constant and not bias:
        message = "the rule has a constant, which is a bias, but `bias: false` says there is none"
        frame.problems.add(node, message)
    return form
