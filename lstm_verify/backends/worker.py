"""People's own code in a process of its own: what hangs, crashes or eats memory there harms nothing here.

A backend has one worker, which is kept from case to case, so that state that the code keeps is seen; it
is started anew where it has ended. What the code writes to its standard output and error goes to our
standard error. Linux and macOS only.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import subprocess
import sys
import time
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from lstm_verify.backends.base import Backend, Observation
from lstm_verify.backends.errors import Misbehaved, Unusable
from lstm_verify.backends.process import PIPE, Process
from lstm_verify.backends.registry import backend, kind_of
from lstm_verify.backends.timeout import TIMEOUT
from lstm_verify.backends.worker_process import Answer
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Run

STARTING = 60.0
"""How many seconds a worker may take to load Python, NumPy and our own files, before people's code."""

SAYS = ("departs", "calls", "conditions", "taken", "limits", "documented", "declared")
"""What an implementation may say of itself beside what every one says."""

_PROGRAM = (
    "import sys; sys.path[:] = sys.argv[3:]; from lstm_verify.backends.worker_process import main; main()"
)


def named(text: str, timeout: float = TIMEOUT) -> Backend:
    """Make the backend that a user asked for; where that is people's own code, in a process of its own.

    Args:
        text: as for `registry.backend`.
        timeout: how many seconds people's code may take for a case.

    Raises:
        Unusable: as `registry.backend`; or its process ended, or gave no answer, while it was imported.
    """
    kind = kind_of(text)
    return Isolated(text, timeout) if kind and kind.isolated else backend(text, timeout)


def half_of_the_memory() -> int:
    """Return half of this machine's memory in bytes; 0 where it does not say how much it has."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (ValueError, OSError):
        return 0


def end(backends: Iterable[Backend]) -> None:
    """End the processes that backends have; one that is asked again is started anew."""
    for one in backends:
        if close := getattr(one, "close", None):
            close()


class Isolated:
    """A backend of people's own code, which is run by a worker; see `Backend`."""

    def __init__(self, text: str, timeout: float = TIMEOUT, memory: int | None = None) -> None:
        """Start the worker.

        Args:
            text: as for `registry.backend`.
            timeout: seconds for a case, and for the import.
            memory: how many bytes it may take; half of the machine's unless given, 0 for any number.

        Raises:
            Unusable: the worker could not make the backend.
        """
        self.name = text
        self._timeout = timeout
        limit = half_of_the_memory() if memory is None else memory
        self._how = limit, Path.cwd(), [str(entry) for entry in sys.path]
        self._worker, self._facts = self._start()

    @property
    def form(self) -> Format:
        """The floating-point format that it computes in."""
        return FORMATS[self._facts.form.name]  # not a copy of it: there is one object of each

    @property
    def accuracy(self) -> Accuracy:
        """What it promises of its activations."""
        return self._facts.accuracy

    def __getattr__(self, name: str) -> Any:
        """Return what else it says of itself; see `Backend`."""
        if name in SAYS:
            return getattr(self._facts, name)
        raise AttributeError(name)

    def refusal(self, network: Network, run: Run) -> str | None:
        """Return why the network, or what it is run on, cannot be expressed; None where it can."""
        return self._facts.refusal(network, run)

    def observe(self, *arguments: Any, **keywords: Any) -> list[Observation]:
        """Have the worker observe; all arguments are sent to it.

        Raises:
            Misbehaved: with a sentence on what happened there.
        """
        if not self._worker.alive:
            self._worker, self._facts = self._start()
        answer = self._worker.ask((arguments, keywords), self._timeout)
        if answer.problem:
            raise Misbehaved(answer.problem)
        return answer.value

    def close(self) -> None:
        """End the worker; it is started anew where it is needed again."""
        self._worker.close()

    def _start(self) -> tuple[Worker, Backend]:
        """Start a worker, and have it make the backend."""
        try:
            worker = Worker(*self._how)
        except OSError as error:
            raise Unusable(f"{self.name}: no process can be started for it: {error.strerror}") from None
        weakref.finalize(self, worker.close)
        ready = worker.answer(STARTING)
        if ready.problem:
            raise Unusable(f"{self.name}: its process did not come up: {ready.problem}")
        made = worker.ask(self.name, self._timeout)
        if made.problem:
            worker.close()
            raise Unusable(f"{self.name} cannot be imported: {made.problem}" if made.spent else made.problem)
        return worker, made.value


class Worker(Process):
    """A process that runs `worker_process`, seen from here."""

    def __init__(self, memory: int, folder: Path, path: Sequence[str]) -> None:
        """Start it.

        Args:
            memory: how many bytes it may take, 0 for any number.
            folder, path: its current folder, and where it looks for modules.
        """
        from fcntl import F_DUPFD_CLOEXEC, fcntl
        from multiprocessing import Pipe

        self.line, theirs = Pipe()
        with theirs, open(fcntl(theirs, F_DUPFD_CLOEXEC, 3), "wb") as passed:  # noqa: PTH123 - not 0, 1 or 2
            handle = passed.fileno()
            super().__init__(
                [sys.executable, "-u", "-c", _PROGRAM, str(handle), str(memory), *path],
                cwd=folder,
                pass_fds=[handle],
                stdin=subprocess.DEVNULL,
                stderr=subprocess.STDOUT,
            )
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    @property
    def alive(self) -> bool:
        """Whether it can be asked."""
        return not self.line.closed and self.running

    def ask(self, request: Any, timeout: float) -> Answer:
        """Send a request, and return the answer."""
        with contextlib.suppress(ConnectionError):  # it is no longer there: the answer will say so
            self.line.send(request)
        return self.answer(timeout)

    def answer(self, timeout: float) -> Answer:
        """Return what it says within so many seconds; if that is nothing, end it, and say what happened."""
        answer = Answer(spent=True)
        try:
            answer = self._awaited(time.monotonic() + timeout)
        except TimeoutError:
            answer = Answer(problem=f"it gave no answer within {timeout:g} s (--timeout)", spent=True)
        finally:  # also after Ctrl-C
            if answer.spent:
                self.kill()
        return answer

    def _awaited(self, deadline: float) -> Answer:
        """Pass on what it prints until it answers."""
        from multiprocessing.connection import wait

        watched: list[Any] = [self.line, self.output.fileno()]
        while self.line not in wait(watched, deadline - time.monotonic()):
            if time.monotonic() >= deadline:
                raise TimeoutError
            if not self._pass_on():
                del watched[1:]
        if wait([self.output.fileno()], 0):
            self._pass_on()
        try:
            return self.line.recv()
        except (EOFError, ConnectionError):
            how = self.ending(deadline) or "it closed the line on which its answer was to come"
            return Answer(problem=how, spent=True)

    def _pass_on(self) -> bool:
        """Pass on what it has printed, to our standard error; return whether there was anything."""
        printed = os.read(self.output.fileno(), PIPE)
        with contextlib.suppress(OSError, ValueError, AttributeError):  # ours may be closed
            sys.stderr.write(self.decoder.decode(printed))
            sys.stderr.flush()
        return bool(printed)

    def close(self) -> None:
        """End it: it ends by itself when nobody is left to ask."""
        self.line.close()
        self.quits(1)
        self.kill()

    def kill(self) -> None:
        """End it, and what it started, at once."""
        super().kill()
        self.line.close()
