"""Numbers and gate rules: affine expressions, parsed by hand and never evaluated as code.

The grammar, with `function` one of ln, sigmoid and tanh, and only those that are allowed:

    sum     = product { ("+" | "-") product }
    product = factor { ("*" | "/") factor }
    factor  = { "+" | "-" } ( number | "(" sum ")" | function "(" sum ")" | feature | unit )
    unit    = state "[" ( k | name of a unit ) "]"

A state is h or c in a rule, and any of the network's in `reads`.

All values are exact. Length, depth and digits are bounded, and exponents are looked at before
they are expanded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from lstm_verify.lstm import exact
from lstm_verify.lstm.exact import Exact, Real
from lstm_verify.puzzle import literals
from lstm_verify.puzzle.affine import Affine
from lstm_verify.puzzle.problems import quoted, suggestion

MAX_LENGTH = 20_000
"""Characters of an expression."""

MAX_DEPTH = 50
"""Parentheses inside one another."""

_MAX_BITS = 8_192  # of numerator and denominator of anything that is computed on the way

_TOKEN = re.compile(rf"\s*(?:(?P<number>{literals.DECIMAL})|(?P<name>[^\W\d]\w*)|(?P<sign>[-+*/()\[\]]))")
_BLANK = re.compile(r"\s*")

_FUNCTIONS: Mapping[str, Callable[[Exact], Exact]] = {
    "ln": lambda x: exact.ln(_fraction(x)),
    "sigmoid": exact.sigmoid,
    "tanh": exact.tanh,
}
FUNCTIONS = tuple(_FUNCTIONS)
"""The names of all functions; which of them may be used depends on the place."""


class ExpressionError(ValueError):
    """An expression that cannot be read.

    Attributes:
        offset: where in the text, in characters from 0.
    """

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class State(NamedTuple):
    """A vector whose units may be named, as in h[0].

    Attributes:
        width: how many units it has.
        size: the key of `network` that says so.
        names: of its units, where they have some.
    """

    width: int
    size: str = "hidden_size"
    names: Sequence[str] = ()


@dataclass(frozen=True)
class Scope:
    """What an expression may name, beside numbers.

    Attributes:
        features: the names of the inputs.
        states: name of a state -> its units; empty where only a number may stand.
        own: the states of which only the rule's own unit may stand.
        elsewhere: a name that may not stand here -> the reason.
    """

    features: Collection[str] = ()
    states: Mapping[str, State] = field(default_factory=dict)
    own: Collection[str] = ()
    elsewhere: Mapping[str, str] = field(default_factory=dict)


NUMBER = Scope()
"""No names: only a number may stand."""


def _fraction(x: Exact) -> Fraction:
    if isinstance(x, Real):
        raise ValueError("ln is taken of fractions only")  # noqa: TRY004 - about a text, not a type
    return x


def parse(text: str, scope: Scope = NUMBER, *, unit: int = 0, functions: Collection[str] = ("ln",)) -> Affine:
    """Read an affine expression.

    Args:
        text: such as "100*x2 - 10", "2*h[0] - 1", "1/3" or "ln(3)/2".
        scope: the names that may be used.
        unit: the rule's own, the only one of `scope.own` that may stand.
        functions: those of `FUNCTIONS` that may be used, on numbers.

    Raises:
        ExpressionError: it is no such expression; the message says what to write instead.
    """
    if len(text) > MAX_LENGTH:
        message = (
            f"an expression of {len(text):,} characters; at most {MAX_LENGTH:,} are read"
            " (give a network this dense by its weights)"
        )
        raise ExpressionError(message, 0)
    return _Parser(text, scope, unit, functions).parse()


class _Parser:
    """One method a rule of the grammar; `self.at` is where the next token begins."""

    def __init__(self, text: str, scope: Scope, own: int, functions: Collection[str]) -> None:
        self.text = text
        self.scope = scope
        self.own = own
        self.functions = functions
        self.at = 0
        self.depth = 0
        self.kind = self.token = ""
        self.next()

    def next(self, before: int = 0) -> None:
        """Go to the next token; kind is "" at the end."""
        blank = _BLANK.match(self.text, self.at + len(self.token))
        self.at = blank.end() if blank else before
        if self.at == len(self.text):
            self.kind = self.token = ""
            return
        trap = literals.TRAP.match(self.text, self.at)
        if trap:
            raise ExpressionError(literals.trap(trap), self.at)
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise ExpressionError(f"unexpected {quoted(self.text[self.at])}", self.at)
        self.kind, self.token = match.lastgroup or "", match[0]

    def fail(self, message: str, at: int | None = None) -> ExpressionError:
        return ExpressionError(message, self.at if at is None else at)

    def parse(self) -> Affine:
        form = self.sum()
        if self.kind:
            sign = "a sign is missing before" if self.kind != "sign" or self.token == "(" else "unexpected"
            raise self.fail(f"{sign} {quoted(self.token)}")
        return form

    def sum(self) -> Affine:
        form = self.product()
        while self.token in ("+", "-"):
            at, sign = self.at, 1 if self.token == "+" else -1
            self.next()
            self.bound(form.add(self.product(), sign), at)
        return form

    def product(self) -> Affine:
        form = self.factor()
        while self.token in ("*", "/"):
            at, sign = self.at, self.token
            self.next()
            other = self.factor()
            form = self.times(form, other, at) if sign == "*" else self.over(form, other, at)
            self.bound(form.values(), at)
        return form

    def times(self, left: Affine, right: Affine, at: int) -> Affine:
        if not left.is_constant and not right.is_constant:
            message = "not affine: a rule may multiply features and h by numbers only"
            raise self.fail(message, at)
        if left.is_constant:
            left, right = right, left
        left.scale(right.constant)
        return left

    def over(self, form: Affine, by: Affine, at: int) -> Affine:
        if not by.is_constant:
            raise self.fail("not affine: a rule may divide by numbers only", at)
        if isinstance(by.constant, Real):
            divisor = self.text[at + 1 : self.at].strip()
            raise self.fail(f"cannot divide by {quoted(divisor)}; divide by fractions only", at)
        if not by.constant:
            raise self.fail("division by zero", at)
        form.scale(1 / by.constant)
        return form

    def factor(self) -> Affine:
        sign = 1
        while self.token in ("+", "-"):
            sign = -sign if self.token == "-" else sign
            self.next()
        form = self.atom()
        if sign < 0:
            form.scale(Fraction(sign))
        return form

    def atom(self) -> Affine:
        if self.kind == "number":
            return self.number()
        if self.token == "(":
            return self.group()
        if self.kind == "name":
            return self.name()
        found = quoted(self.token) if self.kind else "the end"
        raise self.fail(f"a number or name is missing before {found}")

    def number(self) -> Affine:
        value = literals.decimal(self.token)
        if value is None:
            raise self.fail(literals.no_decimal(self.token))
        self.next()
        return Affine(value[0])

    def group(self) -> Affine:
        """Read a sum in parentheses."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(f"more than {MAX_DEPTH} parentheses inside one another")
        self.expect("(")
        form = self.sum()
        self.expect(")")
        self.depth -= 1
        return form

    def name(self) -> Affine:
        name, at = self.token, self.at
        self.next()
        if name in self.scope.features:
            return Affine(terms={str(name): Fraction(1)})
        if name in FUNCTIONS:
            return self.function(name, at)
        if name in self.scope.states:
            return self.unit(name, at)
        raise self.fail(self.unknown(name), at)

    def unknown(self, name: str) -> str:
        if name in self.scope.elsewhere:
            return self.scope.elsewhere[name]
        if self.scope.states:
            return f"unknown name {quoted(name)}; " + suggestion(name, self.examples())
        return f"{quoted(name)} is no number; write one such as 0.25, -1/4, 1e-3 or ln(3)"

    def examples(self) -> list[str]:
        """Return what may be named, to suggest one of it."""
        return [*self.scope.features, *(self.example(state) for state in self.scope.states)]

    def example(self, state: str) -> str:
        """Return a unit of a state that may be named here."""
        return f"{state}[{self.own if state in self.scope.own else 0}]"

    def function(self, name: str, at: int) -> Affine:
        if self.token != "(":
            raise self.fail(f"{name} needs parentheses, as in {name}(2)", at)
        argument = self.group()
        if not argument.is_constant:
            raise self.fail(f"not affine: {name} may be taken of numbers only", at)
        if name not in self.functions:
            raise self.fail(f"{name} may stand in tables only; write the number itself here", at)
        try:
            return Affine(_FUNCTIONS[name](argument.constant))
        except ValueError as error:
            raise self.fail(str(error), at) from None

    def unit(self, state: str, at: int) -> Affine:
        """Read the index of h or c."""
        if self.token != "[":
            raise self.fail(f"{state} needs the number of a unit: write {self.example(state)}", at)
        self.next()
        index = self.index(state)
        reason = self.no_unit(state, index)
        if reason:
            raise self.fail(reason, at)
        self.next()
        self.expect("]")
        return Affine(terms={f"{state}[{int(index)}]": Fraction(1)})

    def index(self, state: str) -> str:
        """Return the number of the unit that stands in brackets, by its number or its name."""
        index, names = self.token, list(self.scope.states[state].names)
        if index in names:
            return str(names.index(index))
        if self.kind == "name" and names:
            raise self.fail(f"{state} has no unit {quoted(index)}; {suggestion(index, names)}")
        if not index.isdigit():
            raise self.fail(f"{state}[…] needs the number of a unit, counted from 0, as in {state}[0]")
        return index

    def no_unit(self, state: str, index: str) -> str | None:
        """Say why a state has no such unit here; None where it has it."""
        unit = int(index) if len(index) <= 9 else None
        if state in self.scope.own:
            here = f"here {self.example(state)}, not at {state}[{index[:9]}]"
            return None if unit == self.own else f"a peephole looks at its own unit only, {here}"
        width, size, _ = self.scope.states[state]
        if unit is not None and unit < width:
            return None
        last = f"the units are {state}[0] to {state}[{width - 1}]"
        has = last if width > 1 else f"the only unit is {state}[0]"
        return f"there is no {state}[{index[:9]}]: {size} is {width}, {has}"

    def expect(self, sign: str) -> None:
        if self.token != sign:
            found = quoted(self.token) if self.kind else "the end"
            raise self.fail(f"'{sign}' is missing before {found}")
        self.next()

    def bound(self, values: list[Exact], at: int) -> None:
        """Refuse numbers that have grown beyond all use."""
        for value in values:
            parts = [value.constant, *value.terms.values()] if isinstance(value, Real) else [value]
            if any(max(p.numerator.bit_length(), p.denominator.bit_length()) > _MAX_BITS for p in parts):
                raise self.fail("the numbers become too long here; write the result as a decimal", at)
