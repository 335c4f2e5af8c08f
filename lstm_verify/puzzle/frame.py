"""What the rest of a file is read against: the sizes and the names of the features."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from lstm_verify.puzzle.expression import FUNCTIONS
from lstm_verify.puzzle.problems import Problems, count, quoted
from lstm_verify.puzzle.sections import PuzzleFile

MAX_NUMBERS = 10**6
"""A network may have this many weights, and a sequence this many inputs."""

_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_RESERVED = ("h", *FUNCTIONS)


@dataclass(frozen=True)
class Frame:
    """Sizes and names, and where to note problems.

    Attributes:
        inputs: input_size, I.
        hidden: hidden_size, H.
        features: the names of the inputs' columns.
    """

    inputs: int
    hidden: int
    features: tuple[str, ...]
    problems: Problems

    @cached_property
    def names(self) -> dict[str, None]:
        """The features in their order, to look names up."""
        return dict.fromkeys(self.features)


def read_frame(file: PuzzleFile, problems: Problems) -> Frame | None:
    """Read sizes and names; None, and a problem, for a network that is too large."""
    inputs, hidden = file.network.input_size, file.network.hidden_size
    weights = 4 * hidden * (inputs + hidden + 2)
    if weights > MAX_NUMBERS:
        problems.add(
            file.network.key("hidden_size"),
            f"a network of {weights:,} weights, 4·hidden_size·(input_size + hidden_size + 2); "
            f"at most {MAX_NUMBERS:,}",
        )
        return None
    return Frame(inputs, hidden, _features(file, inputs, problems), problems)


def _features(file: PuzzleFile, inputs: int, problems: Problems) -> tuple[str, ...]:
    if file.features is None:
        return tuple(f"x{k}" for k in range(1, inputs + 1))
    seen: set[str] = set()
    for name in file.features:
        if not _IDENTIFIER.fullmatch(name):
            message = "is no name; write a letter and then letters, digits or _, as in x1"
            problems.add(name, f"{quoted(name)} {message}")
        elif name in _RESERVED:
            problems.add(name, f"{quoted(name)} has a meaning in rules; give the feature another name")
        elif name in seen:
            problems.add(name, f"the feature {quoted(name)} stands here twice")
        seen.add(name)
    if len(file.features) != inputs:
        problems.add(
            file.key("features"),
            f"{count(len(file.features), 'feature')} named, but input_size is {inputs}",
        )
    return tuple(str(name) for name in file.features)
