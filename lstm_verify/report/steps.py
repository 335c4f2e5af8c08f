"""A puzzle worked by hand, step by step, as a person would write it down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from lstm_verify.lstm.arithmetic.hand import Hand
from lstm_verify.lstm.cell import Step
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Place, Run
from lstm_verify.lstm.numerals import is_short
from lstm_verify.lstm.readings import by_hand
from lstm_verify.lstm.semantics import GATES
from lstm_verify.lstm.unroll import Trace, Unroll
from lstm_verify.puzzle.model import Case, Puzzle
from lstm_verify.report.equations import layers
from lstm_verify.report.readings import Readings
from lstm_verify.report.writing import (
    WIDTH,
    Layer,
    affine,
    equals,
    factor,
    letter,
    numbered,
    plain,
    summed,
    together,
    unit_name,
    written_sum,
)


class Taken(NamedTuple):
    """One step with what it was given; t counts from 0."""

    t: int
    x: Sequence[Hand]
    h: Sequence[Hand]
    c: Sequence[Hand]
    step: Step[Any]


class Recorded(Unroll[Any]):
    """The network by hand, with a record of what each step was given."""

    def __init__(self, unroll: Unroll[Any]) -> None:
        super().__init__(unroll.network, unroll.cells, unroll.vectors, unroll.head)
        self.taken: dict[int, list[Taken]] = {}

    def advance(self, index: int, t: int, x: Any, h: Any, c: Any, run: Run) -> tuple[Step[Any], Any, Any]:
        """Take one step and note it."""
        found = super().advance(index, t, x, h, c, run)
        self.taken.setdefault(index, []).append(Taken(t, x, h, c, found[0]))
        return found


class OnTheWay(NamedTuple):
    """What a step comes to on the way.

    Attributes:
        seen: gate -> the cell state that its peephole sees.
        z: gate -> pre-activation, [hidden_size].
        m: o ⊙ tanh(c), before it is projected.
    """

    seen: dict[str, Sequence[Hand]]
    z: dict[str, Sequence[Hand]]
    m: Sequence[Hand]

    @classmethod
    def of(cls, cell: Any, taken: Taken) -> OnTheWay:
        """Work it out, for a step that is to be printed."""
        step, new = taken.step, cell.semantics.peephole == "new"
        seen = {gate: step.c if gate == "o" and new else taken.c for gate in GATES}
        z = {gate: cell.preactivation(gate, taken.x, taken.h, seen[gate]) for gate in GATES}
        return cls(seen, z, cell.hidden_state(step.o, step.c))


def worked(puzzle: Puzzle, case: Case, steps: int, units: int, *, one_hot: bool) -> Iterator[str]:
    """Work a case out: for each layer the inputs, then each gate, c and h of each unit, and what is read off.

    Gates that are the same at all steps stand before the first.

    Args:
        steps: at most so many steps of each layer and direction.
        units: at most so many units of each step.
        one_hot: whether to say which units are on.

    Raises:
        exact.Undecided, arithmetic.hand.NotByHand: it cannot be worked.
    """
    record = Recorded(by_hand(puzzle.network, puzzle.ideal))
    trace = record.trace(case.run)
    readings = Readings(puzzle, trace, one_hot=one_hot)
    for index, layer in enumerate(layers(puzzle)):
        if layer.heading:
            yield f"{layer.heading}:"
        yield from _constant(layer, record.cells[index], record.taken[index], units)
        yield from _initial(layer, case.run, index)
        for taken in record.taken[index][:steps]:
            yield f"t={taken.t + 1}  {_given(case, layer, taken)}"
            if taken.step.i is None:
                yield f"     {_held(case.run, layer, taken)}"
                continue
            way = OnTheWay.of(record.cells[index], taken)
            shown = range(min(units, puzzle.network.hidden_size))
            lines = [line for unit in shown for line in _unit(layer, unit, taken, way)]
            lines += [*_projection(layer, taken, way), *readings.after(index, taken.t)]
            yield from (f"     {line}" for line in lines)
        if case.run.length is not None or case.run.mask is not None:
            c = _values(layer, "c", _ideals(trace.c_n[index]))
            h = _values(layer, "h", _ideals(trace.h_n[index]))
            yield f"end  the state is {c}, {h}"
    yield from _logits(puzzle, trace, steps)


def _constant(layer: Layer, cell: Any, steps: Sequence[Taken], units: int) -> Iterator[str]:
    """Write the gates that neither an input nor a state moves, those of the same value in one line."""
    first = next((taken for taken in steps if taken.step.i is not None), None)
    if first is None:
        return
    way = OnTheWay.of(cell, first)
    for gate in GATES:
        alike: dict[str, list[str]] = {}
        for unit in range(min(units, layer.network.hidden_size)):
            if layer.is_constant(gate, unit):
                name = layer.name(gate, unit)
                alike.setdefault(_gate(layer, gate, unit, first, way).removeprefix(name), []).append(name)
        for line, names in alike.items():
            yield f"     always {together(names)}{line}"


def _initial(layer: Layer, run: Run, index: int) -> Iterator[str]:
    h, c = run.h0[index], run.c0[index]
    if any(x != 0 for x in (*h, *c)):
        backwards = layer.network.reversed(layer.direction)
        state = f"{_values(layer, 'h', h)}, {_values(layer, 'c', c)}"
        yield f"{'begin' if backwards else 't=0'}  {state}"


def _given(case: Case, layer: Layer, taken: Taken) -> str:
    """Say what the inputs of a step are: as they were written, or as the layer below has them."""
    if layer.layer == 0 and case.text is not None:
        return letter(case.text[taken.t])
    written = (
        [n.text for n in case.inputs[taken.t]] if layer.layer == 0 else [plain(x.ideal) for x in taken.x]
    )
    return ", ".join(f"{name} = {text}" for name, text in zip(layer.inputs, written, strict=True))


def _held(run: Run, layer: Layer, taken: Taken) -> str:
    """Say of a step that does not count what stays."""
    why = "padding" if run.length is not None and taken.t >= run.length else "masked"
    c, h = _values(layer, "c", _ideals(taken.step.c)), _values(layer, "h", _ideals(taken.step.h))
    return f"{why}: nothing is computed; the state stays, {c}; the output is {h}"


def _values(layer: Layer, quantity: str, values: Sequence[Exact]) -> str:
    """Write c[0] = 0.25, c[1] = 0."""
    names = zip(layer.names(quantity), values, strict=True)
    return ", ".join(f"{name} = {plain(x)}" for name, x in names)


def _ideals(vector: Sequence[Hand]) -> list[Exact]:
    return [x.ideal for x in vector]


def _unit(layer: Layer, unit: int, taken: Taken, way: OnTheWay) -> Iterator[str]:
    """Work out the gates, c and h of one unit."""
    step = taken.step
    for gate in GATES:
        if gate == (layer.semantics.coupled or "")[:1]:
            other = (layer.semantics.coupled or "")[-1]
            value = getattr(step, other)[unit]
            yield f"{layer.name(gate, unit)} = 1 − {factor(value.ideal)}" + equals(
                getattr(step, gate)[unit], exact=is_short(value.ideal)
            )
        elif not layer.is_constant(gate, unit):
            yield _gate(layer, gate, unit, taken, way)
    yield _cell_state(layer, unit, taken)
    # What is projected is m, as in Sak et al. 2014.
    m = numbered("m", unit, layer.network.hidden_size)
    name = m if layer.network.proj_size else layer.name("h", unit)
    yield _hidden_state(layer, name, unit, step, way.m[unit])


def _gate(layer: Layer, gate: str, unit: int, taken: Taken, way: OnTheWay) -> str:
    """Write i = σ(100·1 − 10) = σ(90) ≈ 1."""
    z, value = way.z[gate][unit], getattr(taken.step, gate)[unit]
    given = [factor(v.ideal) for v in taken.x], [factor(v.ideal) for v in taken.h]
    text = written_sum(layer.terms(gate, unit, *given, factor(way.seen[gate][unit].ideal)))
    parts = [
        layer.name(gate, unit),
        layer.applied(gate, f"clip({text})" if layer.semantics.clip_gates is not None else text),
        layer.applied(gate, written_sum([(z.ideal, "")])),
    ]
    if parts[1] == parts[2] or sum(map(len, parts)) > WIDTH - 30:
        del parts[1]
    identity = layer.activations.of(gate).name == "identity"
    if identity and parts[-1] == plain(value.ideal):
        del parts[-1]
    return " = ".join(parts) + equals(value, exact=identity)


def _clip(text: str, value: Exact) -> str:
    """clip(2·0.125 − 0.0625) = clip(0.1875): a sum, and what it is before it is clipped."""
    return f"clip({text}) = clip({plain(value)})"


def _cell_state(layer: Layer, unit: int, taken: Taken) -> str:
    """c = 1·0 + 1·0.2 = 0.2."""
    step = taken.step
    f, i, g = (getattr(step, q)[unit].ideal for q in "fig")
    c = taken.c[unit].ideal
    text = f"{factor(f)}·{factor(c)} + {factor(i)}·{factor(g)}"
    if layer.semantics.clip_cell is not None:
        text = _clip(text, f * c + i * g)
    return f"{layer.name('c', unit)} = {text}" + equals(step.c[unit], exact=all(map(is_short, (f, i, g))))


def _hidden_state(layer: Layer, name: str, unit: int, step: Step[Any], value: Hand) -> str:
    """h = 1·tanh(0.3) ≈ 0.3."""
    assert step.o is not None
    c, o = step.c[unit].ideal, step.o[unit].ideal
    identity = layer.activations.h.name == "identity"
    product = f"{factor(o)}·{factor(c) if identity else layer.applied('h', plain(c))}"
    return f"{name} = {product}" + equals(value, exact=identity or o == 0)


def _projection(layer: Layer, taken: Taken, way: OnTheWay) -> Iterator[str]:
    """h[0] = 0.5·0.2 − 1·0.3 = −0.2."""
    for unit, row in enumerate(layer.weights.weight_hr or ()):
        text = affine(row, [factor(v.ideal) for v in way.m])
        if layer.semantics.clip_projection is not None:
            before = sum((w * v.ideal for w, v in zip(row, way.m, strict=True)), start=Fraction(0))
            text = _clip(text, before)
        yield f"{layer.name('h', unit)} = {text}" + equals(taken.step.h[unit], exact=True)


def _logits(puzzle: Puzzle, trace: Trace[Any], steps: int) -> Iterator[str]:
    """Work out the output layer's sums."""
    head = puzzle.network.head
    if head is None or trace.logits is None:
        return
    yield "output layer:"
    for t, logits in enumerate(trace.logits[:steps]):
        last = trace.steps[-puzzle.network.directions :]
        h = [factor(x.ideal) for direction in last for x in direction[t].h]
        yield f"t={t + 1}"
        for unit, (row, bias) in enumerate(zip(head.weight, head.bias, strict=True)):
            name = unit_name(puzzle, Place("logits"), unit)
            yield f"     {name}{summed(affine(row, h, bias), logits[unit])}"
