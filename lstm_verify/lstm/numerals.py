"""Writing numbers for people: as few digits as tell the truth."""

from __future__ import annotations

import math
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from lstm_verify.lstm import exact
from lstm_verify.lstm.exact import Exact

if TYPE_CHECKING:
    from flint import arb

_LONGEST = 24  # characters of a fraction, or an expression, that is worth printing as it is


def decimal(x: Fraction, places: int) -> str:
    """Write a fraction to so many decimal places, rounded."""
    scaled = round(x * 10**places)
    digits = str(abs(scaled)).rjust(places + 1, "0")
    cut = len(digits) - places
    return ("-" if scaled < 0 else "") + digits[:cut] + ("." + digits[cut:] if places > 0 else "")


def short(x: Exact, places: int = 8) -> str:
    """Write an exact number: a decimal where it is a short one, a short fraction, else six digits of it."""
    if isinstance(x, Fraction):
        for n in range(places + 1):
            if (x * 10**n).denominator == 1 and abs(x) < 10**9:
                return decimal(x, n)
        text = str(x)
        return text if len(text) <= _LONGEST else _six_digits(x)
    enclosure = exact.well_known(x)
    if enclosure is None:
        return "unknown"
    written = [str(enclosure.str(digits, radius=False)) for digits in (6, 10, 14)]
    # 0.99999997 is not to look like 1: more digits, where six of them make a whole number of it.
    return next((text for text in written if Decimal(text) % 1), written[0])


def _six_digits(x: Fraction) -> str:
    digits = Context(prec=6).divide(Decimal(x.numerator), Decimal(x.denominator))
    return f"{digits.normalize():g}"


def is_short(x: Exact) -> bool:
    """Tell whether `short` writes a number exactly."""
    return isinstance(x, Fraction) and Fraction(short(x)) == x


def formula(x: Exact) -> str:
    """Write an exact number as what it is, tanh(1), where that is not long."""
    text = str(x) if isinstance(x, exact.Real) else ""
    return text if text and "…" not in text and len(text) <= _LONGEST else short(x)


def rounded_up(radius: arb) -> str:
    """Write a radius with two digits, never less than it is."""
    number = Decimal(radius.abs_upper().str(30, radius=False))
    up = Context(prec=2, rounding=ROUND_CEILING).create_decimal(number)
    if up == 0 or Decimal("1e-5") <= up < 1000:
        return f"{up.normalize():f}"
    return f"{up.normalize():.1e}".replace("e-0", "e-").replace("e+0", "e+")


def signed(x: float) -> str:
    """Write a distance: its sign and two digits."""
    return "0" if x == 0 else f"{x:+.2g}"


def apart(got: float, low: float, high: float) -> tuple[str, str, str]:
    """Write a number and the interval it misses, with as many digits as it takes to see that it does.

    The ends are rounded outward: what is printed is true.
    """
    for digits in range(4, 17):
        nearest = _rounded(got, digits, ROUND_HALF_EVEN)
        ends = _rounded(low, digits, ROUND_FLOOR), _rounded(high, digits, ROUND_CEILING)
        if not math.isfinite(got) or not ends[0] <= nearest <= ends[1]:
            return str(nearest), str(ends[0]), str(ends[1])
    return repr(got), repr(low), repr(high)


def _rounded(x: float, digits: int, rounding: str) -> Decimal:
    return Context(prec=digits, rounding=rounding).create_decimal(Decimal(x)).normalize()
