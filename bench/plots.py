"""Plots of the shipped puzzles: the inputs, c and h of a case over time, true and by hand."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from lstm_verify.lstm import exact
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.readings import by_hand, float_trace
from lstm_verify.puzzle.model import Case, Puzzle
from lstm_verify.report.readings import is_one_hot
from lstm_verify.report.writing import unit_name

STYLE = {"svg.hashsalt": "lstm-verify", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 9}

COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"]
"""Those of Okabe & Ito (2008), which people who see fewer colours can tell apart."""

FEW = len(COLOURS)
"""Of so many units each has a line of its own; more are shown as a picture."""

NAMED = 8
"""Of so many units each has its name beside a picture."""

MARKED = 60
"""Of so many steps each is marked, and its letter written."""

RANGE = 1e3
"""Where the largest number is so many times the smallest, the scale is logarithmic on both sides of 0."""

Array = NDArray[np.float64]


def digest(puzzle: Puzzle) -> str:
    """Return what changes when a plot has to be drawn anew: of the puzzle's file and of this one."""
    files = (Path(puzzle.file), Path(__file__))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:16]


def shown(puzzle: Puzzle) -> Case:
    """Return the case that is drawn: the longest, of several the first."""
    return max(puzzle.cases, key=lambda case: case.steps)


def plot(puzzle: Puzzle) -> str:
    """Draw a case of a puzzle, as SVG; of a text the letters stand under the steps."""
    case = shown(puzzle)
    rows = [] if case.text else [(puzzle.features, _inputs(case), None)]
    rows += _states(puzzle, case)
    one_hot = is_one_hot(puzzle)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(7.5, 0.6 + 1.15 * len(rows)), layout="constrained")
        axes = figure.subplots(len(rows), 1, sharex=True, squeeze=False)[:, 0]
        for axis, (names, true, ideal) in zip(axes, rows, strict=True):
            _row(axis, names, true, ideal, one_hot=one_hot and ideal is not None)
            _skipped(axis, case)
        _time(axes[-1], case)
        buffer = io.StringIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Description": digest(puzzle)})
    return "".join(f"{line.rstrip()}\n" for line in buffer.getvalue().splitlines())


def _inputs(case: Case) -> Array:
    return np.array([[_float(x.value) for x in row] for row in case.inputs])


def _states(puzzle: Puzzle, case: Case) -> list[tuple[Sequence[str], Array, Array | None]]:
    """Return names, true values and ideals [steps, units]: of c and h, or of the h of several layers."""
    places = puzzle.network.places("c", "h")
    if len(places) > 2:
        places = puzzle.network.places("h")
    true = float_trace(puzzle.network, case.run)
    hand = by_hand(puzzle.network, puzzle.ideal).trace(case.run) if case.hand else None
    found = []
    for place in places:
        names = [unit_name(puzzle, place, unit) for unit in range(puzzle.network.width(place.quantity))]
        ideals = None
        if hand:
            ideals = np.array(
                [[_float(x.ideal) for x in step] for step in hand.column(puzzle.network, place)]
            )
        found.append((names, np.array(true.column(puzzle.network, place)), ideals))
    return found


def _float(x: Exact) -> float:
    known = exact.well_known(x)
    return float("nan") if known is None else float(known)


def _row(axis: Axes, names: Sequence[str], true: Array, ideal: Array | None, *, one_hot: bool) -> None:
    """Draw one quantity: a line for each unit, or a picture of many."""
    axis.spines[["top", "right"]].set_visible(False)
    name = names[0].partition("[")[0] if len(names) > 1 and "[" in names[0] else ""
    axis.set_ylabel(name or (names[0] if len(names) == 1 else ""), rotation=0, ha="right", va="center")
    if len(names) > FEW or (one_hot and len(names) > 2):
        limit = np.abs(true).max() or 1
        if len(names) <= NAMED:
            axis.set_yticks(range(len(names)), [name.partition("[")[2].rstrip("]") for name in names])
        steps = [0.5, len(true) + 0.5, len(names) - 0.5, -0.5]
        axis.imshow(
            true.T, "RdBu", aspect="auto", vmin=-limit, vmax=limit, extent=steps, interpolation="none"
        )
        return
    steps = np.arange(1, len(true) + 1)
    for unit, label in enumerate(names):
        colour = COLOURS[unit]
        few = len(true) <= MARKED
        axis.step(
            steps, true[:, unit], ".-" if few else "-", where="mid", color=colour, linewidth=0.9, label=label
        )
        if ideal is not None and few:
            axis.plot(
                steps, ideal[:, unit], "o", color=colour, fillstyle="none", markersize=8, markeredgewidth=0.7
            )
    if ideal is not None and not ideal.any():
        axis.set_ylim(-0.1, 1)  # what is 0 by hand is not to look large
    sizes = np.abs(true[true != 0])
    if sizes.size and sizes.max() > RANGE * sizes.min() and sizes.max() > RANGE * max(1, np.median(sizes)):
        axis.set_yscale("symlog", linthresh=float(sizes.min()))
    axis.margins(y=0.2)
    axis.axhline(0, color="#bbbbbb", linewidth=0.5, zorder=0)
    if len(names) > 1:
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, handlelength=1.2)


def _skipped(axis: Axes, case: Case) -> None:
    """Shade the steps that do not count."""
    for t in range(case.steps):
        if not case.run.valid(t):
            axis.axvspan(t + 0.5, t + 1.5, color="#eeeeee", zorder=-1)


def _time(axis: Axes, case: Case) -> None:
    """Number the steps, or write the letters of a text under them."""
    if case.text is not None and case.steps <= MARKED:
        axis.set_xticks(range(1, case.steps + 1), list(case.text))
    elif case.steps <= 20:
        axis.set_xticks(range(1, case.steps + 1))
    axis.set_xlabel("t")
