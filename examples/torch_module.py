"""An LSTM cell as a PyTorch module, with an nn.Linear for each gate.

Check it: lstm-verify run generic -b python:torch_module.py:LSTMCell
It says:

    python:torch_module.py:LSTMCell  agrees: if its matrices are those of [x, h]; 24 of 24 numbers
          checked, all where correct float32 arithmetic must put them
"""

import torch
from torch import nn


class LSTMCell(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.forget_gate = nn.Linear(input_size + hidden_size, hidden_size)
        self.input_gate = nn.Linear(input_size + hidden_size, hidden_size)
        self.cell_gate = nn.Linear(input_size + hidden_size, hidden_size)
        self.output_gate = nn.Linear(input_size + hidden_size, hidden_size)

    def forward(self, x, state):
        h, c = state
        both = torch.cat([x, h], dim=1)
        f = torch.sigmoid(self.forget_gate(both))
        i = torch.sigmoid(self.input_gate(both))
        g = torch.tanh(self.cell_gate(both))
        o = torch.sigmoid(self.output_gate(both))
        c = f * c + i * g
        h = o * torch.tanh(c)
        return h, c
