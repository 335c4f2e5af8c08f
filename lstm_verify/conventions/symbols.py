"""Sizes as symbols: "4H", "I+H", "D·H"; letters stand for numbers, sums and products for themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import prod


def value(symbol: str, sizes: Mapping[str, int]) -> int:
    """Return what a symbol is where its letters are these numbers: "4H" is 12 where H is 3."""
    terms = (re.findall("[A-Z]|[0-9]+", term) for term in symbol.split("+"))
    return sum(prod(sizes[f] if f.isalpha() else int(f) for f in factors) for factors in terms)


def shown(shape: Sequence[str | int]) -> str:
    """Write a shape as Python does: "(I, 4H)", "(4H,)" and "(3, 12)"."""
    return f"({', '.join(map(str, shape))}{',' * (len(shape) == 1)})"


def letter(symbol: str, number: int, sizes: Mapping[str, int]) -> tuple[str, int] | None:
    """Find the one letter of a symbol that is not known yet: "I+H" is 7 and H is 3, so I is 4.

    Returns:
        The letter and its number; None where no letter is unknown, several are, or no whole number fits.
    """
    unknown = set(re.findall("[A-Z]", symbol)) - set(sizes)
    if len(unknown) != 1:
        return None
    (name,) = unknown
    rest = value(symbol, {**sizes, name: 0})
    share = value(symbol, {**sizes, name: 1}) - rest
    found, left = divmod(number - rest, share)
    return (name, found) if left == 0 and found > 0 else None
