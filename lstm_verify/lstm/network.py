"""A network and what it is run on, as exact data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from lstm_verify.lstm.semantics import GATES, PYTORCH, Semantics

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tensor: TypeAlias = "Sequence[Any] | NDArray[Any]"
"""Nested tuples of exact numbers, or a NumPy array of floats (whose values are exact)."""


class Tensors:
    """A frozen dataclass whose fields are all tensors."""

    def items(self) -> Iterable[tuple[str, Tensor]]:
        """Yield each tensor with its name."""
        return vars(self).items()

    def map(self, change: Callable[[Tensor], Tensor]) -> Self:
        """Return the same tensors, each changed."""
        return type(self)(**{name: change(tensor) for name, tensor in self.items()})


@dataclass(frozen=True)
class Weights(Tensors):
    """The parameters of one layer, named and packed as in torch.nn.LSTM.

    Rows come in four blocks of hidden_size rows: i, f, g, o.

    Attributes:
        weight_ih: [4·hidden_size, input_size]
        weight_hh: [4·hidden_size, hidden_size]
        bias_ih: [4·hidden_size]
        bias_hh: [4·hidden_size]
    """

    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor
    bias_hh: Tensor

    def gate(self, gate: str) -> Self:
        """Return the rows of one gate: i, f, g (or c) or o.

        Raises:
            ValueError: there is no such gate.
        """
        if gate not in (*GATES, "c"):
            raise ValueError(f"'{gate}' is no gate; the gates are i, f, g (or c) and o")
        size = len(self.bias_ih) // len(GATES)
        first = GATES.index(gate.replace("c", "g")) * size
        return self.map(lambda tensor: tensor[first : first + size])


@dataclass(frozen=True)
class Network:
    """A single-layer LSTM: its sizes, its variant and its weights.

    Attributes:
        bias: whether it has biases at all (where not, both are zero).
    """

    input_size: int
    hidden_size: int
    weights: Weights
    bias: bool = True
    semantics: Semantics = PYTORCH

    def map(self, change: Callable[[Tensor], Tensor]) -> Network:
        """Return the same network, each of its tensors changed."""
        return replace(self, weights=self.weights.map(change))


@dataclass(frozen=True)
class Run(Tensors):
    """What a network is run on.

    Attributes:
        inputs: [steps, input_size]
        h0: [hidden_size]
        c0: [hidden_size]
    """

    inputs: Tensor
    h0: Tensor
    c0: Tensor
