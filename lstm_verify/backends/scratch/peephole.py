"""The LSTM with peepholes of Gers & Schmidhuber, "Recurrent nets that time and count" (IJCNN 2000)."""

from __future__ import annotations

import torch  # noqa: TID253 (this module is imported when its cell is made)
from torch import Tensor, nn  # noqa: TID253

from lstm_verify.backends.scratch.d2l import D2L

State = tuple[Tensor, Tensor]


class Peephole(D2L):
    """Gates that look at the cell state: p_i, p_f and p_o, each [hidden]; else as `D2L`.

    The input and forget gates look at the old cell state, the output gate at the new one (Graves 2013,
    "Generating sequences with recurrent neural networks", eq. 7 to 11). Each unit sees its own cell only,
    so that a peephole is a vector. Where all are 0 this is a plain LSTM.
    """

    def __init__(self, num_inputs: int, num_hiddens: int) -> None:
        super().__init__(num_inputs, num_hiddens)
        self.p_i, self.p_f, self.p_o = (nn.Parameter(torch.zeros(num_hiddens)) for _ in "ifo")

    def forward(self, X: Tensor, state: State) -> State:
        """One step."""
        H, C = state
        I = torch.sigmoid(X @ self.W_xi + H @ self.W_hi + self.p_i * C + self.b_i)
        F = torch.sigmoid(X @ self.W_xf + H @ self.W_hf + self.p_f * C + self.b_f)
        C = F * C + I * torch.tanh(X @ self.W_xc + H @ self.W_hc + self.b_c)
        O = torch.sigmoid(X @ self.W_xo + H @ self.W_ho + self.p_o * C + self.b_o)
        return O * torch.tanh(C), C
