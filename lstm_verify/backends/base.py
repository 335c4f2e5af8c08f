"""What a backend is: an implementation under test, seen through one small Protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.timeout import TIMEOUT
from lstm_verify.lstm.accuracy import Accuracy, parse
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.lstm.semantics import PYTORCH, QUANTITIES
from lstm_verify.lstm.unroll import Trace

Array = NDArray[np.float64]


Values = Mapping[Place, Array]
"""Place -> what was shown: [steps, width of the quantity]; of h_n and c_n [1, width]."""


@dataclass(frozen=True)
class Part:
    """What one way of running an implementation over a whole sequence showed.

    Attributes:
        values: what was shown; NaN in the gates of steps that were skipped.
        fed_back: whether each step was given the h and c that the step before had shown; then both
            are there for every layer and direction. Where not, c between the steps is known only as the
            envelope has it, and h only where it was shown.
    """

    values: Values
    fed_back: bool = False


@dataclass(frozen=True)
class Observation:
    """What an implementation showed of a sequence.

    Attributes:
        parts: one for each way in which it was run. The numbers of the first that shows a quantity
            are printed, unless those of another are wrong.
        returned: the types of the numbers that it returned, such as "float32", where they are others
            than that of the numbers it was given.
    """

    parts: tuple[Part, ...]
    returned: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Call:
    """How an implementation is called.

    Attributes:
        state: whether it is given an initial state; where not, the state is zero, and left out.
        strided: whether its arrays are views into larger ones, their numbers not side by side.
    """

    state: bool = True
    strided: bool = False


PLAIN = Call()
"""Everything is given, in arrays of its own."""


def strided(array: NDArray[Any]) -> NDArray[Any]:
    """Return the same numbers as a view, between any two of which lies another one in memory."""
    view: NDArray[Any] = np.stack([array, array + 1], axis=-1)[..., 0]
    return view


class Backend(Protocol):
    """An implementation under test.

    It may have more to say of itself, in attributes of these names:

        departs: in what it is known to be no LSTM; that is told where it fails.
        calls: in which other ways than `PLAIN` it can be called: names of fields of `Call`.
        conditions: what was found of it by trying, in words to go behind "agrees, if".
        taken: how it is taken, as options that can be pasted behind its name.
        documented: what its documentation says of how it is taken, in words.
        limits: what it cannot be given or asked, in sentences.
        declared: fields of `Semantics` that it is declared to have, whatever a puzzle's network has.

    One that keeps a process has a method `close`, which ends it until it is needed again.
    """

    @property
    def name(self) -> str:
        """As the user wrote it, options included."""

    @property
    def form(self) -> Format:
        """The floating-point format that it computes in."""

    @property
    def accuracy(self) -> Accuracy:
        """What it promises of its activations."""

    def refusal(self, network: Network, run: Run) -> str | None:
        """Return why the network, or what it is run on, cannot be expressed; None where it can."""

    def observe(self, network: Network, runs: Sequence[Run]) -> list[Observation]:
        """Run the network on the rows of one batch, all of the same number of steps.

        All tensors are float64 arrays of numbers of the format. One with an
        attribute `calls` also takes a `Call` as a third argument.

        Returns:
            What was shown, row by row.

        Raises:
            Exception: any, which is then reported as an error of the implementation;
                `Misbehaved` where there is a sentence to be said about it.
        """


_LAYERS = ("num_layers", "bidirectional", "reverse", "dropout")
_TIME = ("lengths", "empty", "mask", "padded_output", "reverse_from")
UNROLLED = frozenset([*_LAYERS, *_TIME])
"""The features that `lstm.unroll` lends to an implementation that only knows how to take one step."""


def asked_of(backend: Backend, network: Network) -> Network:
    """Return the network that a backend is held against: of the variant that it is declared to be.

    What a network has of another kind stays as it is: that the backend will refuse.
    """
    declared = getattr(backend, "declared", None) or {}
    own = vars(network.semantics)
    changed = {name: value for name, value in declared.items() if own[name] == vars(PYTORCH)[name]}
    try:
        return replace(network, semantics=replace(network.semantics, **changed)) if changed else network
    except ValueError:  # the two make no sense together
        return network


def beyond(network: Network, run: Run, supported: Iterable[str] = ()) -> str | None:
    """Return in words what a network and its run have that is not among the supported features."""
    features = network.features() | run.features()
    return ", ".join(words for feature, words in features.items() if feature not in supported) or None


def values_of(
    network: Network,
    trace: Trace[Any],
    to_floats: Callable[[Any], Array] = np.asarray,
    *,
    quantities: Sequence[str] = QUANTITIES,
) -> Values:
    """Return the values of a trace, as arrays of float64; what is not there at any step is left out.

    Args:
        to_floats: makes an array of a vector of the trace.
        quantities: which to return, beside logits. The states at the end are not among them, unless
            asked for: where we lead an implementation from step to step they are not its doing.
    """
    values = {}
    for place in network.places(*quantities, "logits"):
        column = trace.column(network, place)
        blank = np.full(network.width(place.quantity), np.nan)
        if any(vector is not None for vector in column):
            rows = [blank if vector is None else to_floats(vector) for vector in column]
            values[place] = np.array(rows, dtype=np.float64)
    return values


class Options:
    """The options of a backend, read from `name,key=value,…`; each is used once.

    Attributes:
        timeout: how many seconds people's own code may take for a case; no option, but said for all.
    """

    def __init__(self, given: Mapping[str, str], timeout: float = TIMEOUT) -> None:
        self._given = dict(given)
        self.timeout = timeout
        self.known: list[str] = []
        self._form = ""  # once it has been asked for

    def take(self, key: str, default: str) -> str:
        """Return an option's text and mark it as used."""
        self.known.append(key)
        return self._given.pop(key, default)

    def has(self, *keys: str) -> bool:
        """Tell whether one of these was given, and is not yet used."""
        return any(key in self._given for key in keys)

    def dtype(self, default: str, supported: tuple[str, ...] = tuple(FORMATS)) -> Format:
        """Return the format named by `dtype=`."""
        name = self.take("dtype", default)
        if name not in supported:
            raise Unusable(f"dtype={name}: expected one of {', '.join(supported)}")
        self._form = name
        return FORMATS[name]

    def accuracy(self, default: Accuracy) -> Accuracy:
        """Return the accuracy given by `accuracy=`, or the default; ask for the format first."""
        text = self.take("accuracy", "")
        try:
            return parse(text, self._form) if text else default
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
        takes_command: whether all that stands after the colon is a command, so that options go before it.
        isolated: whether it is people's own code, which can hang or crash: named by a user, it is run
            in a process of its own (`worker`). What it makes can then be pickled, but for the code.
    """

    name: str
    summary: str
    requires: str | None
    make: Callable[[str, str, Options], Backend]
    takes_target: bool = False
    takes_command: bool = False
    isolated: bool = False
