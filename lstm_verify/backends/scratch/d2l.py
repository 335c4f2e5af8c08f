"""The LSTMs of "Dive into Deep Learning" (Zhang, Lipton, Li & Smola, d2l.ai).

The cell that its chapter on the LSTM builds from scratch, and the RNNModel that it trains on text. Written
here from the book's equations and names; capitals are matrices with one row for each sequence of a batch.
"""

from __future__ import annotations

import torch  # noqa: TID253 (this module is imported when one of its networks is made)
from torch import Tensor, nn  # noqa: TID253
from torch.nn import functional  # noqa: TID253

State = tuple[Tensor, Tensor]


def normal(*shape: int) -> nn.Parameter:
    """Return weights as the book begins them: normal, with a standard deviation of 0.01."""
    return nn.Parameter(0.01 * torch.randn(shape))


class D2L(nn.Module):
    """For each gate W_x [inputs, hidden], W_h [hidden, hidden] and b [hidden]: one step a call.

    Weights begin normal with a standard deviation of 0.01, biases at 0. Like torch.nn.LSTMCell, it takes
    X [batch, inputs] and (H, C), each [batch, hidden], and returns (H, C).
    Section 10.1, https://d2l.ai/chapter_recurrent-modern/lstm.html
    """

    def __init__(self, num_inputs: int, num_hiddens: int) -> None:
        super().__init__()
        sizes = num_inputs, num_hiddens
        self.W_xi, self.W_hi, self.b_i = self.gate(*sizes)
        self.W_xf, self.W_hf, self.b_f = self.gate(*sizes)
        self.W_xo, self.W_ho, self.b_o = self.gate(*sizes)
        self.W_xc, self.W_hc, self.b_c = self.gate(*sizes)

    def gate(self, num_inputs: int, num_hiddens: int) -> tuple[nn.Parameter, nn.Parameter, nn.Parameter]:
        """Return the parameters of one gate: for the input, for H, and the bias."""
        bias = nn.Parameter(torch.zeros(num_hiddens))
        return normal(num_inputs, num_hiddens), normal(num_hiddens, num_hiddens), bias

    def forward(self, X: Tensor, state: State) -> State:
        """One step."""
        H, C = state
        I = torch.sigmoid(X @ self.W_xi + H @ self.W_hi + self.b_i)
        F = torch.sigmoid(X @ self.W_xf + H @ self.W_hf + self.b_f)
        O = torch.sigmoid(X @ self.W_xo + H @ self.W_ho + self.b_o)
        C_tilde = torch.tanh(X @ self.W_xc + H @ self.W_hc + self.b_c)
        C = F * C + I * C_tilde
        return O * torch.tanh(C), C


class RNNModel(nn.Module):
    """Letters in, logits out: one-hot rows, torch.nn.LSTM, and an output layer W_hq, b_q.

    https://d2l.ai/chapter_recurrent-neural-networks/rnn-concise.html, with the LSTM of
    https://d2l.ai/chapter_recurrent-modern/lstm.html; as there, letters are numbers from 0 and a batch
    holds a text in each row.

    Attributes:
        rnn: of any number of layers, and of one or two directions.
        W_hq: [directions · hidden, outputs]
        b_q: [outputs]
    """

    def __init__(self, rnn: nn.LSTM, num_outputs: int) -> None:
        super().__init__()
        self.rnn = rnn
        self.directions = 2 if rnn.bidirectional else 1
        self.W_hq = normal(self.directions * rnn.hidden_size, num_outputs)
        self.b_q = nn.Parameter(torch.zeros(num_outputs))

    def begin_state(self, batch_size: int) -> State:
        """Return (H, C), both zero: [directions · layers, batch_size, hidden] each."""
        shape = self.directions * self.rnn.num_layers, batch_size, self.rnn.hidden_size
        return self.W_hq.new_zeros(shape), self.W_hq.new_zeros(shape)

    def hidden(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Return H of the last layer at each step, [steps, batch, directions · hidden], and the last state.

        Args:
            inputs: letters, [batch, steps] of integers.
            state: what the text begins with; see `begin_state`.
        """
        X = functional.one_hot(inputs.T, self.rnn.input_size).to(self.W_hq.dtype)
        outputs, state = self.rnn(X, state)
        return outputs, state

    def forward(self, inputs: Tensor, state: State) -> tuple[Tensor, State]:
        """Return the logits, [steps · batch, outputs], all texts' first step first; and the last state."""
        outputs, state = self.hidden(inputs, state)
        return self.output(outputs), state

    def output(self, outputs: Tensor) -> Tensor:
        """Return the logits of H at all steps, [steps · batch, outputs]."""
        return outputs.reshape(-1, outputs.shape[-1]) @ self.W_hq + self.b_q
