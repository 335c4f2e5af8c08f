"""The activations: what each is as floats, as balls and exactly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.semantics import BOUNDS, Activation

if TYPE_CHECKING:
    from flint import arb
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Function:
    """A monotone function of the pre-activation, once for each arithmetic.

    Attributes:
        floats: of an array of floats, elementwise, in the array's own precision.
        ball: of a ball.
        exact: of an exact number.
        slope: its derivative, of a ball; None where it is known to be at most 1.
        rational: whether a fraction gives a fraction, so that any hand rule takes it as it is.
        rounds: whether a format has to round its result.
        cancels: what it may lose on the way beside its promised error, in roundoffs, where it
            subtracts.
    """

    floats: Callable[[NDArray[Any]], NDArray[Any]]
    ball: Callable[[arb], arb]
    exact: Callable[[Exact], Exact]
    slope: Callable[[arb], arb] | None = None
    rational: bool = False
    rounds: bool = True
    cancels: float = 0


def within(x: Exact, low: Fraction | None, high: Fraction | None) -> Exact:
    """Return an exact number, or the bound that it passes; None is no bound."""
    if low is not None and exact.sign(x - low) < 0:
        return low
    if high is not None and exact.sign(x - high) > 0:
        return high
    return x


def _sigmoid(z: NDArray[Any]) -> NDArray[Any]:
    power = np.exp(-np.abs(z))  # at most 1: it never overflows
    return np.where(z < 0, power, z.dtype.type(1)) / (1 + power)


def _sigmoid_slope(z: arb) -> arb:
    return balls.sigmoid(z) * balls.sigmoid(-z)


def _tanh_slope(z: arb) -> arb:
    return 4 * balls.sigmoid(2 * z) * balls.sigmoid(-2 * z)  # 1 − tanh², which would cancel


def _relu_slope(z: arb) -> arb:
    return balls.fraction(Fraction(0 if z < 0 else 1))


def _softsign(x: Exact) -> Exact:
    if isinstance(x, Fraction):
        return x / (1 + abs(x))
    raise exact.Undecided(f"softsign of {str(x)[:80]} is no exact number that is known here")


def _hard_sigmoid(alpha: Fraction, beta: Fraction) -> Function:
    """max(0, min(1, alpha z + beta)), as in ONNX.

    Between 0 and 1 no |alpha z| is above 1: rounding alpha, beta, their product and their sum loses
    less than 4 roundoffs.
    """
    return Function(
        lambda z: np.clip(z.dtype.type(alpha) * z + z.dtype.type(beta), 0, 1),
        lambda z: (balls.fraction(alpha) * z + balls.fraction(beta)).max(0).min(1),
        lambda x: within(x * alpha + beta, Fraction(0), Fraction(1)),
        lambda _: balls.fraction(alpha),
        rational=True,
        cancels=4,
    )


def _leaky_relu(alpha: Fraction) -> Function:
    """z where it is positive, else alpha z."""
    return Function(
        lambda z: np.where(z > 0, z, z.dtype.type(alpha) * z),
        lambda z: z.max(0) + balls.fraction(alpha) * z.min(0),
        lambda x: x if exact.sign(x) > 0 else x * alpha,
        rational=True,
    )


def _scaled_tanh(alpha: Fraction, beta: Fraction) -> Function:
    """alpha tanh(beta z)."""
    return Function(
        lambda z: z.dtype.type(alpha) * np.tanh(z.dtype.type(beta) * z),
        lambda z: balls.fraction(alpha) * balls.tanh(balls.fraction(beta) * z),
        lambda x: exact.tanh(x * beta) * alpha,
        lambda z: balls.fraction(alpha * beta) * _tanh_slope(balls.fraction(beta) * z),
    )


_FUNCTIONS: dict[str, Function | Callable[..., Function]] = {
    "sigmoid": Function(_sigmoid, balls.sigmoid, exact.sigmoid, _sigmoid_slope),
    "tanh": Function(np.tanh, balls.tanh, exact.tanh, _tanh_slope),
    "identity": Function(lambda z: z, lambda z: z, lambda x: x, rational=True, rounds=False),
    "relu": Function(
        lambda z: np.maximum(z, 0),
        lambda z: z.max(0),
        lambda x: within(x, Fraction(0), None),
        _relu_slope,
        rational=True,
        rounds=False,
    ),
    "hard_tanh": Function(
        lambda z: np.clip(z, -1, 1),
        lambda z: z.max(-1).min(1),
        lambda x: within(x, Fraction(-1), Fraction(1)),
        rational=True,
        rounds=False,
    ),
    "softsign": Function(lambda z: z / (1 + np.abs(z)), lambda z: z / (1 + abs(z)), _softsign, rational=True),
    "hard_sigmoid": _hard_sigmoid,
    "leaky_relu": _leaky_relu,
    "scaled_tanh": _scaled_tanh,
}
"""Name -> what it is, or what makes it of its parameters; names and parameters stand in `semantics`."""


@cache
def function(activation: Activation) -> Function:
    """Return what an activation is, its parameters put in.

    Raises:
        ValueError: it takes no such parameters.
    """
    made, bounds = _FUNCTIONS[activation.name], BOUNDS.get(activation.name, ())
    parameters = [x for x in (activation.alpha, activation.beta) if x is not None]
    if len(parameters) != len(bounds) or not all(b.holds(x) for b, x in zip(bounds, parameters, strict=True)):
        needs = [f"{name} {bound.words}" for name, bound in zip(("alpha", "beta"), bounds, strict=False)]
        raise ValueError(f"{activation}: {activation.name} needs {' and '.join(needs) or 'no parameters'}")
    return made if isinstance(made, Function) else made(*parameters)
