"""Whether something keeps one of the two contracts of `backends.python_code`, or is to be made out.

It is not called to find out: what it does when it is called is for the verdict.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from types import CodeType
from typing import Any

from lstm_verify.adopt.names import groups
from lstm_verify.adopt.roles import arguments
from lstm_verify.adopt.subjects.functions import separate_parameters
from lstm_verify.backends.base import Options
from lstm_verify.backends.python_code import CALLED
from lstm_verify.lstm.network import Weights
from lstm_verify.lstm.semantics import GATES

ADOPTING = ("weights", "layout", "call", "semantics", "init", "method")
"""Options that only what is made out has."""

CONTRACT = ("x", "h", "c", "w")
"""What a function of ours takes, one way or the other."""

_OURS = {*Weights.__dataclass_fields__, "gate", "packed", "padded", "pack", "semantics"}
_PACKED = re.compile(r"[WURKVb]\w{0,2}|(weight|kernel|bias|recurrent)\w*")

FRAMEWORKS = ("torch", "keras", "jax", "flax", "equinox")
"""Packages whose modules and layers people make their LSTM of; all compute in float32 unless asked."""


def of_framework(found: Any) -> bool:
    """Tell whether something is a module or layer of a framework, or a class of these."""
    kinds = found.__mro__ if inspect.isclass(found) else type(found).__mro__
    return any(kind.__module__.partition(".")[0] in FRAMEWORKS for kind in kinds)


def keeps_a_contract(found: Any, options: Options) -> bool:
    """Tell whether something is to be called as cell(x, h, c, w) or lstm(inputs, h0, c0, w)."""
    if options.has("form"):
        return True
    if options.has(*ADOPTING) or of_framework(found):
        return False
    if getattr(found, "form", None) in CALLED or hasattr(found, "supports"):
        return True
    if inspect.isclass(found):
        call = vars(found).get("__call__")
        return call is not None and len(arguments(call)) == len(("self", *CONTRACT))
    if not inspect.isroutine(found):
        return callable(found) and len(arguments(found)) == len(CONTRACT)
    return _takes_four(found) and not separate_parameters(found) and not _asks_by_name(found)


def _takes_four(function: Any) -> bool:
    """Tell whether a function can be called as our contracts are; where nothing is known of it, it can."""
    try:
        inspect.signature(function).bind(*CONTRACT)
    except TypeError:
        return False
    except ValueError:
        return True
    return True


def _asks_by_name(function: Any) -> bool:
    """Tell whether a function names its parameters itself, by keys or attributes that are not ours."""
    texts = {*_texts(getattr(function, "__code__", None))}
    if texts & _OURS:
        return False
    return bool(groups(texts)) or any(_PACKED.fullmatch(text) for text in texts)


def _texts(code: CodeType | None) -> Iterator[str]:
    """Yield the keys and attributes that code names, and those of functions within it."""
    if code is None:
        return
    yield from (name for name in code.co_names if len(name) > 1)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _texts(constant)
        for text in constant if isinstance(constant, tuple) else (constant,):
            if isinstance(text, str) and text.isidentifier() and text not in GATES:
                yield text
