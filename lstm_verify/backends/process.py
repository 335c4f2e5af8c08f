"""Processes that run people's own code: how they are started and ended, and what is said of their end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import IO, Any

PIPE = 2**16
"""What a pipe holds at most, in bytes."""


class Process:
    """A process of people's own code; what it writes to its standard output can be read here."""

    def __init__(self, command: Sequence[str], **options: Any) -> None:
        """Start it, in a session of its own: Ctrl-C is for us, and what it starts can be ended along with it.

        Args:
            options: of `subprocess.Popen`.

        Raises:
            OSError: it cannot be started.
        """
        self.process = subprocess.Popen(  # noqa: S603 - people's own code is what is to be run
            command, bufsize=0, start_new_session=True, stdout=subprocess.PIPE, **options
        )
        assert self.process.stdout
        self.output: IO[bytes] = self.process.stdout

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def ending(self, deadline: float) -> str | None:
        """Say how it ended; None where it has not by the deadline, and for a second at least."""
        try:
            status = self.process.wait(max(1.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            return None
        if status >= 0:
            return f"it ended its process with status {status}"
        name = next((f", {one.name}" for one in signal.Signals if one == -status), "")
        if -status == signal.SIGKILL:
            return f"it was killed: signal {-status}{name}, as the system does where memory runs out"
        return f"it crashed: signal {-status}{name}"

    def quits(self, seconds: float) -> bool:
        """Tell whether it ends by itself within so many seconds."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return not self.running

    def kill(self) -> None:
        """End it, and what it started, at once."""
        if self.running:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.output.close()
