"""How accurate an implementation promises its σ and tanh to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lstm_verify.lstm.formats import Format


@dataclass(frozen=True)
class Error:
    """A bound on the error of one function.

    Attributes:
        ulps: relative part, in units in the last place of the true value.
        roundoffs: absolute part, in units of the format's roundoff u.
        flushed: another absolute part: results up to this size may be 0.
    """

    ulps: float
    roundoffs: float = 0
    flushed: float = 0

    def absolute(self, form: Format) -> float:
        """The absolute part as a number; where the format underflows, results may be 0 in any case."""
        return self.roundoffs * form.roundoff + max(self.flushed, form.underflow)

    def __str__(self) -> str:
        units = f" + {self.roundoffs:g} roundoffs" if self.roundoffs else ""
        flushed = f" + {self.flushed:g}" if self.flushed else ""
        return f"{self.ulps:g} ulp{units}{flushed}"


UNKNOWN = Error(8, 4)
"""What code that says nothing of itself is granted. σ written as ½(1 + tanh ½z) is honest and
needs the absolute part: near z = −10 its error is 25 times 8 ulp."""


@dataclass(frozen=True)
class Accuracy:
    """The promised error of each activation by name; `default` holds for all others."""

    default: Error = UNKNOWN
    by_name: Mapping[str, Error] = field(default_factory=dict)

    def of(self, activation: str) -> Error:
        """Return the promised error of one activation."""
        return self.by_name.get(activation, self.default)

    def __str__(self) -> str:
        sigmoid, tanh = self.of("sigmoid"), self.of("tanh")
        return f"σ and tanh to {sigmoid}" if sigmoid == tanh else f"σ to {sigmoid}, tanh to {tanh}"


def parse(text: str) -> Accuracy:
    """Read what a user writes: "8ulp" or "8ulp+4u", for σ and tanh alike.

    Raises:
        ValueError: with what is expected.
    """
    match = re.fullmatch(r"([\d.]{1,12})ulp(?:\+([\d.]{1,12})u)?", text.replace(" ", ""))
    try:
        if match:
            return Accuracy(Error(float(match[1]), float(match[2] or 0)))
    except ValueError:
        pass
    raise ValueError(f"accuracy={text}: expected ulps and roundoffs, such as 8ulp or 8ulp+4u")
