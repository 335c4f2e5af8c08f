"""A puzzle's equations in LaTeX: those of the text, sign by sign, with time as an index.

What stands for the state before is h_{t-1} and c_{t-1}; all else is of the step t.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lstm_verify.puzzle.model import Puzzle
from lstm_verify.report.equations import blocks

SIGNS = {"·": r"\,", "−": "-", "±": r"\pm ", "√": r"\sqrt"}

FUNCTIONS = {"σ": r"\sigma", "tanh": r"\tanh", "ln": r"\ln"}

_TOKEN = re.compile(
    r"'(?P<letter>.)'"
    r"|(?P<digits>\d[\d.]*)e(?P<power>[-+]?\d+)"
    r"|(?P<function>[^\W\d]\w*)(?=\()"
    r"|(?:(?<!\w)\((?P<before>[^\s()]+) before\)|(?P<alone>[^\s()]+) before)"
    r"|(?P<name>[^\W\d]\w*(?:\[\w+\])?)"
    r"|(?P<sign>[·−±√])"
)
_NAME = re.compile(r"(?P<base>\w+?)(?:_l(?P<layer>\d+)(?P<reverse>_reverse)?)?(?:\[(?P<unit>\w+)\])?")


def equations(puzzle: Puzzle, units: int) -> Iterator[str]:
    """Write the network out as an `aligned` block, to stand in a display of amsmath."""
    yield r"\begin{aligned}"
    for block in blocks(puzzle, units):
        if block.heading:
            yield rf"&\text{{{_escaped(block.heading)}:}} \\"
        for line in block.lines:
            formula, _, words = line.formula.partition(", over ")
            left, _, right = formula.partition(" = ")
            said = rf" \quad\text{{(over {words})}}" if words else ""
            yield rf"{_written(left, left)} &= {_written(right, left)}{said} \\"
    yield r"\end{aligned}"


def _written(text: str, left: str) -> str:
    """Write a side of the equation of what stands on its left."""
    gate = re.match(r"[ifgo](\b|_l\d)", left) is not None  # its h is of the step before
    timeless = left.startswith("LN")

    def token(found: re.Match[str]) -> str:
        if found["letter"]:
            return rf"\text{{`{_escaped(found['letter'])}'}}_t"
        if found["digits"]:
            return rf"{found['digits']} \cdot 10^{{{int(found['power'])}}}"
        if found["function"]:
            return FUNCTIONS.get(found["function"], _upright(found["function"]))
        if found["sign"]:
            return SIGNS[found["sign"]]
        name = found["before"] or found["alone"] or found["name"]
        if timeless:
            return name if len(name) == 1 else _upright(name)
        past = not found["name"] or (gate and re.match(r"h(\b|_l\d)", name))
        return _indexed(name, "t-1" if past else "t")

    return _TOKEN.sub(token, re.sub(r"√\((.*)\)", r"√{\1}", text))


def _upright(name: str) -> str:
    return rf"\operatorname{{{_escaped(name)}}}"


def _indexed(name: str, time: str) -> str:
    """Write h_l1_reverse[odd] at a time with its layer and direction above, its unit and time below."""
    parts = _NAME.fullmatch(name)
    assert parts is not None, name
    where = ",".join([*filter(None, [parts["layer"]]), *([r"\leftarrow"] if parts["reverse"] else [])])
    base = re.fullmatch(r"([^\W\d])(\d*)", parts["base"])
    unit = parts["unit"] or (base[2] if base else "")
    symbol = base[1].replace("_", r"\_") if base else rf"\text{{{_escaped(parts['base'])}}}"
    above = f"^{{({where})}}" if where else ""
    index = unit if len(unit) < 2 or unit.isdigit() else rf"\text{{{_escaped(unit)}}}"
    return f"{symbol}{above}_{{{','.join(filter(None, [index, time]))}}}"


def _escaped(text: str) -> str:
    """Write text so that LaTeX takes none of it for a command."""
    return re.sub(
        r"([#$%&_{}])",
        r"\\\1",
        text.replace("\\", r"\textbackslash ").replace("^", r"\^{}").replace("~", r"\~{}"),
    )
