"""What the text of a number says: a decimal with its last digit's place, or why it is none.

YAML 1.1 would make `on` true, `010` eight and `1:30` ninety. Here a number is its text, so
each of these is refused, with what YAML would have made of it and what to write instead.
"""

from __future__ import annotations

import re
from fractions import Fraction

MAX_DIGITS = 1_000
"""Digits of a number as it is written."""

MAX_EXPONENT = 400
"""Of ten, either way: float64 ends at 1e308 and 5e-324."""

DECIMAL = r"(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
"""What a decimal without a sign looks like, as a regular expression."""

_PARTS = re.compile(r"([-+]?)([0-9]*+)\.?([0-9]*+)(?:[eE]([-+]?[0-9]++))?")

_TRUTH = dict.fromkeys(("y", "yes", "true", "on"), 1) | dict.fromkeys(("n", "no", "false", "off"), 0)
_ENDLESS = re.compile(r"[-+]?\.?(nan|inf|infinity)", re.IGNORECASE)
_BASES = {"x": (16, "hexadecimal"), "o": (8, "octal"), "b": (2, "binary")}

TRAP = re.compile(
    r"""
    (?P<base> 0 [xXoObB] \w+ )
  | (?P<underscores> \d [\d.]* (?: _ [\d.]* )+ )
  | (?P<sixty> \d+ (?: : \d+ )+ (?: \.\d* )? )
  | (?P<octal> 0\d+ (?: \.\d* )? )
  | (?P<product> (?> \d+ \.? \d* | \.\d+ ) (?: [eE][-+]?\d++ )?+ (?= [^\W\d] ) )
  | (?P<comma> \d++ , \d+ )
  | (?P<percent> (?> \d+ \.? \d* | \.\d+ ) \s*+ % )
  | (?P<minus> [\u2010-\u2015\u2212\ufe63\uff0d] )
  | (?P<times> [\u00b7\u00d7\u2022\u22c5] )
  | (?P<power> \*\* | \^ )
    """,
    re.VERBOSE | re.ASCII,
)
"""What may stand inside a number or a rule and is no part of it; see `trap`."""


def decimal(text: str) -> tuple[Fraction, int] | None:
    """Read a plain decimal number with a sign or without.

    Returns:
        Its value and the decimal place of its last digit (3 for "0.250", −2 for "1e2"); or
        None where the text is no such number, or one with too many digits, a huge exponent
        or a leading 0.
    """
    match = _PARTS.fullmatch(text)
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


def no_decimal(text: str) -> str:
    """Say why a text of the right look is refused by `decimal`."""
    mantissa, _, exponent = text.lower().partition("e")
    digits = sum(c.isdigit() for c in mantissa)
    if digits > MAX_DIGITS:
        return f"a number of {digits:,} digits; at most {MAX_DIGITS:,} are read"
    if exponent:
        return f"the exponent of {_shown(text)} is beyond ±{MAX_EXPONENT}; no float goes that far"
    return f"'{_shown(text)}' begins with 0; write it without"


def no_number(text: str) -> str | None:
    """Say what is wrong with a whole text in a number's place, if it is a known trap."""
    truth = _TRUTH.get(text.lower())
    if truth is not None:
        meaning = "true" if truth else "false"
        return f"'{text}' is no number: YAML 1.1 reads it as {meaning}; write {truth}"
    if _ENDLESS.fullmatch(text):
        meaning = "'not a number'" if "nan" in text.lower() else "infinity"
        return f"'{text}' is {meaning}; every number of a puzzle is finite"
    return None


def trap(match: re.Match[str]) -> str:
    """Say what is wrong with what `TRAP` has found."""
    text, name = match[0], match.lastgroup
    shown = _shown(text)
    if name == "octal" and len(text) <= 40:
        return f"'{text}' begins with 0: {_octal(text)}; write {_plain(text)}"
    if name == "octal":
        return f"'{shown}' begins with 0; write it without"
    if name == "sixty":
        return f"'{shown}' is base 60 to YAML 1.1{_sixty(text)}; write one decimal number"
    if name == "underscores":
        plain = text.replace("_", "")
        return f"'{shown}' has an underscore, which YAML 1.1 skips; write {plain[:40]}"
    if name == "base":
        return f"'{shown}' {_based(text)}"
    return {
        "product": f"a sign is missing after {shown}; write a product with *, as in 2*x1",
        "comma": f"'{shown}' has a decimal comma; write a point: {shown.replace(',', '.')}",
        "percent": f"'{shown}' is no number here; write it as a decimal, as in 0.5 for 50%",
        "minus": f"'{text}' (U+{ord(text[0]):04X}) looks like a minus sign and is none; write -",
        "times": f"'{text}' (U+{ord(text[0]):04X}) is not known; write a product with *",
        "power": f"'{text}' is not known: powers are not allowed in numbers and rules",
    }[name or ""]


def _plain(text: str) -> str:
    plain = text.lstrip("0")
    return plain if plain[:1].isdigit() else "0" + plain


def _octal(text: str) -> str:
    if set(text) <= set("01234567"):
        return f"YAML 1.1 reads that as octal, {int(text, 8)}"
    return "some readers take that for octal"


def _sixty(text: str) -> str:
    parts = text.split(":")
    if len(text) > 20 or "." in text:
        return ""
    value = 0
    for part in parts:
        value = 60 * value + int(part)
    return f", {value}"


def _based(text: str) -> str:
    base, name = _BASES[text[1].lower()]
    try:
        value = int(text[2:], base) if len(text) <= 20 else None
    except ValueError:
        value = None
    if value is None:
        return f"looks {name}; write it as a decimal number"
    return f"is {name} to YAML, {value}; write {value}"


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
