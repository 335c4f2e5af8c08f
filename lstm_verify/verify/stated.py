"""The numbers that a table states: where each stands, and whether it is right."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.network import Network, Place
from lstm_verify.lstm.numerals import decimal
from lstm_verify.lstm.semantics import AT_THE_END
from lstm_verify.lstm.unroll import Trace
from lstm_verify.puzzle.model import Number, Table

if TYPE_CHECKING:
    from flint import arb


@dataclass(frozen=True)
class Wrong:
    """A number of a table that is wrong or not proven: where it stands, and what is right."""

    number: Number
    message: str


@dataclass(frozen=True, eq=False)
class Spot:
    """Where in a trace a number stands; row and unit count from 0. Each is equal to itself alone."""

    network: Network
    place: Place
    row: int
    unit: int

    def of(self, trace: Trace[Any]) -> Any:
        """Return the number of a trace that stands there."""
        vector = trace.at(self.network, self.place, self.row)
        assert vector is not None  # no table states a gate of a step that is skipped
        return vector[self.unit]

    @property
    def quantity(self) -> str:
        """The quantity: i f g o c h, h_n, c_n or logits."""
        return self.place.quantity

    @property
    def name(self) -> str:
        """The quantity with its layer, direction and unit, where there are several."""
        several = self.network.width(self.quantity) > 1
        return self.network.name(self.place) + (f"[{self.unit}]" if several else "")

    @property
    def when(self) -> str:
        """The step, in words; nothing for a state at the end."""
        return "" if self.quantity in AT_THE_END else f" at step {self.row + 1}"

    def __str__(self) -> str:
        return self.name + self.when


@dataclass(frozen=True, eq=False)
class Stated(Spot):
    """A cell of a table that is not left open."""

    number: Number


def stated(table: Table, network: Network) -> list[Stated]:
    """Return the cells of a table that are not open."""
    return [
        Stated(network, place, row, unit, number)
        for place, rows in table.items()
        for row, cells in enumerate(rows)
        for unit, number in enumerate(cells)
        if number is not None
    ]


def within(number: Number, true: arb, bits: int) -> bool | None:
    """Tell whether a true value lies within half a unit of a number's last digit; None: undecided.

    What is written as no decimal (1/3, tanh(1)) has no last digit and must be exact.
    """
    half = number.half_unit or Fraction(0)
    with balls.precision(bits):
        low, high = exact.ball(number.value - half, bits), exact.ball(number.value + half, bits)
        if low <= true <= high:
            return True
        return False if true < low or true > high else None


def written(true: arb, number: Number) -> str:
    """Write a true value to the digits of a number, and two more."""
    if number.place is None:
        return str(true.str(12, radius=False))
    return decimal(balls.midpoint(true), max(number.place + 2, 0))
