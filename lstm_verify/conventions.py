"""Who packs weights how: orders of the gate blocks, and the way from one to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from lstm_verify.lstm.semantics import GATES

if TYPE_CHECKING:
    from numpy.typing import NDArray

Row = TypeVar("Row")


def gate_order(text: str) -> str:
    """Read the order of packed gate blocks, such as "iofc"; c is another name for g.

    Returns:
        The order in our letters, "iofg" for the example.

    Raises:
        ValueError: text is no order of the four gates; the message says what is expected.
    """
    order = text.replace("c", "g")
    if sorted(order) != sorted(GATES):
        raise ValueError(f"'{text}' is no order of the gates i, f, g (or c), o; PyTorch's is 'ifgo'")
    return order


def reorder(rows: Sequence[Row] | NDArray[Any], source: str, target: str = GATES) -> list[Row]:
    """Rearrange equal blocks of rows, one block a gate, from one gate order to another."""
    size = len(rows) // len(GATES)
    blocks = {gate: rows[k * size : (k + 1) * size] for k, gate in enumerate(gate_order(source))}
    return [row for gate in gate_order(target) for row in blocks[gate]]
