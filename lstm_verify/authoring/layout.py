"""How a table's numbers are laid out in a file: as the shipped puzzles have them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

WIDTH = 110
"""Columns of a line; a longer list is broken."""

Texts = Sequence[Sequence[str]]
"""The numbers of a quantity, written: [steps][width], or of a state at the end a single row."""


def flow(items: Iterable[str]) -> str:
    """Write a list in brackets, on one line."""
    return f"[{', '.join(items)}]"


@dataclass(frozen=True)
class Layout:
    """The lay-out of a section.

    Attributes:
        newline: the file's line break.
        step: the columns by which what belongs to a key is set in.
        flow: whether the section stands in braces, so that all of it goes on one line.
    """

    newline: str = "\n"
    step: int = 2
    flow: bool = False

    def section(self, entries: Sequence[tuple[str, str]], indent: int) -> str:
        """Return what follows a section's key at an indent: names with their values."""
        lines = [f"{name}:{value}" for name, value in entries]
        if self.flow:
            return f" {{{', '.join(lines)}}}"
        return "".join(f"{self.newline}{' ' * (indent + self.step)}{line}" for line in lines)

    def quantity(self, name: str, rows: Texts, indent: int, *, flat: bool) -> str:
        """Return what follows `name:` at an indent.

        Args:
            flat: the numbers are one list, as for one unit; otherwise a list of rows, one a line.
        """
        numbers = [text for row in rows for text in row]
        if self.flow:
            return " " + (flow(numbers) if flat else flow(flow(row) for row in rows))
        if flat:
            return " " + self.broken(numbers, indent + len(f"{name}: "))
        inner = indent + self.step
        lines = [f"{' ' * inner}- {self.broken(row, inner + len('- '))}" for row in rows]
        return "".join(self.newline + line for line in lines)

    def broken(self, items: Sequence[str], column: int) -> str:
        """Write a list in brackets that begins at a column, from 0; where it is long, on several lines."""
        lines: list[str] = []
        for item in items:
            if lines and column + len(f"[{lines[-1]} {item},") <= WIDTH:
                lines[-1] += f" {item},"
            else:
                lines.append(f"{item},")
        return f"[{(self.newline + ' ' * (column + 1)).join(lines).removesuffix(',')}]"
