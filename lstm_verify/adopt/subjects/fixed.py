"""The sizes of what has been made already, from what it says of itself or from its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from math import prod
from typing import Any

from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.sorting import sort
from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.semantics import GATES

Shape = tuple[int, ...]

_INPUTS = ("input_size", "input_dim", "n_in", "in_features", "n_x")
_UNITS = ("hidden_size", "hidden_dim", "hidden_features", "units", "n_hidden", "n_h", "n_a")


def sizes_of(
    shapes: Mapping[str, Shape],
    attributes: Mapping[str, Any],
    told: Mapping[str, Callable[[Sizes], Shape]] | None = None,
) -> Sizes:
    """Return the sizes of an instance.

    Args:
        told: the shape that a parameter must have at given sizes, of those that the user tells what they are.

    Raises:
        Unusable: its parameters are no LSTM's, or do not tell which size is which.
    """
    said = [
        next((attributes[n] for n in names if type(attributes.get(n)) is int), 0)
        for names in (_INPUTS, _UNITS)
    ]
    if all(said):
        return _with_rows(*said)
    lengths = {n for shape in shapes.values() for n in shape if n > 0}
    units = lengths | {n // len(GATES) for n in lengths if n % len(GATES) == 0}
    inputs = lengths | {total - unit for total, unit in product(lengths, units) if total > unit}
    sorts = {
        (n, unit): sort(shapes, Sizes(n, unit, 0, 0))
        for n, unit in product(sorted(inputs), sorted(units))
        if said[0] in (0, n) and said[1] in (0, unit) and _as_told(shapes, told or {}, Sizes(n, unit, 0, 0))
    }
    if told and len(sorts) == 1:
        return _with_rows(*next(iter(sorts)))
    left = {size: len(s.unknown) + len(s.others) for size, s in sorts.items() if s.problem is None}
    fitting = [size for size, count in left.items() if count == min(left.values())]
    if len(fitting) != 1:
        why = "no sizes make an LSTM's of" if not fitting else "several sizes could be those of"
        doubtful = [s.problem for s in sorts.values() if len(s.known.get("ih", [])) > 1]
        if not fitting and doubtful:
            raise Unusable(f"it is no LSTM that can be made out: {doubtful[0]}")
        listed = ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items())
        raise Unusable(
            f"{why} its parameters: {listed or 'there are none'}; name its class instead, if it has one"
        )
    return _with_rows(*fitting[0])


def _as_told(shapes: Mapping[str, Shape], told: Mapping[str, Callable[[Sizes], Shape]], sizes: Sizes) -> bool:
    """Tell whether parameters are as large as what they are to be filled with."""
    return all(prod(shape(sizes)) == prod(shapes[name]) for name, shape in told.items() if name in shapes)


def _with_rows(inputs: int, units: int) -> Sizes:
    """Add numbers of rows and steps that are no other size's."""
    taken = {1, 2, inputs, units, 2 * units, inputs + units}
    rows, steps, *_ = [n for n in (LOOK.rows, LOOK.steps, *range(7, 20)) if n not in taken]
    return Sizes(inputs, units, rows, steps)
