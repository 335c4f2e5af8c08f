"""A puzzle's equations in LaTeX: those of the text, sign by sign, with time as an index.

What stands for the state before is h_{t-1} and c_{t-1}, and backwards h_{t+1} and c_{t+1}; all else is of
the step t. MathJax and GitHub are to read it too: GitHub forbids `operatorname`, and MathJax 3 prints a
backslash that stands before a sign within `text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lstm_verify.puzzle.model import Puzzle
from lstm_verify.report.equations import blocks, left_out

SIGNS = {"·": r"\,", "−": "-", "±": r"\pm ", "√": r"\sqrt", "…": r"\dots"}

FUNCTIONS = {"σ": r"\sigma", **{name: rf"\{name}" for name in ("tanh", "ln", "min", "max")}}
"""The others are written upright."""

GREEK = {"α": r"\alpha", "β": r"\beta"}

OPEN, CLOSED = "\N{LEFT SINGLE QUOTATION MARK}", "\N{RIGHT SINGLE QUOTATION MARK}"

LETTERS = {
    **{character: rf"}}\{character}\text{{" for character in "#$%&_{}"},
    **{character: rf"\{character}{{}}" for character in "^~"},
    "\\": r"}\backslash\text{",
}
"""Characters that text has not as they are: most are written as mathematics between two pieces of text."""

_TOKEN = re.compile(
    r"'(?P<letter>\\\w+|.)'"
    r"|(?:(?<!\w)\((?P<before>[^\s()]+) before\)|(?P<alone>[^\s()]+) before)"
    r"|(?P<function>[^\W\d]\w*)(?=\()"
    r"|(?P<name>(?<!\w)[^\W\d]\w*(?:\[\w+\])?)"
    r"|(?P<mantissa>\d[\d.]*)e\+?(?P<exponent>-?\d+)"
    r"|(?P<sign>[·−±√…])"
)
_NAME = re.compile(r"(?P<base>\w+?)(?:_l(?P<layer>\d+)(?P<reverse>_reverse)?)?(?:\[(?P<unit>\w+)\])?")


def equations(puzzle: Puzzle, units: int) -> Iterator[str]:
    """Write the network out as an `aligned` block, to stand in a display of amsmath."""
    yield r"\begin{aligned}"
    for block in blocks(puzzle, units):
        if block.heading:
            yield rf"&\text{{{block.heading}:}} \\"
        for line in block.lines:
            formula, _, words = line.formula.partition(", over ")
            left, _, right = formula.partition(" = ")
            said = rf" \quad\text{{(over {words})}}" if words else ""
            yield rf"{_written(left, block.before and 't')} &= {_written(right, block.before)}{said} \\"
    if remark := left_out(puzzle, units):
        yield rf"&\text{{{remark}}} \\"
    yield r"\end{aligned}"


def _written(text: str, before: str) -> str:
    """Write a side of an equation, in which h is of the step `before`; "" where nothing is of a step."""

    def token(found: re.Match[str]) -> str:
        if found["letter"]:
            return f"{_letter(found['letter'])}_t"
        if earlier := found["before"] or found["alone"]:
            return _indexed(earlier, before, "ch")
        if found["function"]:
            name = found["function"]
            return FUNCTIONS.get(name) or _upright(name)
        if found["name"]:
            return _indexed(found["name"], before)
        if found["mantissa"]:
            factor = "" if found["mantissa"] == "1" else rf"{found['mantissa']}\cdot"
            return f"{factor}10^{{{found['exponent']}}}"
        return SIGNS[found["sign"]]

    return _TOKEN.sub(token, re.sub(r"√\((.*)\)", r"√{\1}", text))


def _indexed(name: str, before: str, earlier: str = "h") -> str:
    """Write h_l1_reverse[odd] with its layer and direction above, its unit and time below.

    Args:
        earlier: the quantities that are of the step `before`; all else is of the step t.
    """
    parts = _NAME.fullmatch(name)
    assert parts is not None, name
    time = before if parts["base"] in earlier else before and "t"
    where = ",".join([*filter(None, [parts["layer"]]), *([r"\leftarrow"] if parts["reverse"] else [])])
    base = re.fullmatch(r"([^\W\d_])(\d*)", parts["base"])
    unit = parts["unit"] or (base[2] if base else "")
    symbol = GREEK.get(base[1], base[1]) if base else _upright(parts["base"])
    above = f"^{{({where})}}" if where else ""
    index = unit if re.fullmatch(r"[^\W\d_]?|\d+", unit) else _upright(unit)
    below = ",".join(filter(None, [index, time]))
    return f"{symbol}{above}" + (f"_{{{below}}}" if below else "")


def _upright(name: str) -> str:
    """Write a name upright: as mathematics, where everybody has an underscore but not every letter."""
    escaped = name.replace("_", r"\_")
    return rf"\mathrm{{{escaped}}}" if name.isascii() else rf"\text{{{escaped}}}"


def _letter(text: str) -> str:
    """Write a character of an alphabet, or what stands for it, in quotation marks."""
    return rf"\text{{{OPEN}{''.join(LETTERS.get(c, c) for c in text)}{CLOSED}}}"
