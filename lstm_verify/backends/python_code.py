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
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.base import Array, Backend, Kind, Observation, Options, Part, beyond
from lstm_verify.backends.errors import Misbehaved, Unusable, told
from lstm_verify.conventions import gate_order, reorder
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.lstm.semantics import GATES
from lstm_verify.puzzle.problems import nearest

CALLED = {
    "step": "it was called for one step, cell(x, h, c, w); does it take the whole sequence? form=sequence",
    "sequence": "it was called for all steps, lstm(inputs, h0, c0, w); does it take one step? form=step",
}
"""Form -> how a function of that form is called."""

MISFIT = re.compile("matmul|shape|dimension|align|unpack|argument")
"""What Python and NumPy say where a function was made for other arguments."""


class GivenWeights(Weights):
    """The weights as an implementation gets them: fresh NumPy arrays, its own to keep.

    Attributes:
        weight_ih: [4·hidden_size, input_size], rows in blocks i, f, g, o as in torch.nn.LSTM
        weight_hh: [4·hidden_size, hidden_size]
        bias_ih, bias_hh: [4·hidden_size]; zeros where the network has no bias

    `gate("f")` has the rows of one gate.
    """

    def packed(self, order: str, *, transposed: bool = False) -> GivenWeights:
        """Return the same weights with the gates in another order, such as "iofc" (c is g).

        Args:
            transposed: gates in columns, weights [input_size, 4·hidden_size], as in Keras.

        Raises:
            ValueError: order is no order of the four gates.
        """
        moved = self.map(lambda tensor: np.array(reorder(tensor, GATES, gate_order(order))))
        return moved.map(lambda tensor: np.array(np.transpose(tensor))) if transposed else moved


@dataclass(frozen=True)
class PythonCode:
    """A callable that keeps one of the two contracts; see `Backend`."""

    name: str
    form: Format
    accuracy: Accuracy
    function: Callable[..., Any]
    contract: str
    supports: frozenset[str] = frozenset()

    def refusal(self, network: Network) -> str | None:
        """Refuse variants that the code does not say it supports."""
        other = beyond(network, self.supports)
        return f"it is taken for a plain LSTM, and this network has the {other}" if other else None

    def observe(self, network: Network, run: Run) -> Observation:
        """Call the function once a step, or once for the sequence."""
        if self.contract == "sequence":
            return self._observe_sequence(network, run)
        h, c = self._array(run.h0), self._array(run.c0)
        states = []
        for x in run.inputs:
            named = zip("hc", _pair(self._called(network, x=self._array(x), h=h, c=c)), strict=True)
            # What is judged is what it is given back: numbers of its format.
            h, c = (self._array(_checked(value, q, (network.hidden_size,))) for q, value in named)
            states.append((h, c))
        values = {"h": np.array([h for h, _ in states]), "c": np.array([c for _, c in states])}
        values = {quantity: shown.astype(np.float64) for quantity, shown in values.items()}
        return Observation((Part(len(states), values),), fed_back=True)

    def _observe_sequence(self, network: Network, run: Run) -> Observation:
        shape = (len(run.inputs), network.hidden_size)
        h, c = _pair(self._called(network, **{name: self._array(tensor) for name, tensor in run.items()}))
        values = {"h": _checked(h, "h", shape)}
        if c is not None:
            values["c"] = _checked(c, "c", shape)
        return Observation((Part(shape[0], values),))

    def _array(self, values: Any) -> NDArray[Any]:
        with np.errstate(over="ignore"):
            return np.array(values, dtype=self.form.name)

    def _called(self, network: Network, **arrays: NDArray[Any]) -> Any:
        """Call the function with fresh copies, and notice when it changes one of them."""
        weights = GivenWeights(**{name: self._array(tensor) for name, tensor in network.weights.items()})
        copies = {name: array.copy() for name, array in arrays.items()}
        given = copies | {f"w.{name}": np.asarray(tensor) for name, tensor in weights.items()}
        before = {name: array.copy() for name, array in given.items()}
        try:
            answer = self.function(*copies.values(), weights)
        except (TypeError, ValueError, IndexError) as error:
            if MISFIT.search(str(error)):
                raise Misbehaved(f"{told(error)}; {CALLED[self.contract]}") from error
            raise
        changed = [name for name in given if not np.array_equal(before[name], given[name], equal_nan=True)]
        if changed:
            raise Misbehaved(f"it changed its argument {', '.join(changed)} in place; work on a copy")
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
    problem = Misbehaved(f"{quantity} is {_described(value)}; expected an array of floats {list(shape)}")
    if value is None:
        raise problem
    try:
        array = np.array(value)
        floats = array.astype(np.float64) if array.dtype.kind in "fiubO" else None
    except (TypeError, ValueError):
        raise problem from None
    if floats is None:  # NumPy would read strings as numbers, and drop imaginary parts
        raise Misbehaved(f"{quantity} has numbers of the type {array.dtype.name}; expected floats")
    if array.shape != shape:
        raise Misbehaved(f"{quantity} has the shape {list(array.shape)}; expected {list(shape)}")
    return floats


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
    if contract not in CALLED:
        raise Unusable(f"form={contract}: expected one of {', '.join(CALLED)}")
    supports = getattr(function, "supports", ())
    if isinstance(supports, str) or not isinstance(supports, Iterable):
        raise Unusable(
            f"{name}.supports is {supports!r}; expected a set of features, such as {{'activations'}}"
        )
    form = options.dtype("float64", tuple(f for f in FORMATS if hasattr(np, f)))
    return PythonCode(name, form, options.accuracy(Accuracy()), function, contract, frozenset(supports))


def _make(name: str, target: str, options: Options) -> Backend:
    place, colon, attribute = target.rpartition(":")
    if not colon or not place or not attribute:
        module, dot, last = target.rpartition(".")
        example = f"{module}:{last}" if dot and last != "py" else f"{target or 'my_lstm.py'}:cell"
        expected = f"expected module:object or file.py:object, such as python:{example}"
        raise Unusable(f"python:{target} names no object: {expected}")
    found: Any = _imported(place)
    for part in attribute.split("."):
        if not hasattr(found, part):
            near = nearest(part, [name for name in dir(found) if not name.startswith("_")])
            raise Unusable(f"{place} has no '{part}'" + (f"; did you mean '{near}'?" if near else ""))
        found = getattr(found, part)
    return wrap(found, name, options)


def _imported(place: str) -> Any:
    """Import a module by its dotted name or its file; the current folder is importable."""
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        with contextlib.redirect_stdout(sys.stderr):
            return _from_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    except Unusable:
        raise
    except SystemExit:
        raise Unusable(f"{place} cannot be imported: it calls sys.exit") from None
    except Exception as error:
        raise Unusable(f"{place} cannot be imported: {told(error)}") from None


def _from_file(path: Path) -> ModuleType:
    """Run a file as a module, afresh each time."""
    if not path.is_file():
        raise Unusable(f"there is no file {path}")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise Unusable(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # dataclasses and pickle look for it there
    spec.loader.exec_module(module)
    return module


KINDS = [
    Kind(
        "python",
        "your own code: python:module:object or python:file.py:object",
        None,
        _make,
        takes_target=True,
    )
]
