"""Exact real numbers: fractions, and what ln, σ, tanh and products make of them.

The hand arithmetic needs ideals that are *exactly* what the rules say. Most are
fractions. Some are not: tanh(1), ln(3), tanh(8·tanh(1)). Such a number is kept as
what it is, a `Real`: a fraction plus multiples of *atoms*, an atom being one ln, σ,
tanh or product that is no fraction. It can be enclosed in a ball as narrow as one likes.

Where σ or tanh of a combination of logarithms is a fraction it comes out as one:
σ(0) = ½, σ(ln k) = k/(k+1), tanh(ln(k)/2) = (k−1)/(k+1).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from flint import arb

MAX_BITS = 4096
"""Beyond this precision (bits) a question about a ball counts as undecided."""

_DEEPEST = 3  # functions of functions that are written out
_MOST_PRODUCTS = 16  # terms that a product of two sums is multiplied out to


class Undecided(ArithmeticError):
    """A question about an exact number that balls of `MAX_BITS` bits cannot answer."""


_ages = itertools.count()


class Atom:
    """An irrational building block: ln, σ or tanh of a number, or a product of two.

    Made by `atom`, so that the same function of the same arguments is the same object, and
    comparing two long expressions takes one step.
    """

    __slots__ = ("__weakref__", "_balls", "age", "arguments", "depth", "kind")

    def __init__(self, kind: str, arguments: tuple[Exact, ...]) -> None:
        self.kind = kind
        self.arguments = arguments
        self.depth: int = 1 + max((a.depth for a in self.inner()), default=0)
        self.age = next(_ages)
        self._balls: dict[int, arb] = {}

    def inner(self) -> list[Atom]:
        """Return the atoms that this one is made of."""
        return [a for x in self.arguments if isinstance(x, Real) for a in x.terms]

    def known(self, bits: int) -> bool:
        """Tell whether the ball of this precision has been computed."""
        return bits in self._balls

    def ball(self, bits: int) -> arb:
        """Return the ball, computed from the balls of the inner atoms."""
        if bits not in self._balls:
            from lstm_verify.lstm import balls

            with balls.precision(bits):
                function = balls.FUNCTIONS[self.kind]
                self._balls[bits] = function(*(_sum(x, bits) for x in self.arguments))
        return self._balls[bits]

    def __repr__(self) -> str:
        if self.depth > _DEEPEST:
            return f"{self.kind}(…)"
        if self.kind == "product":
            return "·".join(f"({x})" for x in self.arguments)
        return f"{self.kind}({self.arguments[0]})"


_atoms: WeakValueDictionary[tuple[str, tuple[Exact, ...]], Atom] = WeakValueDictionary()


def atom(kind: str, *arguments: Exact) -> Atom:
    """Return the one atom of this kind ("ln", "sigmoid", "tanh" or "product") and these arguments."""
    known = _atoms.get((kind, arguments))
    if known is None:
        known = _atoms[kind, arguments] = Atom(kind, arguments)
    return known


class Real:
    """A fraction plus fractions times atoms; immutable, hashable, compared by its form."""

    __slots__ = ("_hash", "constant", "terms")

    def __init__(self, constant: Fraction, terms: dict[Atom, Fraction]) -> None:
        self.constant = constant
        self.terms = terms
        self._hash = hash((constant, frozenset(terms.items())))

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Real)
            and self._hash == other._hash
            and self.constant == other.constant
            and self.terms == other.terms
        )

    def __add__(self, other: Exact | int) -> Exact:
        if isinstance(other, Real):
            terms = dict(self.terms)
            for a, factor in other.terms.items():
                terms[a] = terms.get(a, Fraction(0)) + factor
            return _real(self.constant + other.constant, terms)
        return _real(self.constant + other, self.terms)

    def __mul__(self, other: Exact | int) -> Exact:
        if not isinstance(other, Real):
            return _real(self.constant * other, {a: factor * other for a, factor in self.terms.items()})
        if len(self.terms) * len(other.terms) > _MOST_PRODUCTS:
            return _single(atom("product", *_ordered(self, other)))
        product = self * other.constant + (other - other.constant) * self.constant
        for a, f in self.terms.items():
            for b, g in other.terms.items():
                product = product + _single(atom("product", *_ordered(_single(a), _single(b)))) * (f * g)
        return product

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Exact:
        return self * -1

    def __sub__(self, other: Exact | int) -> Exact:
        return self + -other

    def __rsub__(self, other: Exact | int) -> Exact:
        return -self + other

    def __truediv__(self, other: Fraction | int) -> Exact:
        return self * (1 / Fraction(other))

    def __repr__(self) -> str:
        parts = [str(self.constant)] if self.constant else []
        parts += [f"{a}" if f == 1 else f"-{a}" if f == -1 else f"{f}·{a}" for a, f in self.terms.items()]
        return " + ".join(parts)


Exact = Fraction | Real
"""An exact number: a fraction wherever it is one."""


def _real(constant: Fraction, terms: dict[Atom, Fraction]) -> Exact:
    terms = {a: factor for a, factor in terms.items() if factor}
    return Real(constant, terms) if terms else constant


def _single(a: Atom) -> Real:
    return Real(Fraction(0), {a: Fraction(1)})


def _ordered(a: Real, b: Real) -> tuple[Real, Real]:
    """Put two factors in one order, so that a·b and b·a are the same atom."""
    return (a, b) if hash(a) <= hash(b) else (b, a)


def ln(x: Fraction) -> Exact:
    """Return ln(x), for x > 0."""
    if x <= 0:
        raise ValueError(f"ln({x}) is not a number: its argument must be positive")
    if x == 1:
        return Fraction(0)
    if x < 1:
        return -ln(1 / x)
    for degree in (2, 3, 5, 7):  # ln(8) is 3·ln(2): the same number is the same expression
        above, below = _root(x.numerator, degree), _root(x.denominator, degree)
        if above and below:
            return ln(Fraction(above, below)) * degree
    return _single(atom("ln", x))


def sigmoid(x: Exact) -> Exact:
    """Return σ(x) = 1 / (1 + e^−x), as a fraction where it is one; for positive x as 1 − σ(−x)."""
    power = exponential(x)
    if power is not None:
        return power / (power + 1)
    return 1 - _single(atom("sigmoid", -x)) if _positive(x) else _single(atom("sigmoid", x))


def tanh(x: Exact) -> Exact:
    """Return tanh(x), as a fraction where it is one; for negative x as −tanh(−x)."""
    power = exponential(x * 2)
    if power is not None:
        return (power - 1) / (power + 1)
    return _single(atom("tanh", x)) if _positive(x) else -_single(atom("tanh", -x))


def _positive(x: Exact) -> bool:
    """Tell x and −x apart, by their sign; where that is hard to see, always in the same way."""
    if isinstance(x, Fraction):
        return x > 0
    enclosure = ball(x, 64)
    if enclosure > 0 or enclosure < 0:
        return bool(enclosure > 0)
    return min(x.terms.items(), key=lambda term: term[0].age)[1] > 0


def exponential(x: Exact) -> Fraction | None:
    """Return e^x where x is 0, or a combination of logarithms whose power is a fraction; else None."""
    if isinstance(x, Fraction):
        return Fraction(1) if x == 0 else None
    if x.constant or any(a.kind != "ln" for a in x.terms):
        return None
    root = math.lcm(*(factor.denominator for factor in x.terms.values()))
    powers = [
        (base, int(factor * root))
        for a, factor in x.terms.items()
        for base in a.arguments
        if isinstance(base, Fraction)  # as the argument of every ln is
    ]
    bits = sum(abs(n) * (base.numerator.bit_length() + base.denominator.bit_length()) for base, n in powers)
    if bits > MAX_BITS:
        return None
    power = math.prod((base**n for base, n in powers), start=Fraction(1))
    above, below = _root(power.numerator, root), _root(power.denominator, root)
    return Fraction(above, below) if above and below else None


def _root(x: int, degree: int) -> int | None:
    """Return the whole degree-th root of a positive integer, or None where it has none."""
    low, high = 1, 1 << (x.bit_length() // degree + 1)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if middle**degree >= x else (middle + 1, high)
    return low if low**degree == x else None


def key(x: Any) -> Any:
    """Return what tells a number from others: to hash a fraction itself takes four times as long."""
    return (x.numerator, x.denominator) if isinstance(x, Fraction) else x


def precisions(first: int = 128) -> Iterator[int]:
    """Yield precisions in bits, each twice the one before, up to `MAX_BITS`."""
    bits = first
    while bits <= MAX_BITS:
        yield bits
        bits *= 2


def ball(x: Exact, bits: int) -> arb:
    """Return a ball around x, computed with the given precision in bits."""
    if isinstance(x, Real):
        _prepare(x.terms, bits)
    return _sum(x, bits)


@lru_cache(maxsize=10_000)  # the same few weights and inputs again and again
def _quotient(numerator: int, denominator: int, bits: int) -> arb:
    from lstm_verify.lstm import balls

    with balls.precision(bits):
        return balls.fraction(Fraction(numerator, denominator))


def well_known(x: Exact) -> arb | None:
    """Return a ball with enough right digits to be printed; None where `MAX_BITS` bits do not give it."""
    from lstm_verify.lstm import balls

    enclosures = (ball(x, bits) for bits in precisions())
    return next((enclosure for enclosure in enclosures if balls.well_known(enclosure)), None)


def _sum(x: Exact, bits: int) -> arb:
    from lstm_verify.lstm import balls

    if not isinstance(x, Real):
        return _quotient(x.numerator, x.denominator, bits)
    with balls.precision(bits):
        total = balls.fraction(x.constant)
        for a, factor in x.terms.items():
            total += a.ball(bits) * balls.fraction(factor)
        return total


def _prepare(atoms: Iterable[Atom], bits: int) -> None:
    """Compute the balls of all inner atoms first: expressions can be thousands deep."""
    stack = [a for a in atoms if not a.known(bits)]
    while stack:
        missing = [a for a in stack[-1].inner() if not a.known(bits)]
        if missing:
            stack += missing
        else:
            stack.pop().ball(bits)


def sign(x: Exact) -> int:
    """Return −1, 0 or 1.

    Raises:
        Undecided: x cannot be told from 0 with `MAX_BITS` bits.
    """
    if isinstance(x, Fraction):
        return (x > 0) - (x < 0)
    power = exponential(x)
    if power is not None:
        return (power > 1) - (power < 1)
    for bits in precisions(64):
        enclosure = ball(x, bits)
        if enclosure > 0:
            return 1
        if enclosure < 0:
            return -1
    raise Undecided(f"cannot tell {str(x)[:80]} from 0 with {MAX_BITS} bits")
