"""A harness that runs: what it has said hello with, and what it is asked."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from itertools import count

from lstm_verify.backends.base import Values
from lstm_verify.backends.errors import Misbehaved
from lstm_verify.backends.harness import hello, messages
from lstm_verify.backends.harness.line import Line
from lstm_verify.backends.harness.words import start
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Run

HELLO = 2**16
"""A hello may have so many bytes."""


class Session:
    """A harness that has been started, and has said hello."""

    def __init__(self, words: Sequence[str], timeout: float) -> None:
        """Start it.

        Args:
            timeout: how many seconds it may take for its hello, and for a request.

        Raises:
            Unusable: it cannot be started.
            Misbehaved: it says no hello.
        """
        self.timeout = timeout
        self.line: Line = start(list(words))
        weakref.finalize(self, self.line.kill)
        (said,) = self.line.asked(b"", 1, HELLO, timeout, what="hello")
        try:
            self.hello = hello.read(said)
        except Misbehaved:
            self.line.kill()
            raise
        self._ids = count(1)

    def ask(
        self, network: Network, runs: Sequence[Run], form: Format, deadline: float | None = None
    ) -> list[Values]:
        """Write a request for each run, and return the answers.

        Args:
            network, runs: rounded to the format.
            deadline: by when they are to come, where not within the timeout from now on.

        Raises:
            Misbehaved: there are none; then the harness has been ended.
        """
        ids = [next(self._ids) for _ in runs]
        pairs = list(zip(ids, runs, strict=True))
        text = b"".join(messages.request(number, network, run, form) for number, run in pairs)
        longest = messages.most(network, max(run.steps for run in runs), self.hello)
        try:
            self.line.silent("before it was asked")
            lines = self.line.asked(text, len(runs), longest, self.timeout, deadline=deadline)
            answers = [
                messages.answer(line, number, network, self.hello)
                for line, number in zip(lines, ids, strict=True)
            ]
            self.line.silent("more than its answer")
        except Misbehaved:
            self.line.kill()
            raise
        return answers
