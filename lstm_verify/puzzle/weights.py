"""The section `weights`: the tensors by their names in torch.nn.LSTM, per gate or packed; and `head`."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from lstm_verify.conventions import gate_order, reorder
from lstm_verify.lstm.network import Head, Network, Place, Weights
from lstm_verify.lstm.semantics import GATES
from lstm_verify.puzzle.document import MappingNode, Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.network_sections import WeightsSection
from lstm_verify.puzzle.number import matrix, vector
from lstm_verify.puzzle.placed import Entry, placed
from lstm_verify.puzzle.problems import quoted, suggestion
from lstm_verify.puzzle.sections import PuzzleFile
from lstm_verify.puzzle.variant import made_of_another

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

    @classmethod
    def of(cls, shape: tuple[int, ...], *, packed: bool) -> Shape:
        """Make it of a tensor's shape."""
        rows = shape[0] // len(GATES) if packed else shape[0]
        return cls(rows, shape[1] if len(shape) > 1 else None, packed)

    @property
    def all_rows(self) -> int:
        """How many rows there are."""
        return self.rows * len(GATES) if self.packed else self.rows

    def zeros(self) -> _Rows:
        """Return the tensor that is 0 everywhere."""
        return (_ZERO if self.columns is None else (_ZERO,) * self.columns,) * self.all_rows


def shapes(network: Network, layer: int) -> dict[str, Shape]:
    """Return the tensors that a layer of a network has, by name."""
    return {
        name: Shape.of(shape, packed=name in Weights.PACKED) for name, shape in network.shapes(layer).items()
    }


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
    elif reason := made_of_another(name.removeprefix("weight_c"), frame.network.semantics.coupled):
        frame.problems.add(key, f"{key} is given, but {reason} no peephole")


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
        elif gate in frame.needless:
            rows += Shape(shape.rows, shape.columns).zeros()
        else:
            message = f"{what} has nothing for gate {gate}; write `{gate}: 0` if it is zero"
            frame.problems.add(node, message)
    return rows


def _block(what: str, node: Node, rows: int, columns: int | None, frame: Frame) -> _Rows:
    if columns is None:
        return vector(node, rows, what, frame.problems)
    return matrix(node, rows, columns, what, frame.problems)


def read_head(file: PuzzleFile, frame: Frame) -> Head | None:
    """Return the output layer, if there is one; it has no rows where it cannot be read."""
    section = file.head
    if section is None:
        return Head((), ()) if "head" in frame.problems.unreadable else None
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
