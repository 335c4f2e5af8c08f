"""The hand reading: the table a person writes, and how wrong it may be.

A number is an *ideal*, exactly what the hand rules give, with a *radius*: the true value
is at most that far from the ideal. Rounding σ(90) to 1 starts a radius; sums, products and
activations carry it along, through feedback too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from flint import arb
from numpy.typing import NDArray

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.activations import Function, function, within
from lstm_verify.lstm.arithmetic.base import objects
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Tensor
from lstm_verify.lstm.semantics import SIGMOID, TANH, Activation

BITS = 64  # radii need no more: they are rounded up

ZERO = arb(0)
SMALL = arb("0.001")  # a radius below which radius × slope is as good as two evaluations


class NotByHand(ArithmeticError):
    """Something that the hand arithmetic has no rule for."""


@dataclass(frozen=True)
class Hand:
    """An ideal value, and a radius (an exact ball, rounded up) within which the truth lies."""

    ideal: Exact
    radius: arb = field(default_factory=arb)

    def __add__(self, other: Hand) -> Hand:
        return Hand(self.ideal + other.ideal, _up(self.radius + other.radius))

    def __mul__(self, other: Hand) -> Hand:
        # |ab − a*b*| ≤ |a*| r_b + r_a |b*| + r_a r_b
        radius = self.magnitude * other.radius + self.radius * (other.magnitude + other.radius)
        return Hand(self.ideal * other.ideal, _up(radius))

    @property
    def magnitude(self) -> arb:
        """|ideal|, rounded up."""
        return _up(exact.ball(self.ideal, BITS))


def _up(x: arb) -> arb:
    return x.abs_upper()


# --------------------------------------------------------------------------- the hand rules


def _step(z: Exact) -> Exact:
    return Fraction(1 + exact.sign(z), 2)


def _sign(z: Exact) -> Exact:
    return Fraction(exact.sign(z))


IDEALS: dict[str, Callable[[Exact], Exact]] = {"step": _step, "linear": lambda z: z, "sign": _sign}
"""Hand rule -> the ideal of an activation: σ is 0 or 1 by the sign of z (½ at 0), tanh x is x,
tanh is ±1 by the sign (0 at 0). The rule `exact` takes the activation as it is."""


def _error(activation: Function, ideal: Exact, z: arb, bits: int) -> arb:
    """Return activation(z) − ideal up to its sign, by a form that does not cancel where there is one."""
    if activation is function(SIGMOID) and ideal in (0, 1):
        return balls.sigmoid(-z if ideal == 1 else z)  # 1 − σ(z) = σ(−z)
    if activation is function(TANH) and ideal in (-1, 1):
        return 2 * balls.sigmoid(z * (-2 if ideal == 1 else 2))  # 1 − tanh z = 2 σ(−2z)
    return activation.ball(z) - exact.ball(ideal, bits)


def _widest(activation: Function, ideal: Exact, z: Hand) -> arb:
    """Return the larger distance from the ideal to the activation at z* − r and at z* + r.

    The activation is monotone, so in between it is no farther. The precision is doubled until
    the distances stand out from their own rounding.
    """
    for bits in exact.precisions(BITS):
        with balls.precision(bits):
            centre = exact.ball(z.ideal, bits)
            errors = [_error(activation, ideal, centre + r, bits) for r in (-z.radius, z.radius)]
        if all(e == 0 or e.rel_accuracy_bits() > 20 for e in errors):
            break
    return _up(errors[0]).max(_up(errors[1]))


def _exact_radius(activation: Function, ideal: Exact, z: Hand) -> arb:
    """Return how far the activation moves when its argument moves by at most r."""
    if activation.slope is None or z.radius == 0:
        return z.radius  # a slope of at most 1
    if z.radius > SMALL:
        return _widest(activation, ideal, z)
    return _up(z.radius * activation.slope(exact.ball(z.ideal, BITS) + arb(0, z.radius)))


def activated(activation: Function, rule: str, z: Hand) -> Hand:
    """Apply an activation by a hand rule: step, linear, sign or exact."""
    if rule == "exact" or activation.rational:
        ideal = activation.exact(z.ideal)
        return Hand(ideal, _exact_radius(activation, ideal, z))
    ideal = IDEALS[rule](z.ideal)
    return Hand(ideal, _widest(activation, ideal, z))


# --------------------------------------------------------------------------- the arithmetic

Array = NDArray[np.object_]  # of Hand
Sparse = list[tuple[int, Exact, arb]]  # column, weight, and its size, rounded up


class HandArithmetic:
    """Vectors [n] of ideals with radii, by the hand rule of each role and unit."""

    def __init__(self, rules: Mapping[str, Sequence[str]]) -> None:
        """Take the rules: role (i, f, g, o, h) -> the rule of each unit."""
        self.rules = rules

    def matrix(self, values: Tensor) -> list[Sparse]:
        """Keep the entries that are not zero, row by row; rows that are equal are one."""
        known: dict[tuple[Any, ...], Sparse] = {}
        rows = [_sparse(row) for row in values]
        return [known.setdefault(tuple((k, exact.key(x)) for k, x, _ in row), row) for row in rows]

    def vector(self, values: Tensor) -> Array:
        """Take exact numbers, [n], as ideals with no radius."""
        return objects([Hand(_exact(x)) for x in values])

    def affine(self, products: Sequence[tuple[list[Sparse], Array]], terms: Sequence[Array]) -> Array:
        """Return the sum of matrix products and terms, [n]."""
        summands = [*terms, *(objects(_product(matrix, x)) for matrix, x in products)]
        return sum(summands[1:], start=summands[0])

    def joined(self, vectors: Sequence[Array]) -> Array:
        """Put vectors one behind the other."""
        return np.concatenate(vectors)

    def activation(self, role: str, activation: Activation, z: Array) -> Array:
        """Apply the activation to each unit, by that unit's rule for the role."""
        known = function(activation)
        return objects([activated(known, rule, x) for rule, x in zip(self.rules[role], z, strict=True)])

    def one_minus(self, x: Array) -> Array:
        """Return 1 − x, which may be as wrong as x."""
        return objects([Hand(1 - number.ideal, number.radius) for number in x])

    def clip(self, x: Array, limit: Fraction) -> Array:
        """Return x kept within ± limit."""
        return objects([_clipped(number, limit) for number in x])

    def normalise(self, x: Array, epsilon: Fraction) -> Array:  # noqa: ARG002 (its form is the Protocol's)
        """Refuse: nobody takes a square root by hand.

        Raises:
            NotByHand: always.
        """
        raise NotByHand("layer normalisation cannot be worked by hand")


def _clipped(x: Hand, limit: Fraction) -> Hand:
    """Keep a number within ± limit; where it is surely beyond, nothing is left of its radius."""
    beyond = exact.ball(x.ideal, BITS).abs_lower() - balls.fraction(limit)
    return Hand(within(x.ideal, -limit, limit), ZERO if beyond > x.radius else x.radius)


def _sparse(row: Sequence[Exact | float]) -> Sparse:
    weights = ((k, _exact(x)) for k, x in enumerate(row) if x != 0)
    return [(k, weight, _up(exact.ball(weight, BITS))) for k, weight in weights]


def _product(matrix: Sequence[Sparse], x: Array) -> list[Hand]:
    """Return W x; what equal rows give is worked out once."""
    worked = {id(row): _dot(row, x) for row in {id(row): row for row in matrix}.values()}
    return [worked[id(row)] for row in matrix]


def _dot(row: Sparse, x: Array) -> Hand:
    ideal: Exact = Fraction(0)
    radius = ZERO
    for k, weight, size in row:
        if x[k].ideal:  # of letters all but one are 0
            ideal = ideal + x[k].ideal * weight
        radius = radius + x[k].radius * size
    return Hand(ideal, _up(radius))


def _exact(x: Exact | float) -> Exact:
    return Fraction(x) if isinstance(x, float) else x
