"""From what a user writes after -b to a backend. A new backend is a new file beside this one."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
from functools import cache

from lstm_verify.backends.base import Backend, Kind, Options
from lstm_verify.backends.errors import Unusable

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


def backend(text: str) -> Backend:
    """Make the backend that a user asked for.

    Args:
        text: `name[,key=value…]`, or `name:target[,key=value…]` where the kind takes a target.

    Raises:
        Unusable: no such name or option, a package is missing, it does not import …
    """
    head, options = options_of(text)
    name, colon, target = head.partition(":")
    kind = kinds().get(name)
    if kind is None:
        raise Unusable(f"there is no backend '{name}'{_hint(name, head)}")
    if bool(colon) != kind.takes_target:
        expected = f"'{name}' alone" if colon else kind.summary
        raise Unusable(f"'{head}' is no backend; expected {expected}")
    reason = missing(kind)
    if reason:
        raise Unusable(reason)
    made = kind.make(text, target, options)
    options.refuse_unused(name)
    return made


def options_of(text: str) -> tuple[str, Options]:
    """Return what stands before the first comma, and the options behind it.

    Raises:
        Unusable: what stands there are no options.
    """
    head, *rest = text.split(",")
    pairs = [_option(text, item) for item in rest]
    if len({key for key, _ in pairs}) < len(pairs):
        raise Unusable(f"'{text}': an option is given twice")
    return head, Options(dict(pairs))


def _option(text: str, item: str) -> tuple[str, str]:
    key, equals, value = item.partition("=")
    if not equals or not key or not value:
        raise Unusable(f"'{text}': '{item}' is no option; expected key=value, such as dtype=float64")
    return key, value


def _hint(name: str, head: str) -> str:
    if ":" in head:
        return f"; did you mean 'python:{head}'?"
    near = difflib.get_close_matches(name, kinds(), 1, cutoff=0.5)
    if near:
        return f"; did you mean '{near[0]}'?"
    return f"; there are {', '.join(kinds())}"
