"""Published LSTMs, written here from their equations: `d2l`, `by_hand` and `peephole` have them as modules.

Those three import PyTorch as they are imported, which is when a backend of theirs is first run.
"""

from __future__ import annotations

from lstm_verify.backends.base import Kind
from lstm_verify.backends.scratch import adapters
from lstm_verify.backends.torch_backends import CELL, LSTM, TorchCell, TorchLSTM, make


def _kind(name: str, summary: str, kind: type[TorchCell | TorchLSTM]) -> Kind:
    promises = LSTM if issubclass(kind, TorchLSTM) else CELL
    return Kind(
        f"scratch.{name}",
        summary,
        "torch",
        lambda full_name, _, options: make(kind, promises, full_name, options),
    )


KINDS = [
    _kind("d2l", "d2l.ai's LSTM from scratch: W_xi, W_hi, b_i … in; shows c and h", adapters.D2LCell),
    _kind("naive", "Esposito's LSTM by hand, eight products a step; shows c and h", adapters.NaiveCell),
    _kind("fused", "Esposito's LSTM by hand, two products a step; shows c and h", adapters.FusedCell),
    _kind("peephole", "Gers & Schmidhuber's peepholes, or p = 0; shows c and h", adapters.PeepholeCell),
    _kind(
        "peephole_published",
        "Esposito's peephole variant as published, which is no LSTM; shows c and h",
        adapters.PublishedPeepholeCell,
    ),
    _kind("d2l_model", "d2l.ai's RNNModel over torch.nn.LSTM: text to logits; shows h", adapters.D2LModel),
]
