"""The ways of calling an implementation in which it shows something, likely ones first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from lstm_verify.adopt.calling import Calling
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.subjects.base import Instance, Subject
from lstm_verify.adopt.told import Told
from lstm_verify.adopt.trying import Trial, behaves, fill, moderate
from lstm_verify.adopt.ways import asked, leaves, outputs, shown_by_attributes, without_outputs
from lstm_verify.backends.answers import described
from lstm_verify.backends.errors import Misbehaved, Unusable

FEW = 4
"""So many ways of calling it are tried in which it behaves oddly."""


def callings(
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
                if as_told(calling, told_of):
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
    return sorted(found, key=lambda one: not as_told(one, replace(told_of, takes=usual, returns=usual)))


def as_told(calling: Calling, told_of: Told) -> bool:
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
    sizes = trial.sizes_of(before)
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
