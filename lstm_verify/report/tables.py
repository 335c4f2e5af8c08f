"""A case's trace as printed tables: time and inputs, then by hand, actual and distance."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tabulate import tabulate

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.arithmetic.hand import Hand
from lstm_verify.lstm.network import Place, Run
from lstm_verify.lstm.numerals import apart, formula, rounded_up, signed
from lstm_verify.lstm.semantics import AT_THE_END
from lstm_verify.report.writing import WIDTH, letter, unit_name
from lstm_verify.verify.compare import Column
from lstm_verify.verify.tables import Tables
from lstm_verify.verify.verdict import Result

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
        result: of the backend whose numbers stand in the columns `actual`, those of its plain run.
        show: the quantities to show, of i, f, g, o, c, h, logits, h_n and c_n.
        style: simple, github, latex, html or tsv.
    """
    network, steps = tables.puzzle.network, _printed_steps(tables.case.steps)
    time = Strip(["t"], [[_time(tables.case.run, t)] for t in steps])
    shown = network.places(*show)
    during = [p for p in shown if p.quantity not in AT_THE_END]
    strips = [*_inputs(tables, steps), *_strips(tables, result, during, steps)]
    blocks = _in_blocks(time, strips, style)
    ends = [p for p in shown if p.quantity in AT_THE_END]
    if ends:
        blocks += _in_blocks(Strip(["t"], [["end"]]), list(_strips(tables, result, ends, [0])), style)
    return [_print(block, style) for block in blocks]


def left_out(tables: Tables) -> Iterator[str]:
    """Say what the tables leave out."""
    if tables.case.steps > MAX_STEPS:
        yield f"({tables.case.steps} steps; the first 40 and the last 10 are printed, and all are checked)"
    units = tables.puzzle.network.hidden_size
    if units > MAX_UNITS:
        yield f"({units} units; the first {MAX_UNITS} are printed, and all are checked)"


def _printed_steps(steps: int) -> list[int]:
    return list(range(steps)) if steps <= MAX_STEPS else [*range(40), *range(steps - 10, steps)]


def _time(run: Run, t: int) -> str:
    """Number a step, from 1, and say where it does not count."""
    padding = run.length is not None and t >= run.length
    return f"{t + 1}" + (" padding" if padding else "" if run.valid(t) else " masked")


def _inputs(tables: Tables, steps: Sequence[int]) -> list[Strip]:
    """Make the columns of the inputs: of a text its characters, else one for each feature."""
    case = tables.case
    if case.text is not None:
        return [Strip(["text"], [[letter(case.text[t])] for t in steps])]
    return [
        Strip([name], [[case.inputs[t][k].text] for t in steps])
        for k, name in enumerate(tables.puzzle.features)
    ]


def _strips(
    tables: Tables, result: Result | None, places: Sequence[Place], rows: Sequence[int]
) -> Iterator[Strip]:
    """Make the columns of the first units of each place."""
    for place in places:
        for unit in range(min(tables.puzzle.network.width(place.quantity), MAX_UNITS)):
            yield _strip(tables, result, place, unit, rows)


def _strip(tables: Tables, result: Result | None, place: Place, unit: int, rows: Sequence[int]) -> Strip:
    """Make the columns by hand (or true) / actual / distance of one unit of one quantity."""
    by_hand = bool(tables.case.hand)
    network = tables.puzzle.network
    trace = (tables.ideals if by_hand else tables.truth).column(network, place)
    comparison = result.plain if result else None
    column = comparison.columns.get(place) if comparison else None
    name = unit_name(tables.puzzle, place, unit)
    cells = []
    for row in rows:
        vector = trace[row]
        if vector is None:
            cells.append(["-", "-", "-"])
        else:
            cells.append([_expected(vector[unit]), *_actual(column, row, unit, vector[unit])])
    headers = [f"{name} by hand" if by_hand else f"{name} true", f"{name} actual", "distance"]
    if column is None:
        return Strip(headers[:1], [cell[:1] for cell in cells])
    return Strip(headers, cells)


def _expected(value: Any) -> str:
    """Write an ideal with its radius, rounded up; or a true value."""
    if not isinstance(value, Hand):
        return f"{float(value):.6g}" if balls.well_known(value) else "unknown"
    return formula(value.ideal) + (f" ± {rounded_up(value.radius)}" if value.radius > 0 else "")


def _actual(column: Column | None, row: int, unit: int, expected: Any) -> tuple[str, str]:
    if column is None or not column.shown[row]:
        return "-", "-"
    got = float(column.got[row, unit])
    known = exact.well_known(expected.ideal) if isinstance(expected, Hand) else expected
    centre = math.nan if known is None else float(known)
    text = f"{got + 0.0:.6g}"  # a negative zero is 0 to those who read
    if column.outside[row, unit]:
        enough, _, _ = apart(got, float(column.low[row, unit]), float(column.high[row, unit]))
        text = f"{max(text, enough, key=len)} ✗"
    return text, signed(got - centre) if math.isfinite(got - centre) else "-"


def _in_blocks(first: Strip, strips: Sequence[Strip], style: str) -> list[list[Strip]]:
    """Put strips side by side, in blocks where people are to read them."""
    if style in UNBROKEN:
        return [[first, *strips]]
    return list(_blocks(first, strips, 0 if style == "simple" else 1))


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
