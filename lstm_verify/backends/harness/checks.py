"""What is wrong with a harness, before its LSTM is blamed: a fixed set of checks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from lstm_verify.backends.base import Array, Values
from lstm_verify.backends.errors import Misbehaved
from lstm_verify.backends.harness.hello import Hello
from lstm_verify.backends.harness.session import Session
from lstm_verify.lstm.formats import FORMATS, Format
from lstm_verify.lstm.network import Network, Place, Run, Weights
from lstm_verify.lstm.semantics import AT_THE_END
from lstm_verify.puzzle.problems import count


class Finding(NamedTuple):
    """What came of a check.

    Attributes:
        what: the check.
        fine: whether the harness passed; None where that could not be told.
        said: what was seen, and where it did not pass what was expected and the likely fix.
    """

    what: str
    fine: bool | None
    said: str


class Failed(Exception):
    """The harness did not pass: the text says why."""


class Untold(Exception):
    """It could not be told: the text says why."""


class Subject:
    """A harness that is checked; it is started anew where it has been ended."""

    def __init__(self, words: Sequence[str], timeout: float) -> None:
        """Start it; raise Unusable or Misbehaved where that cannot be."""
        self.words, self.timeout = words, timeout
        self.session = Session(words, timeout)
        self.hello: Hello = self.session.hello

    @property
    def form(self) -> Format:
        """The usual one of its formats."""
        return FORMATS[self.hello.dtypes[0]]

    def ask(self, network: Network, *runs: Run, form: Format | None = None) -> list[Values]:
        """Ask it, and return its answers, as they are; their shapes are right.

        Raises:
            Misbehaved: it gave none.
            Failed: a shape is wrong.
        """
        form = form or self.form
        if not self.session.line.running:
            self.session = Session(self.words, self.timeout)
        rounded = [run.map(form.rounded) for run in runs]
        answers = self.session.ask(network.map(form.rounded), rounded, form)
        for run, values in zip(runs, answers, strict=True):
            for place, array in values.items():
                rows = 1 if place.quantity in AT_THE_END else run.steps
                expected = (rows, network.width(place.quantity))
                if array.shape != expected:
                    where = f"{count(run.steps, 'step')} of {count(network.hidden_size, 'unit')}"
                    raise Failed(
                        f"{place.quantity} has the shape {list(array.shape)}; expected {list(expected)}, for {where}"
                    )
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


def checked(words: Sequence[str], timeout: float) -> Iterator[Finding]:
    """Start a harness, and yield what comes of each check; only the first two must pass for the others.

    Args:
        words: the command.
        timeout: how many seconds it may take for its hello, and for a request.

    Raises:
        Unusable: it cannot be started.
    """
    begun = time.monotonic()
    try:
        subject = Subject(words, timeout)
    except Misbehaved as error:
        yield Finding("says hello", fine=False, said=str(error))
        return
    hello = subject.hello
    yield Finding("says hello", True, f"{time.monotonic() - begun:.2g} s after its start")
    yield Finding("what it says", True, _introduced(hello))
    try:
        for what, check in CHECKS.items():
            yield _outcome(what, partial(check, subject))
    finally:
        subject.session.line.kill()


def _outcome(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, True, check())
    except Untold as error:
        return Finding(what, None, str(error))
    except (Misbehaved, Failed) as error:
        return Finding(what, False, str(error))


def _introduced(hello: Hello) -> str:
    """Say in a line what a harness says of itself."""
    can = f", and can do {', '.join(hello.supports)}" if hello.supports else ""
    state = "" if hello.initial_state else "; takes no initial state"
    form = "one step at a time" if hello.form == "step" else "whole sequences"
    shows = f"shows {', '.join(hello.shows)}; computes in {', '.join(hello.dtypes)}"
    return f"{hello.name} {hello.version}: takes {form}{can}; {shows}{state}"


def _steps(subject: Subject, several: int) -> int:
    """How many steps it may be given."""
    return 1 if subject.hello.form == "step" else several


def _asked(subject: Subject, inputs: int, hidden: int, steps: int, seed: int = 0) -> tuple[Network, Run]:
    net = network(inputs, hidden, seed)
    return net, run(net, _steps(subject, steps), seed, state=subject.hello.initial_state)


def _answers(subject: Subject) -> str:
    """One request, one answer of the right shape."""
    net, one = _asked(subject, 3, 2, 4)
    (values,) = subject.ask(net, one)
    _finite(values)
    return "a line with the id of the request, and numbers in the right shapes"


def _finite(values: Values) -> None:
    for place, array in values.items():
        if not np.isfinite(array).all():
            raise Failed(f"{place.quantity} is not finite, though no weight and no input exceeds 1: "
                         "does it read the numbers where they are?")


def _one_unit(subject: Subject) -> str:
    """The smallest network: lists of one number are lists."""
    subject.ask(*_asked(subject, 1, 1, 1))
    return "of one step, one input and one unit: arrays all the same"


def _long_lines(subject: Subject) -> str:
    """A request of some 100 KB."""
    net, one = _asked(subject, 40, 30, 6)
    (values,) = subject.ask(net, one)
    _finite(values)
    return "of 40 inputs and 30 units, some 200,000 letters: read to the end"


def _sizes(subject: Subject) -> str:
    """Networks of different sizes one after another; then the first again."""
    first, second = _asked(subject, 2, 3, 5), _asked(subject, 4, 1, 2, seed=5)
    (before,), _, (after,) = subject.ask(*first), subject.ask(*second), subject.ask(*first)
    _same(before, after, "the same request before and after another network has two answers: something is left over")
    return "of different sizes one after another"


def _again(subject: Subject) -> str:
    """The same request twice."""
    asked = _asked(subject, 2, 3, 4)
    (before,), (after,) = subject.ask(*asked), subject.ask(*asked)
    _same(before, after, "the same request has two answers: is something drawn at random, or left over?")
    return "the same request has the same answer, to the last bit"


def _same(before: Values, after: Values, problem: str) -> None:
    for place, array in before.items():
        if not np.array_equal(array, after[place], equal_nan=True):
            raise Failed(f"{problem} ({place.quantity} has other numbers)")


def _several(subject: Subject) -> str:
    """Several requests that wait at once."""
    net, _ = _asked(subject, 2, 3, 4)
    rows = [run(net, _steps(subject, 4), seed, state=subject.hello.initial_state) for seed in (1, 2, 3)]
    together = subject.ask(net, *rows)
    for row, values in zip(rows, together, strict=True):
        (alone,) = subject.ask(net, row)
        _same(values, alone, "a request that waits behind another has another answer than alone")
    return "three that wait at once have three answers, in their order"


THINGS = ("inputs", "weight_ih", "weight_hh", "bias_ih", "bias_hh", "h0", "c0")


def _reads(subject: Subject) -> str:
    """A change of anything it is given changes its answer."""
    things = [t for t in THINGS if subject.hello.initial_state or t not in ("h0", "c0")]
    net, one = _asked(subject, 2, 3, 4)
    (before,) = subject.ask(net, one)
    unread = []
    for thing in things:
        (after,) = subject.ask(*_changed(net, one, thing))
        if all(np.array_equal(array, after[place]) for place, array in before.items()):
            unread.append(thing)
    if not unread:
        return f"{', '.join(things)}: each changes the answer"
    raise Failed(f"{' and '.join(unread)}: changed, and the answer is the same; {_why(unread)}")


def _why(unread: Sequence[str]) -> str:
    if set(unread) <= {"bias_ih", "bias_hh"} and len(unread) == 1:
        return "where your LSTM has one bias, give it the sum of both"
    if set(unread) <= {"h0", "c0"}:
        return 'is it given to your LSTM? if it cannot be, say "initial_state": false'
    return "is it read, and given to your LSTM?"


def _changed(net: Network, one: Run, thing: str) -> tuple[Network, Run]:
    if thing in ("inputs", "h0", "c0"):
        return net, replace(one, **{thing: np.asarray(getattr(one, thing)) / 2})  # type: ignore[arg-type]
    weights = replace(net.layers[0], **{thing: np.asarray(getattr(net.layers[0], thing)) / 2})
    return replace(net, layers=(weights,)), one


PASSED_ON: Mapping[str, tuple[float, ...]] = {
    "float64": (0.1, 1 / 3, -2.5e-7, 123456.789012345, 1e-30, -np.pi),
    "float32": (0.1, 1 / 3, -2.5e-7, 123456.789, 1e-30, -np.pi),
    "bfloat16": (0.1, 1 / 3, -2.5e-7, 123456.789, 1e-30, -np.pi),
    "float16": (0.1, 1 / 3, -2.5e-4, 1234.5, 0.03, -np.pi),
}
"""Format -> numbers that lose something where they are written too short, or read in another format."""


def _digits(subject: Subject) -> str:
    """c goes through a forget gate that is wide open, and must come back as it is, to the last digit."""
    if "c" not in subject.hello.shows or not subject.hello.initial_state:
        raise Untold("only one that takes an initial state and shows c can be asked to give numbers back")
    for name in subject.hello.dtypes:
        _passed_on(subject, FORMATS[name])
    return f"a number comes back as it was given, to the last digit, in {' and '.join(subject.hello.dtypes)}"


def _passed_on(subject: Subject, form: Format) -> None:
    given = form.rounded(np.array([PASSED_ON[form.name]]))
    size = given.size
    open_gate = 10.0 if form.precision < 20 else 40.0  # σ of it rounds to 1, and its exponential overflows nowhere
    bias = np.repeat([0.0, open_gate, 0.0, 0.0], size)
    none = np.zeros((4 * size, 1)), np.zeros((4 * size, size)), bias, 0 * bias
    kept = Network(1, size, (Weights(*none),))
    (values,) = subject.ask(kept, Run(np.zeros((1, 1)), 0 * given, given), form=form)
    got: Array = form.rounded(values[Place("c")])
    if np.array_equal(got, given):
        return
    if not np.allclose(got, given, rtol=2e-2, atol=1e-6):
        raise Untold(f"c does not pass an open forget gate in {form.name}: that is for lstm-verify run to say")
    k = int(np.argmax(got[0] != given[0]))
    raise Failed(
        f"in {form.name}, c was given as {_decimal(given[0, k])} and came back as "
        f"{_decimal(values[Place('c')][0, k])}; {_lost(got, given, form)}"
    )


def _decimal(x: float) -> str:
    return f"{x:.17g}"


def _lost(got: Array, given: Array, form: Format) -> str:
    if form.name == "float64" and np.array_equal(got, FORMATS["float32"].rounded(given)):
        return 'these are float32 numbers: if they are meant to be, its hello is to say "dtypes": ["float32"]'
    digits = {"float64": 17, "float32": 9}.get(form.name, 9)
    return f"digits are lost in reading or writing: write %.{digits}g or the shortest that is read as the same"


def _quits(subject: Subject) -> str:
    """Its standard input is closed."""
    if not subject.session.line.running:
        subject.session = Session(subject.words, subject.timeout)
    begun = time.monotonic()
    if not subject.session.line.close():
        raise Failed("it goes on when its standard input is closed, and had to be killed; it is to end there")
    return f"it ends {time.monotonic() - begun:.2g} s after its standard input is closed"


CHECKS: Mapping[str, Callable[[Subject], str]] = {
    "one answer": _answers,
    "smallest": _one_unit,
    "long lines": _long_lines,
    "networks": _sizes,
    "twice": _again,
    "waiting": _several,
    "reads all": _reads,
    "digits": _digits,
    "quits": _quits,
}
"""Name -> check: returns what it saw, or raises."""
