"""Affine forms: a constant plus multiples of features and of h's units, all exact."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from lstm_verify.lstm.exact import Exact


@dataclass
class Affine:
    """A constant plus multiples of features and of the last output's units.

    Attributes:
        constant: what stands without a name.
        terms: name of a feature, or "h[k]" -> its factor; factors of 0 are left out.
    """

    constant: Exact = Fraction(0)
    terms: dict[str, Exact] = field(default_factory=dict)

    @property
    def is_constant(self) -> bool:
        """Whether no feature and no h is in it."""
        return not self.terms

    def add(self, other: Affine, sign: int) -> list[Exact]:
        """Add another form, or take it away; return the numbers that have changed."""
        changed = []
        for name, factor in other.terms.items():
            total = self.terms.get(name, Fraction(0)) + factor * sign
            if total:
                self.terms[name] = total
                changed.append(total)
            else:
                del self.terms[name]
        if other.constant:
            self.constant = self.constant + other.constant * sign
            changed.append(self.constant)
        return changed

    def scale(self, by: Exact) -> None:
        """Multiply by a number."""
        self.constant = self.constant * by
        self.terms = {name: factor * by for name, factor in self.terms.items() if by}

    def values(self) -> list[Exact]:
        """Return the constant and all factors."""
        return [self.constant, *self.terms.values()]
