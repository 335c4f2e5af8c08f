"""Published LSTMs, written here from their equations: `d2l`, `by_hand` and `peephole` have them as modules.

Those three import PyTorch as they are imported, which is when a backend of theirs is first run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from lstm_verify.backends.base import Backend, Kind
from lstm_verify.backends.scratch.adapters import D2LModel, Published, ScratchCell
from lstm_verify.backends.torch_backends import CELL, LSTM, make
from lstm_verify.conventions import convention
from lstm_verify.lstm.accuracy import Accuracy

D2L = convention("d2l")

CELLS = (
    Published(
        "d2l", "d2l.ai's LSTM from scratch: W_xi, W_hi, b_i and so on; shows c and h", "d2l", "D2L", D2L
    ),
    Published(
        "naive",
        "Esposito's LSTM by hand, eight products a step; shows c and h",
        "by_hand",
        "Naive",
        convention("naive"),
    ),
    Published(
        "fused",
        "Esposito's LSTM by hand, two products a step; shows c and h",
        "by_hand",
        "Fused",
        convention("fused"),
    ),
    Published(
        "peephole",
        "Gers & Schmidhuber's peepholes, or none; shows c and h",
        "peephole",
        "Peephole",
        replace(D2L, name="peephole", names={**D2L.names, "peephole": "p_{gate}"}, peephole="new"),
        features=frozenset(["peephole"]),
    ),
    Published(
        "peephole_published",
        "Esposito's peephole variant as published, which is no LSTM; shows c and h",
        "by_hand",
        "PublishedPeephole",
        convention("fused"),
        departs="known of it: its gates see c, through a full matrix, in place of h; its candidate sees "
        "no h, and is a σ; h is tanh(o·c)",
    ),
)
"""The published cells; a new one is a module in a file of this folder, and an entry here."""


def _kind(name: str, summary: str, made: Callable[..., Backend], promises: Mapping[str, Accuracy]) -> Kind:
    return Kind(
        f"scratch.{name}",
        summary,
        "torch",
        lambda full_name, _, options: make(made, promises, full_name, options),
    )


KINDS = [
    *(_kind(cell.name, cell.summary, partial(ScratchCell, published=cell), CELL) for cell in CELLS),
    _kind("d2l_model", "d2l.ai's RNNModel over torch.nn.LSTM: text to logits; shows h", D2LModel, LSTM),
]
