"""How an implementation is called: where it takes its inputs and state, where it shows what it computed.

As a line: `forward; x=x:TBI; state=(h c):1BH; [0]=h:TBH; [1][0]=h_n:1BH; [1][1]=c_n:1BH`. First the method,
then one place after the other:

    x=x:TBI              an argument; what goes there; its axes
    state=(h c):BH       a tuple of both; [h c] a list; h|c one array, both side by side
    [1][0]=c:BH          a part of what is returned; [] is all of it
    .h=h:BH              an attribute, set before the call and read after it

Axes: T steps, B rows of a batch, I inputs, H units, 1 one; * in front: a list with one entry a step.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm_verify.backends.errors import Misbehaved
from lstm_verify.puzzle.problems import quoted

Array: TypeAlias = NDArray[Any]

CANONICAL = {"x": "BTI", "h": "BH", "c": "BH", "h_n": "BH", "c_n": "BH"}
"""What is given or shown -> the axes that it has with us; what is shown has those of `shown_axes`."""

_SLOT = re.compile(r"([^=]*)=(\(h c\)|\(c h\)|\[h c\]|\[c h\]|h\|c|c\|h|x|h_n|c_n|h|c):(\*?[TBIH1]+)")


@dataclass(frozen=True)
class Slot:
    """One place where something is given or shown.

    Attributes:
        where: an argument's name, a path into what is returned, or an attribute, as above.
        what: x, h, c, h_n, c_n, or h and c together.
        axes: as above.
    """

    where: str
    what: str
    axes: str

    def __str__(self) -> str:
        return f"{self.where}={self.what}:{self.axes}"

    @property
    def returned(self) -> bool:
        """Whether it is a part of what is returned."""
        return self.where.startswith("[")

    @property
    def attribute(self) -> bool:
        """Whether it is an attribute."""
        return self.where.startswith(".")

    @property
    def series(self) -> bool:
        """Whether it has something for every step."""
        return "T" in self.axes or self.axes.startswith("*")

    @property
    def states(self) -> str:
        """Those of h and c that are there, in their order."""
        return "".join(q for q in self.what if q in "hc") if self.what not in ("h_n", "c_n") else ""


@dataclass(frozen=True)
class Calling:
    """How an implementation is called.

    Attributes:
        method: "" where the object itself is called.
        slots: all places.
    """

    method: str
    slots: tuple[Slot, ...]

    def __str__(self) -> str:
        return "; ".join([self.method or "()", *map(str, self.slots)])

    @property
    def inputs(self) -> Slot:
        """Where x is given."""
        return next(slot for slot in self.slots if slot.what == "x")

    @property
    def whole(self) -> bool:
        """Whether it takes a whole sequence, and not one step."""
        return self.inputs.series

    @property
    def rows(self) -> bool:
        """Whether it takes several rows at once."""
        return "B" in self.inputs.axes

    @property
    def given(self) -> list[Slot]:
        """Where something is given: arguments, and attributes where no argument has the state."""
        arguments = [slot for slot in self.slots if not slot.returned and not slot.attribute]
        if any(slot.states for slot in arguments):
            return arguments
        return arguments + [slot for slot in self.slots if slot.attribute and not slot.series]

    @property
    def takes(self) -> frozenset[str]:
        """Those of h and c that it can be given."""
        return frozenset("".join(slot.states for slot in self.given))

    @property
    def shown(self) -> list[Slot]:
        """Where something is shown."""
        return [slot for slot in self.slots if slot.returned or slot.attribute]

    def arguments(
        self, values: Mapping[str, Array], native: Callable[[Array], Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the arguments, and the attributes that are set before.

        Args:
            values: x [B, T, I] or [B, I], and h and c, [B, H]; what is not there is left out.
            native: makes an array of the implementation's.
        """
        arguments: dict[str, Any] = {}
        attributes: dict[str, Any] = {}
        for slot in self.given:
            made = _given(slot, values, native, self.whole)
            if made is not None:
                (attributes if slot.attribute else arguments)[slot.where.lstrip(".")] = made
        return arguments, attributes

    def read(self, part: Callable[[Slot], Any], floats: Callable[[Any], Array | None]) -> dict[str, Array]:
        """Return what is shown: h and c, [B, T, H] of a sequence, else [B, H]; h_n and c_n, [B, H].

        Args:
            part: returns what stands in a place.
            floats: makes an array of float64 of it, None where it is none.
        """
        found: dict[str, Array] = {}
        for slot in self.shown:
            value = part(slot)
            if slot.what[0] in "([":  # a pair of arrays
                for quantity, one in zip(slot.states, value, strict=True):
                    found |= self._read(Slot(slot.where, quantity, slot.axes), one, floats)
            else:
                found |= self._read(slot, value, floats)
        return found

    def _read(self, slot: Slot, value: Any, floats: Callable[[Any], Array | None]) -> dict[str, Array]:
        array = floats(value)
        if array is None:
            raise Misbehaved(f"{slot.where} of what it returned is no array of numbers; expected {slot.what}")
        return dict(_parted(slot, array, self.whole))


def _given(
    slot: Slot,
    values: Mapping[str, Array],
    native: Callable[[Array], Any],
    whole: bool,  # noqa: FBT001
) -> Any:
    """Return what is given in a place, laid out as it is wanted there; None where there is nothing."""
    if slot.what == "x":
        return laid(values["x"], "BTI" if whole else "BI", slot.axes, native)
    if not set(slot.states) <= values.keys():
        return None
    if "|" in slot.what:
        both = np.concatenate([values[q] for q in slot.states], axis=-1)
        return laid(both, "BH", slot.axes, native)
    made = [laid(values[q], "BH", slot.axes, native) for q in slot.states]
    return tuple(made) if slot.what[0] == "(" else made if slot.what[0] == "[" else made[0]


def _parted(slot: Slot, array: Array, whole: bool) -> Iterator[tuple[str, Array]]:  # noqa: FBT001
    """Yield what is shown in a place, in our axes."""
    states = slot.states or slot.what
    lasting = whole and not slot.series
    if slot.what in CANONICAL:
        name = f"{slot.what}_n" if lasting and len(slot.what) == 1 else slot.what
        yield name, canonical(array, slot.axes, shown_axes(slot.axes))
        return
    parts = np.split(canonical(array, slot.axes, shown_axes(slot.axes)), 2, axis=-1)
    for quantity, part in zip(states, parts, strict=True):
        yield (f"{quantity}_n" if lasting else quantity), part


def shown_axes(axes: str) -> str:
    """Return the axes that we give to what is shown with these."""
    return "BTH" if "T" in axes or axes.startswith("*") else "BH"


def laid(array: Array, ours: str, axes: str, native: Callable[[Array], Any]) -> Any:
    """Lay an array with our axes out as it is wanted.

    Raises:
        ValueError: it has several rows, and there is no axis for them.
    """
    if axes.startswith("*"):
        steps = np.moveaxis(array, ours.index("T"), 0)
        return [laid(step, ours.replace("T", ""), axes[1:], native) for step in steps]
    for axis in (axis for axis in ours if axis not in axes):
        array, ours = np.squeeze(array, ours.index(axis)), ours.replace(axis, "")
    array = np.transpose(array, [ours.index(axis) for axis in axes if axis != "1"])
    for k, axis in enumerate(axes):
        if axis == "1":
            array = np.expand_dims(array, k)
    return native(np.ascontiguousarray(array))


def canonical(array: Array, axes: str, ours: str) -> Array:
    """Return an array with these axes with ours.

    Raises:
        Misbehaved: it has another number of axes.
    """
    axes = axes.replace("*", "T")
    if array.ndim != len(axes):
        raise Misbehaved(f"it has the shape {list(array.shape)}; expected the axes {', '.join(axes)}")
    ones = tuple(k for k, axis in enumerate(axes) if axis == "1" and array.shape[k] == 1)
    array, axes = np.squeeze(array, ones), axes.replace("1", "")
    if array.ndim != len(axes):
        raise Misbehaved(f"it has the shape {list(array.shape)} where an axis of length 1 was expected")
    for axis in ours:
        if axis not in axes:
            array, axes = array[None], axis + axes
    return np.transpose(array, [axes.index(axis) for axis in ours])


def part_of(returned: Any, path: str) -> Any:
    """Return a part of what was returned: of "[1][0]" the first of its second.

    Raises:
        Misbehaved: there is none.
    """
    part = returned
    for key in steps_of(path):
        try:
            part = part[key]
        except (TypeError, KeyError, IndexError):
            raise Misbehaved(f"what it returned has no {path}: it returned {_described(returned)}") from None
    return part


def _described(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"{len(value)} things"
    shape = getattr(value, "shape", None)
    return f"{type(value).__name__}" + (f" {list(shape)}" if shape is not None else "")


def steps_of(path: str) -> list[int | str]:
    """Return the keys of a path: numbers, or names in quotes."""
    keys = re.findall(r"\[([^\]]*)\]", path)
    return [int(key) if key.lstrip("-").isdigit() else key.strip("'\"") for key in keys if key]


def parsed(text: str) -> Calling:
    """Read a calling.

    Raises:
        ValueError: it is none; the message says where.
    """
    method, *slots = (part.strip() for part in text.split(";"))
    made = [_slot(part) for part in slots if part]
    calling = Calling("" if method == "()" else method, tuple(made))
    for name, there in (("x", [s for s in made if s.what == "x"]), ("anything shown", calling.shown)):
        if not there:
            raise ValueError(f"call={text}: it says no place for {name}, such as {_EXAMPLE[name]}")
    return calling


_EXAMPLE = {"x": "input=x:TBI", "anything shown": "[0]=h:TBH"}


def _slot(text: str) -> Slot:
    match = _SLOT.fullmatch(text)
    if match is None:
        raise ValueError(
            f"{quoted(text)} is no place of a call; expected where=what:axes, such as input=x:TBI, "
            "state=(h c):1BH or [0]=h:TBH"
        )
    return Slot(*match.groups())
