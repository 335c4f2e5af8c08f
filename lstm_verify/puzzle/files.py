"""A puzzle file's bytes, read and written, and from bytes to text; whatever is no text is refused here."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from pathlib import Path

from lstm_verify.puzzle.problems import failure

MAX_BYTES = 16 * 2**20
"""A larger file is refused before it is read."""

ENDINGS = (".puzzle.yaml", ".puzzle.yml", ".yaml", ".yml")
"""What is left out of a file's name to get the puzzle's name."""

_UNPRINTABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What YAML does not call printable; to name what it does takes ten times as long to compile."""

_LINE_BREAK = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def name_of(path: str | Path) -> str:
    """Return the name of a puzzle: its file's name without its ending."""
    name = Path(path).name
    ending = next((e for e in ENDINGS if name.endswith(e)), "")
    return name.removesuffix(ending)


def read(path: str | Path) -> bytes:
    """Return the bytes of a puzzle file.

    Raises:
        PuzzleError: it is missing, unreadable, a folder or too large.
    """
    file = str(path)
    try:
        about = Path(path).stat()
        if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
            raise failure(file, "this is no file but a device or a pipe; expected a puzzle file (*.yaml)")
        size = about.st_size
        if size > MAX_BYTES:
            raise failure(file, _too_large(size))
        with Path(path).open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise failure(file, "there is no such file") from None
    except IsADirectoryError:
        raise failure(file, "this is a folder; expected a puzzle file (*.yaml)") from None
    except PermissionError:
        raise failure(file, "no permission to read this file; check its mode and owner") from None
    except (OSError, ValueError) as error:
        raise failure(file, f"cannot be read: {error}") from None
    if len(data) > MAX_BYTES:  # it has grown meanwhile
        raise failure(file, _too_large(len(data)))
    return data


def replace(path: str | Path, data: bytes) -> None:
    """Write a file's bytes anew, all or nothing: beside it, and then in its place. Its mode is kept.

    A link stays one: what it points to is written.

    Raises:
        PuzzleError: it cannot be written.
    """
    target = Path(path).resolve()
    try:
        mode = stat.S_IMODE(target.stat().st_mode)
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(target, os.W_OK):
            raise failure(str(path), "no permission to write this file; check its mode and owner")
        handle, beside = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
            Path(beside).chmod(mode)
            Path(beside).replace(target)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise failure(str(path), f"cannot be written: {error.strerror}") from None


def _too_large(size: int) -> str:
    return (
        f"a puzzle file of {size / 2**20:.0f} MiB; at most {MAX_BYTES // 2**20} MiB are read: "
        "a puzzle is small enough to be worked out by hand"
    )


def decode(data: bytes, file: str) -> str:
    """Return the text of a puzzle file, without a byte order mark.

    Raises:
        PuzzleError: the bytes are no UTF-8, or hold characters that no YAML text can.
    """
    if b"\0" in data:
        line, column = _place(data[: data.index(b"\0")].decode("utf-8", "replace"))
        raise failure(file, "a binary file (it has a NUL byte); expected YAML text", line, column)
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line, column = _place(data[: error.start].decode("utf-8", "replace"))
        message = f"byte 0x{data[error.start]:02x} is no UTF-8; save the file as UTF-8 text"
        raise failure(file, message, line, column) from None
    strange = _UNPRINTABLE.search(text)
    if strange:
        line, column = _place(text[: strange.start()])
        message = f"the control character U+{ord(strange[0]):04X} is no part of any YAML text"
        raise failure(file, message + "; remove it", line, column)
    return text


def _place(before: str) -> tuple[int, int]:
    """Return line and column, from 1, of what follows a text."""
    lines = _LINE_BREAK.split(before)
    return len(lines), len(lines[-1]) + 1
