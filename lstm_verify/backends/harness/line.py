"""The line to a harness: a process that is written lines, and that answers each with a line."""

from __future__ import annotations

import contextlib
import os
import selectors
import subprocess
import time
from collections.abc import Sequence

from lstm_verify.backends.errors import Misbehaved
from lstm_verify.backends.process import PIPE, Process
from lstm_verify.puzzle.problems import count, quoted

CLOSING = 5.0
"""So many seconds a harness may take to end when its standard input is closed."""

HELLO = "it is to say hello before it reads anything, and to flush its standard output"
READS = "it is to read one line at a time, and to flush its standard output after each line that it writes"
ONE = "one line answers one request, and all else goes to standard error"


class Line(Process):
    """A harness's process. What it writes to its standard error goes to ours.

    Reading and writing take turns, so that neither side waits for the other with a full pipe.
    """

    def __init__(self, words: Sequence[str]) -> None:
        """Start it; raise OSError where it cannot be."""
        super().__init__(words, stdin=subprocess.PIPE)
        assert self.process.stdin
        self.input = self.process.stdin
        os.set_blocking(self.input.fileno(), False)
        self._left = bytearray()  # the beginning of a line

    def asked(
        self,
        text: bytes,
        answers: int,
        most: int,
        timeout: float,
        *,
        deadline: float | None = None,
        what: str = "answer",
    ) -> list[bytes]:
        """Write lines, and return those that come back.

        Args:
            answers: how many lines are to come.
            most: how many bytes a line may have.
            timeout: seconds for all of it.
            deadline: when they are over, where they have begun before.
            what: what a line is, for what is said where none comes.

        Raises:
            Misbehaved: with what it did instead; then it is ended, for nobody knows what it would say next.
        """
        if deadline is None:
            deadline = time.monotonic() + timeout
        try:
            return self._exchanged(text, answers, most, deadline, what)
        except TimeoutError:
            self.kill()
            raise Misbehaved(self._late(timeout, what)) from None
        except BaseException:
            self.kill()
            raise

    def silent(self, when: str) -> None:
        """Raise Misbehaved where it has written something that nobody has asked for.

        Args:
            when: in words, such as "before it was asked".
        """
        if not self._left and _ready(self.output.fileno()):
            self._left += os.read(self.output.fileno(), PIPE)
        if self._left:
            raise Misbehaved(f"it wrote {when}: {_shown(self._left)}; {ONE}")

    def _exchanged(self, text: bytes, answers: int, most: int, deadline: float, what: str) -> list[bytes]:
        """Write while there is something to write, and read until all answers are there."""
        unwritten, lines = memoryview(text), list[bytes]()
        with selectors.DefaultSelector() as watched:
            watched.register(self.output, selectors.EVENT_READ)
            if text:
                watched.register(self.input, selectors.EVENT_WRITE)
            while len(lines) < answers or (unwritten and len(lines) == answers):
                for key, _ in watched.select(max(0.0, deadline - time.monotonic())):
                    if key.fileobj is self.output:
                        lines += self._read(most, deadline, what)
                        continue
                    unwritten = unwritten[self._written(unwritten) :]
                    if not unwritten:
                        watched.unregister(self.input)
                if time.monotonic() < deadline:
                    continue
                if len(lines) < answers:
                    raise TimeoutError
                if unwritten:
                    raise Misbehaved(f"it wrote its {what}, and did not read its request to the end")
        self._left[:0] = b"".join(line + b"\n" for line in lines[answers:])
        return lines[:answers]

    def _written(self, text: memoryview) -> int:
        """Write as much as it takes now, and return how much; all, where it does not read any more."""
        try:
            return os.write(self.input.fileno(), text[:PIPE])
        except BlockingIOError:
            return 0
        except BrokenPipeError:  # how it ended will be read on the other side
            return len(text)

    def _read(self, most: int, deadline: float, what: str) -> list[bytes]:
        """Read what is there, and return the lines that are whole."""
        piece = os.read(self.output.fileno(), PIPE)
        if not piece:
            raise Misbehaved(self._gone(deadline, what))
        *whole, rest = piece.split(b"\n")
        if whole:
            whole[0] = bytes(self._left) + whole[0]
            self._left.clear()
        self._left += rest
        if max(map(len, (*whole, self._left))) > most:
            begins = _shown(whole[0] if whole else self._left)
            raise Misbehaved(f"its {what} is longer than {count(most, 'byte')}; it begins {begins}")
        return whole

    def _gone(self, deadline: float, what: str) -> str:
        """Say how its output ended."""
        how = self.ending(deadline) or "it closed its standard output"
        if self._left:
            return f"{how} in the middle of its {what}: {_shown(self._left)}"
        return f"{how}, and gave no {what}; a harness goes on until its standard input is closed"

    def _late(self, timeout: float, what: str) -> str:
        """Say that there is no answer, or only half of one."""
        within = f"within {timeout:g} s (--timeout)"
        if self._left:
            return f"it wrote half a line {within}: {_shown(self._left)}; its {what} ends with a newline"
        return f"it gave no {what} {within}; {HELLO if what == 'hello' else READS}"

    def close(self) -> bool:
        """Close its standard input, at which it is to end, and end it; return whether it ended by itself."""
        with contextlib.suppress(OSError):
            self.input.close()
        quits = self.quits(CLOSING)
        self.kill()
        return quits

    def kill(self) -> None:
        """End it, and what it started, at once."""
        super().kill()
        with contextlib.suppress(OSError):
            self.input.close()


def _ready(handle: int) -> bool:
    """Tell whether there is something to be read at once."""
    with selectors.DefaultSelector() as watched:
        watched.register(handle, selectors.EVENT_READ)
        return bool(watched.select(0))


def _shown(text: bytes | bytearray) -> str:
    """Return the beginning of what was written, for a sentence."""
    return quoted(bytes(text[:200]).decode("utf-8", "replace").strip())
