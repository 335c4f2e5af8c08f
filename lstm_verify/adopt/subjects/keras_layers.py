"""A keras.layers.Layer, a whole LSTM or one step: a class, or a layer that has been built."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from inspect import Parameter
from typing import Any

import numpy as np

from lstm_verify.adopt.roles import arguments
from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.subjects.base import Array, Instance, Shape, Wishes
from lstm_verify.adopt.subjects.fixed import sizes_of
from lstm_verify.adopt.subjects.lazy import Caller, made_with
from lstm_verify.adopt.subjects.numpy_objects import not_made
from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.formats import Format

_UNSEEN = {"training": False, "mask": None}
"""Arguments of a call that are neither input nor state, and what they are given where they must be."""

_ALL = {"return_sequences": True, "return_state": True}
"""What makes a layer show all that it can."""


class KerasInstance:
    """A layer that has been built; see `Instance`."""

    def __init__(self, layer: Any, wishes: Wishes) -> None:
        self.layer, self.dtype = layer, wishes.form.name
        self.variables = dict(_named(layer))

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of its weights, by the names of its attributes."""
        return {name: tuple(variable.shape) for name, variable in self.variables.items()}

    def fill(self, values: Mapping[str, Array | None]) -> None:
        """Assign values to its weights."""
        with _precision(self.dtype):
            for name, value in values.items():
                variable = self.variables[name]
                shape = tuple(variable.shape)
                variable.assign(self.native(np.zeros(shape) if value is None else np.reshape(value, shape)))

    def arguments(self, method: str) -> list[Parameter]:
        """Return what `call`, or another method, takes."""
        return [p for p in self._all(method) if p.name not in _UNSEEN]

    def _all(self, method: str) -> list[Parameter]:
        return arguments(getattr(self.layer, method or "call"))

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call it as in inference."""
        needed = {p.name for p in self._all(method) if p.default is p.empty}
        rest = {name: value for name, value in _UNSEEN.items() if name in needed}
        with _precision(self.dtype):
            return (getattr(self.layer, method) if method else self.layer)(**arguments, **rest)

    def attribute(self, name: str) -> Any:
        """Return an attribute of the layer."""
        return getattr(self.layer, name)

    def set_attribute(self, name: str, value: Any) -> None:
        """Set an attribute of the layer."""
        setattr(self.layer, name, value)

    def attributes(self) -> Mapping[str, Any]:
        """Return its attributes that are no weights."""
        return {name: value for name, value in vars(self.layer).items() if not name.startswith("_")}

    def native(self, array: Array) -> Any:
        """Make a tensor of the backend of Keras."""
        with _precision(self.dtype):
            return _keras().ops.convert_to_tensor(np.asarray(array), dtype=self.dtype)

    def floats(self, value: Any) -> Array | None:
        """Return a tensor's numbers as float64."""
        keras = _keras()
        if not keras.ops.is_tensor(value) or "float" not in keras.backend.standardize_dtype(value.dtype):
            return None
        return np.asarray(keras.ops.convert_to_numpy(value)).astype(np.float64)


def _keras() -> Any:
    return sys.modules["keras"]


def _precision(dtype: str) -> AbstractContextManager[Any]:
    """Return a context in which the backend of Keras has a format."""
    if _keras().backend.backend() != "jax":
        return nullcontext()
    from lstm_verify.adopt.subjects.jax_arrays import precision

    return precision(dtype)


def _named(layer: Any) -> Iterator[tuple[str, Any]]:
    """Yield the weights of a layer: those that attributes have, by their paths, such as cell.kernel."""
    own = {id(variable) for variable in layer.weights}
    for path, variable in _below(layer, "", set()):
        if id(variable) in own:
            own.discard(id(variable))
            yield path, variable
    yield from ((variable.path, variable) for variable in layer.weights if id(variable) in own)


def _below(owner: Any, path: str, seen: set[int]) -> Iterator[tuple[str, Any]]:
    """Yield the variables below a layer, a list or a dictionary, public attributes first."""
    keras = _keras()
    if id(owner) in seen:
        return
    seen.add(id(owner))
    for name, value in _entries(owner, path):
        if isinstance(value, keras.Variable):
            last = name.rpartition(".")[2]
            yield (name[: len(name) - len(last)] + value.name if last.startswith("_") else name), value
        elif isinstance(value, (keras.Layer, list, tuple, dict)):
            yield from _below(value, name, seen)


def _entries(owner: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(owner, (list, tuple)):
        return [(f"{path}[{k}]", value) for k, value in enumerate(owner)]
    if isinstance(owner, dict):
        return [(f"{path}[{key}]", value) for key, value in owner.items()]
    held = {**vars(owner), **vars(owner).get("_modules", {})}  # over PyTorch, layers in layers stand there
    names = sorted(held, key=lambda name: name.startswith("_"))
    return [(f"{path}.{name}" if path else name, held[name]) for name in names]


class KerasLayer:
    """A class of layers, or one layer; see `Subject`."""

    per_run = False

    def __init__(self, found: Any, wishes: Wishes) -> None:
        self.found, self.wishes = found, wishes
        self.is_class = inspect.isclass(found)
        self.what = f"a Keras layer{'' if self.is_class else ' that has been built'}"
        self.fixed: Sizes | None = None
        if not self.is_class:
            _refuse(found, wishes.form)
            self.fixed = sizes_of(KerasInstance(found, wishes).shapes, {})
        self.caller = Caller(self.stated)

    @property
    def stated(self) -> Mapping[str, Any]:
        """What Keras says of its layers: rows first; what has states and is no RNN takes one step.

        From https://keras.io/api/layers/recurrent_layers, LSTM and RNN.
        """
        rnn = _keras().layers.RNN
        layer = self._new(LOOK) if self.is_class else self.found
        whole = {"whole": True} if isinstance(layer, rnn) else {}
        return {"batch_first": True, **({"whole": False} if _is_cell(layer) else whole)}

    def shapings(self, sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], Instance], Mapping[str, Shape]]]:
        """Yield the one way of making it."""
        yield self._make, self._make(sizes).shapes

    def _make(self, sizes: Sizes) -> KerasInstance:
        if not self.is_class:
            return KerasInstance(self.found, self.wishes)
        method = self.methods()[0]

        def built(arguments: Mapping[str, Any]) -> KerasInstance:
            layer = self._new(sizes)
            KerasInstance(layer, self.wishes).call(method, arguments)
            return KerasInstance(layer, self.wishes)

        bare = KerasInstance(self._new(sizes), self.wishes)
        return self.caller.first(bare.arguments(method), sizes, bare.native, built)

    def _new(self, sizes: Sizes) -> Any:
        """Make a layer that shows all it can, and has not been built."""
        keras = _keras()
        given = made_with(self.found, sizes, self.wishes.init, _ALL)
        usual = keras.config.dtype_policy()
        keras.config.set_dtype_policy(self.wishes.form.name)
        try:
            with _precision(self.wishes.form.name):
                layer = self.found(**given)
        except Exception as error:  # noqa: BLE001 (whatever a constructor raises is told)
            raise Unusable(not_made(self.found, given, error)) from None
        finally:
            keras.config.set_dtype_policy(usual)
        if isinstance(layer, keras.layers.RNN):  # one that hands **kwargs on has no such arguments
            vars(layer).update({name: True for name in _ALL if name not in self.wishes.init})
        return layer

    def methods(self) -> list[str]:
        """Return the layer itself, and methods that layers seldom have."""
        if self.wishes.method:
            return [self.wishes.method]
        return ["", *(name for name in ("step", "forward_step") if hasattr(self.found, name))]


def _is_cell(layer: Any) -> bool:
    """Tell whether a layer is what keras.layers.RNN takes: https://keras.io/api/layers/recurrent_layers/rnn."""
    return hasattr(layer, "state_size") and not isinstance(layer, _keras().layers.RNN)


def _refuse(layer: Any, form: Format) -> None:
    """Refuse a layer that has no weights yet, computes in another format, or remembers the last call."""
    if not layer.built or not layer.weights:
        raise Unusable(
            "it has not been built, and so has no weights: call its build((None, None, inputs)) first, or "
            "name its class instead"
        )
    if {layer.compute_dtype, layer.variable_dtype} != {form.name}:
        kept = {layer.variable_dtype: 0, layer.compute_dtype: 0}
        raise Unusable(f"it has been made in {' and '.join(kept)}: dtype={form.name} takes its class instead")
    if getattr(layer, "stateful", False):
        raise Unusable("it is stateful: it begins where its last call ended; make it with stateful=False")


def subject(found: Any, wishes: Wishes) -> KerasLayer | None:
    """Take a layer, or a class of layers."""
    if "keras" not in sys.modules:  # what has not been imported, nobody has made anything of
        return None
    layer = sys.modules["keras"].Layer
    is_one = issubclass(found, layer) if inspect.isclass(found) else isinstance(found, layer)
    return KerasLayer(found, wishes) if is_one else None
