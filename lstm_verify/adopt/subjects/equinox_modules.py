"""An equinox.Module: a class, or an instance of one."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lstm_verify.adopt.roles import construction
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.subjects.base import Array, Instance, Shape, Wishes
from lstm_verify.adopt.subjects.fixed import sizes_of
from lstm_verify.adopt.subjects.jax_arrays import JaxInstance, jitted, key, made, own_methods, precision


class EquinoxInstance(JaxInstance):
    """A module, a tree of arrays and of what is none; see `Instance`."""

    def __init__(self, module: Any, wishes: Wishes) -> None:
        import equinox
        import jax

        super().__init__(module, wishes)
        arrays, self.rest_of_it = equinox.partition(module, equinox.is_inexact_array)
        leaves, self.tree = jax.tree_util.tree_flatten_with_path(arrays)
        self.leaves = {jax.tree_util.keystr(path).lstrip("."): leaf for path, leaf in leaves}
        self.fill({})

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of its arrays."""
        return {name: tuple(leaf.shape) for name, leaf in self.leaves.items()}

    def fill(self, values: Mapping[str, Array | None]) -> None:
        """Make a module that has these values."""
        import equinox
        import jax

        for name, leaf in self.leaves.items():
            value = values.get(name, leaf)
            self.leaves[name] = self.valued(value, leaf.shape)
        arrays = jax.tree_util.tree_unflatten(self.tree, self.leaves.values())
        self.module = equinox.combine(arrays, self.rest_of_it)

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call it, compiled."""
        import equinox
        import jax

        arrays, static = equinox.partition(self.module, equinox.is_array)
        leaves, tree = jax.tree_util.tree_flatten(static)
        with precision(self.dtype):
            given = {**arguments, **self.rest(method)}
            return jitted(_called, (0, 1, 2))(tuple(leaves), tree, method, arrays, given)


def _called(leaves: tuple[Any, ...], tree: Any, method: str, arrays: Any, given: Mapping[str, Any]) -> Any:
    import equinox
    import jax

    module = equinox.combine(arrays, jax.tree_util.tree_unflatten(tree, leaves))
    return getattr(module, method or "__call__")(**given)


class EquinoxModule:
    """A class of modules, or one module; see `Subject`."""

    per_run = False

    def __init__(self, found: Any, wishes: Wishes) -> None:
        self.found, self.wishes = found, wishes
        self.is_class = inspect.isclass(found)
        self.what = f"an equinox.Module{'' if self.is_class else ' that has been made'}"
        kind = found if self.is_class else type(found)
        self.stated: Mapping[str, Any] = {"whole": False} if issubclass(kind, _cell()) else {}
        self.fixed: Sizes | None = None
        if not self.is_class:
            self.fixed = sizes_of(EquinoxInstance(found, wishes).shapes, vars(found))

    def shapings(self, sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], Instance], Mapping[str, Shape]]]:
        """Yield the one way of making it."""
        yield self._make, self._make(sizes).shapes

    def _make(self, sizes: Sizes) -> EquinoxInstance:
        if not self.is_class:
            return EquinoxInstance(self.found, self.wishes)
        given = construction(self.found, sizes, self.wishes.init, {"key": key()})
        return EquinoxInstance(made(self.found, given), self.wishes)

    def methods(self) -> list[str]:
        """Return the methods that run it."""
        return own_methods(self.found, self.wishes)


def _cell() -> Any:
    """Return the cell that Equinox has: it takes one step, of one row."""
    import equinox

    return equinox.nn.LSTMCell


def subject(found: Any, wishes: Wishes) -> EquinoxModule | None:
    """Take a module, or a class of modules."""
    if "equinox" not in sys.modules:  # what has not been imported, nobody has made anything of
        return None
    module = sys.modules["equinox"].Module
    is_one = issubclass(found, module) if inspect.isclass(found) else isinstance(found, module)
    return EquinoxModule(found, wishes) if is_one else None
