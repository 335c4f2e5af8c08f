"""A network and what it is run on, as exact data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from lstm_verify.lstm.semantics import GATES, PYTORCH, Semantics

if TYPE_CHECKING:
    from numpy.typing import NDArray

Tensor: TypeAlias = "Sequence[Any] | NDArray[Any]"
"""Nested tuples of exact numbers, or a NumPy array of floats (whose values are exact)."""


@dataclass(frozen=True)
class Weights:
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

    def of_gate(self, gate: str) -> dict[str, Tensor]:
        """Return the rows of one gate (i, f, g or o) of each tensor, by its name."""
        size = len(self.bias_ih) // len(GATES)
        first = GATES.index(gate) * size
        return {name: tensor[first : first + size] for name, tensor in vars(self).items()}


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


@dataclass(frozen=True)
class Run:
    """What a network is run on.

    Attributes:
        inputs: [steps, input_size]
        h0: [hidden_size]
        c0: [hidden_size]
    """

    inputs: Tensor
    h0: Tensor
    c0: Tensor
