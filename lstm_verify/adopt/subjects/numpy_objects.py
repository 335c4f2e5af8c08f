"""An object, or a class, whose weights are NumPy arrays among its attributes."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from inspect import Parameter
from typing import Any

import numpy as np

from lstm_verify.adopt.roles import arguments, construction, depends_on_runs
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.subjects.base import METHODS, Array, Instance, Shape, Wishes, as_floats
from lstm_verify.adopt.subjects.fixed import sizes_of
from lstm_verify.backends.errors import Unusable, told

_NO_WEIGHTS = re.compile(r"^_*d(?=[A-Z_])|grad|diff|veloc|moment|^_*(m|v)d|cache", re.IGNORECASE)
"""Names of arrays that are as large as weights: their gradients, and what optimisers keep."""

_DEEPEST = 4


def _arrays(owner: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any, Any, Array]]:
    """Yield each array of numbers below an object: its name, what holds it, under which key, and itself."""
    entries: list[tuple[str, Any, Any]]
    if isinstance(owner, MutableMapping):
        entries = [(f"{path}[{key}]", key, value) for key, value in owner.items() if isinstance(key, str)]
    elif isinstance(owner, list):
        entries = [(f"{path}[{k}]", k, value) for k, value in enumerate(owner)]
    else:
        entries = [(f"{path}.{key}" if path else key, key, value) for key, value in vars(owner).items()]
    for name, key, value in entries:
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.ndim:
            yield name, owner, key, value
        elif depth < _DEEPEST and (isinstance(value, (dict, list)) or _is_plain(value)):
            yield from _arrays(value, name, depth + 1)


def _is_plain(value: Any) -> bool:
    """Tell whether something is an object of a class that people wrote."""
    kind = type(value)
    return (
        hasattr(value, "__dict__")
        and not inspect.isroutine(value)
        and kind.__module__ not in ("builtins", "numpy")
        and not inspect.isclass(value)
        and not inspect.ismodule(value)
    )


class NumpyInstance:
    """An object with arrays; see `Instance`."""

    def __init__(self, made: Any, wishes: Wishes) -> None:
        self.made = made
        self.dtype = wishes.form.name
        self.places = {
            name: (owner, key, array.shape)
            for name, owner, key, array in _arrays(made)
            if not _NO_WEIGHTS.search(re.split(r"[.\[\]]+", name.strip("]"))[-1])
        }

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of all its arrays."""
        return {name: shape for name, (_, _, shape) in self.places.items()}

    def fill(self, values: Mapping[str, Array | None]) -> None:
        """Put new arrays in the place of old ones."""
        for name, value in values.items():
            owner, key, shape = self.places[name]
            array = np.zeros(shape, self.dtype) if value is None else self.native(value).reshape(shape)
            if isinstance(owner, (dict, list, MutableMapping)):
                owner[key] = array
            else:
                setattr(owner, key, array)

    def arguments(self, method: str) -> list[Parameter]:
        """Return what a method takes."""
        return arguments(getattr(self.made, method or "__call__"))

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call a method."""
        return getattr(self.made, method or "__call__")(**arguments)

    def attribute(self, name: str) -> Any:
        """Return an attribute."""
        return getattr(self.made, name)

    def set_attribute(self, name: str, value: Any) -> None:
        """Set an attribute."""
        setattr(self.made, name, value)

    def attributes(self) -> Mapping[str, Any]:
        """Return its attributes."""
        return dict(vars(self.made))

    def native(self, array: Array) -> Any:
        """Make an array of its own."""
        return np.array(array, dtype=self.dtype)

    def floats(self, value: Any) -> Array | None:
        """Return an array's numbers as float64."""
        return as_floats(value)


class NumpyObject:
    """A class whose instances have arrays, or one instance; see `Subject`."""

    stated: Mapping[str, Any] = {}

    def __init__(self, found: Any, wishes: Wishes) -> None:
        self.found, self.wishes = found, wishes
        self.is_class = inspect.isclass(found)
        self.per_run = self.is_class and depends_on_runs(found, wishes.init)
        self.what = "a class" if self.is_class else f"an object of the class {type(found).__name__}"
        self.fixed: Sizes | None = None
        if not self.is_class:
            self.fixed = sizes_of(NumpyInstance(found, wishes).shapes, vars(found), wishes.weights)

    def shapings(self, sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], Instance], Mapping[str, Shape]]]:
        """Yield the one way of making it."""
        yield self._make, self._make(sizes).shapes

    def _make(self, sizes: Sizes) -> NumpyInstance:
        if not self.is_class:
            return NumpyInstance(self.found, self.wishes)
        given = construction(self.found, sizes, self.wishes.init)
        try:
            return NumpyInstance(self.found(**given), self.wishes)
        except (Exception, SystemExit) as error:  # noqa: BLE001 (whatever a constructor raises is told)
            raise Unusable(not_made(self.found, given, error)) from None

    def methods(self) -> list[str]:
        """Return the methods that run it."""
        if self.wishes.method:
            return [self.wishes.method]
        usual = [name for name in METHODS if _own(self.found, name or "__call__")]
        others = [
            name
            for name in dir(self.found)
            if not name.startswith("_") and name not in usual and callable(getattr(self.found, name))
        ]
        return usual + others


def _own(found: Any, name: str) -> bool:
    """Tell whether instances have a method; a class is called by `type` itself."""
    owner = found if inspect.isclass(found) else type(found)
    return any(name in vars(base) for base in owner.__mro__)


def not_made(found: Any, given: Mapping[str, Any], error: BaseException) -> str:
    """Say that a class could not be made, and how to say what its arguments are."""
    call = ", ".join(f"{name}={value}" for name, value in given.items())
    takes = ", ".join(str(p) for p in arguments(found)) or "nothing"
    return (
        f"{found.__name__}({call}) cannot be made: {told(error)}; it takes {takes}. Say what "
        "its arguments are: init=NAME=I;NAME=H (I inputs, H units, or a number)"
    )


def subject(found: Any, wishes: Wishes) -> NumpyObject | None:
    """Take an object with attributes, or a class."""
    if inspect.isclass(found):
        return NumpyObject(found, wishes)
    return NumpyObject(found, wishes) if _is_plain(found) else None
