"""Find out how an implementation is called and filled: by what it says, by its shapes, then by trying."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from inspect import Parameter
from itertools import islice

import numpy as np

from lstm_verify.adopt.adopted import Adopted
from lstm_verify.adopt.asking import as_told, callings
from lstm_verify.adopt.calling import Calling, steps_of
from lstm_verify.adopt.expressions import filled
from lstm_verify.adopt.mapping import Mapped, candidates
from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.sorting import Shape, sort
from lstm_verify.adopt.subjects.base import Subject
from lstm_verify.adopt.told import Told
from lstm_verify.adopt.trying import Trial, fits, probe, reads_inputs_there
from lstm_verify.backends.errors import Misbehaved, Unusable, told
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import Format

MOST = 24
"""So many ways of calling it are tried with every way of filling it."""


def adopt(subject: Subject, name: str, form: Format, accuracy: Accuracy, told_of: Told) -> Adopted:
    """Find out how an implementation is to be called and filled.

    Raises:
        Unusable: it is no LSTM, or it cannot be made out; the message says what is missing.
    """
    order = told_of.layout.order or subject.stated.get("order")
    told_of = replace(told_of, layout=replace(told_of.layout, order=order))
    adopted = partial(_adopted, subject, name, form, accuracy, told_of)
    sizes = subject.fixed or LOOK
    trials, problems = _trials(subject, sizes, told_of)
    if not trials:
        raise Unusable(f"it is no LSTM that can be made out: {problems[0]}")
    first: tuple[Trial, Calling] | None = None
    refused: list[BaseException] = []
    with np.errstate(all="ignore"):
        for trial in trials:
            for calling in islice(callings(subject, trial, told_of, refused), MOST):
                first = first or (trial, calling)
                for mapped in trial.ways:
                    if fits(trial, calling, mapped, form, told_of.declared):
                        return adopted(trial, calling, mapped)
        if first is None:
            answered = [error for error in refused if isinstance(error, Misbehaved)]
            why = f"; the last try: {told((answered or refused)[-1])}" if refused else ""
            raise Unusable(
                f"no way of calling it was found{why}; say how: call=…, or write an adapter: "
                f"lstm-verify scaffold {name}"
            )
        trial, calling = first
        mapped = _identified(trial, calling, adopted)
    return adopted(trial, calling, mapped)


def _trials(subject: Subject, sizes: Sizes, told_of: Told) -> tuple[list[Trial], list[str]]:
    """Return the ways of making it that may be an LSTM's, and why others are not."""
    trials, problems = [], []
    for make, shapes in subject.shapings(sizes):
        unknown = [name for name in told_of.weights if name not in shapes]
        if unknown:
            raise Unusable(
                f"weights: it has no parameter {', '.join(unknown)}; it has {', '.join(shapes) or 'none'}"
            )
        found = sort({n: s for n, s in shapes.items() if n not in told_of.weights}, sizes)
        if found.problem and not told_of.weights:
            problems.append(found.problem)
            continue
        ways = [
            replace(m, expressions={**told_of.weights, **m.expressions})
            for m in candidates(found, told_of.layout)
        ]
        wrong = _misshapen(ways, shapes, sizes)
        if wrong:
            problems.append(wrong)
        else:
            trials.append(Trial(make, sizes, ways, (*found.unknown,)))
    return trials, problems


def _misshapen(ways: Sequence[Mapped], shapes: Mapping[str, Shape], sizes: Sizes) -> str | None:
    """Say which parameter cannot hold what it is to be filled with."""
    for name, value in filled(ways[0].expressions, probe(sizes, fields=frozenset()).layers[0]).items():
        if value is not None and value.size != int(np.prod(shapes[name])):
            expression = ways[0].expressions[name]
            return f"{name} is {list(shapes[name])}, and {expression} is {list(value.shape)}"
    return None


def _identified(
    trial: Trial, calling: Calling, adopted: Callable[[Trial, Calling, Mapped], Adopted]
) -> Mapped:
    """Return how parameters are filled where no way makes it right: as `identify` finds them read."""
    from lstm_verify.identify import identify

    default = trial.ways[0]
    if not default.conditions:
        return default
    tried: dict[str | None, Mapped] = {}
    for way in trial.ways:
        if way.layout.joined not in tried and reads_inputs_there(trial, calling, way):
            default = default if tried else way
            tried[way.layout.joined] = way
    for joined, way in tried.items():
        asked = adopted(trial, calling, way)
        if asked.fixed:  # its size is its own, and `identify` has its own too
            break
        with contextlib.suppress(Unusable):
            found = identify(asked)
            if found.identified:
                order = found.hypotheses[0].order if way.layout.order else None
                for other in trial.ways:
                    if (other.layout.order, other.layout.joined) == (order, joined):
                        return other
    return default


def _adopted(
    subject: Subject,
    name: str,
    form: Format,
    accuracy: Accuracy,
    told_of: Told,
    trial: Trial,
    calling: Calling,
    mapped: Mapped,
) -> Adopted:
    conditions = (*mapped.conditions, *(() if told_of.calling else _conditions(calling, subject, told_of)))
    return Adopted(
        name,
        form,
        accuracy,
        trial.make,
        calling,
        mapped,
        conditions,
        dict(told_of.declared),
        subject.fixed,
        subject.per_run,
        _other_calls(trial, calling),
        trial.left,
        () if told_of.calling and told_of.weights else told_of.by_documentation(mapped, calling),
    )


def _other_calls(trial: Trial, calling: Calling) -> frozenset[str]:
    """Tell whether it can be called without a state."""
    defaults = {p.name: p.default for p in trial.make(trial.sizes).arguments(calling.method)}
    state = [slot.where for slot in calling.given if slot.states]
    can = state and all(where in defaults and defaults[where] is not Parameter.empty for where in state)
    return frozenset(["state"] if can else [])


def _conditions(calling: Calling, subject: Subject, told_of: Told) -> Iterator[str]:
    """Say what is other than usual in a way of calling that was found by trying."""
    if calling.inputs.axes == "BTI" and "batch_first" not in subject.stated and told_of.rows_first is None:
        yield "its inputs are [rows, steps, inputs]"
    usual = subject.stated.get("state", "hc")
    first, second = other = usual[::-1]
    if not told_of.takes and any(slot.states == other for slot in calling.given):
        yield f"its state is ({first}, {second})"
    named = any(
        slot.attribute or any(isinstance(key, str) for key in steps_of(slot.where)) for slot in calling.shown
    )
    if not (told_of.returns or named or as_told(calling, replace(told_of, takes=None, returns=usual))):
        yield f"it returns {first} before {second}"
