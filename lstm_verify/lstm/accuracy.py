"""How accurate an implementation promises its σ and tanh to be."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

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

    def exceeds(self, other: Error, form: Format) -> bool:
        """Tell whether this allows more than another error, relatively or absolutely."""
        return self.ulps > other.ulps or self.absolute(form) > other.absolute(form)

    def __str__(self) -> str:
        units = f" + {self.roundoffs:g} roundoffs" if self.roundoffs else ""
        flushed = f" + {self.flushed:g}" if self.flushed else ""
        return f"{self.ulps:g} ulp{units}{flushed}"


UNKNOWN = Error(8, 4)
"""What code that says nothing of itself is granted. σ written as ½(1 + tanh ½z) is honest and
needs the absolute part: near z = −10 its error is 25 times 8 ulp."""


@dataclass(frozen=True)
class Accuracy:
    """The promised error of each activation by name; `default` holds for all others.

    Attributes:
        source: the file that it was read from, where it was.
    """

    default: Error = UNKNOWN
    by_name: Mapping[str, Error] = field(default_factory=dict)
    source: str = ""

    def of(self, activation: str) -> Error:
        """Return the promised error of one activation."""
        return self.by_name.get(activation, self.default)

    def less_than_usual(self, form: Format) -> bool:
        """Tell whether σ or tanh may be less accurate than those of code that says nothing of itself."""
        return any(self.of(name).exceeds(UNKNOWN, form) for name in MEASURED)

    def __str__(self) -> str:
        sigmoid, tanh = self.of("sigmoid"), self.of("tanh")
        source = f" (from {self.source})" if self.source else ""
        both = f"σ and tanh to {sigmoid}" if sigmoid == tanh else f"σ to {sigmoid}, tanh to {tanh}"
        return both + source


MEASURED = ("sigmoid", "tanh")
"""The activations whose accuracy is measured."""


_NUMBER = r"[\d.]{1,12}(?:e[+-]?\d{1,2})?"


def parse(text: str, form: str = "") -> Accuracy:
    """Read what a user writes: "8ulp" or "8ulp+4u", for σ and tanh alike; or a file's name.

    Args:
        form: the name of the format that it is for, where that is known.

    Raises:
        ValueError: with what is expected.
    """
    if text.endswith(SUFFIX):
        return _read(text, form)
    match = re.fullmatch(rf"({_NUMBER})ulp(?:\+({_NUMBER})u)?", text.replace(" ", ""))
    try:
        if match:
            return Accuracy(Error(float(match[1]), float(match[2] or 0)))
    except ValueError:
        pass
    raise ValueError(
        f"accuracy={text}: expected ulps and roundoffs, such as 8ulp or 8ulp+4u, or a {SUFFIX} file that "
        "lstm-verify activations --save wrote"
    )


SUFFIX = ".json"
"""How the name of a file of accuracies ends."""

KIND, VERSION = "activations", 1
"""What such a file says it is."""


def _read(file: str, form: str) -> Accuracy:
    """Read what `lstm-verify activations --save` wrote.

    Raises:
        ValueError: it is no such file, or is about another format.
    """
    try:
        data = json.loads(Path(file).read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"accuracy={file}: it cannot be read: {error.strerror}") from None
    except ValueError:
        data = None
    if not isinstance(data, dict) or (data.get("lstm-verify"), data.get("version")) != (KIND, VERSION):
        raise ValueError(f"accuracy={file}: it is not what lstm-verify activations --save writes")
    if form and data.get("format") != form:
        raise ValueError(
            f"accuracy={file}: it was measured in {data.get('format')}, and this is {form}: measure that"
        )
    granted: Any = data.get("granted")
    try:
        errors = {name: _error(granted[name]) for name in MEASURED}
    except (KeyError, TypeError, ValueError):
        raise ValueError(
            f"accuracy={file}: 'granted' is not in order; expected ulps, roundoffs and flushed of "
            f"{' and '.join(MEASURED)}, each a number from 0"
        ) from None
    return Accuracy(UNKNOWN, errors, file)


def _error(data: Any) -> Error:
    numbers = [float(data[key]) for key in ("ulps", "roundoffs", "flushed")]
    if not all(0 <= x < math.inf for x in numbers):
        raise ValueError
    return Error(*numbers)
