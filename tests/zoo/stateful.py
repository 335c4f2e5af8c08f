"""Classes that keep their state in attributes, between steps or between calls."""

import numpy as np
import torch
from torch import nn


class Stepper:
    """NumPy LSTM that keeps self.h and self.c: reset(), then step(x) returns the new h; W, U and b a gate."""

    def __init__(self, input_size, hidden_size):
        self.hidden_size = hidden_size
        self.params = {}
        for gate in ("i", "f", "o", "g"):
            self.params["W" + gate] = np.random.randn(hidden_size, input_size) * 0.01
            self.params["U" + gate] = np.random.randn(hidden_size, hidden_size) * 0.01
            self.params["b" + gate] = np.zeros(hidden_size)
        self.reset()

    def reset(self):
        self.h, self.c = np.zeros(self.hidden_size), np.zeros(self.hidden_size)

    def step(self, x):
        p, h = self.params, self.h
        i, f, o, g = (p["W" + k] @ x + p["U" + k] @ h + p["b" + k] for k in ("i", "f", "o", "g"))
        i, f, o = (1 / (1 + np.exp(-z)) for z in (i, f, o))
        self.c = f * self.c + i * np.tanh(g)
        self.h = o * np.tanh(self.c)
        return self.h


class HiddenInSelf(nn.Module):
    """LSTM that keeps self.hidden: call init_hidden(batch) before each (time, batch, input); returns outputs."""

    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.hidden_dim = hidden_dim
        self.gates = nn.Linear(input_dim + hidden_dim, 4 * hidden_dim)
        self.hidden = self.init_hidden()

    def init_hidden(self, batch=1):
        zeros = torch.zeros(batch, self.hidden_dim, dtype=self.gates.weight.dtype)
        self.hidden = (zeros, zeros)
        return self.hidden

    def forward(self, x):
        outs = []
        for x_t in x:
            h, c = self.hidden
            f, i, g, o = self.gates(torch.cat((x_t, h), 1)).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            self.hidden = (h, c)
            outs.append(h)
        return torch.stack(outs)


class Forgetful:
    """NumPy LSTM, W and U a gate and b: forward(X) of (time, input) from zero states -> outputs, h, c."""

    def __init__(self, input_size, hidden_size):
        self.Wxi, self.Wxf, self.Wxg, self.Wxo = np.random.randn(4, input_size, hidden_size)
        self.Whi, self.Whf, self.Whg, self.Who = np.random.randn(4, hidden_size, hidden_size)
        self.bi, self.bf, self.bg, self.bo = np.zeros((4, hidden_size))
        self.h, self.c = np.zeros(hidden_size), np.zeros(hidden_size)

    def forward(self, X):
        outputs = []
        for x in X:
            i = 1 / (1 + np.exp(-(x @ self.Wxi + self.h @ self.Whi + self.bi)))
            f = 1 / (1 + np.exp(-(x @ self.Wxf + self.h @ self.Whf + self.bf)))
            o = 1 / (1 + np.exp(-(x @ self.Wxo + self.h @ self.Who + self.bo)))
            g = np.tanh(x @ self.Wxg + self.h @ self.Whg + self.bg)
            self.c = f * self.c + i * g
            self.h = o * np.tanh(self.c)
            outputs.append(self.h)
        return np.array(outputs), self.h, self.c
