"""The ways in which an implementation may be called, found by trying: no two of its sizes are alike."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from inspect import Parameter
from itertools import permutations
from typing import Any

import numpy as np

from lstm_verify.adopt.calling import Array, Calling, Slot, part_of
from lstm_verify.adopt.roles import of_call
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.subjects.base import Instance
from lstm_verify.backends.errors import Misbehaved

WHOLE = ("TBI", "BTI", "TI", "*BI", "*I", "*I1", "*IB", "TI1", "IBT", "IT", "BIT")
"""The axes that a sequence may have; * is a list over its steps."""

STEP = ("BI", "I", "IB", "I1", "1I")
"""The axes that one step's inputs may have."""

PAIRS = ("(h c)", "(c h)", "h|c", "c|h", "h")
"""What may be given in one argument for the state."""


def states_of(axes: str) -> tuple[str, ...]:
    """Return the axes that a state may have beside inputs with these axes."""
    if "B" not in axes:
        return ("H1", "H", "1H") if axes.endswith("I1") else ("H", "H1", "1H", "11H")
    columns = axes.index("I") < axes.index("B")
    return ("HB", "BH") if columns else ("BH", "1BH", "HB")


def without_outputs(
    taken: Sequence[Parameter],
    attributes: Mapping[str, Any],
    *,
    rows_first: bool | None,
    whole: bool | None = None,
) -> Iterator[Calling]:
    """Yield the ways of giving inputs and a state, the likeliest first; what is shown is seen later.

    Args:
        taken: the arguments of the method.
        attributes: what the object has, beside its parameters.
        rows_first: whether inputs are [rows, steps, inputs]; None where nothing says so.
        whole: whether it takes a whole sequence, and not one step; None where nothing says so.
    """
    roles = _roles(taken)
    if "x" not in roles:
        return
    sequences = [axes for axes in WHOLE if rows_first is None or axes != ("TBI" if rows_first else "BTI")]
    for axes in (*(() if whole is False else sequences), *(() if whole else STEP)):
        x = Slot(roles["x"].name, "x", axes)
        for state in _states(roles, axes):
            yield Calling("", (x, *state))
        if not roles.keys() & {"h", "c", "carry"}:
            for state in _kept(attributes, axes):
                yield Calling("", (x, *state))


def _kept(attributes: Mapping[str, Any], axes: str) -> Iterator[tuple[Slot, ...]]:
    """Yield the ways in which an object may keep its state in attributes of its own."""
    roles: dict[str, str] = {}
    for name, value in attributes.items():
        what = of_call(name)
        if what and isinstance(value, (tuple, list)) and len(value) == len("hc"):
            roles.setdefault("carry", f".{name}")
        elif what in ("h", "c") and (value is None or hasattr(value, "shape")):
            roles.setdefault(what, f".{name}")
    for shape in states_of(axes):
        if "carry" in roles:
            yield from ((Slot(roles["carry"], pair, shape),) for pair in ("(h c)", "(c h)"))
        if {"h", "c"} <= roles.keys():
            yield Slot(roles["h"], "h", shape), Slot(roles["c"], "c", shape)


def _roles(taken: Sequence[Parameter]) -> dict[str, Parameter]:
    """Tell which argument is what, by names; the first that tells nothing is the inputs."""
    roles: dict[str, Parameter] = {}
    hidden = [one for one in taken if of_call(one.name) == "h"]
    for one in taken:
        what = of_call(one.name)
        if len(hidden) == 2 and one in hidden and not one.name.lower().startswith("h"):
            what = "c"  # of s and h, s is the cell state
        if what and what not in roles:
            roles[what] = one
    if "x" not in roles:
        free = [p for p in taken if p not in roles.values()] or [p for p in taken if p is taken[0]]
        if free:
            roles = {"x": free[0]} | {what: p for what, p in roles.items() if p is not free[0]}
    if "carry" in roles and "c" in roles:
        roles["h"] = roles.pop("carry")
    if "carry" not in roles and "h" in roles and "c" not in roles:
        roles["carry"] = roles.pop("h")
    others = [p for p in taken if p not in roles.values() and p.default is p.empty]
    if others and not roles.keys() & {"carry", "h", "c"}:
        pair = dict(zip(("h", "c"), others, strict=False))
        roles |= pair if len(pair) == 2 else {"carry": others[0]}
    return roles


def _states(roles: Mapping[str, Parameter], axes: str) -> Iterator[tuple[Slot, ...]]:
    """Yield the ways of giving a state beside inputs with these axes; last, where it may be, none."""
    given = [roles[what] for what in ("h", "c", "carry") if what in roles]
    for shape in states_of(axes) if given else ():
        if "carry" in roles:
            yield from ((Slot(roles["carry"].name, pair, shape),) for pair in PAIRS)
        else:
            yield tuple(Slot(roles[q].name, q, shape) for q in "hc" if q in roles)
    if all(p.default is not p.empty for p in given):
        yield ()


@dataclass(frozen=True)
class Leaf:
    """An array in what was returned, or an attribute.

    Attributes:
        where: its path, or its name behind a dot.
        axes: what its shape says, such as "TBH"; P is H and H again.
    """

    where: str
    array: Array
    axes: str


def leaves(returned: Any, instance: Instance, sizes: Sizes, path: str = "") -> Iterator[Leaf]:
    """Yield the arrays in what was returned whose sizes are ours."""
    array = instance.floats(returned)
    if array is not None:
        axes = _axes(array.shape, sizes)
        if axes:
            yield Leaf(path or "[]", array, axes)
        elif array.ndim > 1 and len(array) == 2:  # both states in one array, one behind the other
            for k in range(2):
                yield from leaves(returned[k], instance, sizes, f"{path}[{k}]")
        return
    stacked = _stacked(in_steps(returned), instance, sizes)
    if stacked is not None:
        yield Leaf(path or "[]", *stacked)
        return
    for key, value in _entries(returned):
        yield from leaves(value, instance, sizes, f"{path}[{key}]")


def in_steps(value: Any) -> Any:
    """Return a list of what a dictionary has by steps, from step 0; all else as it is."""
    if isinstance(value, Mapping) and value and all(isinstance(key, int) for key in value):
        return [value[key] for key in sorted(value) if key >= 0]
    return value


def _entries(returned: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the parts of what was returned, with their keys."""
    if isinstance(returned, (list, tuple)):
        yield from enumerate(returned)
    elif isinstance(returned, Mapping):
        yield from ((key, value) for key, value in returned.items() if isinstance(key, str))


def _stacked(returned: Any, instance: Instance, sizes: Sizes) -> tuple[Array, str] | None:
    """Take a list with an array for each step for one array."""
    if not isinstance(returned, (list, tuple)):
        return None
    arrays = [instance.floats(one) for one in returned]
    if len(arrays) != sizes.steps or any(a is None or a.shape != arrays[0].shape for a in arrays):  # type: ignore[union-attr]
        return None
    axes = _axes(arrays[0].shape, sizes)  # type: ignore[union-attr]
    return (np.stack(arrays), f"*{axes}") if axes and "T" not in axes else None  # type: ignore[arg-type]


def _axes(shape: tuple[int, ...], sizes: Sizes) -> str | None:
    """Tell what axes a shape has; None where one is none of ours, or stands twice, or there are no units."""
    known = {sizes.units: "H", 2 * sizes.units: "P", sizes.steps: "T", sizes.rows: "B", 1: "1"}
    letters = "".join(known.get(n, "?") for n in shape)
    if sizes.units == 1:  # of axes of length 1, the last is that of the units
        letters = "H".join(letters.rsplit("1", 1))
    twice = any(letters.count(axis) > 1 for axis in "HPTB")
    return None if "?" in letters or twice or not set(letters) & {"H", "P"} else letters


def outputs(calling: Calling, found: Sequence[Leaf]) -> Iterator[Calling]:
    """Yield the ways of taking what was shown for h and c, the likeliest first."""
    rows = "B" if calling.rows else ""
    wanted = {*f"{rows}T", "H"} if calling.whole else {*rows, "H"}
    series = [leaf for leaf in found if _is(leaf, wanted)]
    ends = [leaf for leaf in found if calling.whole and _is(leaf, {*rows, "H"})]
    for main in _named(series, "h", "c"):
        for last in _named(_distinct(ends), "h_n", "c_n"):
            if main or last:
                yield Calling(calling.method, (*calling.slots, *main, *last))


def _is(leaf: Leaf, wanted: set[str]) -> bool:
    letters = set(leaf.axes.replace("*", "T").replace("1", "").replace("P", "H"))
    return letters == wanted


def _distinct(found: Sequence[Leaf]) -> list[Leaf]:
    """Leave out what is shown a second time."""
    kept: list[Leaf] = []
    for leaf in found:
        if not any(
            leaf.array.size == k.array.size and np.array_equal(leaf.array.ravel(), k.array.ravel())
            for k in kept
        ):
            kept.append(leaf)
    return kept


def _named(found: Sequence[Leaf], h: str, c: str) -> Iterator[tuple[Slot, ...]]:
    """Yield the ways of taking arrays for h and c; where names tell, there is one."""
    found = _distinct(found)
    if not found:
        yield ()
        return
    packed = [leaf for leaf in found if "P" in leaf.axes]
    if packed:
        axes = packed[0].axes.replace("P", "H")
        yield (Slot(packed[0].where, "h|c", axes),)
        yield (Slot(packed[0].where, "c|h", axes),)
        return
    told = {_called(leaf.where): leaf for leaf in found}
    if {"h", "c"} <= told.keys():
        yield Slot(told["h"].where, h, told["h"].axes), Slot(told["c"].where, c, told["c"].axes)
        return
    if len(found) == 1:
        yield (Slot(found[0].where, h, found[0].axes),)
    for first, second in permutations(found[:4], 2):
        yield Slot(first.where, h, first.axes), Slot(second.where, c, second.axes)


def _called(path: str) -> str | None:
    """Tell whether a name is that of h or c; hidden_states are h."""
    what = of_call(_key(path))
    return "h" if what == "carry" else what


def _key(path: str) -> str:
    """Return the last name of a path: of "[1]['h']" and ".h" it is "h"."""
    return re.split(r"[\[\].'\"]+", path.strip("]'\""))[-1]


def shown_by_attributes(instance: Instance, but: Collection[str], sizes: Sizes) -> list[Leaf]:
    """Return what an object shows in attributes whose names are those of h and c.

    Args:
        but: names of its parameters.
    """
    found: list[Leaf] = []
    for name, value in instance.attributes().items():
        if name not in but and of_call(name) in ("h", "c", "carry"):
            found += leaves(value, instance, sizes, f".{name}")
    return found


def asked(instance: Instance, calling: Calling, values: Mapping[str, Array]) -> Any:
    """Call an implementation, and return what it returned."""
    arguments, attributes = calling.arguments(values, instance.native)
    for name, value in attributes.items():
        instance.set_attribute(name, value)
    return instance.call(calling.method, arguments)


def shown(instance: Instance, calling: Calling, values: Mapping[str, Array]) -> dict[str, Array]:
    """Call an implementation, and return what it showed, in our axes; see `Calling.read`."""
    returned = asked(instance, calling, values)

    def part(slot: Slot) -> Any:
        if slot.attribute:
            name, _, path = slot.where[1:].partition("[")
            return part_of(instance.attribute(name), f"[{path}" if path else "[]")
        return part_of(returned, slot.where)

    def floats(value: Any) -> Array | None:
        value = in_steps(value)
        if isinstance(value, (list, tuple)) and instance.floats(value) is None:
            arrays = [instance.floats(one) for one in value]
            if arrays and all(a is not None for a in arrays):
                try:
                    return np.stack(arrays)  # type: ignore[arg-type]
                except ValueError:
                    raise Misbehaved("it returned a list of arrays of several shapes") from None
        return instance.floats(value)

    return calling.read(part, floats)
