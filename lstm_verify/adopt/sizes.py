"""The sizes that code is looked at with: no two alike, so that a shape tells what it is."""

from __future__ import annotations

from typing import NamedTuple


class Sizes(NamedTuple):
    """How large an implementation is made, and what it is run on.

    Attributes:
        inputs, units: of the network: input_size and hidden_size.
        rows, steps: of what it is run on.
    """

    inputs: int
    units: int
    rows: int
    steps: int

    def of(self, axis: str) -> int:
        """Return the length of an axis: I, H, B rows, T steps, or 1."""
        return {"I": self.inputs, "H": self.units, "B": self.rows, "T": self.steps, "1": 1}[axis]


LOOK = Sizes(inputs=3, units=5, rows=6, steps=4)
"""Also I + H, 4H and 2H are other numbers than these."""

OTHER = 7
"""What any other size is made, such as that of an output layer."""
