"""LSTMs as people write them: a correct one, and others that are wrong in one way each."""

import sys

import numpy as np


def sigmoid(z):
    """Return σ(z), by tanh: it does not overflow."""
    return (1 + np.tanh(z / 2)) / 2


def at_once(w, x, h):
    """Return W_ih x + W_hh h + b_ih + b_hh, the four gates below each other."""
    return w.weight_ih @ x + w.weight_hh @ h + w.bias_ih + w.bias_hh


def right(x, h, c, w, *, order="ifgo", summed=at_once, sigma=sigmoid, gain=1):
    """Make a step; correct unless it is told to read the rows in another order, or to change c."""
    gate = dict(zip(order, np.split(summed(w, x, h), 4), strict=True))
    c = gain * (sigma(gate["f"]) * c + sigma(gate["i"]) * np.tanh(gate["g"]))
    return sigma(gate["o"]) * np.tanh(c), c


def sequence(inputs, h0, c0, w):
    """Run over a sequence; correct."""
    states, h, c = [], h0, c0
    for x in inputs:
        h, c = right(x, h, c, w)
        states.append((h, c))
    return tuple(map(np.array, zip(*states, strict=True)))


def swapped(x, h, c, w):
    """Take i for f, and f for i."""
    return right(x, h, c, w, order="figo")


def hair(x, h, c, w):
    """Err in the thirteenth digit of c."""
    return right(x, h, c, w, gain=1 + 1e-12)


def infinite(x, h, c, w):
    """Give ∞ for h."""
    h, c = right(x, np.zeros_like(h), c, w)
    return h + np.inf, c


def nan(x, h, c, w):
    """Give NaN for h."""
    h, c = right(x, h, c, w)
    return h + np.nan, c


def raises(x, h, c, w):
    """Raise, with a message that every format of a report has to escape."""
    raise ValueError("100% \x1b[31m <wrong>\nand, so: on \x00")


def exits(x, h, c, w):
    """End the process."""
    sys.exit(0)


def prints(x, h, c, w):
    """Print; correct."""
    print("debugging")  # noqa: T201 - this is what is tested
    return right(x, h, c, w)


def changes_x(x, h, c, w):
    """Change its input, and come out right all the same."""
    x += 1
    return right(x - 1, h, c, w)


def changes_state(x, h, c, w):
    """Return its arguments, changed."""
    h[:], c[:] = right(x, h, c, w)
    return h, c


def changes_weights(x, h, c, w):
    """Change a weight, through a view, after it was used."""
    answer = right(x, h, c, w)
    w.gate("g").weight_hh[0, 0] = 7
    return answer
