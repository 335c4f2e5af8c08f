"""Flax: a flax.linen.Module, whose parameters stand beside it, or a flax.nnx.Module, which has them."""

from __future__ import annotations

import contextlib
import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from lstm_verify.adopt.roles import construction
from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.subjects.base import Array, Instance, Shape, Wishes
from lstm_verify.adopt.subjects.fixed import sizes_of
from lstm_verify.adopt.subjects.jax_arrays import JaxInstance, jitted, key, made, own_methods, precision
from lstm_verify.adopt.subjects.lazy import Caller, made_with
from lstm_verify.backends.errors import Unusable

CARRY = {"state": "ch"}
"""What Flax says of an LSTM's state: https://flax.readthedocs.io, LSTMCell: the carry is (c, h)."""

WIDEST = 8
"""So many inputs a linen module is given that has been made, and that says nothing of them."""


class LinenInstance(JaxInstance):
    """A module and its parameters; see `Instance`."""

    def __init__(self, module: Any, variables: Mapping[str, Any], wishes: Wishes) -> None:
        super().__init__(module, wishes)
        self.others = {name: tree for name, tree in variables.items() if name != "params"}
        self.leaves = _flat(variables.get("params", {}))
        self.fill({})

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of its parameters."""
        return {".".join(path): tuple(leaf.shape) for path, leaf in self.leaves.items()}

    def fill(self, values: Mapping[str, Array | None]) -> None:
        """Keep the parameters that it is to be given."""
        for path, leaf in self.leaves.items():
            value = values.get(".".join(path), leaf)
            self.leaves[path] = self.valued(value, leaf.shape)

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:
        """Apply it to its parameters, compiled."""
        variables = {"params": _nested(self.leaves), **self.others}
        with precision(self.dtype):
            given = {**arguments, **self.rest(method)}
            return jitted(_applied, (0, 1))(self.module, method, variables, given)


def _integers(module: Any) -> Iterator[int]:
    """Yield the numbers that a module was made with, and those of the modules that it was given."""
    for field in dataclasses.fields(module):
        value = getattr(module, field.name)
        if field.name != "parent" and dataclasses.is_dataclass(value):
            yield from _integers(value)
        elif type(value) is int:
            yield value


def _applied(module: Any, method: str, variables: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    return module.apply(variables, **given, method=method or "__call__")


def _flat(tree: Mapping[str, Any], path: tuple[str, ...] = ()) -> dict[tuple[str, ...], Any]:
    """Return path -> leaf of nested dictionaries."""
    found: dict[tuple[str, ...], Any] = {}
    for name, value in tree.items():
        found |= _flat(value, (*path, name)) if isinstance(value, Mapping) else {(*path, name): value}
    return found


def _nested(leaves: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    """Undo `_flat`."""
    made: dict[str, Any] = {}
    for path, leaf in leaves.items():
        inner = made
        for name in path[:-1]:
            inner = inner.setdefault(name, {})
        inner[path[-1]] = leaf
    return made


class LinenModule:
    """A class of linen modules, or one module, bound to its parameters or not; see `Subject`."""

    per_run = False

    def __init__(self, found: Any, wishes: Wishes) -> None:
        from flax import linen

        self.found, self.wishes = found, wishes
        self.is_class = inspect.isclass(found)
        self.what = f"a flax.linen.Module{'' if self.is_class else ' that has been made'}"
        self.fixed: Sizes | None = None
        kind = found if self.is_class else type(found)
        self.stated: Mapping[str, Any] = CARRY
        if isinstance(found, linen.RNN):
            self.stated = {**CARRY, "whole": True, "batch_first": not found.time_major}
        elif kind in (linen.LSTMCell, linen.OptimizedLSTMCell):
            self.stated = {**CARRY, "whole": False}
        self.caller = Caller(self.stated)
        self.variables: dict[Sizes, Mapping[str, Any]] = {}
        if not self.is_class:
            self.fixed = self._sizes()

    def _sizes(self) -> Sizes:
        """Return the sizes of one that has been made; the inputs are free where it is not bound."""
        if self.found.scope is not None:
            return sizes_of(self._unbound(self.found).shapes, vars(self.found))
        for units in dict.fromkeys(_integers(self.found)):
            self.caller.known = None
            looked = LOOK._replace(units=units, inputs=WIDEST if units != WIDEST else WIDEST + 1)
            with contextlib.suppress(Unusable):
                shapes = self._make(looked).shapes
                return sizes_of(shapes, {"input_size": looked.inputs, "units": units})
        raise Unusable("how many units it has, none of its numbers tells: name its class instead")

    def shapings(self, sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], Instance], Mapping[str, Shape]]]:
        """Yield the one way of making it."""
        yield self._make, self._make(sizes).shapes

    def _make(self, sizes: Sizes) -> LinenInstance:
        if not self.is_class:
            return self._bound(self.found, sizes)
        known = {"features": sizes.units, "parent": None, "name": None}
        return self._bound(made(self.found, made_with(self.found, sizes, self.wishes.init, known)), sizes)

    def _bound(self, module: Any, sizes: Sizes) -> LinenInstance:
        """Return a module with parameters of the shapes that it asks for."""
        if module.scope is not None:
            return self._unbound(module)
        if sizes not in self.variables:
            self.variables[sizes] = self._asked_for(module, sizes)
        return LinenInstance(module, self.variables[sizes], self.wishes)

    def _unbound(self, module: Any) -> LinenInstance:
        """Return a module that is bound to its parameters, with these."""
        bare, variables = module.unbind()
        return LinenInstance(bare, variables, self.wishes)

    def _asked_for(self, module: Any, sizes: Sizes) -> Mapping[str, Any]:
        """Return its parameters, of zeros: what it would draw takes seconds to compile."""
        import jax

        bare = LinenInstance(module, {}, self.wishes)
        method = self.methods()[0]
        start = partial(module.init, key(), method=method or "__call__")

        def shaped(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
            given = {**arguments, **bare.rest(method)}
            asked = jax.eval_shape(lambda: start(**given))
            if asked.keys() <= {"params"}:
                return jax.tree_util.tree_map(lambda leaf: np.zeros(leaf.shape), asked)
            return start(**given)

        with precision(bare.dtype):
            return self.caller.first(bare.arguments(method), sizes, bare.native, shaped)

    def methods(self) -> list[str]:
        """Return the methods that run it."""
        return own_methods(self.found, self.wishes)


class NnxInstance(JaxInstance):
    """A module that has its parameters; see `Instance`."""

    def __init__(self, module: Any, wishes: Wishes) -> None:
        from flax import nnx

        super().__init__(module, wishes)
        flat = nnx.to_flat_state(nnx.state(module, nnx.Param))
        self.paths = {".".join(str(part).rstrip("_") for part in path): path for path, _ in flat}
        self.leaves = {path: leaf[...] for path, leaf in flat}
        self.fill({})

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of its parameters; `if_`, as Python has it, is called `if`."""
        return {name: tuple(self.leaves[path].shape) for name, path in self.paths.items()}

    def fill(self, values: Mapping[str, Array | None]) -> None:
        """Put values into its parameters."""
        from flax import nnx

        for name, path in self.paths.items():
            leaf = self.leaves[path]
            self.leaves[path] = self.valued(values.get(name, leaf), leaf.shape)
        nnx.update(self.module, nnx.from_flat_state([(p, nnx.Param(a)) for p, a in self.leaves.items()]))

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call it."""
        with precision(self.dtype):
            return getattr(self.module, method or "__call__")(**arguments, **self.rest(method))


class NnxModule:
    """A class of nnx modules, or one module; see `Subject`."""

    per_run = False

    def __init__(self, found: Any, wishes: Wishes) -> None:
        from flax import nnx

        kind = found if inspect.isclass(found) else type(found)
        cells = (nnx.LSTMCell, nnx.OptimizedLSTMCell)
        known = {"whole": False, "order": "ifgo"} if kind in cells else {}
        self.stated: Mapping[str, Any] = {**CARRY, **known}
        if isinstance(found, nnx.RNN):
            self.stated = {**CARRY, "whole": True, "batch_first": not found.time_major}
        self.found, self.wishes = found, wishes
        self.is_class = inspect.isclass(found)
        self.what = f"a flax.nnx.Module{'' if self.is_class else ' that has been made'}"
        self.fixed: Sizes | None = None
        if not self.is_class:
            self.fixed = sizes_of(NnxInstance(found, wishes).shapes, vars(found))

    def shapings(self, sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], Instance], Mapping[str, Shape]]]:
        """Yield the one way of making it."""
        yield self._make, self._make(sizes).shapes

    def _make(self, sizes: Sizes) -> NnxInstance:
        if not self.is_class:
            return NnxInstance(self.found, self.wishes)
        from flax import nnx

        taken = partial(self.found.__init__, None)  # the class itself says of its arguments nothing
        given = construction(taken, sizes, self.wishes.init, {"rngs": nnx.Rngs(0)})
        return NnxInstance(made(self.found, given), self.wishes)

    def methods(self) -> list[str]:
        """Return the methods that run it."""
        return own_methods(self.found, self.wishes)


def subject(found: Any, wishes: Wishes) -> LinenModule | NnxModule | None:
    """Take a module, or a class of modules, of either kind."""
    for place, kind in (("flax.linen", LinenModule), ("flax.nnx", NnxModule)):
        if place in sys.modules:  # what has not been imported, nobody has made anything of
            module = sys.modules[place].Module
            if issubclass(found, module) if inspect.isclass(found) else isinstance(found, module):
                return kind(found, wishes)
    return None
