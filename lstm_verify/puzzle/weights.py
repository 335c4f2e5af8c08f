"""The section `weights`: the tensors by their names in torch.nn.LSTM, per gate or packed; and `head`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from lstm_verify.conventions import gate_order, reorder
from lstm_verify.lstm.network import Head, Network, Place, Weights
from lstm_verify.lstm.semantics import GATES, PEEPHOLES
from lstm_verify.puzzle.document import MappingNode, Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.network_sections import HeadSection, WeightsSection
from lstm_verify.puzzle.number import matrix, vector
from lstm_verify.puzzle.placed import Entry, placed
from lstm_verify.puzzle.problems import quoted, suggestion

_Rows = tuple[Any, ...]
"""Rows of numbers for a matrix, numbers for a bias."""

_ZERO = Fraction(0)


class Shape(NamedTuple):
    """What a tensor looks like.

    Attributes:
        rows: of each gate, where it has a block of rows for each; else of all.
        columns: of a matrix; None for a vector.
        packed: whether it has a block for each gate.
    """

    rows: int
    columns: int | None = None
    packed: bool = False

    @property
    def all_rows(self) -> int:
        """How many rows there are."""
        return self.rows * len(GATES) if self.packed else self.rows

    def zeros(self) -> _Rows:
        """Return the tensor that is 0 everywhere."""
        return (_ZERO if self.columns is None else (_ZERO,) * self.columns,) * self.all_rows


def shapes(network: Network, layer: int) -> dict[str, Shape]:
    """Return the tensors that a layer of a network has, by name."""
    hidden, outputs = network.hidden_size, network.output_size
    found = {
        "weight_ih": Shape(hidden, network.layer_inputs(layer), packed=True),
        "weight_hh": Shape(hidden, outputs, packed=True),
        "bias_ih": Shape(hidden, packed=True),
        "bias_hh": Shape(hidden, packed=True),
    }
    if network.proj_size:
        found["weight_hr"] = Shape(network.proj_size, hidden)
    if network.semantics.peephole:
        found |= {f"weight_c{gate}": Shape(hidden) for gate in PEEPHOLES}
    if network.semantics.layer_norm is not None:
        found["weight_ln"] = Shape(hidden, packed=True)
    return found


def read_weights(section: WeightsSection | None, frame: Frame) -> tuple[Weights, ...]:
    """Return the weights of each layer and direction, 0 where they are not given.

    Packed rows are brought to PyTorch's order of gates.
    """
    layout = _layout(section, frame) if section else None
    given = placed(section, frame).entries if section else {}
    for place, entry in given.items():
        _look_over(place.quantity, entry.key, frame)
    network = frame.network
    return tuple(
        _layer(layer, direction, given, layout, frame)
        for layer in range(network.num_layers)
        for direction in range(network.directions)
    )


def _layout(section: WeightsSection, frame: Frame) -> str | None:
    if section.layout is None:
        return None
    try:
        return gate_order(section.layout)
    except ValueError as error:
        frame.problems.add(section.layout, str(error))
        return GATES


def _look_over(name: str, key: Scalar, frame: Frame) -> None:
    """Note a tensor that the network has not."""
    if name.startswith("bias") and not frame.network.bias:
        frame.problems.add(key, f"{key} is given, but `bias: false` says that there is none")
    if name not in shapes(frame.network, 0):
        needed = {"weight_hr": "proj_size", "weight_ln": "layer_norm"}.get(name, "peephole")
        frame.problems.add(key, f"{key} is given, but `network` has no `{needed}`")


def _layer(
    layer: int, direction: int, given: dict[Place, Entry], layout: str | None, frame: Frame
) -> Weights:
    tensors = {}
    for name, shape in shapes(frame.network, layer).items():
        place = Place(name, layer, direction)
        if place in given:
            tensors[name] = _tensor(frame.network.name(place), given[place].node, shape, layout, frame)
        elif name != "weight_ln":  # which is 1 where it is None
            tensors[name] = shape.zeros()
    return Weights(**tensors)


def _tensor(what: str, node: Node, shape: Shape, layout: str | None, frame: Frame) -> _Rows:
    if not shape.packed or isinstance(node, Scalar):
        return _block(what, node, shape.all_rows, shape.columns, frame)
    if isinstance(node, MappingNode):
        return _per_gate(what, node, shape, frame)
    if layout is None:
        message = (
            f"{what} is packed (a list of rows): say in which order, `layout: ifgo` beside it,"
            " or give it per gate, {i: …, f: …, g: …, o: …}"
        )
        frame.problems.add(node, message)
    rows = _block(what, node, shape.all_rows, shape.columns, frame)
    return tuple(reorder(rows, layout)) if layout and len(rows) == shape.all_rows else rows


def _per_gate(what: str, node: MappingNode, shape: Shape, frame: Frame) -> _Rows:
    for key in node:
        if key not in GATES:
            assert isinstance(key, Scalar)
            hint = "the candidate is g here" if key == "c" else suggestion(key, GATES)
            frame.problems.add(key, f"{what} has no gate {quoted(key)}; {hint}")
    rows: _Rows = ()
    for gate in GATES:
        if gate in node:
            rows += _block(f"{what} of gate {gate}", node[gate], shape.rows, shape.columns, frame)
        elif gate == made_of_another(frame.network):
            rows += Shape(shape.rows, shape.columns).zeros()
        else:
            message = f"{what} has nothing for gate {gate}; write `{gate}: 0` if it is zero"
            frame.problems.add(node, message)
    return rows


def made_of_another(network: Network) -> str | None:
    """Return the gate that is 1 minus another, so that its weights do nothing; None where none is."""
    return network.semantics.coupled[0] if network.semantics.coupled else None


def _block(what: str, node: Node, rows: int, columns: int | None, frame: Frame) -> _Rows:
    if columns is None:
        return vector(node, rows, what, frame.problems)
    return matrix(node, rows, columns, what, frame.problems)


def read_head(section: HeadSection, frame: Frame) -> Head:
    """Return the output layer."""
    columns = frame.network.directions * frame.network.output_size
    node = section.weight
    if not isinstance(node, SequenceNode) or not node:
        frame.problems.add(node, f"weight of head is a list of rows, one for each logit, found {kind(node)}")
        return Head((), ())
    weight = tuple(
        vector(row, columns, f"row {k} of head's weight", frame.problems, spread=False)
        for k, row in enumerate(node, 1)
    )
    if section.bias is None:
        return Head(weight, (_ZERO,) * len(weight))
    return Head(weight, vector(section.bias, len(weight), "head's bias", frame.problems))
