"""People's own Python: a function (or callable object) that keeps one of two contracts.

    def cell(x, h, c, w):           # form=step, the default: x [I], h [H], c [H] -> (h, c)
    def lstm(inputs, h0, c0, w):    # form=sequence: inputs [T, I] -> (h [T, H], c [T, H] or None)

`w` is a `GivenWeights`: NumPy arrays packed as in PyTorch, rows in the order i, f, g, o.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.base import Array, Backend, Kind, Observation, Options, Part
from lstm_verify.backends.errors import Misbehaved, Unusable, told
from lstm_verify.conventions import gate_order, reorder
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Run
from lstm_verify.lstm.semantics import GATES

FORMS = ("step", "sequence")


@dataclass(frozen=True)
class GivenWeights:
    """The weights as an implementation gets them: fresh arrays, its own to keep.

    Attributes:
        weight_ih: [4·hidden_size, input_size], rows in blocks i, f, g, o as in torch.nn.LSTM
        weight_hh: [4·hidden_size, hidden_size]
        bias_ih, bias_hh: [4·hidden_size]; zeros where the network has no bias
    """

    weight_ih: NDArray[Any]
    weight_hh: NDArray[Any]
    bias_ih: NDArray[Any]
    bias_hh: NDArray[Any]

    def gate(self, gate: str) -> GivenWeights:
        """Return the rows of one gate: i, f, g (or c) or o."""
        size = len(self.bias_ih) // len(GATES)
        first = GATES.index(gate.replace("c", "g")) * size
        return GivenWeights(*(tensor[first : first + size] for tensor in vars(self).values()))

    def packed(self, order: str, transposed: bool = False) -> GivenWeights:
        """Return the same weights with the gates in another order, such as "iofc" (c is g).

        Args:
            transposed: gates in columns, weights [input_size, 4·hidden_size], as in Keras.

        Raises:
            ValueError: order is no order of the four gates.
        """
        moved = [np.array(reorder(tensor, GATES, gate_order(order))) for tensor in vars(self).values()]
        return GivenWeights(*(tensor.T.copy() if transposed else tensor for tensor in moved))


@dataclass(frozen=True)
class PythonCode:
    """A callable that keeps one of the two contracts; see `Backend`."""

    name: str
    form: Format
    accuracy: Accuracy
    function: Callable[..., Any]
    contract: str

    def refusal(self, network: Network) -> str | None:
        """Refuse variants that the code does not say it supports."""
        supported = getattr(self.function, "supports", ())
        departures = network.semantics.departures()
        if departures and "activations" not in supported:
            listed = ", ".join(f"{role} = {name}" for role, name in departures.items())
            return f"it is taken for a plain LSTM, and this network has the activations {listed}"
        return None

    def observe(self, network: Network, run: Run) -> Observation:
        """Call the function once a step, or once for the sequence."""
        if self.contract == "sequence":
            return self._observe_sequence(network, run)
        h, c = self._array(run.h0), self._array(run.c0)
        states = []
        for x in run.inputs:
            answer = self._called(self._array(x), h, c, self._weights(network))
            shown = [_checked(v, q, (network.hidden_size,)) for q, v in zip("hc", _pair(answer), strict=True)]
            h, c = map(self._array, shown)  # it is judged by the very numbers that it is given back
            states.append((h, c))
        values = {q: np.array(column, dtype=np.float64) for q, column in zip("hc", zip(*states, strict=True), strict=True)}
        return Observation((Part(len(states), values),), fed_back=True)

    def _observe_sequence(self, network: Network, run: Run) -> Observation:
        shape = (len(run.inputs), network.hidden_size)
        arguments = (self._array(run.inputs), self._array(run.h0), self._array(run.c0))
        h, c = _pair(self._called(*arguments, self._weights(network)))
        values = {"h": _checked(h, "h", shape)}
        if c is not None:
            values["c"] = _checked(c, "c", shape)
        return Observation((Part(shape[0], values),))

    def _array(self, values: Any) -> NDArray[Any]:
        with np.errstate(over="ignore"):
            return np.array(values, dtype=self.form.name)

    def _weights(self, network: Network) -> GivenWeights:
        return GivenWeights(**{name: self._array(tensor) for name, tensor in vars(network.weights).items()})

    def _called(self, *arguments: Any) -> Any:
        """Call the function with fresh copies, and notice when it changes one of them."""
        *arrays, weights = arguments
        before = [a.copy() for a in (*arrays, *vars(weights).values())]
        given = [a.copy() for a in arrays]
        answer = self.function(*given, weights)
        names = ["inputs", "h0", "c0"] if self.contract == "sequence" else ["x", "h", "c"]
        after = [*given, *vars(weights).values()]
        for name, old, new in zip([*names, *(f"w.{n}" for n in vars(weights))], before, after, strict=True):
            if not np.array_equal(old, new, equal_nan=True):
                raise Misbehaved(f"it changed its argument {name} in place; work on a copy")
        return answer


def _pair(answer: Any) -> tuple[Any, Any]:
    """Take the two things that both contracts return."""
    try:
        h, c = answer
    except (TypeError, ValueError):
        found = f"{len(answer)} things" if isinstance(answer, (tuple, list)) else f"{_described(answer)}"
        raise Misbehaved(f"it returned {found}; expected two, (h, c)") from None
    return h, c


def _checked(value: Any, quantity: str, shape: tuple[int, ...]) -> Array:
    """Take an array of the expected shape, as float64."""
    expected = f"expected an array of floats {list(shape)}"
    try:
        array = np.array(value)
        if array.dtype.kind in "USc":  # NumPy would read strings as numbers, and drop imaginary parts
            raise Misbehaved(f"{quantity} has numbers of the type {array.dtype.name}; {expected}")
        array = array.astype(np.float64)
    except (TypeError, ValueError):
        raise Misbehaved(f"{quantity} is {_described(value)}; {expected}") from None
    if array.shape != shape:
        raise Misbehaved(f"{quantity} has the shape {list(array.shape)}; expected {list(shape)}")
    return array


def _described(value: Any) -> str:
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def wrap(function: Any, name: str, options: Options) -> Backend:
    """Make a backend of a callable, or of a class whose instances (made without arguments) are.

    Raises:
        Unusable: it is neither.
    """
    if inspect.isclass(function):
        try:
            with contextlib.redirect_stdout(sys.stderr):  # what it prints must not mix with our output
                function = function()
        except (Exception, SystemExit) as error:
            raise Unusable(f"{name}: the class cannot be made without arguments: {told(error)}") from None
    if not callable(function):
        raise Unusable(f"{name} is {_described(function)}; expected a function cell(x, h, c, w) -> (h, c)")
    contract = options.take("form", getattr(function, "form", "step"))
    if contract not in FORMS:
        raise Unusable(f"form={contract}: expected one of {', '.join(FORMS)}")
    form = options.dtype("float64", tuple(f for f in FORMATS if hasattr(np, f)))
    return PythonCode(name, form, options.accuracy(Accuracy()), function, contract)


def _make(name: str, target: str, options: Options) -> Backend:
    place, colon, attribute = target.rpartition(":")
    if not colon or not place or not attribute:
        likely = target.removesuffix(".py").replace("/", ".").rpartition(".")
        example = f"python:{likely[0]}:{likely[2]}" if likely[0] and not target.endswith(".py") else f"python:{target or 'my_lstm.py'}:cell"
        raise Unusable(f"python:{target} names no object: expected module:object or file.py:object, such as {example}")
    found: Any = _imported(place)
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise Unusable(f"{place} has no '{part}'{_nearest(part, vars(found) if hasattr(found, '__dict__') else {})}")
        found = getattr(found, part)
    return wrap(found, name, options)


def _imported(place: str) -> Any:
    """Import a module by its dotted name or its file; the current folder is importable."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    if place.endswith(".py"):
        path = Path(place)
        if not path.is_file():
            raise Unusable(f"there is no file {place}")
        name = path.stem
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise Unusable(f"{place} cannot be imported")
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(name, module)
        load: Callable[[], Any] = lambda: spec.loader.exec_module(module) or module  # noqa: E731
    else:
        load = lambda: importlib.import_module(place)  # noqa: E731
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return load()
    except Exception as error:
        raise Unusable(f"{place} cannot be imported: {told(error)}") from None
    except SystemExit:
        raise Unusable(f"{place} cannot be imported: it calls sys.exit") from None


def _nearest(word: str, known: Mapping[str, Any]) -> str:
    import difflib

    near = difflib.get_close_matches(word, [k for k in known if not k.startswith("_")], 1)
    return f"; did you mean '{near[0]}'?" if near else ""


KINDS = [
    Kind(
        "python",
        "your own code: python:module:object or python:file.py:object",
        None,
        _make,
        takes_target=True,
    )
]
