"""The published networks as backends: which module, with which weights, and what it cannot express."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from lstm_verify.backends.base import UNROLLED, Array, Observation, Part, beyond
from lstm_verify.backends.torch_backends import TorchCell, TorchLSTM, limited_threads, returned_values
from lstm_verify.backends.torch_rows import Batch, StepFunction, floats, observe_steps
from lstm_verify.conventions import Convention, convention
from lstm_verify.lstm.network import Network, Place, Run, Weights

if TYPE_CHECKING:
    from lstm_verify.backends.scratch.d2l import RNNModel

D2L = convention("d2l")
PEEPHOLES = replace(D2L, name="peephole", names={**D2L.names, "peephole": "p_{gate}"}, peephole="new")
"""How `peephole.Peephole` names its weights: as the book, and p_i, p_f and p_o."""


class ScratchCell(TorchCell):
    """A published cell; each step is given the state that the step before returned.

    Layers, directions, lengths and masks are led by us.

    Attributes:
        FILE, MODULE: where in this folder the cell is, and the name of its class.
        CONVENTION: how the class names and packs its weights.
    """

    FILE: ClassVar[str]
    CONVENTION: ClassVar[Convention]

    def refusal(self, network: Network, run: Run) -> str | None:
        """Refuse what the published cell cannot express."""
        return _refused(self.name, beyond(network, run, self.SUPPORTED))

    def packed(self, weights: Weights) -> dict[str, Array]:
        """Return our weights by the names and in the shapes that the cell has."""
        return self.CONVENTION.pack(weights)

    def observe(self, network: Network, runs: Sequence[Run]) -> list[Observation]:
        """Lead a cell for each layer and direction over all steps, the rows as one batch."""
        import torch

        module = getattr(import_module(f"{__package__}.{self.FILE}"), self.MODULE)

        def make(weights: Weights) -> StepFunction:
            cell = module(len(weights.weight_ih[0]), network.hidden_size)
            cell.to(self.device, getattr(torch, self.form.name))
            loaded: StepFunction = self.loaded(cell, self.packed(weights))
            return loaded

        with limited_threads(self.threads), torch.inference_mode():
            return observe_steps(network, runs, self.vectors, make)


class D2LCell(ScratchCell):
    """`d2l.D2L`."""

    FILE, MODULE = "d2l", "D2L"
    CONVENTION = D2L


class NaiveCell(ScratchCell):
    """`by_hand.Naive`."""

    FILE, MODULE = "by_hand", "Naive"
    CONVENTION = convention("naive")


class FusedCell(ScratchCell):
    """`by_hand.Fused`."""

    FILE, MODULE = "by_hand", "Fused"
    CONVENTION = convention("fused")


class PublishedPeepholeCell(FusedCell):
    """`by_hand.PublishedPeephole`, which goes by the name of an LSTM and is asked what an LSTM is asked."""

    FILE, MODULE = "by_hand", "PublishedPeephole"


class PeepholeCell(ScratchCell):
    """`peephole.Peephole`; where the network has no peepholes, they are 0."""

    FILE, MODULE = "peephole", "Peephole"
    CONVENTION = PEEPHOLES
    SUPPORTED = UNROLLED | {"peephole"}

    def refusal(self, network: Network, run: Run) -> str | None:
        """Refuse also an output gate that looks at the old cell state."""
        old = network.semantics.departures()["peephole"] if network.semantics.peephole == "old" else None
        return _refused(self.name, old) or super().refusal(network, run)

    def packed(self, weights: Weights) -> dict[str, Array]:
        """Return W_xi, W_hi, b_i and so on, and p_i, p_f and p_o."""
        packed = super().packed(weights)
        none = np.zeros_like(packed["b_i"])
        return {"p_i": none, "p_f": none, "p_o": none} | packed


class D2LModel(TorchLSTM):
    """`d2l.RNNModel` over torch.nn.LSTM; reads text only, and shows logits, h and the states at the end."""

    SUPPORTED = frozenset(["num_layers", "bidirectional", "dropout"])

    def refusal(self, network: Network, run: Run) -> str | None:
        """Refuse inputs that are no letters, and what is no stack of one or two directions."""
        reason = _refused(self.name, beyond(network, run, self.SUPPORTED))
        if reason or all(is_letter(row) for row in run.inputs):
            return reason
        return f"{self.name.partition(',')[0]} reads text, and these inputs are no one-hot rows"

    def observe(self, network: Network, runs: Sequence[Run]) -> list[Observation]:
        """Run the texts as one batch."""
        import torch

        batch = Batch(runs)
        letters = torch.tensor(batch.inputs.argmax(axis=-1).T, device=self.device)
        with limited_threads(self.threads), torch.inference_mode():
            model = self.model(network)
            state = self.vectors.vector(batch.h0), self.vectors.vector(batch.c0)
            outputs, (h_n, c_n) = model.hidden(letters, state)
            logits = floats(model(letters, state)[0].reshape(batch.steps, len(runs), network.width("logits")))
        returned = [floats(tensor) for tensor in (outputs, h_n, c_n)]
        seen = []
        for row in range(len(runs)):
            values = returned_values(network, *(x[:, row] for x in returned))
            scores = {Place("logits"): logits[:, row]} if network.head else {}
            seen.append(Observation((Part(values | scores),)))
        return seen

    def model(self, network: Network) -> RNNModel:
        """Make the model with a network's weights; where that has no output layer, it has no logits."""
        from lstm_verify.backends.scratch.d2l import RNNModel

        rnn = self.module(network)
        model = RNNModel(rnn, network.width("logits")).to(self.device, rnn.weight_ih_l0.dtype)
        if network.head:
            model.W_hq.copy_(self.vectors.vector(network.head.weight).T)
            model.b_q.copy_(self.vectors.vector(network.head.bias))
        return model


def is_letter(row: Iterable[Any]) -> bool:
    """Tell whether a row is 1 at one place and 0 at all others."""
    numbers = sorted(row)
    return numbers[-1] == 1 and not any(numbers[:-1])


def _refused(name: str, other: str | None) -> str | None:
    return f"{name.partition(',')[0]} cannot express {other}" if other else None
