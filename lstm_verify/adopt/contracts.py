"""Whether something keeps one of the two contracts of `backends.python_code`, or is to be made out."""

from __future__ import annotations

import contextlib
import inspect
from typing import Any

import numpy as np

from lstm_verify.adopt.roles import arguments, holds_weights
from lstm_verify.backends.base import Options
from lstm_verify.backends.python_code import CALLED

ADOPTING = ("weights", "layout", "call", "semantics", "init", "method")
"""Options that only what is made out has."""


FRAMEWORKS = ("torch", "keras", "jax", "flax", "equinox")
"""Packages whose modules and layers people make their LSTM of; all compute in float32 unless told otherwise."""


def of_framework(found: Any) -> bool:
    """Tell whether something is a module or layer of a framework, or a class of these."""
    kinds = found.__mro__ if inspect.isclass(found) else type(found).__mro__
    return any(kind.__module__.partition(".")[0] in FRAMEWORKS for kind in kinds)


class _Keyed(Exception):
    """Its parameters were asked for by key."""


class _Glance:
    """Stands for the weights, and tells whether they are taken as ours are: by their names as attributes."""

    def __getitem__(self, key: Any) -> Any:
        raise _Keyed

    def __iter__(self) -> Any:
        raise _Keyed

    def __getattr__(self, name: str) -> Any:
        from lstm_verify.lstm.network import Weights

        if name in Weights.__dataclass_fields__ or name in ("gate", "packed", "pack", "semantics"):
            raise AttributeError(name)
        raise _Keyed


def keeps_a_contract(found: Any, options: Options) -> bool:
    """Tell whether something is to be called as cell(x, h, c, w) or lstm(inputs, h0, c0, w)."""
    if options.has("form") or (
        not options.has(*ADOPTING) and (getattr(found, "form", None) in CALLED or hasattr(found, "supports"))
    ):
        return True
    if options.has(*ADOPTING) or not callable(found) or of_framework(found):
        return False
    if inspect.isclass(found):
        call = vars(found).get("__call__")
        return call is not None and len(arguments(call)) == len(("self", "x", "h", "c", "w"))
    if not (inspect.isroutine(found) or isinstance(found, type(lambda: 0))):
        call = type(found).__call__
        if len(arguments(call)) != len(("self", "x", "h", "c", "w")):
            return not hasattr(found, "__dict__")
        return True
    return _takes_ours(found)


def _takes_ours(function: Any) -> bool:
    """Tell whether a function takes four things, the last of which are weights like ours."""
    taken = arguments(function)
    if len(taken) != len(("x", "h", "c", "w")) and taken:
        named = [p for p in taken if p.default is p.empty]
        if len(named) != len(("x", "h", "c", "w")):
            return not any(holds_weights(p.name) for p in taken) and len(taken) < 5
    state = [np.zeros(2) for _ in range(3)]
    try:
        with contextlib.suppress(Exception), np.errstate(all="ignore"):
            try:
                function(*state, _Glance())
            except _Keyed:
                return False
    except BaseException:  # noqa: BLE001 (it is called to be seen; what it raises is told when it is judged)
        return True
    return True
