"""What a parameter is filled with, as a line that can be read, pasted and changed: `W_i = (i.hh|i.ih).T`.

    part        i.ih, ifgo.hh, f.bias: the rows of one gate, or of several behind each other
    a|b         matrices side by side: [rows, columns of a + columns of b]; a bias is one column
    .T          transposed
    .column     a bias as [n, 1]; .row as [1, n]
    0           zeros

The fields are ih [H, I] and hh [H, H] of each gate; bias_ih, bias_hh and bias, their sum; c, the peepholes;
ln, the gains of a layer normalisation; and hr, the projection [P, H], which has no gate.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm.network import Weights
from lstm_verify.lstm.semantics import GATES, PEEPHOLES
from lstm_verify.puzzle.problems import quoted

Array: TypeAlias = NDArray[Any]

FIELDS = {
    "ih": "weight_ih",
    "hh": "weight_hh",
    "bias_ih": "bias_ih",
    "bias_hh": "bias_hh",
    "bias": "",
    "c": "",
    "ln": "weight_ln",
    "hr": "weight_hr",
}
"""What stands behind a gate's dot -> the field of `Weights`; two are made of several."""

_PART = re.compile(rf"(?:([{GATES}]{{1,4}})\.)?({'|'.join(sorted(FIELDS, reverse=True))})")
_WHOLE = re.compile(r"\(?([^()]*?)\)?((?:\.(?:T|column|row))?)")


@dataclass(frozen=True)
class Part:
    """The rows of some gates in one field, such as "fi.ih"; "hr" has no gates."""

    gates: str
    field: str

    def __str__(self) -> str:
        return f"{self.gates}.{self.field}" if self.gates else self.field

    def of(self, weights: Weights) -> Array:
        """Return the rows, [n, columns] or [n]."""
        if self.field == "hr":
            return np.asarray(weights.weight_hr)
        return np.concatenate([_rows(weights, self.field, gate) for gate in self.gates])


def _rows(weights: Weights, field: str, gate: str) -> Array:
    units = len(weights.bias_ih) // len(GATES)
    if field == "c":
        peephole = getattr(weights, f"weight_c{gate}", None)
        return np.zeros(units) if peephole is None else np.asarray(peephole)
    if field == "bias":
        return _rows(weights, "bias_ih", gate) + _rows(weights, "bias_hh", gate)
    tensor = getattr(weights, FIELDS[field])
    if tensor is None:  # the gains of a normalisation that has none
        return np.ones(units)
    first = GATES.index(gate) * units
    return np.asarray(tensor)[first : first + units]


@dataclass(frozen=True)
class Expression:
    """What a parameter is filled with.

    Attributes:
        parts: side by side; none of zeros.
        turned: "", "T", "column" or "row".
    """

    parts: tuple[Part, ...]
    turned: str = ""

    def __str__(self) -> str:
        if not self.parts:
            return "0"
        text = "|".join(map(str, self.parts))
        if not self.turned:
            return text
        return f"({text}).{self.turned}" if len(self.parts) > 1 else f"{text}.{self.turned}"

    @property
    def fields(self) -> frozenset[str]:
        """The fields that it has something of."""
        return frozenset(part.field for part in self.parts)

    def value(self, weights: Weights) -> Array | None:
        """Return what it stands for; None for zeros, which have the parameter's shape."""
        if not self.parts:
            return None
        arrays = [part.of(weights) for part in self.parts]
        if len(arrays) > 1:
            arrays = [np.concatenate([a[:, None] if a.ndim == 1 else a for a in arrays], axis=1)]
        array = arrays[0]
        return {"": array, "T": array.T, "column": array[:, None], "row": array[None]}[self.turned]


ZERO = Expression(())


def parsed(text: str) -> Expression:
    """Read an expression.

    Raises:
        ValueError: it is none; the message says what was found, and what is expected.
    """
    if text.strip() == "0":
        return ZERO
    whole = _WHOLE.fullmatch(text.replace(" ", ""))
    expected = (
        f"expected gates and a field, such as i.ih, (f.hh|f.ih).T, ifgo.bias; fields: {', '.join(FIELDS)}"
    )
    if whole is None:
        raise ValueError(f"{quoted(text)} cannot be read; {expected}")
    inner, turned = whole.groups()
    parts = [_part(part, expected) for part in inner.split("|")]
    if turned in (".column", ".row") and not all(one.field.startswith(("bias", "c")) for one in parts):
        raise ValueError(f"{quoted(text)}: {turned} is for a bias; a matrix can be transposed, .T")
    return Expression(tuple(parts), turned.removeprefix("."))


def _part(text: str, expected: str) -> Part:
    match = _PART.fullmatch(text)
    if match is None:
        raise ValueError(f"{quoted(text)} is nothing that a parameter can be filled with; {expected}")
    gates, field = match[1] or "", match[2]
    if (field == "hr") != (not gates):
        raise ValueError(f"{quoted(text)}: {'hr has no gate' if gates else 'which gate?'}; {expected}")
    if len(set(gates)) < len(gates):
        raise ValueError(f"{quoted(text)} names a gate twice")
    if field == "c" and not set(gates) <= set(PEEPHOLES):
        raise ValueError(f"{quoted(text)}: only the gates i, f and o have peepholes")
    return Part(gates, field)


def filled(expressions: Mapping[str, Expression], weights: Weights) -> dict[str, Array | None]:
    """Return what each parameter is filled with; None stands for zeros."""
    return {name: expression.value(weights) for name, expression in expressions.items()}
