"""Digits of the true trace: correctly rounded, and proven with balls."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.numerals import decimal
from lstm_verify.lstm.readings import true_trace
from lstm_verify.lstm.unroll import Trace
from lstm_verify.puzzle import literals
from lstm_verify.puzzle.model import Number
from lstm_verify.verify.stated import within

if TYPE_CHECKING:
    from flint import arb

_FARTHEST = 10**1000  # beyond this, and below its reciprocal, no number of a puzzle is written


class Decimals(NamedTuple):
    """So many digits behind the point."""

    places: int

    def write(self, x: Fraction) -> str:
        """Write a number, rounded; what rounds to 0 has no sign."""
        return decimal(x, self.places)


class Scientific(NamedTuple):
    """So many digits in all, and a power of ten.

    Attributes:
        letter: e or E.
        exponent: of a 0.
    """

    digits: int
    letter: str
    exponent: int

    def write(self, x: Fraction) -> str:
        """Write a number, rounded; what is too small for any exponent is 0."""
        if abs(x) < Fraction(1, 10**literals.MAX_EXPONENT):
            return self._joined("0" * self.digits, self.exponent)
        exponent = _magnitude(abs(x))
        rounded = round(abs(x) * Fraction(10) ** (self.digits - 1 - exponent))
        if rounded == 10**self.digits:
            rounded, exponent = rounded // 10, exponent + 1
        return ("-" if x < 0 else "") + self._joined(str(rounded), exponent)

    def _joined(self, digits: str, exponent: int) -> str:
        return f"{digits[0]}{'.' if digits[1:] else ''}{digits[1:]}{self.letter}{exponent}"


Form = Decimals | Scientific
"""How a number is written."""


def form(text: str) -> Form | None:
    """Return how a number is written; None where the text is no decimal."""
    read = literals.decimal(text)
    if read is None:
        return None
    letter = next((c for c in text if c in "eE"), None)
    if letter is None:
        return Decimals(read[1])
    mantissa, exponent = text.split(letter)
    digits = mantissa.strip("+-").replace(".", "")
    return Scientific(len(digits.lstrip("0")) or len(digits), letter, int(exponent))


@dataclass(frozen=True)
class Truth:
    """The true trace of a run, as narrow as the digits asked for need it."""

    network: Network
    run: Run
    _traces: dict[int, Trace[Any]] = field(default_factory=dict)

    def is_computed(self, place: Place, row: int) -> bool:
        """Tell whether there is anything at a row, from 0: no gate is computed at a step that is skipped."""
        return self._vector(place, row, next(exact.precisions())) is not None

    def digits(self, place: Place, row: int, unit: int, form: Form, old: str | None = None) -> str | None:
        """Write a number of the trace.

        Args:
            place, row, unit: which one; row and unit count from 0.
            form: how to write it.
            old: what is written now, which stays if it is right: halfway between two decimals there
                are two that are.

        Returns:
            Its text, or None where balls of `exact.MAX_BITS` bits cannot tell its last digit.
        """
        for bits in exact.precisions():
            true = self._vector(place, row, bits)[unit]
            middle = _middle(true)
            fresh = None if middle is None else form.write(middle)
            for text in (old, fresh):
                if text is not None and _is_proven(text, true, bits) and not _is_minus_zero(text):
                    return text
        return None

    def _vector(self, place: Place, row: int, bits: int) -> Any:
        if bits not in self._traces:
            self._traces[bits] = true_trace(self.network, self.run, bits)
        return self._traces[bits].at(self.network, place, row)


def _is_proven(text: str, true: arb, bits: int) -> bool:
    """Tell whether a text is within half a unit of its last digit, as its reader will take it."""
    read = literals.decimal(text)
    return read is not None and within(Number(text, *read, 0, 0), true, bits) is True


def _is_minus_zero(text: str) -> bool:
    mantissa = text.lower().partition("e")[0]
    return text.startswith("-") and not mantissa.strip("-.0")


def _middle(true: arb) -> Fraction | None:
    """Return a ball's midpoint; 0 where it is too small to be written, None where it is too large."""
    size = abs(true)
    if size < balls.fraction(Fraction(1, _FARTHEST)):
        return Fraction(0)
    return balls.midpoint(true) if size < balls.fraction(Fraction(_FARTHEST)) else None


def _magnitude(x: Fraction) -> int:
    """Return the power of ten of the first digit of a number above 0."""
    power = len(str(x.numerator)) - len(str(x.denominator))
    return power if Fraction(10) ** power <= x else power - 1
