"""Orders of the gate blocks, and the way from one to another."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lstm_verify.conventions.lookup import CONVENTIONS, find
from lstm_verify.lstm.semantics import GATES

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row = TypeVar("Row")

_CANDIDATE = str.maketrans("cjz", "ggg")
"""What others call g, the candidate: c (ONNX), j (TensorFlow 1), z (Core ML)."""


def gate_order(text: str) -> str:
    """Read the order of packed gate blocks: "iofc", or the name of a convention that has it, "onnx".

    Returns:
        The order in our letters, "iofg" for both examples; c, j and z are other names for g.

    Raises:
        ValueError: text is no order of the four gates, nor a convention that packs them; the
            message says what is expected.
    """
    order = text.translate(_CANDIDATE)
    if sorted(order) == sorted(GATES):
        return order
    named = find(text)
    if named is None:
        packed = [name for name, known in CONVENTIONS.items() if not known.separate]
        near = difflib.get_close_matches(text.lower(), packed, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else f": {', '.join(packed)}"
        raise ValueError(
            f"'{text}' is no order of the gates i, f, g (or c), o; PyTorch's is 'ifgo'; "
            f"or name a convention that packs them{hint}"
        )
    if named.separate:
        raise ValueError(f"'{text}' has no order of the gates: {named.title} keeps a tensor for each")
    return named.order


def reorder(rows: Sequence[Row] | NDArray[Any], source: str, target: str = GATES) -> list[Row]:
    """Rearrange equal blocks of rows, one block a gate, from one gate order to another."""
    size = len(rows) // len(GATES)
    blocks = {gate: rows[k * size : (k + 1) * size] for k, gate in enumerate(gate_order(source))}
    return [row for gate in gate_order(target) for row in blocks[gate]]
