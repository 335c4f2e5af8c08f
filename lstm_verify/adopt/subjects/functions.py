"""A plain function that is given its parameters: in a dictionary, an object, or as arguments of their own."""

from __future__ import annotations

import contextlib
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter
from itertools import product
from typing import Any

import numpy as np

from lstm_verify.adopt.names import groups, is_bias, is_peephole
from lstm_verify.adopt.roles import arguments, construction, holds_weights, of_call
from lstm_verify.adopt.sizes import LOOK, OTHER, Sizes
from lstm_verify.adopt.subjects.base import Array, Instance, Shape, Wishes, as_floats

_OWN = re.compile(r"_*([wurvkb]|weight|bias|kernel|recurrent|p$|p_?[ifo]$)", re.IGNORECASE)
"""How the names of parameters begin, where each is an argument."""


class Anything:
    """Stands for parameters that are not known yet: whatever is done with it, it notes what it was asked for.

    Attributes:
        path: its name.
        asked: the names of all that was asked for.
    """

    def __init__(self, path: str, asked: dict[str, None]) -> None:
        self._path, self._asked = path, asked

    def __getitem__(self, key: Any) -> Anything:
        if isinstance(key, str):
            return self._child(f"{self._path}.{key}" if self._path else key)
        return self._child(f"{self._path}[{key}]") if isinstance(key, int) else self

    def __getattr__(self, name: str) -> Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("T", "shape", "dot", "reshape", "get", "copy", "items", "keys", "values"):
            return self
        return self._child(f"{self._path}.{name}" if self._path else name)

    def _child(self, path: str) -> Anything:
        self._asked.pop(self._path, None)
        self._asked[path] = None
        return Anything(path, self._asked)

    def __call__(self, *given: Any, **_: Any) -> Any:
        """Be whatever is called: params.get("W_f") asks for W_f."""
        return self[given[0]] if given and isinstance(given[0], str) else self

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("its parameters have no names")

    def __array_ufunc__(self, *_: Any, **__: Any) -> Anything:
        return Anything("", {})

    def __array_function__(self, *_: Any) -> Anything:
        return Anything("", {})

    @classmethod
    def __torch_function__(cls, *_: Any, **__: Any) -> Anything:
        return cls("", {})

    def __add__(self, *_: Any) -> Anything:
        return Anything("", {})

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = __truediv__ = __add__
    __rtruediv__ = __neg__ = __pow__ = __add__


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

    def set_attribute(self, name: str, value: Any) -> None:
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
        for scheme in _schemes(others) if others else [lambda _: {}]:

            def shapes(sizes: Sizes, scheme: Scheme = scheme) -> dict[str, Shape]:
                return scheme(sizes) | {name: shape(sizes) for name, shape in given.items()}

            def make(sizes: Sizes, shapes: Scheme = shapes) -> FunctionInstance:
                extra = _extra(self.function, self.holder, self.names, sizes)
                return FunctionInstance(self.function, self.holder, shapes(sizes), self.wishes, extra)

            yield make, shapes(sizes)

    def methods(self) -> list[str]:
        """Return the function itself."""
        return [""]


Scheme = Callable[[Sizes], dict[str, Shape]]


def _extra(function: Callable[..., Any], holder: str, names: list[str], sizes: Sizes) -> dict[str, Any]:
    """Return the sizes that a function has to be told."""
    own = {holder, *map(_root, names)}
    needed = [p.name for p in arguments(function) if p.default is p.empty and p.name not in own]
    sized = [name for name in needed if of_call(name) is None]
    return {name: value for name, value in construction(function, sizes, {}).items() if name in sized}


def _schemes(names: list[str]) -> Iterator[Scheme]:
    """Yield the shapes that parameters may have: units in rows or columns, biases of one axis or two."""
    sets = groups(names)
    grouped = {name for group in sets for name in group.names.values()}
    single = [[name] for name in names if name not in grouped and _weighs(name)]
    biased = [[*g.names.values()] for g in sets] + single
    vectors = [one for one in biased if is_bias(one[0]) or (len(one) in (1, 3) and is_peephole(one[0]))]
    matrices = [one for one in biased if one not in vectors]
    blocks = {name: 1 if name in grouped else 3 if is_peephole(name) else 4 for one in biased for name in one}
    widths: list[tuple[str, ...]] = [("I", "H"), ("H", "I")] if len(matrices) > 1 else [("I+H",), ("I+H+1",)]
    rest = [name for name in names if name not in blocks]
    for (rows, bias), width in product(product((True, False), ("n", "n1", "1n")), widths):

        def scheme(
            sizes: Sizes, rows: bool = rows, bias: str = bias, width: tuple[str, ...] = width
        ) -> dict[str, Shape]:
            lengths = {
                "I": sizes.inputs,
                "H": sizes.units,
                "I+H": sizes.inputs + sizes.units,
                "I+H+1": sizes.inputs + sizes.units + 1,
            }
            shapes: dict[str, Shape] = {}
            for one, symbol in zip(matrices, (*width, *["H"] * len(matrices)), strict=False):
                for name in one:
                    n, m = blocks[name] * sizes.units, lengths[symbol]
                    shapes[name] = (n, m) if rows else (m, n)
            for name in (name for one in vectors for name in one):
                n = blocks[name] * sizes.units
                shapes[name] = {"n": (n,), "n1": (n, 1), "1n": (1, n)}[bias]
            for name in rest:
                shapes[name] = _of_a_head(name, sizes, rows, bias)
            return {name: shapes[name] for name in names if name in shapes}

        yield scheme


def _weighs(name: str) -> bool:
    """Tell whether a parameter by itself may be all gates': what is of an output y is not."""
    return not re.search(r"y|q$|out|dense|fc|head", name, re.IGNORECASE)


def _of_a_head(name: str, sizes: Sizes, rows: bool, bias: str) -> Shape:  # noqa: FBT001
    """Return the shape of a parameter of an output layer."""
    if is_bias(name):
        return {"n": (OTHER,), "n1": (OTHER, 1), "1n": (1, OTHER)}[bias]
    return (OTHER, sizes.units) if rows else (sizes.units, OTHER)


def subject(found: Any, wishes: Wishes) -> Function | None:
    """Take a function that has its parameters in one argument, or each as an argument; None of others."""
    if not (inspect.isroutine(found) or inspect.isfunction(found)):
        return None
    taken = arguments(found)
    separate = [p.name for p in taken if of_call(p.name) is None and _OWN.match(p.name)]
    if {_root(name) for name in wishes.weights} & set(separate) or (
        len(separate) >= 2 and not wishes.weights
    ):
        own = [name for name in separate if name not in map(_root, wishes.weights)]
        return Function(found, "", [*own, *wishes.weights], wishes)
    holder = next((p.name for p in taken if holds_weights(p.name)), taken[-1].name if taken else None)
    if holder is None:
        return None
    names = dict.fromkeys([*_asked_for(found, holder, wishes), *wishes.weights])
    return Function(found, holder, [*names], wishes) if names else None


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
