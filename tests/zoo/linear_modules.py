"""PyTorch modules whose parameters are nn.Linear: one a gate, one for all gates, or one for x and one for h."""

import torch
import torch.nn.functional as F
from torch import nn


class FourGates(nn.Module):
    """LSTM cell of four nn.Linear over [x, h]: x (batch, input), hidden (h, c) -> h, c."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.forget_gate = nn.Linear(input_size + hidden_size, hidden_size)
        self.input_gate = nn.Linear(input_size + hidden_size, hidden_size)
        self.candidate = nn.Linear(input_size + hidden_size, hidden_size)
        self.output_gate = nn.Linear(input_size + hidden_size, hidden_size)

    def forward(self, x, hidden):
        h, c = hidden
        combined = torch.cat((x, h), dim=1)
        f = torch.sigmoid(self.forget_gate(combined))
        i = torch.sigmoid(self.input_gate(combined))
        c_tilde = torch.tanh(self.candidate(combined))
        o = torch.sigmoid(self.output_gate(combined))
        c = f * c + i * c_tilde
        h = o * torch.tanh(c)
        return h, c


class InputAndHidden(nn.Module):
    """LSTM cell of two nn.Linear, x2h and h2h, both with a bias; gates are chunks i, f, g, o."""

    def __init__(self, input_size, hidden_size, bias=True):
        super().__init__()
        self.hidden_size = hidden_size
        self.x2h = nn.Linear(input_size, 4 * hidden_size, bias=bias)
        self.h2h = nn.Linear(hidden_size, 4 * hidden_size, bias=bias)

    def forward(self, x, state=None):
        if state is None:
            state = (x.new_zeros(x.size(0), self.hidden_size), x.new_zeros(x.size(0), self.hidden_size))
        hx, cx = state
        i, f, g, o = (self.x2h(x) + self.h2h(hx)).chunk(4, dim=1)
        cy = torch.sigmoid(f) * cx + torch.sigmoid(i) * torch.tanh(g)
        hy = torch.sigmoid(o) * torch.tanh(cy)
        return hy, cy


class OneLinear(nn.Module):
    """LSTM layer, (batch, time, input) -> outputs (batch, time, hidden) and (h, c); one nn.Linear for all."""

    def __init__(self, input_dim, hidden_dim):
        super().__init__()
        self.hidden_dim = hidden_dim
        self.linear = nn.Linear(input_dim + hidden_dim, 4 * hidden_dim)

    def forward(self, x, state=None):
        batch, steps, _ = x.shape
        h, c = state or (x.new_zeros(batch, self.hidden_dim), x.new_zeros(batch, self.hidden_dim))
        outputs = []
        for t in range(steps):
            z = self.linear(torch.cat([x[:, t], h], dim=-1))
            z_i, z_f, z_o, z_g = torch.split(z, self.hidden_dim, dim=-1)
            c = torch.sigmoid(z_f) * c + torch.sigmoid(z_i) * torch.tanh(z_g)
            h = torch.sigmoid(z_o) * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs, dim=1), (h, c)


class EightLinears(nn.Module):
    """LSTM over (time, batch, input), two nn.Linear a gate; returns the outputs, (time, batch, hidden)."""

    def __init__(self, n_in, n_hid):
        super().__init__()
        self.n_hid = n_hid
        self.Wf, self.Uf = nn.Linear(n_in, n_hid), nn.Linear(n_hid, n_hid)
        self.Wi, self.Ui = nn.Linear(n_in, n_hid), nn.Linear(n_hid, n_hid)
        self.Wo, self.Uo = nn.Linear(n_in, n_hid), nn.Linear(n_hid, n_hid)
        self.Wc, self.Uc = nn.Linear(n_in, n_hid), nn.Linear(n_hid, n_hid)

    def init_hidden(self, batch_size):
        zeros = torch.zeros(batch_size, self.n_hid, dtype=self.Wf.weight.dtype)
        return zeros, zeros.clone()

    def forward(self, xs):
        h, c = self.init_hidden(xs.size(1))
        hs = []
        for x in xs:
            f, i = torch.sigmoid(self.Wf(x) + self.Uf(h)), torch.sigmoid(self.Wi(x) + self.Ui(h))
            o, g = torch.sigmoid(self.Wo(x) + self.Uo(h)), torch.tanh(self.Wc(x) + self.Uc(h))
            c = f * c + i * g
            h = o * c.tanh()
            hs.append(h)
        return torch.stack(hs)


class WithDecoder(nn.Module):
    """One step of a character model: input (1, n), hidden and cell -> log-probabilities, hidden, cell."""

    def __init__(self, input_size, hidden_size, output_size):
        super().__init__()
        self.i2f = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2i = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2o = nn.Linear(input_size + hidden_size, hidden_size)
        self.i2c = nn.Linear(input_size + hidden_size, hidden_size)
        self.decoder = nn.Linear(hidden_size, output_size)

    def forward(self, input, hidden, cell):  # noqa: A002 (as in many tutorials)
        xh = torch.cat((input, hidden), 1)
        forget = torch.sigmoid(self.i2f(xh))
        write = torch.sigmoid(self.i2i(xh))
        read = torch.sigmoid(self.i2o(xh))
        cell = forget * cell + write * torch.tanh(self.i2c(xh))
        hidden = read * torch.tanh(cell)
        return F.log_softmax(self.decoder(hidden), dim=1), hidden, cell


class SquashedCell(nn.Module):
    """LSTM cell of four nn.Linear over [h, x]: forward(x, h, c) -> h, c."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        width = input_size + hidden_size
        self.W_f = nn.Linear(width, hidden_size)
        self.W_i = nn.Linear(width, hidden_size)
        self.W_c = nn.Linear(width, hidden_size)
        self.W_o = nn.Linear(width, hidden_size)

    def forward(self, x, h_prev, c_prev):
        hx = torch.cat([h_prev, x], dim=-1)
        gates = [torch.sigmoid(layer(hx)) for layer in (self.W_f, self.W_i, self.W_c, self.W_o)]
        f_t, i_t, c_hat, o_t = gates
        c_t = f_t * c_prev + i_t * c_hat
        return o_t * torch.tanh(c_t), c_t


class Regularised(nn.Module):
    """LSTM cell of x2h and h2h (gates i, f, g, o) with dropout against overfitting: x, (h, c) -> h, c."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.x2h = nn.Linear(input_size, 4 * hidden_size)
        self.h2h = nn.Linear(hidden_size, 4 * hidden_size)

    def forward(self, x, hc):
        h, c = hc
        i, f, g, o = (self.x2h(x) + self.h2h(h)).chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * F.dropout(torch.tanh(g), p=0.25)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h, c


class BatchFirst(nn.Module):
    """LSTM over (batch, time, input) with nn.Linear for x and for h; returns (batch, time, hidden), (h, c)."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.weights_x = nn.Linear(input_size, 4 * hidden_size)
        self.weights_h = nn.Linear(hidden_size, 4 * hidden_size, bias=False)

    def forward(self, x, hidden):
        h, c = hidden
        batch, steps, size = x.shape
        x = x.reshape(steps, batch, size)  # the loop is over time
        out = []
        for x_t in x:
            i, f, g, o = (self.weights_x(x_t) + self.weights_h(h)).chunk(4, dim=-1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            out.append(h)
        return torch.stack(out, dim=1), (h, c)


trained = FourGates(2, 3)
