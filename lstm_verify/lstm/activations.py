"""The activations: what each is as floats, as balls, exactly, and which hand rules fit it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.exact import Exact

if TYPE_CHECKING:
    from flint import arb
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Activation:
    """A monotone function of the pre-activation, once for each arithmetic.

    Attributes:
        floats: of an array of floats, elementwise, in the array's own precision.
        ball: of a ball.
        exact: of an exact number.
        slope: its derivative, of a ball; None where it is known to be at most 1.
        rational: whether a fraction gives a fraction, so that any hand rule takes it as it is.
        rounds: whether a format has to round its result.
    """

    floats: Callable[[NDArray[Any]], NDArray[Any]]
    ball: Callable[[arb], arb]
    exact: Callable[[Exact], Exact]
    slope: Callable[[arb], arb] | None = None
    rational: bool = False
    rounds: bool = True


def _sigmoid(z: NDArray[Any]) -> NDArray[Any]:
    power = np.exp(-np.abs(z))  # at most 1: it never overflows
    return np.where(z < 0, power, z.dtype.type(1)) / (1 + power)


def _sigmoid_slope(z: arb) -> arb:
    return balls.sigmoid(z) * balls.sigmoid(-z)


def _tanh_slope(z: arb) -> arb:
    return 4 * balls.sigmoid(2 * z) * balls.sigmoid(-2 * z)  # 1 − tanh², which would cancel


def _relu_slope(z: arb) -> arb:
    return balls.fraction(Fraction(0 if z < 0 else 1))


def _relu(x: Exact) -> Exact:
    return x if exact.sign(x) > 0 else Fraction(0)


ACTIVATIONS = {
    "sigmoid": Activation(_sigmoid, balls.sigmoid, exact.sigmoid, _sigmoid_slope),
    "tanh": Activation(np.tanh, balls.tanh, exact.tanh, _tanh_slope),
    "identity": Activation(lambda z: z, lambda z: z, lambda x: x, rational=True, rounds=False),
    "relu": Activation(
        lambda z: np.maximum(z, 0), lambda z: z.max(0), _relu, _relu_slope, rational=True, rounds=False
    ),
}
"""Name -> activation; the names are those of `semantics.ACTIVATIONS`."""
