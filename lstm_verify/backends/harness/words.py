"""From the command that a user wrote to a process, and what is said where it cannot be started."""

from __future__ import annotations

import errno
import re
import shlex
from pathlib import Path

from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.harness.line import Line


def split(command: str) -> list[str]:
    """Split a command as a shell would.

    Raises:
        Unusable: a quotation is not closed, or there is no command.
    """
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise Unusable(f"exec:{command} cannot be split into words as a shell would: {error}") from None
    if not words or not words[0]:
        raise Unusable("exec: names no command; expected one behind the colon, such as exec:./lstm")
    return words


def start(words: list[str]) -> Line:
    """Start a harness.

    Raises:
        Unusable: there is no such program, or it is none.
    """
    try:
        return Line(words)
    except OSError as error:
        raise Unusable(f"{shlex.join(words)} cannot be started: {_reason(words[0], error)}") from None
    except ValueError as error:  # a null character
        raise Unusable(f"{shlex.join(words)} cannot be started: {error}") from None


def _reason(program: str, error: OSError) -> str:
    """Say why a program cannot be started, with the likely fix."""
    path = Path(program)
    if error.errno == errno.ENOENT:
        return _not_found(program, path)
    if error.errno == errno.EACCES:
        if path.is_dir():
            return f"{program} is a folder"
        return f"{program} may not be executed: chmod +x {program}, or put its interpreter before it"
    if error.errno == errno.ENOEXEC:
        return f"{program} is no program; a script begins with a line such as #!/usr/bin/env node"
    return error.strerror or str(error)


def _not_found(program: str, path: Path) -> str:
    options = re.search(r",\w+=[^:]*$", program)
    if options:
        before = f"exec{options[0]}:{program[: options.start()]}"
        return f"there is no {program}; options go before the colon: {before}"
    if path.is_file() and "/" not in program:
        return f"there is no program {program} on the PATH; did you mean ./{program}?"
    if path.is_file():
        return f"the interpreter that the first line of {program} names is not there"
    return f"there is no program {program}" + ("" if "/" in program else " on the PATH")
