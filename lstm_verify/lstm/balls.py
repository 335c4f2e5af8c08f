"""The one door to python-flint: balls (midpoint and radius) that surely contain the true value."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import cast

from flint import arb, ctx, fmpq


def precision(bits: int) -> AbstractContextManager[None]:
    """Return a context in which balls are computed with this many bits."""
    return cast("AbstractContextManager[None]", ctx.workprec(bits))


def fraction(x: Fraction) -> arb:
    """Return a ball around a fraction."""
    return arb(fmpq(x.numerator, x.denominator))


def sigmoid(z: arb) -> arb:
    """Return σ(z), accurate on either side of 0: the exponential is never of a large number."""
    if z > 0:
        return 1 / (1 + (-z).exp())
    power = z.exp()
    return power / (1 + power)


def tanh(z: arb) -> arb:
    """Return tanh(z)."""
    return z.tanh()


FUNCTIONS: dict[str, Callable[..., arb]] = {
    "ln": lambda x: x.log(),
    "sigmoid": sigmoid,
    "tanh": tanh,
    "product": lambda x, y: x * y,
}
"""What the atoms of `exact` are, in balls."""


def well_known(x: arb) -> bool:
    """Tell whether a ball has enough right digits to be printed."""
    return bool(x == 0 or x.rel_accuracy_bits() >= 24)


def midpoint(x: arb) -> Fraction:
    """Return the midpoint of a ball as the fraction it is."""
    mantissa, exponent = x.mid().man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
