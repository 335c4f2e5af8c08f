"""What a convention is: how one framework names and packs the weights of a layer, as data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from lstm_verify.lstm.network import Tensor, Weights
from lstm_verify.lstm.semantics import GATES, PEEPHOLES

if TYPE_CHECKING:
    from numpy.typing import NDArray

PLAIN = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
"""The fields that every LSTM has."""

MATRICES = ("weight_ih", "weight_hh")
"""The fields that have a matrix for each gate; the others have a vector."""

OPTIONAL = {"weight_hr": "projection", "peephole": "peepholes", "weight_ln": "layer normalisation"}
"""The fields that not every LSTM has, and not every convention has a place for, in words."""


class Piece(NamedTuple):
    """A part of a tensor: some gates' rows of one field.

    Attributes:
        name: that of the tensor.
        field: such as weight_ih.
        gates: in this order.
        width: how long it is where pieces stand behind each other: a matrix's inputs, I, H or P;
            all of a vector, as 4H.
    """

    name: str
    field: str
    gates: str
    width: str


class Parameter(NamedTuple):
    """A tensor as a framework has it.

    Attributes:
        name: as the framework has it.
        shape: in symbols: I inputs of the layer, H units, P the width of h where it is projected,
            D directions, L layers; ("I", "4H") in Keras.
        flat: the shape of one layer and direction, gates and units in one axis.
        pieces: what it is made of, in this order.
    """

    name: str
    shape: tuple[str, ...]
    flat: tuple[str, ...]
    pieces: tuple[Piece, ...]


def blocks(gates: int) -> str:
    """Return the length of so many gates' blocks: "4H", or "H" of one."""
    return "H" if gates == 1 else f"{gates}H"


@dataclass(frozen=True)
class Convention:
    """How a framework names and packs the weights of one layer in one direction.

    Attributes:
        name: what it is called here; `aliases` are other names for it.
        title: what it is called elsewhere.
        source: where that is written, or can be read from.
        names: field -> the name of the tensor that it is in. Fields are those of `Weights`, and
            "peephole" for weight_ci, weight_cf and weight_co. Fields of one name stand in one tensor,
            behind each other, as weight_ih and weight_hh where [x; h] is multiplied by one matrix. With
            "{gate}" in it there is a tensor for each gate. A bias that alone has a name is the sum of both.
        order: of the gates, in our letters; for separate tensors the order they are listed in.
        letters: what it calls the gates i, f, g and o, in names too.
        transposed: gates are in columns, [I, 4H] and a row vector x times it; not in rows, [4H, I].
        gate_axis: the gates have an axis of their own, [I, 4, H].
        leading: the axes before those of one layer and direction, of D directions or L layers.
        forget_bias: added to the forget gate at run time; what is packed is less by so much.
        peephole: which cell state the output gate looks at, "new" or "old"; None without peepholes.
        peephole_order: of the gates in a packed peephole.
        notes: what else a person who converts weights should know.
    """

    name: str
    title: str
    source: str
    names: Mapping[str, str]
    order: str = GATES
    letters: Sequence[str] = GATES
    transposed: bool = False
    gate_axis: bool = False
    leading: tuple[str, ...] = ()
    forget_bias: int = 0
    peephole: str | None = None
    peephole_order: str = PEEPHOLES
    aliases: tuple[str, ...] = ()
    notes: str = ""

    @property
    def separate(self) -> bool:
        """Whether there is a tensor for each gate."""
        return "{gate}" in self.names["weight_ih"]

    def parameters(self, fields: Iterable[str] = PLAIN) -> list[Parameter]:
        """Return the tensors that hold these fields, as far as the convention has them, with their shapes."""
        wanted = [field for field in self.names if field in {*fields}]
        widths = {"weight_ih": "I", "weight_hh": "P" if "weight_hr" in wanted else "H"}
        named: dict[str, list[Piece]] = {}
        for field in wanted:
            for name, gates in self._parts(field):
                piece = Piece(name, field, gates, widths.get(field) or blocks(len(gates)))
                named.setdefault(name, []).append(piece)
        return [self._parameter(pieces) for pieces in named.values()]

    def _parts(self, field: str) -> list[tuple[str, str]]:
        """Return the tensors that a field is in, one or one for each gate, and their gates."""
        template = self.names[field]
        gates = {"peephole": self.peephole_order, "weight_hr": "h"}.get(field, self.order)
        if "{gate}" not in template:
            return [(template, gates)]
        letters = dict(zip(GATES, self.letters, strict=True))
        return [(template.format(gate=letters[gate]), gate) for gate in gates]

    def _parameter(self, pieces: list[Piece]) -> Parameter:
        """Return the tensor that these pieces make."""
        first = pieces[0]
        if first.field == "weight_hr":
            flat = shape = self._turned(("P",), ("H",))
        else:
            matrix = first.field in MATRICES
            gates = len(first.gates) if matrix else sum(len(piece.gates) for piece in pieces)
            inputs = ("+".join(piece.width for piece in pieces),) if matrix else ()
            flat = self._turned((blocks(gates),), inputs)
            shape = self._turned((str(gates), "H"), inputs) if self.gate_axis else flat
        return Parameter(first.name, self.leading + shape, flat, tuple(pieces))

    def _turned(self, rows: tuple[str, ...], columns: tuple[str, ...]) -> tuple[str, ...]:
        return columns + rows if self.transposed else rows + columns

    def refusal(self, fields: Iterable[str]) -> str | None:
        """Say which of these fields it has no place for, as "Keras has no projection"; None of none."""
        words = [words for field, words in OPTIONAL.items() if field in {*fields} - {*self.names}]
        return f"{self.title} has no {' and no '.join(words)}" if words else None

    def pack(self, weights: Weights) -> dict[str, NDArray[Any]]:
        """Return the tensors of this convention that hold these weights: name -> NumPy array.

        `leading` axes have length 1: several layers or directions are to be concatenated along them.
        The weights are those of an LSTM that adds no forget bias of its own.

        Raises:
            ValueError: the weights have peepholes, a projection or a normalisation's gain, and the
                convention has no place for them.
        """
        from lstm_verify.conventions.packing import pack

        return pack(self, weights)

    def unpack(self, tensors: Mapping[str, Tensor], *, layer: int = 0, direction: int = 0) -> Weights:
        """Return the weights that tensors of this convention hold, as NumPy arrays packed as in PyTorch.

        Args:
            tensors: by their names; without biases these are 0, other fields are None where they are missing.
            layer: which layer and direction, where there are `leading` axes for them.
            direction: as layer.

        Raises:
            ValueError: a tensor is missing, of no known name, or of the wrong shape; all are told.
        """
        from lstm_verify.conventions.packing import unpack

        return unpack(self, tensors, {"L": layer, "D": direction})
