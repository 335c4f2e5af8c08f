"""A plain function that is given its parameters: in a dictionary, an object, or as arguments of their own."""

from __future__ import annotations

import contextlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from inspect import Parameter
from typing import Any

import numpy as np

from lstm_verify.adopt.names import groups
from lstm_verify.adopt.roles import arguments, construction, holds_weights, of_call
from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.subjects.anything import Anything
from lstm_verify.adopt.subjects.base import Array, Instance, Shape, Wishes, as_floats
from lstm_verify.adopt.subjects.schemes import Scheme, schemes
from lstm_verify.backends.errors import Unusable

_OWN = re.compile(r"_*([wurvkb]|weight|bias|kernel|recurrent|p$|p_?[ifo]$)", re.IGNORECASE)
"""How the names of parameters begin, where each is an argument."""


class Given(dict[Any, Any]):
    """Parameters, by key or as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


class FunctionInstance:
    """A function, with parameters of certain shapes; see `Instance`."""

    def __init__(
        self,
        function: Callable[..., Any],
        holder: str,
        shapes: Mapping[str, Shape],
        wishes: Wishes,
        extra: Mapping[str, Any],
    ) -> None:
        self.function, self.holder, self.dtype = function, holder, wishes.form.name
        self.shapes, self.extra, self.tensors = shapes, extra, _of_tensors(function)
        self.values: dict[str, Any] = {name: self.native(np.zeros(shape)) for name, shape in shapes.items()}

    def fill(self, values: Mapping[str, Array | None]) -> None:
        """Keep what the function is to be given."""
        for name, value in values.items():
            shape = self.shapes[name]
            self.values[name] = self.native(np.zeros(shape) if value is None else np.reshape(value, shape))

    def arguments(self, method: str) -> list[Parameter]:  # noqa: ARG002 (it has no methods)
        """Return what it takes beside its parameters."""
        own = {self.holder} if self.holder else {_root(name) for name in self.shapes}
        return [p for p in arguments(self.function) if p.name not in own and p.name not in self.extra]

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:  # noqa: ARG002 (it has no methods)
        """Call it with copies of its parameters."""
        values = {
            name: array.clone() if self.tensors else array.copy() for name, array in self.values.items()
        }
        own = {self.holder: _nested(values)} if self.holder else dict(_nested(values))
        return self.function(**arguments, **own, **self.extra)

    def attribute(self, name: str) -> Any:
        """Return an attribute; it has none."""
        raise AttributeError(name)

    def set_attribute(self, name: str, value: Any) -> None:  # noqa: ARG002 (it has no attributes)
        """Refuse: it has no attributes."""
        raise AttributeError(name)

    def attributes(self) -> Mapping[str, Any]:
        """Return nothing: a function keeps no state that can be seen."""
        return {}

    def native(self, array: Array) -> Any:
        """Make an array of its own, or a tensor."""
        if self.tensors:
            import torch

            return torch.tensor(np.asarray(array), dtype=getattr(torch, self.dtype))
        return np.array(array, dtype=self.dtype)

    def floats(self, value: Any) -> Array | None:
        """Return an array's numbers as float64."""
        if self.tensors and hasattr(value, "detach"):
            return value.detach().double().cpu().numpy()
        return as_floats(value)


def _of_tensors(function: Callable[..., Any]) -> bool:
    """Tell whether a function computes with PyTorch's tensors: whether it names the module."""
    torch = sys.modules.get("torch")
    code = getattr(function, "__code__", None)
    names = (
        (*code.co_names, *(n for c in code.co_consts if hasattr(c, "co_names") for n in c.co_names))
        if code
        else ()
    )
    return torch is not None and any(function.__globals__.get(name) is torch for name in names)


def _root(name: str) -> str:
    """Return the first part of a name: of "W.f" and "W[0]" it is W."""
    return re.split(r"[.\[]", name)[0]


def _nested(values: Mapping[str, Array]) -> Any:
    """Make what the names are paths into: "[f][W]" is `given["f"]["W"]`, and "[0]" is of a list."""
    made = Given()
    for path, value in values.items():
        keys = [key for key in re.split(r"[.\[\]]+", path) if key]
        inner = made
        for key in keys[:-1]:
            inner = inner.setdefault(key, Given())
        inner[keys[-1]] = value
    return [made[str(k)] for k in range(len(made))] if all(key.isdigit() for key in made) and made else made


class Function:
    """A function; see `Subject`.

    Attributes:
        holder: the argument that has the parameters; "" where each is an argument of its own.
        names: those of its parameters.
    """

    what = "a function"
    fixed = None
    per_run = False
    stated: Mapping[str, Any] = {}

    def __init__(self, function: Callable[..., Any], holder: str, names: list[str], wishes: Wishes) -> None:
        self.function, self.holder, self.names, self.wishes = function, holder, names, wishes

    def shapings(self, sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], Instance], Mapping[str, Shape]]]:
        """Yield the ways in which its parameters may be shaped: nothing says which."""
        given = self.wishes.weights
        others = [name for name in self.names if name not in given]
        extra = cache(partial(_extra, self.function, self.holder, self.names))
        for scheme in schemes(others) if others else [lambda _: {}]:

            def shapes(sizes: Sizes, scheme: Scheme = scheme) -> dict[str, Shape]:
                return scheme(sizes) | {name: shape(sizes) for name, shape in given.items()}

            def make(sizes: Sizes, shapes: Scheme = shapes) -> FunctionInstance:
                return FunctionInstance(self.function, self.holder, shapes(sizes), self.wishes, extra(sizes))

            yield make, shapes(sizes)

    def methods(self) -> list[str]:
        """Return the function itself."""
        return [""]


def _extra(function: Callable[..., Any], holder: str, names: list[str], sizes: Sizes) -> dict[str, Any]:
    """Return the sizes that a function has to be told."""
    own = {holder, *map(_root, names)}
    needed = [p.name for p in arguments(function) if p.default is p.empty and p.name not in own]
    sized = [name for name in needed if of_call(name) is None]
    return {name: value for name, value in construction(function, sizes, {}).items() if name in sized}


def subject(found: Any, wishes: Wishes) -> Function | None:
    """Take a function that has its parameters in one argument, or each as an argument; None of others."""
    if not (inspect.isroutine(found) or inspect.isfunction(found)):
        return None
    taken, separate = arguments(found), separate_parameters(found)
    if separate and (not wishes.weights or {*map(_root, wishes.weights)} & {*separate}):
        own = [name for name in separate if name not in map(_root, wishes.weights)]
        return Function(found, "", [*own, *wishes.weights], wishes)
    holder = next((p.name for p in taken if holds_weights(p.name)), taken[-1].name if taken else None)
    if holder is None:
        return None
    names = dict.fromkeys([*_asked_for(found, holder, wishes), *wishes.weights])
    if not names:
        raise Unusable(
            f"nothing in {holder} is asked for by name, and no other argument is named as a parameter; "
            "say what is in it: weights='[0]=i.ih; [1]=i.hh; …' of a list, else weights='W_i=i.ih; …'"
        )
    return Function(found, holder, [*names], wishes)


def separate_parameters(function: Any) -> list[str]:
    """Return the arguments that are parameters, where there are several: Wx, Wh and b."""
    found = [p.name for p in arguments(function) if of_call(p.name) is None and _OWN.match(p.name)]
    return found if len(found) > 1 else []


def _asked_for(function: Callable[..., Any], holder: str, wishes: Wishes) -> list[str]:
    """Return the names that a function asks its parameters for, with states of several shapes."""
    asked: dict[str, None] = {}
    taken = [p.name for p in arguments(function) if p.default is p.empty and p.name != holder]
    roles = {name: of_call(name) or "x" for name in taken}
    make = FunctionInstance(function, holder, {}, wishes, {}).native
    for x, state in _LAYOUTS:
        h = make(np.zeros([LOOK.of(axis) for axis in state]))
        values = {"x": make(np.zeros([LOOK.of(axis) for axis in x])), "h": h, "c": h, "carry": (h, h)}
        for carry in (values["carry"], h) if "carry" in roles.values() else (h,):
            given = {name: carry if what == "carry" else values[what] for name, what in roles.items()}
            with contextlib.suppress(Exception):
                function(**given, **{holder: Anything("", asked)})
    names = [name for name in asked if name]
    return [*names, *_named_alike(function, names)]


_LAYOUTS = (("BI", "BH"), ("I", "H"), ("IB", "HB"), ("TBI", "BH"), ("BTI", "BH"), ("TI", "H"), ("IBT", "HB"))
"""Axes of inputs and of states that a function is looked at with."""


def _named_alike(function: Callable[..., Any], names: list[str]) -> list[str]:
    """Return the texts in a function that are named as what it has asked for: it may have ended too early."""
    code = getattr(function, "__code__", None)
    texts = [
        text for text in (code.co_consts if code else ()) if isinstance(text, str) and text.isidentifier()
    ]
    alike = groups([*names, *(text for text in texts if text not in names)])
    return [
        name
        for group in alike
        for name in group.names.values()
        if name not in names and set(group.names.values()) & set(names)
    ]
