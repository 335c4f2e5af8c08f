"""The families of the shipped puzzles, in the order in which `list` and the documentation have them."""

from __future__ import annotations

from typing import NamedTuple


class Family(NamedTuple):
    """What the puzzles of a family have in common: a title, and what they are about in a few sentences."""

    title: str
    about: str


FAMILIES = {
    "memory": Family(
        "Memory cells and latches",
        "What an LSTM is for: a number is written, kept, read and forgotten, each by a gate of its own.",
    ),
    "toggles": Family(
        "Toggles, parity and counters modulo n",
        "The next state depends on the last one, so the recurrent weights have work to do: c and h are 1/4 "
        "for a one and 0 for a zero, and a weight of 160 makes a gate of them.",
    ),
    "automata": Family(
        "Automata",
        "A finite automaton in one-hot states: unit k is 1/4 in state k, and 0 in all others. The languages "
        "are Tomita's.",
    ),
    "counters": Family(
        "Counters and languages",
        "With f = 1 and g = ±1 the cell state counts without a bound, which no finite automaton does; h = "
        "tanh(c) does not. What can be counted can be compared: words with as many a as b, and brackets.",
    ),
    "delays": Family(
        "Delays and order",
        "What came when: an input is handed on from unit to unit, or kept for hundreds of steps.",
    ),
    "filters": Family(
        "Filters and exact fractions",
        "Gates that are neither shut nor open: σ(0) is 1/2, and σ(ln k) is k/(k+1), so that averages have "
        "tables in fractions, without any saturation.",
    ),
    "text": Family(
        "Text",
        "Letters as one-hot rows: a weight for each letter, and logits that say which letter may come next.",
    ),
    "extremes": Family(
        "Saturation, underflow and precision",
        "Where formulas that are right on paper go wrong in a machine: numbers so large that e^z overflows, "
        "so small that they underflow, and counts at which a format stands still.",
    ),
    "networks": Family(
        "Layers, directions and projections",
        "Cells make a network: layers above one another, a direction that reads backwards, and a projection "
        "of many cells to few outputs.",
    ),
    "lengths": Family(
        "Lengths, masks and initial states",
        "Which steps count, and what is there before the first and after the last.",
    ),
    "variants": Family(
        "Variants of the LSTM",
        "Peepholes, gates that are coupled, values that are clipped, other activations, normalised layers "
        "and dropout: what papers and frameworks have added.",
    ),
    "generic": Family(
        "Every number different",
        "No two numbers are alike and no gate is near 0 or 1. They teach nothing, and nothing that is "
        "exchanged, transposed, dropped or copied gets past them.",
    ),
}
"""Slug, as `family:` has it in a puzzle file -> the family."""
