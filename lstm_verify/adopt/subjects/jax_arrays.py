"""What Equinox and Flax modules have in common: their numbers are arrays of JAX, and they never change."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from inspect import Parameter
from typing import Any

import numpy as np

from lstm_verify.adopt.roles import arguments
from lstm_verify.adopt.subjects.base import METHODS, Array, Wishes
from lstm_verify.adopt.subjects.numpy_objects import not_made
from lstm_verify.backends.errors import Unusable

_CONFIRMED = ("deterministic", "inference")
_DENIED = ("train", "training", "is_training")
_KEYS = ("key", "rng", "init_key")


def precision(dtype: str) -> AbstractContextManager[Any]:
    """Return a context in which JAX has a format: float64 it has only where it is told so."""
    import jax

    if dtype != "float64":
        return nullcontext()
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    return importlib.import_module("jax.experimental").enable_x64(True)  # where it was before JAX 0.8


def key() -> Any:
    """Return the key for random numbers that a constructor asks for: what it draws is replaced."""
    import jax

    return jax.random.PRNGKey(0)


def unseen(name: str) -> bool:
    """Tell whether an argument of a call is neither input nor state, but about randomness or training."""
    return name in (*_CONFIRMED, *_DENIED, *_KEYS)


class JaxInstance:
    """A module whose numbers are arrays of JAX; see `Instance`.

    Attributes:
        module: itself.
        dtype: the name of its format.
    """

    def __init__(self, module: Any, wishes: Wishes) -> None:
        self.module, self.dtype = module, wishes.form.name

    def arguments(self, method: str) -> list[Parameter]:
        """Return what a method takes beside keys, and beside whether it is trained."""
        return [p for p in self._all(method) if not unseen(p.name)]

    def _all(self, method: str) -> list[Parameter]:
        return arguments(getattr(self.module, method or "__call__"))

    def rest(self, method: str) -> dict[str, Any]:
        """Return what else a method must be given."""
        names = [p.name for p in self._all(method) if unseen(p.name) and p.default is p.empty]
        return {name: key() if name in _KEYS else name in _CONFIRMED for name in names}

    def attribute(self, name: str) -> Any:
        """Return an attribute of the module."""
        return getattr(self.module, name)

    def set_attribute(self, name: str, value: Any) -> None:  # noqa: ARG002 (a module never changes)
        """Refuse: a module never changes."""
        raise AttributeError(name)

    def attributes(self) -> Mapping[str, Any]:
        """Return nothing: a module that never changes keeps no state."""
        return {}

    def native(self, array: Array) -> Any:
        """Make an array of JAX."""
        import jax.numpy as jnp

        with precision(self.dtype):
            return jnp.asarray(np.asarray(array), dtype=self.dtype)

    def floats(self, value: Any) -> Array | None:
        """Return an array's numbers as float64."""
        import jax

        if not isinstance(value, jax.Array) or not jax.numpy.issubdtype(value.dtype, jax.numpy.floating):
            return None
        return np.asarray(value).astype(np.float64)

    def valued(self, value: Array | None, shape: tuple[int, ...]) -> Any:
        """Return the array that a parameter of some shape becomes; zeros of None."""
        return self.native(np.zeros(shape) if value is None else np.reshape(value, shape))


@cache
def jitted(function: Callable[..., Any], static: tuple[int, ...] = ()) -> Callable[..., Any]:
    """Compile a function once for all its calls: a scan would else be compiled in each, for half a second.

    What cannot be traced, such as an `if` on a number, is run as it is.
    """
    import jax

    compiled = jax.jit(function, static_argnums=static)

    def run(*given: Any) -> Any:
        try:
            hash(tuple(given[k] for k in static))
        except TypeError:
            return function(*given)
        try:
            return compiled(*given)
        except (jax.errors.JAXTypeError, jax.errors.JAXIndexError):
            return function(*given)

    return run


def own_methods(found: Any, wishes: Wishes) -> list[str]:
    """Return the methods that its class has; "" is `__call__`."""
    if wishes.method:
        return [wishes.method]
    owner = found if inspect.isclass(found) else type(found)
    return [name for name in METHODS if name != "__call__" and _own(owner, name)]


def _own(owner: type, name: str) -> bool:
    """Tell whether people wrote a method: the framework's `apply` is no step."""
    defining = next((base for base in owner.__mro__ if (name or "__call__") in vars(base)), None)
    frameworks = ("flax", "equinox") if name else ()
    return defining is not None and defining.__module__.partition(".")[0] not in frameworks


def made(found: type, given: Mapping[str, Any]) -> Any:
    """Make a module.

    Raises:
        Unusable: its constructor raises.
    """
    try:
        return found(**given)
    except Exception as error:  # noqa: BLE001 (whatever a constructor raises is told)
        raise Unusable(not_made(found, given, error)) from None
