"""What is wrong with a harness, before its LSTM is blamed: a fixed set of checks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np

from lstm_verify.backends.base import Values
from lstm_verify.backends.errors import Misbehaved, one_line
from lstm_verify.backends.harness.digits import come_back
from lstm_verify.backends.harness.hello import Hello
from lstm_verify.backends.harness.subject import Failed, Subject, Untold, network, run
from lstm_verify.lstm.network import Network, Run


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


def checked(words: Sequence[str], timeout: float) -> Iterator[Finding]:
    """Start a harness, and yield what comes of each check; one without an answer is asked no more.

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
        yield Finding("hello", fine=False, said=str(error))
        return
    hello = subject.hello
    yield Finding("hello", fine=True, said=f"{time.monotonic() - begun:.2g} s after its start")
    yield Finding("what it says", fine=True, said=_introduced(hello))
    try:
        for what, check in CHECKS.items():
            yield (finding := _outcome(what, partial(check, subject)))
            if check is _answers and not finding.fine:
                break
    finally:
        subject.session.line.close()


def _outcome(what: str, check: Callable[[], str]) -> Finding:
    try:
        return Finding(what, fine=True, said=check())
    except Untold as error:
        return Finding(what, fine=None, said=str(error))
    except (Misbehaved, Failed) as error:
        return Finding(what, fine=False, said=str(error))


def _introduced(hello: Hello) -> str:
    """Say in a line what a harness says of itself."""
    can = f", and can do {', '.join(hello.supports)}" if hello.supports else ""
    state = "" if hello.initial_state else "; takes no initial state"
    form = "one step at a time" if hello.form == "step" else "whole sequences"
    shows = f"shows {', '.join(hello.shows)}; computes in {', '.join(hello.dtypes)}"
    return f"{one_line(f'{hello.name} {hello.version}')}: takes {form}{can}; {shows}{state}"


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
            raise Failed(
                f"{place.quantity} is not finite, though no weight and no input exceeds 1: "
                "does it read the numbers where they are?"
            )


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


def _again(subject: Subject) -> str:
    """The same request twice."""
    asked = _asked(subject, 2, 3, 4)
    subject.ask(*asked)  # what the network before has left is looked for below
    (before,), (after,) = subject.ask(*asked), subject.ask(*asked)
    _same(before, after, "the same request has two answers: is something drawn at random, or left over?")
    return "the same request has the same answer, to the last bit"


def _sizes(subject: Subject) -> str:
    """Networks of different sizes one after another; then the first again."""
    first, second = _asked(subject, 2, 3, 5), _asked(subject, 4, 1, 2, seed=5)
    (before,), _, (after,) = subject.ask(*first), subject.ask(*second), subject.ask(*first)
    _same(before, after, "asked again after another network, it answers otherwise: something is left over")
    return "of different sizes one after another"


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
    raise Failed(f"whatever stands in {', '.join(unread)}, the answer is the same; {_why(unread)}")


def _why(unread: Sequence[str]) -> str:
    if set(unread) <= {"bias_ih", "bias_hh"} and len(unread) == 1:
        return "where its LSTM has one bias, that is the sum of both"
    if set(unread) <= {"h0", "c0"}:
        return 'does it give that to its LSTM? if it cannot, its hello is to say "initial_state": false'
    return "does it read that, and give it to its LSTM?"


def _changed(net: Network, one: Run, thing: str) -> tuple[Network, Run]:
    if thing in ("inputs", "h0", "c0"):
        return net, replace(one, **{thing: np.asarray(getattr(one, thing)) / 2})  # type: ignore[arg-type]
    weights = replace(net.layers[0], **{thing: np.asarray(getattr(net.layers[0], thing)) / 2})
    return replace(net, layers=(weights,)), one


def _quits(subject: Subject) -> str:
    """Its standard input is closed."""
    line = subject.running().line
    begun = time.monotonic()
    if not line.close():
        raise Failed("it goes on when its standard input is closed, and had to be killed; it is to end there")
    return f"it ends {time.monotonic() - begun:.2g} s after its standard input is closed"


CHECKS: Mapping[str, Callable[[Subject], str]] = {
    "one answer": _answers,
    "smallest": _one_unit,
    "long lines": _long_lines,
    "twice": _again,
    "networks": _sizes,
    "waiting": _several,
    "reads all": _reads,
    "digits": come_back,
    "quits": _quits,
}
"""Name -> check: returns what it saw, or raises."""
