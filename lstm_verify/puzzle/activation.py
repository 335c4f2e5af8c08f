"""An activation as a file names it: "tanh", "hard_sigmoid(1/6)", "scaled_tanh(alpha=2, beta=1/3)"."""

from __future__ import annotations

import re
from fractions import Fraction

from lstm_verify.lstm.semantics import BOUNDS, PARAMETERS, Activation, Bound
from lstm_verify.puzzle import expression
from lstm_verify.puzzle.document import Node, Scalar, kind
from lstm_verify.puzzle.expression import ExpressionError
from lstm_verify.puzzle.number import mistake
from lstm_verify.puzzle.problems import Problems, count, quoted, suggestion

_NAMES = ("alpha", "beta")
_NAMED = re.compile(r"\s*(?:(?P<name>\w+)\s*=)?")

ANYTHING = Activation("identity")
"""What stands in the place of an activation that cannot be read: every hand rule fits it."""


def read_activation(node: Node, problems: Problems) -> Activation:
    """Read an activation, its parameters filled in; where it is none, note the problem."""
    if not isinstance(node, Scalar) or node.missing:
        problems.add(node, f"expected an activation such as tanh, found {kind(node)}")
        return ANYTHING
    try:
        return _parse(node)
    except ExpressionError as error:
        mistake(node, error, problems)
        return ANYTHING


def _parse(text: str) -> Activation:
    before, bracket, after = text.partition("(")
    name, parameters = before.strip(), after.rstrip()
    if bracket and not parameters.endswith(")"):
        message = "the parenthesis is not closed; in braces a value with a comma needs quotation marks"
        raise ExpressionError(message, len(before))
    if name not in PARAMETERS:
        start = len(before) - len(before.lstrip())
        raise ExpressionError(f"{quoted(name)} is not known here; {suggestion(name, PARAMETERS)}", start)
    values = dict(zip(_NAMES, PARAMETERS[name], strict=False))
    if bracket:
        values |= _given(name, parameters[:-1], len(before) + 1)
    return Activation(name, **values)


def _given(name: str, text: str, start: int) -> dict[str, Fraction]:
    """Read the parameters in parentheses; `at` is where each begins."""
    known = _NAMES[: len(PARAMETERS[name])]
    values: dict[str, Fraction] = {}
    at = start
    for place, part in enumerate(text.split(",")):
        if place >= len(known):
            has = f"has {count(len(known), 'parameter')}" if known else "has no parameters"
            raise ExpressionError(f"{name} {has}", at)
        match = _NAMED.match(part)
        assert match is not None  # it may match nothing
        parameter = match["name"] or known[place]
        if parameter not in known:
            message = f"{name} has no parameter {quoted(parameter)}; {suggestion(parameter, known)}"
            raise ExpressionError(message, at + match.start("name"))
        if parameter in values:
            raise ExpressionError(f"{parameter} is given twice", at)
        bound = BOUNDS[name][known.index(parameter)]
        values[parameter] = _value(parameter, part[match.end() :], at + match.end(), bound)
        at += len(part) + 1
    return values


def _value(parameter: str, text: str, start: int, bound: Bound) -> Fraction:
    try:
        value = expression.parse(text).constant
    except ExpressionError as error:
        raise ExpressionError(str(error), start + error.offset) from None
    if not isinstance(value, Fraction):
        raise ExpressionError(f"{parameter} is a fraction or a decimal, found {quoted(text.strip())}", start)
    if not bound.holds(value):
        raise ExpressionError(f"{parameter} is {bound.words}, found {quoted(text.strip())}", start)
    return value
