"""What people's own code returned, taken as arrays of floats."""

from __future__ import annotations

from typing import Any

import numpy as np

from lstm_verify.backends.base import Array
from lstm_verify.backends.errors import Misbehaved
from lstm_verify.lstm.formats import FORMATS, Format


def pair(answer: Any) -> tuple[Any, Any]:
    """Take the two things that both contracts return."""
    if isinstance(answer, np.ndarray):  # of two rows it could be taken for two things
        raise Misbehaved(f"it returned one array {list(answer.shape)}; expected two, (h, c)")
    try:
        h, c = answer
    except (TypeError, ValueError):
        found = f"{len(answer)} things" if isinstance(answer, (tuple, list)) else f"{described(answer)}"
        raise Misbehaved(f"it returned {found}; expected two, (h, c)") from None
    return h, c


def checked(value: Any, quantity: str, shape: tuple[int, ...]) -> Array:
    """Take an array of the expected shape, as float64."""
    floats = as_floats(value, quantity, shape)
    if floats.shape != shape:
        raise Misbehaved(f"{quantity} has the shape {list(floats.shape)}; expected {list(shape)}")
    return floats


def as_floats(value: Any, quantity: str, shape: tuple[int, ...]) -> Array:
    """Take an array of floats, as float64; `shape` is what is said to be expected where it is none."""
    problem = Misbehaved(f"{quantity} is {described(value)}; expected an array of floats {list(shape)}")
    if value is None:
        raise problem
    try:
        array = np.array(value)
        floats = array.astype(np.float64) if array.dtype.kind in "fiubO" else None
    except (TypeError, ValueError):
        raise problem from None
    if floats is None:  # NumPy would read strings as numbers, and drop imaginary parts
        raise Misbehaved(f"{quantity} has numbers of the type {array.dtype.name}; expected floats")
    return floats


def other_type(value: Any, form: Format) -> set[str]:
    """Return the type of an array's numbers, such as "float32", where it is not the format; else nothing.

    Python's own numbers have none that could be wrong: a list of them is not asked.
    """
    found = np.asarray(value).dtype
    typed = hasattr(value, "dtype") or found.name in FORMATS.keys() - {"float64"}
    return {found.name} if typed and found.kind != "O" and found.name != form.name else set()


def described(value: Any) -> str:
    """Say what a thing is: "None", "a list", "an int"."""
    name = type(value).__name__
    return "None" if value is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"
