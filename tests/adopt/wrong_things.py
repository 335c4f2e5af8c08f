"""Things that are no LSTM, and LSTMs that cannot be made, filled or called as they are."""

import numpy as np
import torch
from torch import nn

text = "an LSTM"
gru = nn.GRU(2, 3)
on_meta = nn.LSTM(2, 3, device="meta")


class Configured(nn.Module):
    """Its constructor takes a configuration."""

    def __init__(self, config, *, flavour):
        super().__init__()
        self.linear = nn.Linear(config["n"], 4 * config["m"])


class TwoForX(nn.Module):
    """Two of its parameters could be what x is multiplied with."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.first, self.second = (
            nn.Linear(input_size, 4 * hidden_size),
            nn.Linear(input_size, 4 * hidden_size),
        )
        self.back = nn.Linear(hidden_size, 4 * hidden_size)


class TwoLayers(nn.LSTM):
    """Two layers in one."""

    def __init__(self, input_size, hidden_size):
        super().__init__(input_size, hidden_size, num_layers=2)


class Dropping(nn.Module):
    """A cell whose output is dropped at random in training."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.cell, self.drop = nn.LSTMCell(input_size, hidden_size), nn.Dropout(0.5)

    def forward(self, x, state):
        h, c = self.cell(x, state)
        return self.drop(h), c


in_training, ready = Dropping(3, 1), Dropping(3, 1).eval()


class Raising(nn.LSTMCell):
    """It raises whatever it is given."""

    def forward(self, x, state):
        raise RuntimeError("not today")


class Unnamed:
    """Three gates have names that tell which they are; of two others either could be the fourth."""

    def __init__(self, n_x, n_h):
        self.W_i, self.W_f, self.W_o, self.W_one, self.W_two = np.zeros((5, n_h, n_x + n_h))


class NoMethod:
    """It has parameters, and nothing that can be called."""

    def __init__(self, n_x, n_h):
        self.W, self.b = np.zeros((4 * n_h, n_x + n_h)), np.zeros(4 * n_h)


class Wide(nn.LSTMCell):
    """It returns more units than it has."""

    def forward(self, x, state):
        h, c = super().forward(x, state)
        return torch.cat([h, h[:, :1]], 1), c
