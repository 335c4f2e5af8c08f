"""The section of a table: what is stated about a run."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from lstm_verify.puzzle.leaves import Cells, CellsOfUnits
from lstm_verify.puzzle.section import Suffixed


class TableSection(Suffixed):
    """What is stated about a run: a cell for each step (a row of cells for several units)."""

    SUFFIXED: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o", "c", "h", "h_n", "c_n")
    __pydantic_extra__: dict[str, Cells] = Field(init=False)

    i: Cells | None = Field(None, description="The input gate.")
    f: Cells | None = Field(None, description="The forget gate.")
    g: Cells | None = Field(None, description="The candidate.")
    o: Cells | None = Field(None, description="The output gate.")
    c: Cells | None = Field(None, description="The cell state.")
    h: Cells | None = Field(None, description="The output.")
    h_n: CellsOfUnits | None = Field(None, description="The last output: a cell for each unit.")
    c_n: CellsOfUnits | None = Field(None, description="The last cell state: a cell for each unit.")
    logits: Cells | None = Field(None, description="What the output layer gives.")
