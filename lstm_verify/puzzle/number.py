"""Numbers of a file: one, a list of them, or a table of them, with what was found instead."""

from __future__ import annotations

import re
from collections.abc import Collection
from fractions import Fraction
from functools import lru_cache

from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.semantics import Bound
from lstm_verify.puzzle import expression, literals
from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.expression import ExpressionError
from lstm_verify.puzzle.model import Number
from lstm_verify.puzzle.problems import Problems, count

PLAIN = ("ln",)
"""The functions that a number may use anywhere; tables have `expression.FUNCTIONS`."""

_decimal = lru_cache(maxsize=65_536)(literals.decimal)


def number(node: Node, problems: Problems, functions: Collection[str] = PLAIN) -> Number:
    """Read a number; where there is none, note the problem and return a 0 in its place."""
    if not isinstance(node, Scalar):
        problems.add(node, f"expected a number, found {kind(node)}")
        return Number("0", Fraction(0), 0, node.line, node.column)
    known = _decimal(node) if len(node) < 40 else None
    if known is None:
        value, place = _slowly(node, problems, functions)
    else:
        value, place = known
    return Number(str(node), value, place, node.line, node.column)


def _slowly(node: Scalar, problems: Problems, functions: Collection[str]) -> tuple[Exact, int | None]:
    text = node.strip()
    trap = literals.no_number(text)
    if node.missing or not text:
        trap = f"expected a number, found {kind(node)}; write 0 if you mean zero"
    if trap:
        problems.add(node, trap)
        return Fraction(0), 0
    plain = literals.decimal(text)
    if plain is not None:
        return plain
    try:
        return expression.parse(node, functions=functions).constant, None
    except ExpressionError as error:
        mistake(node, error, problems)
        return Fraction(0), None


def mistake(node: Scalar, error: ExpressionError, problems: Problems) -> None:
    """Note an error inside a scalar's text, at its very place where that is known."""
    shift = error.offset + node.shift if node.shift >= 0 else 0
    problems.add_at(node.line, node.column + shift, str(error))


ANY = Bound("a fraction or a decimal", lambda _: True)
NOT_NEGATIVE = Bound("0 or more", lambda x: x >= 0)


def fraction(node: Node, what: str, problems: Problems, bound: Bound = ANY) -> Fraction | None:
    """Read a number that is a fraction within a bound; None, and a problem, where it is none.

    Args:
        what: for messages, such as "the clip".
    """
    before = len(problems)
    value = number(node, problems).value
    if len(problems) > before:
        return None
    if not isinstance(value, Fraction):
        problems.add(node, f"expected {ANY.words}, found {kind(node)}")
    elif not bound.holds(value):
        problems.add(node, f"{what} is {bound.words}, found {kind(node)}")
    else:
        return value
    return None


def whole(node: Node, most: int, what: str, problems: Problems) -> int | None:
    """Read a whole number from 0 to `most`; None, and a problem, where it is none."""
    if isinstance(node, Scalar) and re.fullmatch("0|[1-9][0-9]{0,8}", node) and int(node) <= most:
        return int(node)
    problems.add(node, f"{what} is a whole number from 0 to {most:,}, found {kind(node)}")
    return None


def vector(node: Node, size: int, what: str, problems: Problems, *, spread: bool = True) -> tuple[Exact, ...]:
    """Read `size` numbers; a single one fills all of it if `spread`.

    Args:
        what: for messages, such as "bias_ih of gate f".
    """
    if isinstance(node, Scalar) and spread:
        return (number(node, problems).value,) * size
    if not isinstance(node, SequenceNode):
        problems.add(node, f"{what} is a list of {count(size, 'number')}, found {kind(node)}")
        return (Fraction(0),) * size
    check_length(node, size, what, "number", problems)
    return tuple(number(item, problems).value for item in node)


def matrix(
    node: Node, rows: int, columns: int, what: str, problems: Problems
) -> tuple[tuple[Exact, ...], ...]:
    """Read `rows` lists of `columns` numbers; one number fills it, a single row may be flat."""
    if isinstance(node, Scalar):
        return ((number(node, problems).value,) * columns,) * rows
    if not isinstance(node, SequenceNode):
        problems.add(node, f"{what} is a list of rows, found {kind(node)}")
        return ()
    if rows == 1 and node and isinstance(node[0], Scalar):
        return (vector(node, columns, what, problems),)
    check_length(node, rows, what, f"row of {count(columns, 'number')}", problems)
    return tuple(
        vector(row, columns, f"row {k} of {what}", problems, spread=False) for k, row in enumerate(node, 1)
    )


def check_length(found: SequenceNode, size: int, what: str, noun: str, problems: Problems) -> None:
    """Note a problem if a list has not the length that it should have."""
    if len(found) != size:
        name, *of = noun.split(maxsplit=1)
        needs = " ".join([count(size, name), *of])
        problems.add(found, f"{what} needs {needs}, found {len(found):,}")
