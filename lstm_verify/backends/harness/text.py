"""What a harness writes, read as JSON, and as numbers."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np

from lstm_verify.backends.base import Array
from lstm_verify.backends.errors import Misbehaved
from lstm_verify.puzzle.problems import quoted

NON_FINITE = {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}
"""The numbers that JSON does not have, as they are written."""

_BARE = re.compile(r"[\[,:]\s*([-+]?(?:nan|inf(?:inity)?))\b", re.IGNORECASE)


def parsed(line: bytes, what: str) -> dict[str, Any]:
    """Read a line as a JSON object.

    Args:
        what: whose line it is, such as "its answer".

    Raises:
        Misbehaved: it is none.
    """
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        byte = f"byte 0x{line[error.start]:02x} at {error.start}"
        raise Misbehaved(f"{what} is not written in UTF-8: {byte}") from None
    if text.startswith("\ufeff"):
        raise Misbehaved(f"{what} begins with a byte order mark; expected UTF-8 without one")
    if not text.strip():
        raise Misbehaved(f"{what} is an empty line; expected a JSON object in one line")
    try:
        found = json.loads(text, parse_int=_whole, parse_constant=_refused, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Misbehaved(f"{what} is no JSON: {quoted(text.strip())}; {_likely(text, error)}") from None
    if not isinstance(found, dict):
        raise Misbehaved(f"{what} is {described(found)}; expected a JSON object in one line")
    return found


def _whole(digits: str) -> float:
    """Read a whole number; Python reads none of thousands of digits, and float64 has none of hundreds."""
    return int(digits) if len(digits) < 300 else float(digits)


def _refused(token: str) -> None:
    raise ValueError(token)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _likely(text: str, error: Exception) -> str:
    """Return what is likely to be wrong with a line that is no JSON."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    bare = _BARE.search(text)
    if bare:
        known = ", ".join(map(quoted, NON_FINITE))
        return f"JSON has no number {bare[1]}: write it as a string, one of {known}"
    if text.strip() in ("{", "["):
        return "a message is one line"
    if not text.lstrip().startswith("{"):
        return "what is printed for people goes to standard error"
    if isinstance(error, json.JSONDecodeError):
        near = quoted(text[max(0, error.pos - 20) : error.pos + 10])
        return f"{error.msg} at column {error.colno}, near {near}"
    return str(error)


def numbers(value: Any, where: str) -> Array:
    """Take lists of numbers, however deep, as an array.

    Raises:
        Misbehaved: something in it is no number, or rows have different lengths.
    """
    try:
        return np.array(_numbers(value, where), dtype=np.float64)
    except ValueError:
        raise Misbehaved(f"{where}: its rows are of different lengths") from None


def _numbers(value: Any, where: str) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [_numbers(item, f"{where}[{k}]") for k, item in enumerate(value)]
    if isinstance(value, str) and value in NON_FINITE:
        return NON_FINITE[value]
    why = " (as JavaScript writes NaN)" if value is None else ""
    names = ", ".join(map(quoted, NON_FINITE))
    raise Misbehaved(f"{where} is {described(value)}{why}; expected a number, or one of {names}")


def writable(value: Any) -> Any:
    """Return nested lists of numbers with the words for those that JSON does not have: Python's own."""
    if isinstance(value, list):
        return [writable(item) for item in value]
    return value if math.isfinite(value) else str(value)


def described(value: Any) -> str:
    """Say what a value is, in the words of JSON."""
    if isinstance(value, str):
        return f"the string {quoted(value)}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "an array"
    return quoted(json.dumps(value)).strip("'")
