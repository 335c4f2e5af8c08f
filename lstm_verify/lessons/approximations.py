"""What a person rounds away in the memory lesson, found with proven digits: σ and tanh in balls."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from lstm_verify.lessons.figures import digits
from lstm_verify.lessons.ledger import Finding, Table, judged
from lstm_verify.lessons.subjects import by_hand, puzzle
from lstm_verify.lstm import exact
from lstm_verify.lstm.exact import Exact

TENTH, HUNDREDTH = Fraction(5, 100), Fraction(5, 1000)
"""Half a unit of the first decimal and of the second: how far off a number written so may be."""

Function = Callable[[Fraction], Exact]


def arguments(gate: str) -> list[Fraction]:
    """Return what a gate of the example squashes at each step: W x + b."""
    network, case = puzzle("memory")
    w = network.layers[0].gate(gate)
    sums = [sum(a * x for a, x in zip(w.weight_ih[0], xs, strict=True)) for xs in case.run.inputs]
    return [Fraction(z + w.bias_ih[0]) for z in sums]


def sigmoid_table(sigmoid: Function = exact.sigmoid) -> Finding:
    """Find how far σ is from the 0 or 1 that it is taken for, at every argument in the example."""
    found = sorted({z for gate in "ifo" for z in arguments(gate)}, key=abs)
    away = {z: _distance(sigmoid(z), Fraction(z > 0)) for z in found}
    rows = tuple((f"σ({z})".replace("-", "−"), str(int(z > 0)), digits(d)) for z, d in away.items())
    figure = "off by " + ", ".join(dict.fromkeys(f"{digits(d)} at z = ±{abs(z)}" for z, d in away.items()))
    right = all(exact.sign(d - TENTH) <= 0 for d in away.values())
    return judged(figure, as_said=right, table=Table(("value", "taken as", "off by"), rows))


def tanh_table(tanh: Function = exact.tanh) -> Finding:
    """Find how far tanh x is from x, at every x in the example, and whether the digits written are right."""
    _, case = puzzle("memory")
    numbers = [*(row[0] for row in case.inputs), *by_hand(case, "c")]
    half_units = {abs(Fraction(number.text)): number.half_unit for number in numbers if number.value}
    found = sorted(half_units)
    away = {x: _distance(tanh(x), x) for x in found}
    wrong = [x for x in found if exact.sign(away[x] - (half_units[x] or 0)) > 0]
    rows = tuple((f"tanh({float(x)})", str(float(x)), digits(away[x])) for x in found)
    figure = "off by " + ", ".join(f"{digits(away[x])} at x = {float(x)}" for x in found)
    if wrong:
        figure += "; more than half a unit of the last digit written: "
        figure += ", ".join(f"tanh {float(x)} = {digits(tanh(x))}" for x in wrong)
    to_a_tenth = all(exact.sign(d - TENTH) <= 0 for d in away.values())
    table = Table(("value", "taken as", "off by"), rows)
    return judged(figure, as_said=not wrong, corrected=to_a_tenth, table=table)


def tanh_is_x(tanh: Function = exact.tanh) -> Finding:
    """Find up to which x tanh x is x to two decimals, and to one."""
    end = Fraction(1, 4)
    away = _distance(tanh(end), end)
    figure = (
        f"at ±0.25 they are {digits(away)} apart. Two decimals (0.005 apart) are right for "
        f"|x| ≤ {_last(tanh, HUNDREDTH)}, one (0.05 apart) for |x| ≤ {_last(tanh, TENTH)}"
    )
    right = {half: exact.sign(away - half) <= 0 for half in (HUNDREDTH, TENTH)}
    return judged(figure, as_said=right[HUNDREDTH], corrected=right[TENTH])


def _last(tanh: Function, half: Fraction) -> float:
    """Return the last x up to 2, of four decimals, with |tanh x − x| ≤ half: the distance grows with x."""
    unit = Fraction(1, 10_000)
    low, beyond = 0, 20_000
    while beyond - low > 1:
        middle = (low + beyond) // 2
        if exact.sign(_distance(tanh(middle * unit), middle * unit) - half) <= 0:
            low = middle
        else:
            beyond = middle
    return float(low * unit)


def _distance(x: Exact, y: Fraction) -> Exact:
    difference = x - y
    return difference if exact.sign(difference) >= 0 else -difference
