"""From what a user writes after -b to a backend. A new backend is a new file beside this one."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from lstm_verify.backends.base import Backend, Kind, Options
from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.timeout import TIMEOUT

ROOMS = ("lstm_verify.backends", "lstm_verify.adopt")
"""Where kinds of backends are: in every file of the first, and in the file `kinds` of the others."""


@cache
def kinds() -> dict[str, Kind]:
    """Return every kind of backend by name: what the files of these rooms list as KINDS."""
    rooms = [importlib.import_module(room) for room in ROOMS]
    modules = (
        importlib.import_module(f"{room.__name__}.{found.name}")
        for room in rooms
        for found in pkgutil.iter_modules(room.__path__)
        if room.__name__ == ROOMS[0] or found.name == "kinds"
    )
    found = [kind for module in modules for kind in getattr(module, "KINDS", [])]
    return {kind.name: kind for kind in sorted(found, key=lambda kind: kind.name)}


def missing(kind: Kind) -> str | None:
    """Return why a kind cannot be used on this machine, or None where it can."""
    if kind.requires is None or importlib.util.find_spec(kind.requires):
        return None
    how = f"pip install {kind.requires} (a build for the CPU is enough)"
    return f"{kind.name} needs {kind.requires}, which is not installed: {how}"


class Asked(NamedTuple):
    """What a user wrote after -b, in its parts; `target` is None where there is no colon."""

    name: str
    target: str | None
    options: list[str]


def asked(text: str) -> Asked:
    """Take apart what a user wrote: options go to the end, or, where the target is a command, before it."""
    name = re.split("[,:]", text, maxsplit=1)[0]
    kind = kinds().get(name)
    if kind and kind.takes_command:
        head, colon, target = text.partition(":")
        return Asked(name, target if colon else None, head.split(",")[1:])
    head, *options = text.split(",")
    name, colon, target = head.partition(":")
    return Asked(name, target if colon else None, options)


def kind_of(text: str) -> Kind | None:
    """Return the kind of backend that a user wrote, or None where there is none of that name."""
    return kinds().get(asked(text).name)


def with_options(text: str, given: Mapping[str, object]) -> str:
    """Return what a user would write with further options."""
    name, target, options = asked(text)
    further = [f"{key}={value}" for key, value in given.items()]
    kind = kinds().get(name)
    if kind and kind.takes_command:
        return f"{','.join([name, *options, *further])}:{target or ''}"
    return ",".join([text, *further])


def backend(text: str, timeout: float = TIMEOUT) -> Backend:
    """Make the backend that a user asked for.

    Args:
        text: `name[,key=value…]`, or `name:target[,key=value…]` where the kind takes a target, or
            `name[,key=value…]:command` where that is a command.
        timeout: how many seconds people's own code may take for a case, where it runs in another process.

    Raises:
        Unusable: no such name or option, a package is missing, it does not import …
    """
    name, target, _ = asked(text)
    head = name if target is None else f"{name}:{target}"
    kind = kinds().get(name)
    if kind is None:
        raise Unusable(f"there is no backend '{name}'{_hint(name, head)}")
    if (target is not None) != (kind.takes_target or kind.takes_command):
        expected = kind.summary if target is None else f"'{name}' alone"
        raise Unusable(f"'{head}' is no backend; expected {expected}")
    reason = missing(kind)
    if reason:
        raise Unusable(reason)
    options = options_of(text, timeout)
    made = kind.make(text, target or "", options)
    options.refuse_unused(name)
    return made


def options_of(text: str, timeout: float = TIMEOUT) -> Options:
    """Return the options that a user wrote.

    Raises:
        Unusable: one is no option, or is given twice.
    """
    pairs = [_option(text, item) for item in asked(text).options]
    if len({key for key, _ in pairs}) < len(pairs):
        raise Unusable(f"'{text}': an option is given twice")
    return Options(dict(pairs), timeout)


def _option(text: str, item: str) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not equals or not key or not value:
        raise Unusable(f"'{text}': '{item}' is no option; expected key=value, such as dtype=float64")
    return key, value


def _hint(name: str, head: str) -> str:
    if ":" in head:
        return f"; did you mean 'python:{head}'?"
    if Path(head).is_file():
        return f"; did you mean 'exec:{head}'?"
    near = difflib.get_close_matches(name, kinds(), 1, cutoff=0.5)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; there are {', '.join(kinds())}"
