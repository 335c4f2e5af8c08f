"""From the draft of a puzzle to its file: with the hand table, and the digits that are proven."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lstm_verify.authoring.draft import Draft
from lstm_verify.authoring.filling import Wanted
from lstm_verify.authoring.layout import Layout
from lstm_verify.authoring.refresh import refresh
from lstm_verify.lstm.arithmetic.hand import Hand
from lstm_verify.lstm.exact import Exact, Undecided
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.numerals import rounded_up, short
from lstm_verify.lstm.readings import by_hand
from lstm_verify.lstm.semantics import QUANTITIES
from lstm_verify.lstm.unroll import Trace
from lstm_verify.puzzle.load import parse
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.puzzle.problems import count

FAR = 0.05
"""A hand table that may be farther off than this says little of what is true."""

LONGEST = 16
"""Characters of a fraction in a hand table; what is longer is nothing that a person works out."""


@dataclass(frozen=True)
class Drafted:
    """A puzzle file.

    Attributes:
        data: its bytes.
        notes: what the author should know of it.
    """

    data: bytes
    notes: list[str]


def drafted(draft: Draft, file: str) -> Drafted:
    """Return the file of a draft that has no flaws.

    Raises:
        PuzzleError: it is no puzzle, or its digits cannot be proven.
    """
    bare = parse(draft.file().encode(), file, digits=())
    entries, notes = _by_hand(bare, in_fractions=draft.in_fractions)
    found = refresh(draft.file(Layout().section(entries, 4)).encode(), file, Wanted())
    for changes in found.changes:
        notes += [f"digits: {cell}" for cell in changes.unclear]
    return Drafted(found.data, notes)


def _by_hand(puzzle: Puzzle, *, in_fractions: bool) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the entries of a hand table as far as the hand rules give fractions, and what they leave out."""
    network, case = puzzle.network, puzzle.cases[0]
    quantities = QUANTITIES if network.hidden_size == 1 else ("c", "h")
    try:
        trace = by_hand(network, puzzle.ideal).trace(case.run)
    except Undecided as error:
        return [], [f"no hand table: {error}"]
    entries, left_open = [], 0
    for quantity in quantities:
        column = trace.column(network, Place(quantity))
        rows = [
            [_fraction(hand.ideal, in_fractions=in_fractions) for hand in row]
            for row in column
            if row is not None
        ]
        texts = [text for row in rows for text in row]
        if any(text != "~" for text in texts):
            flat = network.width(quantity) == 1
            entries.append((quantity, Layout().quantity(quantity, rows, 6, flat=flat)))
        left_open += texts.count("~")
    notes = _far_off(trace) if entries else []
    if left_open:
        which = f"hand table: {count(left_open, 'number')} left open" if entries else "no hand table"
        notes.append(f"{which}: the hand rules give no short fraction there")
    return entries, notes


def _far_off(trace: Trace[Sequence[Hand]]) -> list[str]:
    """Say so where the truth may be far from what the hand rules give."""
    radii = [hand.radius for step in trace.steps[0] for hand in (*step.c, *step.h)]
    widest = max(radii, key=float)
    if float(widest) <= FAR:
        return []
    other = "--ideal g=sign takes tanh for ±1, --ideal g=exact and h=exact take it as it is"
    return [f"the truth may be ± {rounded_up(widest)} from the hand table: tanh is not linear there; {other}"]


def _fraction(x: Exact, *, in_fractions: bool) -> str:
    """Write a fraction, or the short decimal that it is; ~ where it is none, or long."""
    if not isinstance(x, Fraction) or len(str(x)) > LONGEST:
        return "~"
    return str(x) if in_fractions else short(x, 4)
