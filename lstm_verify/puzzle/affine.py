"""Affine forms: a constant plus multiples of features and of h's units, all exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeVar

from lstm_verify.lstm.exact import Atom, Exact

_Key = TypeVar("_Key")


@dataclass
class Affine:
    """A constant plus multiples of features and of the last output's units.

    Attributes:
        constant: what stands without a name.
        features: feature -> its factor; factors of 0 are left out.
        hidden: k -> the factor of h[k]; factors of 0 are left out.
    """

    constant: Exact = Fraction(0)
    features: dict[str, Exact] = field(default_factory=dict)
    hidden: dict[int, Exact] = field(default_factory=dict)

    @property
    def is_constant(self) -> bool:
        """Whether no feature and no h is in it."""
        return not self.features and not self.hidden

    def __str__(self) -> str:
        """Return a text that `expression.parse` reads back as the same form."""
        factors = [(factor, name) for name, factor in self.features.items()]
        factors += [(factor, f"h[{k}]") for k, factor in self.hidden.items()]
        parts = [name if factor == 1 else f"{_text(factor)}*{name}" for factor, name in factors]
        if self.constant or not parts:
            parts.append(_text(self.constant))
        return _joined(parts)

    def add(self, other: Affine, sign: int) -> list[Exact]:
        """Add another form, or take it away; return the numbers that have changed."""
        changed = _accumulate(self.features, other.features, sign)
        changed += _accumulate(self.hidden, other.hidden, sign)
        if other.constant:
            self.constant = self.constant + other.constant * sign
            changed.append(self.constant)
        return changed

    def scale(self, factor: Exact) -> None:
        """Multiply by a number."""
        self.constant = self.constant * factor
        self.features = {name: value * factor for name, value in self.features.items() if factor}
        self.hidden = {k: value * factor for k, value in self.hidden.items() if factor}

    def values(self) -> list[Exact]:
        """Return the constant and all factors."""
        return [self.constant, *self.features.values(), *self.hidden.values()]


def _accumulate(into: dict[_Key, Exact], other: Mapping[_Key, Exact], sign: int) -> list[Exact]:
    changed = []
    for key, value in other.items():
        total = into.get(key, Fraction(0)) + value * sign
        if total:
            into[key] = total
            changed.append(total)
        else:
            del into[key]
    return changed


def _joined(parts: list[str]) -> str:
    return parts[0] + "".join(f" - {p[1:]}" if p[0] == "-" else f" + {p}" for p in parts[1:])


def _text(x: Exact) -> str:
    """Return a number as an expression that can be multiplied."""
    if isinstance(x, Fraction):
        return str(x)
    parts = [_atom(a) if f == 1 else f"{f}*{_atom(a)}" for a, f in x.terms.items()]
    if x.constant:
        parts.append(str(x.constant))
    return parts[0] if len(parts) == 1 else f"({_joined(parts)})"


def _atom(atom: Atom) -> str:
    if atom.kind == "product":
        return "(" + "*".join(_text(x) for x in atom.arguments) + ")"
    return f"{atom.kind}({_text(atom.arguments[0])})"
