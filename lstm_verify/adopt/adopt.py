"""Find out how an implementation is called and filled: by what it says, by its shapes, then by trying."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter
from itertools import islice
from typing import Any

import numpy as np

from lstm_verify.adopt import documentation
from lstm_verify.adopt.adopted import Adopted
from lstm_verify.adopt.calling import Calling, steps_of
from lstm_verify.adopt.expressions import Expression, filled
from lstm_verify.adopt.mapping import Layout, Mapped, candidates
from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.sorting import Shape, sort
from lstm_verify.adopt.subjects.base import Instance, Subject
from lstm_verify.adopt.trying import Trial, behaves, fill, fits, moderate, probe, reads_inputs_there
from lstm_verify.adopt.ways import asked, leaves, outputs, shown_by_attributes, without_outputs
from lstm_verify.backends.answers import described
from lstm_verify.backends.errors import Misbehaved, Unusable, told
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import Format

MOST, FEW = 24, 4
"""So many ways of calling it are tried with every way of filling it; so many in which it behaves oddly."""


@dataclass(frozen=True)
class Told:
    """What is known without trying: what the user says, and what its documentation does.

    Attributes:
        weights: name -> what that parameter is filled with.
        layout: of all others.
        calling: how it is called; None to find out.
        declared: fields of `Semantics` that it has.
        takes, returns: "hc" or "ch", the order of the state; None where nothing says it.
        rows_first: whether inputs are [rows, steps, inputs]; None where nothing says it.
    """

    weights: Mapping[str, Expression]
    layout: Layout
    calling: Calling | None
    declared: Mapping[str, Any]
    takes: str | None = None
    returns: str | None = None
    rows_first: bool | None = None


def documented(told_of: Told, found: Any) -> Told:
    """Add what the documentation of an implementation says; what the user says goes first."""
    said = documentation.stated(found)
    layout = told_of.layout
    return replace(
        told_of,
        layout=replace(layout, order=layout.order or said.order, joined=layout.joined or said.joined),
        takes=said.takes,
        returns=said.returns,
        rows_first=said.rows_first,
    )


def adopt(subject: Subject, name: str, form: Format, accuracy: Accuracy, told_of: Told) -> Adopted:
    """Find out how an implementation is to be called and filled.

    Raises:
        Unusable: it is no LSTM, or it cannot be made out; the message says what is missing.
    """
    order = told_of.layout.order or subject.stated.get("order")
    told_of = replace(told_of, layout=replace(told_of.layout, order=order))
    sizes = subject.fixed or LOOK
    trials, problems = _trials(subject, sizes, told_of)
    if not trials:
        raise Unusable(f"it is no LSTM that can be made out: {problems[0]}")
    first: tuple[Trial, Calling] | None = None
    refused: list[BaseException] = []
    with np.errstate(all="ignore"):
        for trial in trials:
            for calling in islice(_callings(subject, trial, told_of, refused), MOST):
                first = first or (trial, calling)
                for mapped in trial.ways:
                    if fits(trial, calling, mapped, form, told_of.declared):
                        return _adopted(subject, name, form, accuracy, told_of, trial, calling, mapped)
        if first is None:
            answered = [error for error in refused if isinstance(error, Misbehaved)]
            why = f"; the last try: {told((answered or refused)[-1])}" if refused else ""
            raise Unusable(
                f"no way of calling it was found{why}; say how: call=…, or write an adapter: "
                f"lstm-verify scaffold {name}"
            )
        trial, calling = first
        mapped = _identified(subject, name, form, accuracy, told_of, trial, calling)
    return _adopted(subject, name, form, accuracy, told_of, trial, calling, mapped)


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
            trials.append(Trial(make, sizes, ways))
    return trials, problems


def _misshapen(ways: Sequence[Mapped], shapes: Mapping[str, Shape], sizes: Sizes) -> str | None:
    """Say which parameter cannot hold what it is to be filled with."""
    for name, value in filled(ways[0].expressions, probe(sizes, fields=frozenset()).layers[0]).items():
        if value is not None and value.size != int(np.prod(shapes[name])):
            expression = ways[0].expressions[name]
            return f"{name} is {list(shapes[name])}, and {expression} is {list(value.shape)}"
    return None


def _callings(
    subject: Subject, trial: Trial, told_of: Told, refused: list[BaseException]
) -> Iterator[Calling]:
    """Yield the ways of calling it in which it shows something; those in which it is an LSTM's, first."""
    if told_of.calling:
        yield told_of.calling
        return
    doubtful = []
    for method in subject.methods():
        instance = trial.make(trial.sizes)
        try:
            taken = instance.arguments(method)
        except AttributeError:
            raise Unusable(f"it has no method '{method}'") from None
        own = {n: v for n, v in instance.attributes().items() if n not in trial.ways[0].expressions}
        for without in _usual_first(
            without_outputs(
                taken,
                own,
                rows_first=subject.stated.get("batch_first", told_of.rows_first),
                whole=subject.stated.get("whole"),
            ),
            subject,
            told_of,
        ):
            before = replace(without, method=method)
            for calling in _usual_first(_shown(trial, before, refused), subject, told_of):
                if _as_told(calling, told_of):
                    if behaves(trial, calling):
                        yield calling
                    else:
                        doubtful.append(calling)
    yield from doubtful[:FEW]


def _usual_first(found: Iterable[Calling], subject: Subject, told_of: Told) -> Iterable[Calling]:
    """Sort ways of calling it so that those come first in which the state is as its framework has it."""
    usual = subject.stated.get("state")
    if not usual:
        return found
    return sorted(found, key=lambda one: not _as_told(one, replace(told_of, takes=usual, returns=usual)))


def _as_told(calling: Calling, told_of: Told) -> bool:
    """Tell whether states are given and returned in the order that is known."""
    given = "".join(slot.states for slot in calling.given if "(" in slot.what or "|" in slot.what)
    back = [slot for slot in calling.shown if slot.returned]
    pairs = [[s.where for q in pair for s in back if s.what == q] for pair in (("h", "c"), ("h_n", "c_n"))]
    returned = {"hc" if places == sorted(places) else "ch" for places in pairs if len(places) == 2}
    returned |= {slot.states for slot in back if "|" in slot.what}
    as_returned = not told_of.returns or returned <= {told_of.returns}
    return as_returned and (not told_of.takes or given in ("", told_of.takes))


def _shown(trial: Trial, before: Calling, refused: list[BaseException]) -> list[Calling]:
    """Call it, and return the ways of taking what it shows; none where it raises."""
    sizes = trial.sizes if before.rows else trial.sizes._replace(rows=1)
    try:
        instance = trial.make(sizes)
        values = moderate(before, sizes)
        fill(instance, trial.ways[0], sizes)
        returned = asked(instance, before, values)
    except (Exception, SystemExit) as error:  # noqa: BLE001 (another way may be right)
        refused.append(error)
        return []
    found = list(leaves(returned, instance, sizes))
    if not found:
        refused.append(Misbehaved(_no_h(returned, before, instance, sizes)))
    if any(slot.attribute for slot in before.slots):  # what it keeps, it shows
        return [c for c in (*(outputs(before, found) if before.whole else ()), before) if _enough(c)]
    attributes = shown_by_attributes(instance, trial.ways[0].expressions, sizes)
    return [c for c in outputs(before, found + attributes) if _enough(c)]


def _no_h(returned: Any, before: Calling, instance: Instance, sizes: Sizes) -> str:
    """Say what was returned that has no h; most often there is another layer behind the LSTM."""
    many = returned if isinstance(returned, (tuple, list)) else [returned]
    shapes = [list(array.shape) for array in map(instance.floats, many) if array is not None]
    seen = f"arrays of {', '.join(map(str, shapes))}" if shapes else described(returned)
    given = [sizes.of(axis) for axis in before.inputs.axes.replace("*", "T")]
    return (
        f"given {given}, it returned {seen}, with no h of {sizes.units} units; "
        "if only a part of it is the LSTM, name that part"
    )


def _enough(calling: Calling) -> bool:
    """Tell whether it shows h; and c too of one step, which has to be given back."""
    seen = {q for slot in calling.shown for q in (slot.states or (slot.what,))}
    if calling.whole:
        return bool(seen & {"h", "h_n"})
    axes = {slot.axes for slot in calling.slots if slot.states}
    return {"h", "c"} <= seen and calling.takes == {"h", "c"} and len(axes) == 1


def _identified(
    subject: Subject,
    name: str,
    form: Format,
    accuracy: Accuracy,
    told_of: Told,
    trial: Trial,
    calling: Calling,
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
    if subject.fixed:
        return default
    for joined, way in tried.items():
        with contextlib.suppress(Unusable):
            found = identify(_adopted(subject, name, form, accuracy, told_of, trial, calling, way))
            if found.identified:
                first = found.hypotheses[0]
                order = _composed(way.layout.order, first.order)
                for other in trial.ways:
                    if (other.layout.order, other.layout.joined) == (order, joined):
                        return other
    return default


def _composed(given: str | None, taken: str) -> str | None:
    """Return the order in which gates must be given, if given in PyTorch's they are taken for others."""
    return taken if given else given


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
    if not (told_of.returns or named or _as_told(calling, replace(told_of, takes=None, returns=usual))):
        yield f"it returns {first} before {second}"
