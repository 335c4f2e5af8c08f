"""One step of an LSTM as lstm-verify itself calls it: x, h and c are vectors, and w has all weights.

Check it: lstm-verify run generic -b python:cell_function.py:cell
It says:

    python:cell_function.py:cell  agrees: 24 of 24 numbers checked, all where correct float64 arithmetic
          must put them
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def cell(x, h, c, w):
    i, f, g, o = np.split(w.weight_ih @ x + w.bias_ih + w.weight_hh @ h + w.bias_hh, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h = sigmoid(o) * np.tanh(c)
    return h, c
