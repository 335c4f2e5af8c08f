"""PyTorch modules with the four gates in one matrix, or one for x and one for h."""

import torch
from torch import nn
from torch.nn import Parameter


class Chunks(nn.Module):
    """LSTM, input (batch, time, input) -> hidden states (batch, time, hidden), (h_t, c_t); fused W, U, bias."""

    def __init__(self, input_sz, hidden_sz):
        super().__init__()
        self.hidden_size = hidden_sz
        self.W = Parameter(torch.randn(input_sz, hidden_sz * 4))
        self.U = Parameter(torch.randn(hidden_sz, hidden_sz * 4))
        self.bias = Parameter(torch.zeros(hidden_sz * 4))

    def forward(self, x, init_states=None):
        HS, seq = self.hidden_size, []
        h_t, c_t = init_states or (torch.zeros(x.size(0), HS).to(x), torch.zeros(x.size(0), HS).to(x))
        for t in range(x.size(1)):
            gates = x[:, t, :] @ self.W + h_t @ self.U + self.bias
            i_t = torch.sigmoid(gates[:, :HS])
            f_t = torch.sigmoid(gates[:, HS : HS * 2])
            g_t = torch.tanh(gates[:, HS * 2 : HS * 3])
            o_t = torch.sigmoid(gates[:, HS * 3 :])
            c_t = f_t * c_t + i_t * g_t
            h_t = o_t * torch.tanh(c_t)
            seq.append(h_t)
        return torch.stack(seq, dim=1), (h_t, c_t)


class Packed(nn.Module):
    """LSTM cell with one state tensor (batch, 2 * units), c before h, as in old TensorFlow: output, state."""

    def __init__(self, num_inputs, num_units, forget_bias=0.0):
        super().__init__()
        self.forget_bias = forget_bias
        self.kernel = Parameter(torch.randn(num_inputs + num_units, 4 * num_units))
        self.bias = Parameter(torch.zeros(4 * num_units))

    def forward(self, inputs, state):
        c, h = torch.chunk(state, 2, dim=1)
        i, j, f, o = torch.chunk(torch.cat([inputs, h], 1) @ self.kernel + self.bias, 4, dim=1)
        new_c = c * torch.sigmoid(f + self.forget_bias) + torch.sigmoid(i) * torch.tanh(j)
        new_h = torch.tanh(new_c) * torch.sigmoid(o)
        return new_h, torch.cat([new_c, new_h], 1)


class LikePyTorch(nn.Module):
    """Drop-in for one layer of nn.LSTM: (time, batch, input), states (1, batch, hidden); same parameters."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.weight_ih_l0 = Parameter(torch.randn(4 * hidden_size, input_size))
        self.weight_hh_l0 = Parameter(torch.randn(4 * hidden_size, hidden_size))
        self.bias_ih_l0 = Parameter(torch.randn(4 * hidden_size))
        self.bias_hh_l0 = Parameter(torch.randn(4 * hidden_size))

    def forward(self, x, hx=None):
        if hx is None:
            hx = (x.new_zeros(1, x.size(1), self.hidden_size), x.new_zeros(1, x.size(1), self.hidden_size))
        h, c = hx[0][0], hx[1][0]
        output = []
        for x_t in x.unbind(0):
            z = x_t @ self.weight_ih_l0.T + self.bias_ih_l0 + h @ self.weight_hh_l0.T + self.bias_hh_l0
            i, f, g, o = z.chunk(4, dim=1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            output.append(h)
        return torch.stack(output), (h[None], c[None])


class LastOnly(nn.Module):
    """LSTM encoder, (batch, time, input) -> the last hidden state (batch, hidden); a matrix on [h, x] a gate."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        for gate in ("forget", "input", "cell", "output"):
            setattr(self, f"w_{gate}", Parameter(torch.randn(hidden_size, hidden_size + input_size)))
            setattr(self, f"b_{gate}", Parameter(torch.zeros(hidden_size)))

    def gate(self, name, h, x):
        return torch.cat([h, x], 1) @ getattr(self, f"w_{name}").t() + getattr(self, f"b_{name}")

    def forward(self, x):
        h = c = torch.zeros(len(x), self.hidden_size, dtype=x.dtype)
        for t in range(x.shape[1]):
            f, i, g, o = (self.gate(name, h, x[:, t]) for name in ("forget", "input", "cell", "output"))
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        return h


class CellFirst(nn.Module):
    """LSTM cell with a W on [x, h] and a b for each gate: x, (h, c) -> the new (h, c)."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.W_i, self.W_f, self.W_c, self.W_o = (
            Parameter(torch.randn(input_size + hidden_size, hidden_size)) for _ in range(4)
        )
        self.b_i, self.b_f, self.b_c, self.b_o = (Parameter(torch.zeros(hidden_size)) for _ in range(4))

    def forward(self, x, state):
        h, c = state
        xh = torch.cat([x, h], dim=-1)
        i = torch.sigmoid(xh @ self.W_i + self.b_i)
        f = torch.sigmoid(xh @ self.W_f + self.b_f)
        o = torch.sigmoid(xh @ self.W_o + self.b_o)
        c_next = f * c + i * torch.tanh(xh @ self.W_c + self.b_c)
        h_next = o * torch.tanh(c_next)
        return c_next, h_next


class Swapped(nn.Module):
    """LSTM over (time, batch, input), a matrix on [x, h] and a bias a gate: returns outputs, (h, c)."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        shape = (input_size + hidden_size, hidden_size)
        self.weights = nn.ParameterDict({k: Parameter(torch.randn(shape)) for k in ("i", "f", "g", "o")})
        self.biases = nn.ParameterDict({k: Parameter(torch.zeros(hidden_size)) for k in ("i", "f", "g", "o")})

    def forward(self, xs, state):
        h, c = state
        outputs = []
        for x in xs:
            xh = torch.cat([x, h], dim=1)
            z = {k: xh @ self.weights[k] + self.biases[k] for k in self.weights}
            i, f, o = torch.tanh(z["i"]), torch.tanh(z["f"]), torch.tanh(z["o"])
            c = f * c + i * torch.sigmoid(z["g"])
            h = o * torch.sigmoid(c)
            outputs.append(h)
        return torch.stack(outputs), (h, c)
