"""An LSTM as a PyTorch module with the gates side by side in one matrix for x and one for h.

Check it: lstm-verify run generic -b python:fused_module.py:FusedLSTM
It says:

    python:fused_module.py:FusedLSTM  agrees: if its columns are i, f, o, g and its inputs are [rows,
          steps, inputs]; 18 of 30 numbers checked, all where correct float32 arithmetic must put them
"""

import torch
from torch import nn


class FusedLSTM(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.W = nn.Parameter(0.1 * torch.randn(input_size, 4 * hidden_size))
        self.U = nn.Parameter(0.1 * torch.randn(hidden_size, 4 * hidden_size))
        self.bias = nn.Parameter(torch.zeros(4 * hidden_size))

    def forward(self, x, state=None):
        h, c = state or 2 * (torch.zeros(x.shape[0], self.hidden_size, dtype=x.dtype),)
        outputs = []
        for t in range(x.shape[1]):
            i, f, o, g = (x[:, t] @ self.W + h @ self.U + self.bias).chunk(4, dim=1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs, dim=1), (h, c)


model = FusedLSTM(input_size=3, hidden_size=8)  # then, where it was trained: model.load_state_dict(...)
