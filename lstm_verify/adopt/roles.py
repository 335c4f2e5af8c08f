"""What the names of arguments tell: sizes of a constructor, inputs and states of a call."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from lstm_verify.adopt.sizes import OTHER, Sizes

Parameter = inspect.Parameter

_SIZES = (
    ("layers", r"(num|n)_?layers?|layers?(_?(dim|num|size|count))?|depth"),
    ("rows", r"(batch|n)_?(size|sz)?|bs|batch_?size|.*batch.*"),
    ("steps", r".*(seq|time|step|len).*|t"),
    ("other", r".*(out|class|label|vocab|target).*|n_?y|dim_?y|y_?(dim|size)"),
    (
        "units",
        r".*(hid|unit|cell|mem|state|neuron).*|n_?(h|a)|h_?(dim|size|n)|d_?(h|model)|dim_?(h|a)|h|nh|na|hs|m",
    ),
    ("inputs", r".*(in|inp|input|feat|embed|emb).*|x_?(dim|size|n)|n_?x|d_?(x|in)|dim_?x|i|x|nx|d|n"),
)
"""What a constructor's argument is the size of, and its names; the first that fits counts."""

_CALL = (
    (
        "carry",
        r"(init|initial|prev|last|old)?_?(hidden_?)?(states?|carry|hc|hx_?cx)(_?(t|0|prev|init))?|hiddens?|carry",
    ),
    (
        "c",
        r"(prev|last|old|init|initial)?_?c(ell)?_?(states?)?_?(x|t|0|tm1|prev|previous|last|old|init|pre|t_?1|in|_)*|memory|c_?prev.*|cprev",
    ),
    (
        "h",
        r"(prev|last|old|init|initial)?_?(h(idden)?|a|s)_?(states?)?_?(x|t|0|tm1|prev|previous|last|old|init|pre|t_?1|in|_)*|hprev",
    ),
    ("x", r"x.*|inp(ut)?s?.*|in_?(put)?|seq(uence)?s?|data|features?|tokens?|batch|emb.*|u|u_?t|signal"),
)
"""What an argument of a call is, and its names; the first that fits counts."""

_WEIGHTS = re.compile(r"(params?|parameters|w|weights?|theta|p|model|variables|cell)", re.IGNORECASE)


def role(name: str, table: tuple[tuple[str, str], ...]) -> str | None:
    """Return what a name stands for, None where it tells nothing."""
    return next((what for what, names in table if re.fullmatch(names, name.lower().strip("_"))), None)


def of_call(name: str) -> str | None:
    """Return what an argument of a call is: "x", "h", "c", "carry", both states in one, or None."""
    return role(name, _CALL)


def holds_weights(name: str) -> bool:
    """Tell whether an argument of this name has the parameters."""
    return bool(_WEIGHTS.fullmatch(name))


def arguments(function: Callable[..., Any]) -> list[Parameter]:
    """Return what a function or class takes, itself left out; nothing where that is not known."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    return [p for p in found if p.kind not in (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)]


def construction(
    made: Callable[..., Any],
    sizes: Sizes,
    given: Mapping[str, str],
    known: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the arguments with which a class is made, as far as their names tell them.

    The first two that are needed and tell nothing are taken for the inputs and the units.

    Args:
        given: name -> what it is: I, H, B, T, a number, true or false.
        known: name -> what an argument of that name is given by the rules of a framework.
    """
    known = known or {}
    values = {
        "layers": 1,
        "rows": sizes.rows,
        "steps": sizes.steps,
        "other": OTHER,
        "units": sizes.units,
        "inputs": sizes.inputs,
    }
    found: dict[str, Any] = {}
    needed = []
    for one in arguments(made):
        what = role(one.name, _SIZES)
        if one.name in given:
            found[one.name] = _stated(given[one.name], sizes)
        elif one.name in known:
            found[one.name] = known[one.name]
        elif what in ("units", "inputs") and (one.default is one.empty or type(one.default) is int):
            found[one.name] = values[what]
        elif one.default is one.empty:
            needed.append((one.name, what))
    if _takes_any_name(made) and not {"units", "inputs"} & {role(name, _SIZES) or "" for name in found}:
        found |= {"input_size": sizes.inputs, "hidden_size": sizes.units}
    for name, what in [pair for pair in needed if holds_weights(pair[0]) and pair[1] is None]:
        holder = _holder(made)
        if holder is not None:
            found[name] = holder(**construction(holder, sizes, given))
            needed.remove((name, what))
    free = [what for what in ("inputs", "units") if values[what] not in found.values()]
    for name, what in needed:
        found[name] = values[what] if what else values[free.pop(0)] if free else OTHER
    return found


def depends_on_runs(made: Callable[..., Any], given: Mapping[str, str]) -> bool:
    """Tell whether a class is made for a number of rows or steps."""
    one, other = Sizes(2, 3, 5, 7), Sizes(2, 3, 11, 13)
    return construction(made, one, given) != construction(made, other, given)


def _holder(made: Callable[..., Any]) -> Callable[..., Any] | None:
    """Return the class beside this one whose objects have parameters, as its name says."""
    module = sys.modules.get(getattr(made, "__module__", ""), None)
    classes = [
        one
        for name, one in vars(module or object).items()
        if inspect.isclass(one) and "param" in name.lower()
    ]
    return classes[0] if len(classes) == 1 else None


def _takes_any_name(made: Callable[..., Any]) -> bool:
    try:
        found = inspect.signature(made).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.kind is Parameter.VAR_KEYWORD for p in found)


def _stated(text: str, sizes: Sizes) -> Any:
    if text in ("I", "H", "B", "T"):
        return sizes.of(text)
    return {"true": True, "false": False, "none": None}.get(text.lower(), _number(text))


def _number(text: str) -> Any:
    try:
        return int(text)
    except ValueError:
        return text
