"""A network and what it is run on, as exact data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, TypeAlias

from lstm_verify.lstm.semantics import GATES, PEEPHOLES, PYTORCH, Semantics

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tensor: TypeAlias = "Sequence[Any] | NDArray[Any]"
"""Nested tuples of exact numbers, or a NumPy array of floats (whose values are exact)."""


class Tensors:
    """A frozen dataclass some of whose fields are tensors; one that is None is not there."""

    NO_TENSORS: ClassVar[tuple[str, ...]] = ()

    def items(self) -> Iterable[tuple[str, Tensor]]:
        """Yield each tensor with its name."""
        return ((k, v) for k, v in vars(self).items() if v is not None and k not in self.NO_TENSORS)

    def map(self, change: Callable[[Tensor], Tensor]) -> Self:
        """Return the same, each tensor changed."""
        return replace(self, **{name: change(tensor) for name, tensor in self.items()})  # type: ignore[type-var]


@dataclass(frozen=True)
class Weights(Tensors):
    """The parameters of one layer in one direction, named and packed as in torch.nn.LSTM.

    Rows come in four blocks of hidden_size rows: i, f, g, o. An input of an upper layer is the
    output of the layer below, of all its directions.

    Attributes:
        weight_ih: [4·hidden_size, inputs of the layer]
        weight_hh: [4·hidden_size, proj_size or hidden_size]
        bias_ih: [4·hidden_size]
        bias_hh: [4·hidden_size]
        weight_hr: [proj_size, hidden_size], the projection
        weight_ci, weight_cf, weight_co: [hidden_size], the peepholes (Graves 2013, eq. 7, 8 and 10)
        weight_ln: [4·hidden_size], the gain of a layer normalisation; 1 where it is None
    """

    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor
    bias_hh: Tensor
    weight_hr: Tensor | None = None
    weight_ci: Tensor | None = None
    weight_cf: Tensor | None = None
    weight_co: Tensor | None = None
    weight_ln: Tensor | None = None

    PACKED: ClassVar[tuple[str, ...]] = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_ln")
    """The tensors that have a block of rows for each gate."""

    def gate(self, gate: str) -> Self:
        """Return the rows of one gate, i, f, g (or c) or o, in the tensors that have a block for each.

        Raises:
            ValueError: there is no such gate.
        """
        if gate not in (*GATES, "c"):
            raise ValueError(f"'{gate}' is no gate; the gates are i, f, g (or c) and o")
        size = len(self.bias_ih) // len(GATES)
        first = GATES.index(gate.replace("c", "g")) * size
        packed = {name: tensor for name, tensor in self.items() if name in self.PACKED}
        return replace(self, **{name: tensor[first : first + size] for name, tensor in packed.items()})


@dataclass(frozen=True)
class Head(Tensors):
    """The output layer: logits = weight · h + bias, h being the last layer's, of all directions.

    Attributes:
        weight: [outputs, directions · (proj_size or hidden_size)]
        bias: [outputs]
    """

    weight: Tensor
    bias: Tensor


class Place(NamedTuple):
    """Which quantity of which layer and direction (0 is forwards, or the only one).

    The quantities are i f g o c h, one vector a step; h_n and c_n, the states at the end; and
    logits, one vector a step, of the whole network.
    """

    quantity: str
    layer: int = 0
    direction: int = 0


def suffix(layer: int, direction: int) -> str:
    """Return what PyTorch puts behind the names of a layer's parameters, such as "_l1_reverse"."""
    return f"_l{layer}" + ("_reverse" if direction else "")


FORWARD, REVERSE, BIDIRECTIONAL = "forward", "reverse", "bidirectional"


@dataclass(frozen=True, eq=False)
class Network:
    """An LSTM: its sizes, its variant and its weights. Each is equal to itself alone.

    Attributes:
        layers: the weights, at `index(layer, direction)` = layer · directions + direction, which is
            PyTorch's order of states.
        bias: whether it has biases at all (where not, both are zero).
        direction: "forward", "reverse" or "bidirectional".
        proj_size: the width of the projection of h, or 0 where there is none.
        head: an output layer, or None.
    """

    input_size: int
    hidden_size: int
    layers: tuple[Weights, ...]
    bias: bool = True
    semantics: Semantics = PYTORCH
    num_layers: int = 1
    direction: str = FORWARD
    proj_size: int = 0
    head: Head | None = None

    def __post_init__(self) -> None:
        if self.direction not in (FORWARD, REVERSE, BIDIRECTIONAL):
            raise ValueError(f"direction is {self.direction!r}; expected forward, reverse or bidirectional")
        if self.proj_size and self.proj_size >= self.hidden_size:
            raise ValueError(
                f"proj_size is {self.proj_size}; it must be less than hidden_size, {self.hidden_size}"
            )
        expected = self.num_layers * self.directions
        if self.layers and len(self.layers) != expected:
            raise ValueError(f"{len(self.layers)} layers and directions have weights; there are {expected}")

    @property
    def directions(self) -> int:
        """How many directions there are: 1 or 2."""
        return 2 if self.direction == BIDIRECTIONAL else 1

    @property
    def output_size(self) -> int:
        """The width of h: proj_size, or hidden_size where nothing is projected."""
        return self.proj_size or self.hidden_size

    def index(self, layer: int, direction: int) -> int:
        """Return where a layer and direction stands in `layers`, h0 and c0."""
        return layer * self.directions + direction

    def reversed(self, direction: int) -> bool:
        """Tell whether a direction runs from the end to the beginning."""
        return direction == 1 or self.direction == REVERSE

    def layer_inputs(self, layer: int) -> int:
        """How many inputs a layer has."""
        return self.directions * self.output_size if layer else self.input_size

    def input_names(self, layer: int) -> tuple[str, ...]:
        """Name the inputs of a layer where they have no other names: x1, x2 and so on."""
        return tuple(f"x{k}" for k in range(1, self.layer_inputs(layer) + 1))

    def shapes(self, layer: int) -> dict[str, tuple[int, ...]]:
        """Return the tensors that a layer has in each direction, by name, with their shapes."""
        rows, hidden = 4 * self.hidden_size, self.hidden_size
        has = {
            "weight_ih": (True, (rows, self.layer_inputs(layer))),
            "weight_hh": (True, (rows, self.output_size)),
            "bias_ih": (True, (rows,)),
            "bias_hh": (True, (rows,)),
            "weight_hr": (self.proj_size > 0, (self.proj_size, hidden)),
            **{f"weight_c{gate}": (self.semantics.peephole is not None, (hidden,)) for gate in PEEPHOLES},
            "weight_ln": (self.semantics.layer_norm is not None, (rows,)),
        }
        return {name: shape for name, (there, shape) in has.items() if there}

    def width(self, quantity: str) -> int:
        """How many numbers a vector of a quantity has."""
        if quantity == "logits":
            return len(self.head.bias) if self.head else 0
        return self.output_size if quantity in ("h", "h_n") else self.hidden_size

    def places(self, *quantities: str) -> list[Place]:
        """Return the quantities in every layer and direction, layer by layer, and last the logits."""
        found = [
            Place(quantity, layer, direction)
            for layer in range(self.num_layers)
            for direction in range(self.directions)
            for quantity in quantities
            if quantity != "logits"
        ]
        return [*found, Place("logits")] if self.head and "logits" in quantities else found

    def name(self, place: Place) -> str:
        """Name a place: "c", or "c_l1_reverse" where there are several layers or directions."""
        several = len(self.layers) > 1 and place.quantity != "logits"
        return place.quantity + (suffix(place.layer, place.direction) if several else "")

    def map(self, change: Callable[[Tensor], Tensor]) -> Network:
        """Return the same network, each of its tensors changed."""
        head = self.head and self.head.map(change)
        return replace(self, layers=tuple(weights.map(change) for weights in self.layers), head=head)

    def tensors(self) -> Iterable[tuple[str, Tensor]]:
        """Yield each tensor with its name, as in PyTorch where it has several layers or directions."""
        for k, weights in enumerate(self.layers):
            ending = suffix(*divmod(k, self.directions)) if len(self.layers) > 1 else ""
            for name, tensor in weights.items():
                yield name + ending, tensor
        for name, tensor in self.head.items() if self.head else ():
            yield f"head.{name}", tensor

    def features(self) -> dict[str, str]:
        """Return what it has beside one layer with PyTorch's equations: feature -> in words."""
        found = {
            "num_layers": (self.num_layers > 1, f"{self.num_layers} layers"),
            "bidirectional": (self.direction == BIDIRECTIONAL, "two directions"),
            "reverse": (self.direction == REVERSE, "the reverse direction alone"),
            "proj_size": (self.proj_size > 0, f"a projection to {self.proj_size}"),
        }
        return {k: words for k, (has, words) in found.items() if has} | self.semantics.departures()


@dataclass(frozen=True)
class Run(Tensors):
    """What a network is run on: one sequence, which may be one row of a batch.

    Attributes:
        inputs: [steps, input_size], padding included
        h0: [layers · directions, proj_size or hidden_size]
        c0: [layers · directions, hidden_size]
        length: how many steps are valid, from the first; what follows is padding. None: all.
        mask: for each step whether it counts; where not, the state is held. None: all do.
    """

    inputs: Tensor
    h0: Tensor
    c0: Tensor
    length: int | None = None
    mask: tuple[bool, ...] | None = None

    NO_TENSORS: ClassVar[tuple[str, ...]] = ("length", "mask")

    @property
    def steps(self) -> int:
        """The number of steps, padding included."""
        return len(self.inputs)

    def valid(self, step: int) -> bool:
        """Tell whether a step, from 0, is within the sequence's length and counts."""
        within = self.length is None or step < self.length
        return within and (self.mask is None or self.mask[step])

    def features(self) -> dict[str, str]:
        """Return what it has beside inputs and a state: feature -> in words."""
        found = {
            "lengths": (
                self.length is not None and self.length < self.steps,
                "a sequence shorter than its buffer",
            ),
            "empty": (self.length == 0, "a sequence of length 0"),
            "mask": (self.mask is not None and not all(self.mask), "masked steps"),
        }
        return {feature: words for feature, (has, words) in found.items() if has}
