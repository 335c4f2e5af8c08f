"""Cells whose σ and tanh are not quite what they should be, as people write them."""

import numpy as np


def lstm(sigmoid, tanh, forget=None):
    """Return a cell with these activations; `forget` is the σ of the forget gate, where it is another."""

    def cell(x, h, c, w):
        i, f, g, o = np.split(w.weight_ih @ x + w.bias_ih + w.weight_hh @ h + w.bias_hh, 4)
        c = (forget or sigmoid)(f) * c + sigmoid(i) * tanh(g)
        return sigmoid(o) * tanh(c), c

    return cell


def logistic(z):
    """σ, which overflows nowhere."""
    power = np.exp(-np.abs(z))
    return np.where(z < 0, power, 1) / (1 + power)


def pade(z):
    """The [3/2] approximant of tanh, kept within ±1 where it reaches it: off by 0.0235."""
    z = np.clip(z, -3, 3)
    return z * (27 + z * z) / (27 + 9 * z * z)


def plan(z):
    """σ in four straight pieces, off by 0.0189 (Amin, Curtis and Hayes-Gill 1997)."""
    a = np.abs(z)
    pieces = [a / 4 + 0.5, a / 8 + 0.625, a / 32 + 0.84375, np.ones_like(a)]
    y = np.select([a < 1, a < 2.375, a < 5], pieces[:3], pieces[3])
    return np.where(z < 0, 1 - y, y)


def quick_exp(z):
    """e^z to 1e-4: a parabola between powers of two (without its corrections)."""
    k = np.rint(z / np.log(2))
    r = z - k * np.log(2)
    return np.ldexp(1 + r * (1 + r * (0.5 + r * (1 / 6 + r / 24))), k.astype(int))


approximate = lstm(plan, pade)
quick = lstm(lambda z: 1 / (1 + quick_exp(np.clip(-z, -700, 700))), np.tanh)
hard = lstm(lambda z: np.clip(0.2 * z + 0.5, 0, 1), np.tanh)
clipped = lstm(lambda z: logistic(np.clip(z, -10, 10)), np.tanh)
unsaturated = lstm(lambda z: 0.998 * logistic(z) + 0.001, np.tanh)
shifted = lstm(logistic, lambda z: np.tanh(z) + 2.0**-7)
honest = lstm(logistic, np.tanh)
halved = lstm(lambda z: 0.5 * (1 + np.tanh(0.5 * z)), np.tanh)


def overflowing(x, h, c, w):
    """σ as e^z / (1 + e^z), which is ∞ / ∞ for large z."""

    def sigmoid(z):
        with np.errstate(over="ignore", invalid="ignore"):
            return np.exp(z) / (1 + np.exp(z))

    return lstm(sigmoid, np.tanh)(x, h, c, w)


def hidden_alone(inputs, h0, c0, w):
    """A sequence of an honest cell that shows h alone."""
    h, c, shown = h0, c0, []
    for x in inputs:
        h, c = honest(x, h, c, w)
        shown.append(h)
    return np.array(shown), None


def bare(inputs, h0, c0, w):
    """The same, and it cannot be given a state: of what its h is the tanh is not to be known."""
    return hidden_alone(inputs, h0, c0, w)


bare.lacks = {"h0", "c0"}


def leaking(x, h, c, w):
    """An LSTM that loses a thousandth of its memory each step."""
    return honest(x, h, 0.999 * c, w)


def louder(x, h, c, w):
    """An LSTM whose candidate is a little too large."""
    i, f, g, o = np.split(w.weight_ih @ x + w.bias_ih + w.weight_hh @ h + w.bias_hh, 4)
    c = logistic(f) * c + logistic(i) * 1.03 * np.tanh(g)
    return logistic(o) * np.tanh(c), c
