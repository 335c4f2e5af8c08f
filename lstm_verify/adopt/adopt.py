"""Find out how an implementation is called and filled: by what it says, by its shapes, then by trying."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from lstm_verify.adopt.adopted import Adopted
from lstm_verify.adopt.calling import Array, Calling
from lstm_verify.adopt.expressions import Expression, filled
from lstm_verify.adopt.mapping import Layout, Mapped, Shape, Sorted, candidates, sort
from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.subjects.base import Instance, Subject
from lstm_verify.adopt.ways import REVERSED, asked, kept, leaves, outputs, shown, without_outputs
from lstm_verify.backends.errors import Unusable, told
from lstm_verify.faults.simulate import HONEST
from lstm_verify.faults.simulate import shown as computed
from lstm_verify.identify.probes import HALF, ROOM
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Place, Run, Weights
from lstm_verify.lstm.semantics import Semantics

MOST = 24
"""So many ways of calling it are tried with every way of filling it."""


@dataclass(frozen=True)
class Told:
    """What the user says.

    Attributes:
        weights: name -> what that parameter is filled with.
        layout: of all others.
        calling: how it is called; None to find out.
        declared: fields of `Semantics` that it has.
    """

    weights: Mapping[str, Expression]
    layout: Layout
    calling: Calling | None
    declared: Mapping[str, Any]


@dataclass
class Trial:
    """One way of making it, at the sizes that it is looked at with."""

    make: Callable[[Sizes], Instance]
    sizes: Sizes
    found: Sorted
    ways: list[Mapped]


def adopt(subject: Subject, name: str, form: Format, accuracy: Accuracy, told_of: Told) -> Adopted:
    """Find out how an implementation is to be called and filled.

    Raises:
        Unusable: it is no LSTM, or it cannot be made out; the message says what is missing.
    """
    sizes = subject.fixed or LOOK
    trials, problems = _trials(subject, sizes, told_of)
    if not trials:
        raise Unusable(f"{name} is no LSTM that can be made out: {problems[0]}")
    first: tuple[Trial, Calling] | None = None
    refused: list[BaseException] = []
    with np.errstate(all="ignore"):
        for trial in trials:
            for calling in islice(_callings(subject, trial, told_of, refused), MOST):
                first = first or (trial, calling)
                for mapped in trial.ways:
                    if _fits(trial, calling, mapped, form, told_of.declared):
                        return _adopted(subject, name, form, accuracy, told_of, trial, calling, mapped)
        if first is None:
            why = f"; the last try: {told(refused[-1])}" if refused else ""
            raise Unusable(
                f"{name}: no way of calling it was found{why}; say how: call=…, or write an adapter: lstm-verify scaffold {name}"
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
            for m in candidates(found, told_of.layout, sizes)
        ]
        wrong = _misshapen(ways, shapes, sizes)
        if wrong:
            problems.append(wrong)
        else:
            trials.append(Trial(make, sizes, found, ways))
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
        for without in without_outputs(instance.arguments(method), subject.stated):
            before = replace(without, method=method)
            for calling in _shown(trial, before, refused):
                if _behaves(trial, calling):
                    yield calling
                else:
                    doubtful.append(calling)
    yield from doubtful


def _shown(trial: Trial, before: Calling, refused: list[BaseException]) -> list[Calling]:
    """Call it, and return the ways of taking what it shows; none where it raises."""
    sizes = trial.sizes if before.rows else trial.sizes._replace(rows=1)
    try:
        instance = trial.make(sizes)
        values = _values(before, sizes)
        _fill(instance, trial.ways[0], sizes)
        returned = asked(instance, before, values)
    except (Exception, SystemExit) as error:  # noqa: BLE001 (another way may be right)
        refused.append(error)
        return []
    found = list(leaves(returned, instance, sizes))
    states = kept(instance, before, sizes) if not before.takes else []
    if states:
        before = replace(before, slots=(*before.slots, *states))
        found = [
            leaf for leaf in found if not any(_same(instance, slot.where, leaf.array) for slot in states)
        ]
        alone = [before] if not before.whole and {"h", "c"} <= before.takes else []
        return [c for c in (*outputs(before, found), *alone) if _enough(c)]
    return [c for c in outputs(before, found) if _enough(c)]


def _same(instance: Instance, where: str, array: Array) -> bool:
    """Tell whether an attribute is what was returned."""
    own = instance.floats(instance.attribute(where[1:]))
    return own is not None and own.size == array.size and np.array_equal(own.ravel(), array.ravel())


def _enough(calling: Calling) -> bool:
    """Tell whether it shows h; and c too of one step, which has to be given back."""
    seen = {q for slot in calling.shown for q in (slot.states or slot.what)} | {s.what for s in calling.shown}
    return (
        {"h", "c"} <= seen and calling.takes == {"h", "c"} if not calling.whole else bool(seen & {"h", "h_n"})
    )


def _behaves(trial: Trial, calling: Calling) -> bool:
    """Tell whether what is shown depends on the inputs as it must, whatever the weights are.

    One row's input changes that row alone; over a sequence, that step and those after it.
    """
    sizes = trial.sizes if calling.rows else trial.sizes._replace(rows=1)
    values = _values(calling, sizes)
    changed = dict(values, x=values["x"].copy())
    changed["x"][(0, 1) if calling.whole else 0] += 0.5
    try:
        seen = [_ask(trial, calling, trial.ways[0], sizes, v) for v in (values, changed)]
    except Exception:  # noqa: BLE001 (then it is not called like this)
        return False
    quantity = "h" if "h" in seen[0] else "h_n"
    moved = seen[0][quantity] != seen[1][quantity]
    if moved[1:].any():
        return False
    per_step = moved[0].any(axis=-1)
    return (
        bool(not per_step[0] and per_step[1:].all())
        if quantity == "h" and calling.whole
        else bool(per_step.any())
    )


def _fits(trial: Trial, calling: Calling, mapped: Mapped, form: Format, declared: Mapping[str, Any]) -> bool:
    """Tell whether it computes what an LSTM must, called and filled like this."""
    sizes = trial.sizes if calling.rows else trial.sizes._replace(rows=1)
    values = _values(calling, sizes)
    try:
        seen = _ask(trial, calling, mapped, sizes, values)
    except Exception:  # noqa: BLE001 (then it is not called like this)
        return False
    network = probe(sizes, mapped.fields, declared)
    none = np.zeros((sizes.rows, sizes.units))
    inputs = values["x"] if calling.whole else values["x"][:, None]
    h0, c0 = values.get("h", none), values.get("c", none)
    runs = [
        Run(form.rounded(x), form.rounded(h[None]), form.rounded(c[None]))
        for x, h, c in zip(inputs, h0, c0, strict=True)
    ]
    right = computed(HONEST, network.map(form.rounded), runs)
    near = min(HALF, ROOM * form.roundoff)
    for quantity, array in seen.items():
        expected = right[Place(quantity)]
        wanted = expected if array.ndim == 3 else expected[:, -1]
        if array.shape != wanted.shape or not np.all(np.abs(array - wanted) <= near):
            return False
    return True


def _ask(
    trial: Trial, calling: Calling, mapped: Mapped, sizes: Sizes, values: Mapping[str, Array]
) -> dict[str, Array]:
    instance = trial.make(sizes)
    _fill(instance, mapped, sizes)
    return shown(instance, calling, values)


def _fill(instance: Instance, mapped: Mapped, sizes: Sizes) -> None:
    instance.fill(filled(mapped.expressions, probe(sizes, mapped.fields).layers[0]))


def _values(calling: Calling, sizes: Sizes) -> dict[str, Array]:
    """Return inputs, and the states that it takes, all of moderate size."""
    rng = np.random.default_rng(7)
    shape = (sizes.rows, sizes.steps, sizes.inputs) if calling.whole else (sizes.rows, sizes.inputs)
    values = {"x": rng.uniform(-1, 1, shape)}
    return values | {q: rng.uniform(-0.8, 0.8, (sizes.rows, sizes.units)) for q in "hc" if q in calling.takes}


def probe(sizes: Sizes, fields: frozenset[str], declared: Mapping[str, Any] | None = None) -> Network:
    """Return a network of which every weight counts, but those that an implementation has no place for."""
    rng = np.random.default_rng(11)
    rows = 4 * sizes.units
    draw = {
        "weight_ih": rng.uniform(-0.9, 0.9, (rows, sizes.inputs)),
        "weight_hh": rng.uniform(-0.9, 0.9, (rows, sizes.units)),
        "bias_ih": rng.uniform(-0.7, 0.7, rows),
        "bias_hh": rng.uniform(-0.7, 0.7, rows),
    }
    if not any(name.startswith("bias") for name in fields):
        draw |= {"bias_ih": np.zeros(rows), "bias_hh": np.zeros(rows)}
    semantics = Semantics(**{k: v for k, v in (declared or {}).items() if k != "peephole"})
    return Network(sizes.inputs, sizes.units, (Weights(**draw),), semantics=semantics)


def _identified(
    subject: Subject,
    name: str,
    form: Format,
    accuracy: Accuracy,
    told_of: Told,
    trial: Trial,
    calling: Calling,
) -> Mapped:
    """Return how parameters are filled, where no way makes it right: as `identify` finds that it reads them."""
    from lstm_verify.identify import identify

    default = trial.ways[0]
    if not default.conditions or subject.fixed:
        return default
    tried: dict[str | None, Mapped] = {}
    for way in trial.ways:
        tried.setdefault(way.layout.joined, way)
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
    conditions = (*mapped.conditions, *(() if told_of.calling else _conditions(calling, subject)))
    return Adopted(
        name, form, accuracy, trial.make, calling, mapped, conditions, dict(told_of.declared), subject.fixed
    )


def _conditions(calling: Calling, subject: Subject) -> Iterator[str]:
    """Say what is other than usual in a way of calling that was found by trying."""
    if calling.inputs.axes == "BTI" and "batch_first" not in subject.stated:
        yield "its inputs are [rows, steps, inputs]"
    turned = any(slot.what in REVERSED for slot in calling.given)
    if subject.stated.get("state") in REVERSED:
        if any(slot.what == "(h c)" for slot in calling.given):
            yield "its state is (h, c)"
        return
    if turned:
        yield "its state is (c, h)"
    back = [slot for slot in calling.shown if slot.returned]
    for h, c in (("h", "c"), ("h_n", "c_n")):
        pair = {slot.what: slot.where for slot in back if slot.what in (h, c)}
        if len(pair) == 2 and pair[c] < pair[h] and not any("'" in where for where in pair.values()):
            yield "it returns c before h"
    if any(slot.what == "c|h" for slot in back):
        yield "it returns c before h"
