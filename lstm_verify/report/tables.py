"""A case's trace as printed tables: time and inputs, then by hand, actual and distance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tabulate import tabulate

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.arithmetic.hand import Hand
from lstm_verify.lstm.numerals import apart, rounded_up, short, signed
from lstm_verify.verify.compare import Column
from lstm_verify.verify.tables import Tables
from lstm_verify.verify.verdict import Result

WIDTH = 100
UNBROKEN = ("html", "tsv")  # nobody reads these as text
MAX_STEPS = 60  # more are printed as the first 40 and the last 10
MAX_UNITS = 8


@dataclass(frozen=True)
class Strip:
    """Columns that stay together when a table is too wide and breaks into blocks."""

    headers: list[str]
    rows: list[list[str]]

    def width(self) -> int:
        """Characters that it takes, with two spaces between columns; tabulate pads headers by two."""
        columns = zip(*([f"{header}  " for header in self.headers], *self.rows), strict=True)
        return sum(max(map(len, column)) + 2 for column in columns)


def trace_tables(tables: Tables, result: Result | None, show: Sequence[str], style: str) -> list[str]:
    """Print a case as tables no wider than 100 columns.

    Args:
        result: of the backend whose numbers stand in the columns `actual`.
        show: the quantities to show, of i, f, g, o, c, h.
        style: simple, github, latex, html or tsv.
    """
    steps = _printed_steps(tables.case.steps)
    time = Strip(["t"], [[str(t + 1)] for t in steps])
    features = [
        Strip([name], [[tables.case.inputs[t][k].text] for t in steps])
        for k, name in enumerate(tables.puzzle.features)
    ]
    size = tables.puzzle.network.hidden_size
    states = [
        _strip(tables, result, quantity, unit, steps)
        for quantity in show
        for unit in range(min(size, MAX_UNITS))
    ]
    gap = 0 if style == "simple" else 1
    strips = [*features, *states]
    blocks = [[time, *strips]] if style in UNBROKEN else _blocks(time, strips, gap)
    return [_print(block, style) for block in blocks]


def left_out(tables: Tables) -> Iterator[str]:
    """Say what the tables leave out."""
    if tables.case.steps > MAX_STEPS:
        yield f"({tables.case.steps} steps; the first 40 and the last 10 are printed, and all are checked)"
    if tables.puzzle.network.hidden_size > MAX_UNITS:
        units = tables.puzzle.network.hidden_size
        yield f"({units} units; the first {MAX_UNITS} are printed, and all are checked)"


def _printed_steps(steps: int) -> list[int]:
    return list(range(steps)) if steps <= MAX_STEPS else [*range(40), *range(steps - 10, steps)]


def _strip(tables: Tables, result: Result | None, quantity: str, unit: int, steps: Sequence[int]) -> Strip:
    """Make the columns by hand (or true) / actual / distance of one unit of one quantity."""
    by_hand = bool(tables.case.hand)
    trace = tables.ideals if by_hand else tables.truth
    comparison = result.comparison if result else None
    column = comparison.columns.get(quantity) if comparison else None
    name = quantity if tables.puzzle.network.hidden_size == 1 else f"{quantity}[{unit}]"
    rows = []
    for t in steps:
        expected = getattr(trace[t], quantity)[unit]
        actual, distance = _actual(column, t, unit, expected)
        rows.append([_expected(expected), actual, distance])
    headers = [f"{name} by hand" if by_hand else f"{name} true", f"{name} actual", "distance"]
    if column is None:
        return Strip(headers[:1], [row[:1] for row in rows])
    return Strip(headers, rows)


def _expected(value: Any) -> str:
    """Write an ideal with its radius, rounded up; or a true value."""
    if not isinstance(value, Hand):
        return f"{float(value):.6g}" if balls.well_known(value) else "unknown"
    return short(value.ideal) + (f" ± {rounded_up(value.radius)}" if value.radius > 0 else "")


def _actual(column: Column | None, t: int, unit: int, expected: Any) -> tuple[str, str]:
    if column is None or not column.shown[t]:
        return "-", "-"
    got = float(column.got[t, unit])
    known = exact.well_known(expected.ideal) if isinstance(expected, Hand) else expected
    centre = math.nan if known is None else float(known)
    text = f"{got:.6g}"
    if column.outside[t, unit]:
        enough, _, _ = apart(got, float(column.low[t, unit]), float(column.high[t, unit]))
        text = f"{max(text, enough, key=len)} ✗"
    return text, signed(got - centre) if math.isfinite(got - centre) else "-"


def _blocks(first: Strip, strips: Sequence[Strip], gap: int) -> Iterator[list[Strip]]:
    """Put strips side by side as long as they fit; each block begins with the first strip."""
    block, width = [first], first.width() + gap
    for strip in strips:
        more = strip.width() + gap * len(strip.headers)
        if width + more > WIDTH and len(block) > 1:
            yield block
            block, width = [first], first.width() + gap
        block.append(strip)
        width += more
    yield block


def _print(block: Sequence[Strip], style: str) -> str:
    headers = [header for strip in block for header in strip.headers]
    rows = [[cell for strip in block for cell in strip.rows[k]] for k in range(len(block[0].rows))]
    align = None if style == "tsv" else "right"  # what programs read has no padding
    return tabulate(rows, headers, tablefmt=style, disable_numparse=True, stralign=align)
