"""What a person reads off the states of a step: numbers that a puzzle names, and the units that are on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lstm_verify.lstm.arithmetic.hand import Hand, NotByHand
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.exact import Undecided, sign
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.readings import by_hand
from lstm_verify.lstm.unroll import Trace
from lstm_verify.puzzle.model import Puzzle, Reading
from lstm_verify.report.writing import factor, read_off, summed


class Readings:
    """What is read off a trace by hand, step by step."""

    def __init__(self, puzzle: Puzzle, trace: Trace[Sequence[Hand]], *, one_hot: bool) -> None:
        """Take a trace by hand, and whether units are off or on."""
        self.puzzle = puzzle
        self.trace = trace
        self.one_hot = one_hot

    def after(self, index: int, t: int) -> Iterator[str]:
        """Yield what is to be read off after a layer and direction has taken a step, t from 0."""
        for name, reading in self.puzzle.reads.items():
            if max(self._index(place) for place, _ in reading.terms) == index:
                yield self._written(name, reading, t)
        if self.one_hot:
            h = self.trace.steps[index][t].h
            on = [name for name, value in zip(self.puzzle.units, h, strict=True) if value.ideal != 0]
            yield f"on: {', '.join(on)}" if on else "no unit is on"

    def _index(self, place: Place) -> int:
        return self.puzzle.network.index(place.layer, place.direction)

    def _written(self, name: str, reading: Reading, t: int) -> str:
        """Write count = 16·0.125 = 2."""
        values = {term: self._value(*term, t) for term in reading.terms}
        total = sum((Hand(x) * values[term] for term, x in reading.terms.items()), Hand(reading.constant))
        given = {term: factor(value.ideal) for term, value in values.items()}
        return name + summed(read_off(reading, given), total)

    def _value(self, place: Place, unit: int, t: int) -> Hand:
        step: Step[Any] = self.trace.steps[self._index(place)][t]
        value: Hand = getattr(step, place.quantity)[unit]
        return value


def is_one_hot(puzzle: Puzzle) -> bool:
    """Tell whether units with names are off or on: by hand h is 0, or one and the same positive number."""
    if not puzzle.units or puzzle.network.proj_size:
        return False
    try:
        traces = [by_hand(puzzle.network, puzzle.ideal).trace(case.run) for case in puzzle.cases]
    except (NotByHand, Undecided):
        return False
    found = {x.ideal for trace in traces for steps in trace.steps for step in steps for x in step.h}
    return len(found - {0}) == 1 and all(sign(x) >= 0 for x in found)
