"""The cells of Piero Esposito's "Building a LSTM by hand on PyTorch" (Towards Data Science, 2020).

https://towardsdatascience.com/building-a-lstm-by-hand-on-pytorch-59c02a4ec091, whose code is in the gists
of github.com/piEsposito. Written here from the article's equations, one step a call; like
torch.nn.LSTMCell, a cell takes x [batch, inputs] and (h, c), each [batch, hidden], and returns (h, c).
"""

from __future__ import annotations

import math

import torch  # noqa: TID253 (this module is imported when one of its cells is made)
from torch import Tensor, nn  # noqa: TID253

State = tuple[Tensor, Tensor]


class ByHand(nn.Module):
    """What the article's cells have in common: their sizes, and how their weights begin."""

    def __init__(self, input_sz: int, hidden_sz: int) -> None:
        super().__init__()
        self.input_size = input_sz
        self.hidden_size = hidden_sz

    def init_weights(self) -> None:
        """Draw every parameter from the uniform distribution over ±1/√hidden, as PyTorch's LSTM does."""
        bound = 1 / math.sqrt(self.hidden_size)
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def parameter(self, *shape: int) -> nn.Parameter:
        """Return a parameter that is yet to be drawn."""
        return nn.Parameter(torch.empty(shape))


class Naive(ByHand):
    """Eight products a step: for each gate U [inputs, hidden], V [hidden, hidden] and b [hidden].

    The names are the article's; its repository (pytorch-lstm-by-hand) calls the same matrices W and U.
    """

    def __init__(self, input_sz: int, hidden_sz: int) -> None:
        super().__init__(input_sz, hidden_sz)
        self.U_i, self.V_i, self.b_i = self.gate()
        self.U_f, self.V_f, self.b_f = self.gate()
        self.U_c, self.V_c, self.b_c = self.gate()
        self.U_o, self.V_o, self.b_o = self.gate()
        self.init_weights()

    def gate(self) -> tuple[nn.Parameter, nn.Parameter, nn.Parameter]:
        """Return the parameters of one gate: for the input, for h, and the bias."""
        inputs, hidden = self.input_size, self.hidden_size
        return self.parameter(inputs, hidden), self.parameter(hidden, hidden), self.parameter(hidden)

    def forward(self, x: Tensor, state: State) -> State:
        """One step."""
        h, c = state
        i = torch.sigmoid(x @ self.U_i + h @ self.V_i + self.b_i)
        f = torch.sigmoid(x @ self.U_f + h @ self.V_f + self.b_f)
        g = torch.tanh(x @ self.U_c + h @ self.V_c + self.b_c)
        o = torch.sigmoid(x @ self.U_o + h @ self.V_o + self.b_o)
        c = f * c + i * g
        return o * torch.tanh(c), c


class Fused(ByHand):
    """Two products a step: W [inputs, 4·hidden], U [hidden, 4·hidden], bias [4·hidden]; columns i, f, g, o.

    The article's CustomLSTM, without its peepholes.
    """

    def __init__(self, input_sz: int, hidden_sz: int) -> None:
        super().__init__(input_sz, hidden_sz)
        self.W = self.parameter(input_sz, 4 * hidden_sz)
        self.U = self.parameter(hidden_sz, 4 * hidden_sz)
        self.bias = self.parameter(4 * hidden_sz)
        self.init_weights()

    def forward(self, x: Tensor, state: State) -> State:
        """One step."""
        h, c = state
        i, f, g, o = (x @ self.W + h @ self.U + self.bias).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class PublishedPeephole(Fused):
    """The article's CustomLSTM with peephole=True, as published, but for its undefined names.

    As published (gist c8d0b2e1cc8e3cd98266da6fd69d3147 of piEsposito) it stops at its first step with a
    NameError: it reads U, V and bias, none of which is defined there; the constructor makes self.W, self.U
    and self.bias. Going by the shapes, readers take them for W [inputs, 4·hidden], U [hidden, 4·hidden] and
    bias, and so do we. It is then no peephole LSTM, in four points:

    1. The gates do not see h at all. In its place they see the old c, through all of U; a peephole is a
       vector, added to what h contributes, and that of the output gate looks at the new c.
    2. The candidate does not see h either: it is made of x alone.
    3. The candidate is squashed by σ and not by tanh, so that nothing is ever subtracted from c.
    4. tanh is taken of the product o ⊙ c and not of c alone.
    """

    def forward(self, x: Tensor, state: State) -> State:
        """One step; what it is given as h it never reads."""
        _, c = state
        i, f, _, o = torch.sigmoid(x @ self.W + c @ self.U + self.bias).chunk(4, dim=1)
        g = torch.sigmoid(x @ self.W + self.bias).chunk(4, dim=1)[2]
        c = f * c + i * g
        return torch.tanh(o * c), c
