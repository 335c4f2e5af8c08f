"""An LSTM cell with a mistake: where c is made, the input gate and the forget gate are exchanged.

Check it: lstm-verify run generic -b python:wrong.py:Wrong
It says:

    python:wrong.py:Wrong  failed: 24 of 24 numbers are not where correct float64 arithmetic puts them
        first at t=1: c[0] is 0.2049; it must lie between 0.3741 and 0.3742
        it looks as if it reads rows packed f, i, g, o (OpenVINO) as if they were i, f, g, o
          (gate-order-fico = gate-swap-i-f), to 0.5 ulp; nothing else fits
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Wrong:
    def __init__(self, input_size, hidden_size):
        rng = np.random.default_rng(0)
        self.W_i, self.W_f, self.W_g, self.W_o = rng.normal(0, 0.1, (4, hidden_size, input_size))
        self.U_i, self.U_f, self.U_g, self.U_o = rng.normal(0, 0.1, (4, hidden_size, hidden_size))
        self.b_i, self.b_f, self.b_g, self.b_o = np.zeros((4, hidden_size))

    def step(self, x, h, c):
        i = sigmoid(self.W_i @ x + self.U_i @ h + self.b_i)
        f = sigmoid(self.W_f @ x + self.U_f @ h + self.b_f)
        g = np.tanh(self.W_g @ x + self.U_g @ h + self.b_g)
        o = sigmoid(self.W_o @ x + self.U_o @ h + self.b_o)
        c = i * c + f * g
        h = o * np.tanh(c)
        return h, c
