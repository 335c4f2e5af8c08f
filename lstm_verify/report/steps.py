"""A puzzle worked by hand, step by step, as a person would write it down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lstm_verify.lstm.arithmetic.hand import Hand, HandArithmetic
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.numerals import is_short, rounded_up, short
from lstm_verify.lstm.semantics import GATES
from lstm_verify.puzzle.model import Case, Puzzle

WIDTH = 100
SYMBOLS = {"sigmoid": "σ", "identity": ""}
RULES = {
    "step": "taken as 0 or 1, by the sign",
    "linear": "taken as its argument",
    "sign": "taken as −1 or 1, by the sign",
}
"""Hand rule -> what it does to σ or tanh; `exact` takes them as they are."""

Term = tuple[Exact, str]
"""A coefficient, and the name or the value that it multiplies ("" for a constant)."""


def equations(puzzle: Puzzle) -> Iterator[str]:
    """Write the network out: one line a gate and unit, with its hand rule."""
    lines = []
    for gate in GATES:
        for unit in range(puzzle.network.hidden_size):
            formula = _applied(puzzle, gate, _sum(_terms(puzzle, gate, unit, *_names(puzzle))))
            lines.append((f"{_name(puzzle, gate, unit)} = {formula}", _rule(puzzle, gate, unit)))
    lines.append(("c = f·(c before) + i·g", ""))
    rules = dict.fromkeys(_rule(puzzle, "h", unit) for unit in range(puzzle.network.hidden_size))
    lines += [(f"h = o·{_applied(puzzle, 'h', 'c')}", rule) for rule in rules]
    width = max(len(formula) for formula, _ in lines)
    for formula, rule in lines:
        yield (f"{formula.ljust(min(width, WIDTH - 40))}   {rule}" if rule else formula).rstrip()


def worked(puzzle: Puzzle, case: Case, steps: int) -> Iterator[str]:
    """Work the first steps of a case out: the inputs, then each gate, c and h of each unit."""
    network, run = puzzle.network, case.run
    arithmetic = HandArithmetic(puzzle.ideal)
    cell = Cell(network, arithmetic)
    h, c = arithmetic.vector(run.h0), arithmetic.vector(run.c0)
    if any(x != 0 for x in (*run.h0, *run.c0)):
        state = [
            f"{name} = {_plain(x)}"
            for q in "hc"
            for name, x in zip(_all(puzzle, q), getattr(run, f"{q}0"), strict=True)
        ]
        yield f"t=0  {', '.join(state)}"
    for t, row in enumerate(run.inputs[:steps]):
        given = ", ".join(
            f"{name} = {number.text}" for name, number in zip(puzzle.features, case.inputs[t], strict=True)
        )
        yield f"t={t + 1}  {given}"
        x = arithmetic.vector(row)
        z = {gate: cell.preactivation(gate, x, h) for gate in GATES}
        step = cell.step(x, h, c)
        values = [number.ideal for number in x], [number.ideal for number in h]
        for unit in range(network.hidden_size):
            for gate in GATES:
                terms = _terms(puzzle, gate, unit, *([_factor(v) for v in part] for part in values))
                yield "     " + _gate(puzzle, gate, unit, terms, z[gate][unit], getattr(step, gate)[unit])
            yield "     " + _cell_state(puzzle, unit, step, c[unit])
            yield "     " + _hidden_state(puzzle, unit, step)
        h, c = step.h, step.c


def _gate(puzzle: Puzzle, gate: str, unit: int, terms: Sequence[Term], z: Hand, value: Hand) -> str:
    """i = σ(100·1 − 10) = σ(90) ≈ 1."""
    parts = [
        _name(puzzle, gate, unit),
        _applied(puzzle, gate, _sum(terms)),
        _applied(puzzle, gate, _plain(z.ideal)),
    ]
    if parts[1] == parts[2] or sum(map(len, parts)) > WIDTH - 30:
        del parts[1]
    identity = puzzle.network.semantics.activation(gate) == "identity"
    if identity and parts[-1] == _plain(value.ideal):
        del parts[-1]
    return " = ".join(parts) + _equals(value, exact=identity)


def _cell_state(puzzle: Puzzle, unit: int, step: Any, before: Hand) -> str:
    """c = 1·0 + 1·0.2 = 0.2."""
    f, i, g = (_factor(getattr(step, q)[unit].ideal) for q in "fig")
    exact = all(is_short(getattr(step, q)[unit].ideal) for q in "fig")
    product = f"{f}·{_factor(before.ideal)} + {i}·{g}"
    return f"{_name(puzzle, 'c', unit)} = {product}" + _equals(step.c[unit], exact=exact)


def _hidden_state(puzzle: Puzzle, unit: int, step: Any) -> str:
    """h = 1·tanh(0.3) ≈ 0.3."""
    c, o = step.c[unit].ideal, step.o[unit].ideal
    identity = puzzle.network.semantics.h == "identity"
    product = f"{_factor(o)}·{_factor(c) if identity else _applied(puzzle, 'h', _plain(c))}"
    return f"{_name(puzzle, 'h', unit)} = {product}" + _equals(step.h[unit], exact=identity or o == 0)


def _equals(value: Hand, *, exact: bool) -> str:
    """Write = or ≈ and an ideal, with the radius where there is one."""
    sign = "=" if is_short(value.ideal) and (exact or value.radius == 0) else "≈"
    radius = f"   (± {rounded_up(value.radius)})" if value.radius > 0 else ""
    return f" {sign} {_plain(value.ideal)}{radius}"


def _names(puzzle: Puzzle) -> tuple[list[str], list[str]]:
    return list(puzzle.features), _all(puzzle, "h")


def _all(puzzle: Puzzle, quantity: str) -> list[str]:
    return [_name(puzzle, quantity, unit) for unit in range(puzzle.network.hidden_size)]


def _name(puzzle: Puzzle, quantity: str, unit: int) -> str:
    return quantity if puzzle.network.hidden_size == 1 else f"{quantity}[{unit}]"


def _rule(puzzle: Puzzle, role: str, unit: int) -> str:
    rule = puzzle.ideal[role][unit]
    return f"({_applied(puzzle, role, '…')} is {RULES[rule]})" if rule in RULES else ""


def _applied(puzzle: Puzzle, role: str, argument: str) -> str:
    name = puzzle.network.semantics.activation(role)
    symbol = SYMBOLS.get(name, name)
    return f"{symbol}({argument})" if symbol else argument


def _terms(puzzle: Puzzle, gate: str, unit: int, inputs: Sequence[str], hidden: Sequence[str]) -> list[Term]:
    """Return the terms of a pre-activation whose weight is not 0, and the sum of the biases."""
    w = {name: tensor[unit] for name, tensor in puzzle.network.weights.gate(gate).items()}
    terms = [
        (weight, name)
        for row, names in ((w["weight_ih"], inputs), (w["weight_hh"], hidden))
        for weight, name in zip(row, names, strict=True)
        if weight != 0
    ]
    bias = w["bias_ih"] + w["bias_hh"]
    return [*terms, (bias, "")] if bias != 0 or not terms else terms


def _sum(terms: Sequence[Term]) -> str:
    """100·x2 − 10."""
    text = ""
    for coefficient, factor in terms:
        size = _plain(coefficient).removeprefix("−")
        negative = _plain(coefficient) != size
        if size == "1" and factor:
            term = factor.strip("()") if terms == [(coefficient, factor)] else factor
        else:
            term = f"{size}·{factor}" if factor else size
        if text:
            text += f" {'−' if negative else '+'} {term}"
        else:
            text = f"−{term}" if negative else term
    return text


def _plain(x: Exact) -> str:
    """Write a number with a true minus sign."""
    text = short(x)
    return "−" + text[1:] if text.startswith("-") else text


def _factor(x: Exact) -> str:
    """Write a number so that it can stand in a product: negative ones in brackets."""
    text = _plain(x)
    return f"({text})" if text.startswith("−") else text
