"""Decimal numbers as they are written, with the place of their last digit."""

from __future__ import annotations

import re
from fractions import Fraction

MAX_DIGITS = 1_000
"""Digits of a number as it is written."""

MAX_EXPONENT = 400
"""Of ten, either way: float64 ends at 1e308 and 5e-324."""

PATTERN = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
"""What a decimal without a sign looks like, as a regular expression."""

_DECIMAL = re.compile(r"([-+]?)([0-9]*+)\.?([0-9]*+)(?:[eE]([-+]?[0-9]++))?")


def decimal(text: str) -> tuple[Fraction, int] | None:
    """Read a plain decimal number with a sign or without.

    Returns:
        Its value and the decimal place of its last digit (3 for "0.250", −2 for "1e2"); or
        None where the text is no such number, or one with too many digits, a huge exponent
        or a leading 0.
    """
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return None
    sign, whole, part, power = match.groups()
    digits = whole + part
    if not digits or len(digits) > MAX_DIGITS or (len(whole) > 1 and whole[0] == "0"):
        return None
    exponent = int(power) if power and len(power) < 6 else 0
    if power and (len(power) >= 6 or abs(exponent) > MAX_EXPONENT):
        return None
    place = len(part) - exponent
    mantissa = -int(digits) if sign == "-" else int(digits)
    value = Fraction(mantissa, 10**place) if place > 0 else Fraction(mantissa * 10**-place)
    return value, place


def why_not(text: str) -> str:
    """Say why a text of the right look is refused by `decimal`."""
    mantissa, _, exponent = text.lower().partition("e")
    digits = sum(c.isdigit() for c in mantissa)
    if digits > MAX_DIGITS:
        return f"a number of {digits:,} digits; at most {MAX_DIGITS:,} are read"
    shown = text if len(text) <= 40 else text[:39] + "…"
    if exponent:
        return f"the exponent of {shown} is beyond ±{MAX_EXPONENT}; no float goes that far"
    return f"'{shown}' begins with 0; write it without"
