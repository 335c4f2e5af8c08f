"""What a harness says of itself when it starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from lstm_verify.backends.base import UNROLLED
from lstm_verify.backends.errors import Misbehaved
from lstm_verify.backends.harness.text import described, parsed
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.semantics import AT_THE_END, FEATURES, QUANTITIES
from lstm_verify.puzzle.problems import quoted, suggestion

PROTOCOL = 1
"""The version of the protocol that is spoken here."""

FORMS = ("sequence", "step")
SHOWS = (*QUANTITIES, *AT_THE_END)
SUPPORTS = tuple(dict.fromkeys(["proj_size", *sorted(UNROLLED - set(FEATURES)), *FEATURES]))
"""All in which a network, and what it is run on, may be more than one plain layer."""


@dataclass(frozen=True)
class Hello:
    """What a harness says of itself; the names of the fields are those of its message.

    Attributes:
        protocol: the version of the protocol that it speaks.
        name, version: of the harness, for people.
        shows: the quantities that it answers with, some of i f g o c h h_n c_n.
        supports: what it can do beside a plain LSTM of one layer.
        dtypes: the formats that it can compute in, the usual one first.
        form: "sequence", or "step": then it is given one step at a time, of one layer and direction.
        initial_state: whether it can be given a state to begin with.
    """

    protocol: int
    name: str
    version: str
    shows: tuple[str, ...]
    supports: tuple[str, ...] = ()
    dtypes: tuple[str, ...] = ("float64",)
    form: str = "sequence"
    initial_state: bool = True


NEEDED = ("protocol", "name", "version", "shows")


def read(line: bytes) -> Hello:
    """Read a hello.

    Raises:
        Misbehaved: with all that is wrong with it.
    """
    found = parsed(line, "its hello")
    version = found.get("protocol")
    if "protocol" in found and (isinstance(version, bool) or version != PROTOCOL):
        expected = f"expected {PROTOCOL}, the one that is spoken here"
        raise Misbehaved(f"its hello: protocol is {described(version)}; {expected}")
    problems = [f"it has no {key}" for key in NEEDED if key not in found]
    for key, value in found.items():
        problems += _CHECKS[key](key, value) if key in _CHECKS else [_unknown(key)]
    if not problems:
        problems += _led(found)
    if problems:
        raise Misbehaved(f"its hello: {'; '.join(problems)}")
    made: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in found.items()}
    return Hello(**made | {"protocol": PROTOCOL})


def _unknown(key: str) -> str:
    return f"unknown key {quoted(key)} ({suggestion(key, (field.name for field in fields(Hello)))})"


def _led(found: Mapping[str, Any]) -> list[str]:
    """A step is led from here: for that, what it gives must be known, and be taken back."""
    if found.get("form") != "step":
        return []
    missing = [q for q in ("h", "c") if q not in found["shows"]]
    problems = [f"form is 'step', and shows lacks {' and '.join(missing)}"] if missing else []
    if found.get("initial_state") is False:
        problems.append("form is 'step', so initial_state cannot be false: each step is given one")
    return problems


def _text(key: str, value: Any) -> list[str]:
    return [] if isinstance(value, str) and value else [f"{key} is {described(value)}, expected a text"]


def _truth(key: str, value: Any) -> list[str]:
    return [] if isinstance(value, bool) else [f"{key} is {described(value)}, expected true or false"]


def _one_of(known: tuple[str, ...]) -> Callable[[str, Any], list[str]]:
    def check(key: str, value: Any) -> list[str]:
        expected = f"expected one of {', '.join(known)}"
        return [] if value in known else [f"{key} is {described(value)}, {expected}"]

    return check


def _some_of(known: tuple[str, ...], *, at_least: int = 0) -> Callable[[str, Any], list[str]]:
    def check(key: str, value: Any) -> list[str]:
        if not isinstance(value, list) or len(value) < at_least:
            return [f"{key} is {described(value)}, expected an array of some of {', '.join(known)}"]
        strange = [item for item in value if item not in known]
        twice = [item for item in known if value.count(item) > 1]
        return [f"{key} has {described(item)} ({suggestion(str(item), known)})" for item in strange] + [
            f"{key} has {item} twice" for item in twice
        ]

    return check


_CHECKS: Mapping[str, Callable[[str, Any], list[str]]] = {
    "protocol": lambda *_: [],
    "name": _text,
    "version": _text,
    "shows": _some_of(SHOWS, at_least=1),
    "supports": _some_of(SUPPORTS),
    "dtypes": _some_of(tuple(FORMATS), at_least=1),
    "form": _one_of(FORMS),
    "initial_state": _truth,
}
"""Key -> what says what is wrong with its value."""
