"""An LSTM as a NumPy class that keeps its weights in attributes, and begins every sequence with zeros.

Check it: lstm-verify run log-gates -b python:numpy_class.py:LSTM
It says:

    python:numpy_class.py:LSTM  agrees: 5 of 10 numbers checked, all where correct float64 arithmetic
          must put them
        5 numbers not checked: it does not show them
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class LSTM:
    def __init__(self, input_size, hidden_size, seed=0):
        rng = np.random.default_rng(seed)
        self.hidden_size = hidden_size
        self.W_i, self.W_f, self.W_g, self.W_o = rng.normal(0, 0.1, (4, hidden_size, input_size))
        self.U_i, self.U_f, self.U_g, self.U_o = rng.normal(0, 0.1, (4, hidden_size, hidden_size))
        self.b_i, self.b_f, self.b_g, self.b_o = np.zeros((4, hidden_size))

    def forward(self, inputs):
        h = c = np.zeros(self.hidden_size)
        outputs = []
        for x in inputs:
            i = sigmoid(self.W_i @ x + self.U_i @ h + self.b_i)
            f = sigmoid(self.W_f @ x + self.U_f @ h + self.b_f)
            g = np.tanh(self.W_g @ x + self.U_g @ h + self.b_g)
            o = sigmoid(self.W_o @ x + self.U_o @ h + self.b_o)
            c = f * c + i * g
            h = o * np.tanh(c)
            outputs.append(h)
        return np.array(outputs)
