"""What can be wrong with a backend, and how it is said in one line."""

from __future__ import annotations

import importlib
import traceback
from pathlib import Path

_OURS = Path(__file__).parent.parent


class Misbehaved(Exception):
    """An implementation did something that is no answer: a wrong shape, the wrong number of things."""


class Unusable(Exception):
    """A backend cannot be used as asked: no such name or option, or it does not import."""


def told(error: BaseException) -> str:
    """Say an exception in one line, with the last place of the user's code where there is one."""
    if isinstance(error, (Misbehaved, Unusable)):
        return str(error)
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}: {one_line(error.msg)}"
    return f"{type(error).__name__}: {one_line(str(error))}{place(error)}"


def place(error: BaseException) -> str:
    """Return the last place in the user's code where an exception was, as " (file:line)"; else ""."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).is_file()]
    theirs = [f for f in frames if _OURS not in Path(f.filename).parents and f.filename != importlib.__file__]
    return f" ({theirs[-1].filename}:{theirs[-1].lineno})" if theirs else ""


def one_line(text: str) -> str:
    """Shorten a text, and spell out what would upset a terminal or an XML file."""
    words = " ".join(text.split())[:500]
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in words)
