"""The sizes of what has been made already, from what it says of itself or from its parameters."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.sorting import sort
from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.semantics import GATES

Shape = tuple[int, ...]

_INPUTS = ("input_size", "input_dim", "n_in", "in_features", "n_x")
_UNITS = ("hidden_size", "hidden_dim", "hidden_features", "units", "n_hidden", "n_h", "n_a")


def sizes_of(shapes: Mapping[str, Shape], attributes: Mapping[str, Any]) -> Sizes:
    """Return the sizes of an instance.

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
        if said[0] in (0, n) and said[1] in (0, unit)
    }
    left = {size: len(s.unknown) + len(s.others) for size, s in sorts.items() if s.problem is None}
    fitting = [size for size, count in left.items() if count == min(left.values())]
    if len(fitting) != 1:
        why = "no sizes make an LSTM's of" if not fitting else "several sizes could be those of"
        listed = ", ".join(f"{name} {list(shape)}" for name, shape in shapes.items())
        raise Unusable(
            f"{why} its parameters: {listed or 'there are none'}; name its class instead, if it has one"
        )
    return _with_rows(*fitting[0])


def _with_rows(inputs: int, units: int) -> Sizes:
    """Add numbers of rows and steps that are no other size's."""
    taken = {1, 2, inputs, units, 2 * units, inputs + units}
    rows, steps, *_ = [n for n in (LOOK.rows, LOOK.steps, *range(7, 20)) if n not in taken]
    return Sizes(inputs, units, rows, steps)
