"""A harness that is checked, and what it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from lstm_verify.backends.base import Values
from lstm_verify.backends.harness.hello import Hello
from lstm_verify.backends.harness.session import Session
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.lstm.semantics import AT_THE_END
from lstm_verify.puzzle.problems import count


class Failed(Exception):
    """The harness did not pass: the text says why."""


class Untold(Exception):
    """It could not be told: the text says why."""


class Subject:
    """A harness that is checked."""

    def __init__(self, words: Sequence[str], timeout: float) -> None:
        """Start it; raise Unusable or Misbehaved where that cannot be."""
        self.words, self.timeout = words, timeout
        self.session = Session(words, timeout)
        self.hello: Hello = self.session.hello

    @property
    def form(self) -> Format:
        """The usual one of its formats."""
        return FORMATS[self.hello.dtypes[0]]

    def running(self) -> Session:
        """Return its session, started anew where it has been ended; one that ended by itself is asked."""
        if self.session.line.output.closed:
            self.session = Session(self.words, self.timeout)
        return self.session

    def ask(self, network: Network, *runs: Run, form: Format | None = None) -> list[Values]:
        """Ask it, and return its answers, as they are; their shapes are right.

        Raises:
            Misbehaved: it gave none.
            Failed: a shape is wrong.
        """
        form = form or self.form
        rounded = [run.map(form.rounded) for run in runs]
        answers = self.running().ask(network.map(form.rounded), rounded, form)
        for run, values in zip(runs, answers, strict=True):
            for place, array in values.items():
                rows = 1 if place.quantity in AT_THE_END else run.steps
                expected = (rows, network.width(place.quantity))
                if array.shape != expected:
                    where = f"{count(run.steps, 'step')} of {count(network.hidden_size, 'unit')}"
                    found = f"{place.quantity} has the shape {list(array.shape)}"
                    raise Failed(f"{found}; expected {list(expected)}, for {where}")
        return answers


def network(inputs: int, hidden: int, seed: int = 0) -> Network:
    """Return a plain network of one layer, no two weights alike."""
    random = np.random.default_rng(seed)
    bare = Network(inputs, hidden, ())
    return replace(
        bare, layers=(Weights(**{n: random.uniform(-0.9, 0.9, s) for n, s in bare.shapes(0).items()}),)
    )


def run(network: Network, steps: int, seed: int = 0, *, state: bool = True) -> Run:
    """Return what a network is run on, no two inputs alike."""
    random = np.random.default_rng(seed + 1)
    h0, c0 = (random.uniform(-0.9, 0.9, (1, network.hidden_size)) * state for _ in "hc")
    return Run(random.uniform(-0.9, 0.9, (steps, network.input_size)), h0, c0)
