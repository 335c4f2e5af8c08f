"""What a backend is: an implementation under test, seen through one small Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.accuracy import Accuracy, parse
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Run

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Part:
    """What an implementation showed of one run over the first steps of a sequence.

    Attributes:
        steps: how many steps it was run over.
        values: quantity (i, f, g, o, c, h) -> its values at the *last* n of these steps,
            [n, hidden_size]; h is there for all of them.
    """

    steps: int
    values: Mapping[str, Array]


@dataclass(frozen=True)
class Observation:
    """What an implementation showed of a sequence.

    Attributes:
        parts: its runs; the first is over the whole sequence, further ones over prefixes of it,
            made to see what the whole run does not show. The longest come first.
        fed_back: whether each step was given the c that the step before had shown. Where
            not, c between the steps is known only as the envelope has it.
    """

    parts: tuple[Part, ...]
    fed_back: bool = False


class Backend(Protocol):
    """An implementation under test."""

    @property
    def name(self) -> str:
        """As the user wrote it, options included."""

    @property
    def form(self) -> Format:
        """The floating-point format that it computes in."""

    @property
    def accuracy(self) -> Accuracy:
        """What it promises of its activations."""

    def refusal(self, network: Network) -> str | None:
        """Return why the network cannot be expressed, or None where it can."""

    def observe(self, network: Network, run: Run) -> Observation:
        """Run the network, whose tensors are float64 arrays of numbers of the format.

        Raises:
            Exception: any, which is then reported as an error of the implementation;
                `Misbehaved` where there is a sentence to be said about it.
        """


def beyond(network: Network, supported: Iterable[str] = ()) -> str | None:
    """Return in words what a network has that PyTorch's LSTM has not, beside the features supported."""
    missing = [
        f"{feature} {words}"
        for feature, words in network.semantics.departures().items()
        if feature not in supported
    ]
    return "; ".join(missing) or None


class Options:
    """The options of a backend, read from `name,key=value,…`; each is used once."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = dict(given)
        self.known: list[str] = []

    def take(self, key: str, default: str) -> str:
        """Return an option's text and mark it as used."""
        self.known.append(key)
        return self._given.pop(key, default)

    def dtype(self, default: str, supported: tuple[str, ...] = tuple(FORMATS)) -> Format:
        """Return the format named by `dtype=`."""
        name = self.take("dtype", default)
        if name not in supported:
            raise Unusable(f"dtype={name}: expected one of {', '.join(supported)}")
        return FORMATS[name]

    def accuracy(self, default: Accuracy) -> Accuracy:
        """Return the accuracy given by `accuracy=`, or the default."""
        text = self.take("accuracy", "")
        try:
            return parse(text) if text else default
        except ValueError as error:
            raise Unusable(str(error)) from None

    def count(self, key: str, default: int) -> int:
        """Return an option that is a whole number from 1."""
        text = self.take(key, str(default))
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 4096:
            raise Unusable(f"{key}={text}: expected a whole number from 1 to 4096")
        return int(text)

    def refuse_unused(self, name: str) -> None:
        """Raise Unusable where an option was given that nobody took."""
        for key in self._given:
            raise Unusable(f"{name} has no option '{key}'; it has {', '.join(sorted(self.known))}")


@dataclass(frozen=True)
class Kind:
    """A kind of backend, as its file in `backends/` declares it in a list named KINDS.

    Attributes:
        name: what users write, such as "torch.cell"; with `takes_target`, "python" of
            "python:module:object".
        summary: one line for `lstm-verify backends`.
        requires: the package that must be installed, or None.
        make: makes the backend from its full name, its target (after the colon) and options;
            raises Unusable.
        takes_target: whether something stands after a colon.
    """

    name: str
    summary: str
    requires: str | None
    make: Callable[[str, str, Options], Backend]
    takes_target: bool = False
