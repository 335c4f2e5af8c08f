"""The shapes that a function's parameters may have, where nothing says so."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import product

from lstm_verify.adopt.names import groups, is_bias, is_peephole
from lstm_verify.adopt.sizes import OTHER, Sizes
from lstm_verify.adopt.subjects.base import Shape
from lstm_verify.conventions.symbols import value

Scheme = Callable[[Sizes], dict[str, Shape]]
"""What tells the shapes of parameters, by name, at given sizes."""

VECTORS = ("n", "n,1", "1,n")
"""The shapes that a bias of n numbers may have."""


def schemes(names: Sequence[str]) -> Iterator[Scheme]:
    """Yield the shapes that parameters may have: units in rows or columns, biases of one axis or two."""
    sets = [[*group.names.values()] for group in groups(names)]
    grouped = {name for one in sets for name in one}
    sets += [[name] for name in names if name not in grouped and not _of_a_head(name)]
    vectors = [one for one in sets if is_bias(one[0]) or (len(one) in (1, 3) and is_peephole(one[0]))]
    matrices = [one for one in sets if one not in vectors]
    widths = (("I", "H"), ("H", "I")) if len(matrices) > 1 else (("I+H",), ("I+H+1",))
    for rows, vector, width in product((True, False), VECTORS, widths):
        symbols = {
            name: _shape(is_bias(name), "O", "H", vector, rows=rows) for name in names if _of_a_head(name)
        }
        for one, inputs in zip(matrices, (*width, *["H"] * len(matrices)), strict=False):
            symbols |= {name: _shape(False, _units(one), inputs, vector, rows=rows) for name in one}
        for one in vectors:
            symbols |= {name: _shape(True, _units(one), "", vector, rows=rows) for name in one}
        yield partial(_sized, {name: symbols[name] for name in names if name in symbols})


def _units(one: Sequence[str]) -> str:
    """Return how many units a parameter is of: of one gate, of all four, or of the three with peepholes."""
    return "H" if len(one) > 1 else "3H" if is_peephole(one[0]) else "4H"


def _shape(is_vector: bool, n: str, inputs: str, vector: str, *, rows: bool) -> tuple[str, ...]:  # noqa: FBT001
    """Return a shape, in symbols."""
    if is_vector:
        return tuple(n if axis == "n" else axis for axis in vector.split(","))
    return (n, inputs) if rows else (inputs, n)


def _sized(symbols: Mapping[str, tuple[str, ...]], sizes: Sizes) -> dict[str, Shape]:
    """Return shapes in numbers."""
    known = {"I": sizes.inputs, "H": sizes.units, "O": OTHER}
    return {name: tuple(value(symbol, known) for symbol in shape) for name, shape in symbols.items()}


def _of_a_head(name: str) -> bool:
    """Tell whether a parameter that has no likeness for other gates is that of an output layer."""
    return bool(re.search(r"y|q$|out|dense|fc|head", name, re.IGNORECASE))
