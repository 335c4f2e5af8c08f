"""Every number that an implementation showed, beside the interval in which it had to be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.base import Array, Observation
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.arithmetic.envelope import Interval
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Run
from lstm_verify.verify.envelope import envelopes

TOO_WIDE = 1e-2
"""An interval of half-width above this times max(1, |value|) agrees with nothing: not checked."""

STATE = ("c", "h")
"""What every implementation is asked for; the gates count where they are shown."""


@dataclass(frozen=True)
class Number:
    """One number of a trace beside its interval; steps count from 1, units from 0.

    Attributes:
        ulps: how far outside it lies, in units in the last place of the format; 0 inside.
        share: how much of the interval's half-width it uses: 0 in the middle, 1 at the edge.
    """

    quantity: str
    step: int
    unit: int
    got: float
    low: float
    high: float
    ulps: float
    share: float


@dataclass(frozen=True)
class Column:
    """One quantity over all steps: what was shown and where it had to be, [steps, hidden_size]."""

    got: Array  # NaN where not shown
    low: Array
    high: Array
    shown: NDArray[np.bool_]  # [steps]
    form: Format

    @cached_property
    def unbounded(self) -> NDArray[np.bool_]:
        """Where the format may overflow: then any number may come out, and none at all."""
        return np.isinf(self.low) | np.isinf(self.high)

    @cached_property
    def outside(self) -> NDArray[np.bool_]:
        """Where the shown number is not in its interval (an infinite or missing one included)."""
        wrong = _outside(self.got, self.low, self.high)
        return self.shown[:, None] & wrong & ~(self.unbounded & ~np.isfinite(self.got))

    @cached_property
    def checked(self) -> NDArray[np.bool_]:
        """Where the interval is narrow enough to mean something, or missed all the same."""
        with np.errstate(invalid="ignore"):
            half = (self.high - self.low) / 2
            narrow = half <= TOO_WIDE * np.maximum(1, np.abs(self.low + half))
        return self.shown[:, None] & ((narrow & ~self.unbounded) | self.outside)

    @cached_property
    def ulps(self) -> Array:
        """The distance to the interval in ulps of its nearer edge; 0 inside, ∞ for NaN."""
        with np.errstate(invalid="ignore", over="ignore"):
            edge = np.where(self.got > self.high, self.high, self.low)
            distance = np.abs(self.got - edge) / self.form.ulp(np.where(np.isfinite(edge), edge, 0.0))
        return np.where(self.outside, np.where(np.isnan(distance), np.inf, distance), 0.0)

    @cached_property
    def share(self) -> Array:
        """How much of its interval's half-width a number uses: 0 in the middle, 1 at the edge."""
        with np.errstate(invalid="ignore", divide="ignore"):
            off = np.abs((self.got - self.low) - (self.high - self.got)) / (self.high - self.low)
        return np.nan_to_num(off, nan=0.0)

    def worst(self) -> tuple[int, int]:
        """Return the step (from 0) and unit of the number farthest outside, else nearest to its edge."""
        rank = np.where(self.outside, 2 + self.ulps, np.minimum(self.share, 1))
        step, unit = divmod(int(np.argmax(np.where(self.checked, rank, -1.0))), self.got.shape[1])
        return step, unit


@dataclass(frozen=True)
class Comparison:
    """A whole trace beside its envelope: quantity -> column, in the order i f g o c h."""

    columns: dict[str, Column]

    @property
    def checked(self) -> int:
        """How many numbers were checked."""
        return sum(int(column.checked.sum()) for column in self.columns.values())

    @property
    def not_checked(self) -> int:
        """How many were not: c and h that were not shown, and intervals too wide to mean anything."""
        return sum(int((~column.checked).sum()) for column in self.columns.values())

    @property
    def not_shown(self) -> int:
        """How many were not checked because the implementation does not show them."""
        return sum(int((~column.shown).sum()) * column.got.shape[1] for column in self.columns.values())

    @property
    def too_wide(self) -> int:
        """How many were not checked because their interval is too wide to mean anything."""
        return self.not_checked - self.not_shown

    @property
    def failures(self) -> int:
        """How many lie outside."""
        return sum(int(column.outside.sum()) for column in self.columns.values())

    def first_outside(self) -> Number | None:
        """Return the first number outside, step by step in the order i f g o c h: the cause."""
        return self._first({q: column.outside for q, column in self.columns.items()})

    def missing(self) -> Number | None:
        """Return the first number that is NaN where one had to be."""
        return self._first({q: column.outside & np.isnan(column.got) for q, column in self.columns.items()})

    def _first(self, marked: dict[str, NDArray[np.bool_]]) -> Number | None:
        """Return the first number that is marked: of the earliest step, in the order i f g o c h."""
        places = [
            (int(step), rank, int(unit))
            for rank, mask in enumerate(marked.values())
            for step, unit in np.argwhere(mask)[:1]
        ]
        if not places:
            return None
        step, rank, unit = min(places)
        return self.number(list(marked)[rank], step, unit)

    def worst(self) -> Number | None:
        """Return the number the most ulps outside, else the one nearest to its edge."""
        candidates = [self.number(q, *c.worst()) for q, c in self.columns.items() if c.checked.any()]
        return max(candidates, key=lambda n: (n.ulps, n.share), default=None)

    def number(self, quantity: str, step: int, unit: int) -> Number:
        """Return one number with its interval; here step counts from 0."""
        column = self.columns[quantity]
        tables = (column.got, column.low, column.high, column.ulps, column.share)
        return Number(quantity, step + 1, unit, *(float(table[step, unit]) for table in tables))


def compare(
    network: Network, run: Run, observation: Observation, form: Format, accuracy: Accuracy
) -> Comparison:
    """Return every number that was shown beside the interval in which it had to be.

    Args:
        network, run: as the implementation was given them, rounded to its format.
        form, accuracy: what the implementation computes in, and promises of σ and tanh.
    """
    shape = len(run.inputs), network.hidden_size
    shown = {q for part in observation.parts for q in part.values}
    sheets = {q: _Sheet.blank(shape) for q in Step._fields if q in shown or q in STATE}
    for part, step in zip(
        observation.parts, envelopes(network, run, observation, form, accuracy), strict=True
    ):
        for q, values in part.values.items():
            ends: Interval = getattr(step, q)
            last = slice(part.steps - len(values), part.steps)  # the steps whose values are shown
            sheets[q].enter(last, values, ends.low[last], ends.high[last])
    return Comparison({q: Column(*sheet, form) for q, sheet in sheets.items()})


class _Sheet(NamedTuple):
    """A column that is being filled in."""

    got: Array
    low: Array
    high: Array
    shown: NDArray[np.bool_]

    @classmethod
    def blank(cls, shape: tuple[int, int]) -> Self:
        got, low, high = (np.full(shape, np.nan) for _ in range(3))
        return cls(got, low, high, np.zeros(shape[0], dtype=bool))

    def enter(self, steps: slice, got: Array, low: Array, high: Array) -> None:
        """Enter numbers; where a step stands already, only a wrong number replaces a right one."""
        here = self.shown[steps, None]
        right = here & ~_outside(self.got[steps], self.low[steps], self.high[steps])
        entered = ~here | (right & _outside(got, low, high))
        self.shown[steps] = True
        for array, values in ((self.got, got), (self.low, low), (self.high, high)):
            array[steps] = np.where(entered, values, array[steps])


def _outside(got: Array, low: Array, high: Array) -> NDArray[np.bool_]:
    return ~((got >= low) & (got <= high))
