"""PyTorch modules whose parameters are nn.Parameter, one for x and one for h in each gate."""

import torch
from torch import nn
from torch.nn import Parameter


class GateByGate(nn.Module):
    """LSTM over (batch, time, features); init_states (h, c) -> all hidden states, (h, c)."""

    def __init__(self, input_sz, hidden_sz):
        super().__init__()
        self.hidden_sz = hidden_sz
        for gate in "ifgo":
            setattr(self, f"U_{gate}", Parameter(torch.randn(input_sz, hidden_sz)))
            setattr(self, f"V_{gate}", Parameter(torch.randn(hidden_sz, hidden_sz)))
            setattr(self, f"b_{gate}", Parameter(torch.zeros(hidden_sz)))

    def forward(self, x, init_states=None):
        zeros = torch.zeros(x.size(0), self.hidden_sz, dtype=x.dtype)
        h_t, c_t = (zeros, zeros) if init_states is None else init_states
        hidden_seq = []
        for t in range(x.size(1)):
            i_t = torch.sigmoid(x[:, t] @ self.U_i + h_t @ self.V_i + self.b_i)
            f_t = torch.sigmoid(x[:, t] @ self.U_f + h_t @ self.V_f + self.b_f)
            g_t = torch.tanh(x[:, t] @ self.U_g + h_t @ self.V_g + self.b_g)
            o_t = torch.sigmoid(x[:, t] @ self.U_o + h_t @ self.V_o + self.b_o)
            c_t = f_t * c_t + i_t * g_t
            h_t = o_t * torch.tanh(c_t)
            hidden_seq.append(h_t.unsqueeze(1))
        return torch.cat(hidden_seq, dim=1), (h_t, c_t)


class TwoBiases(nn.Module):
    """LSTM cell by the equations in PyTorch's documentation, for one vector: x, (h, c) -> (h, c)."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        for gate in "ifgo":
            self.register_parameter("W_i" + gate, Parameter(torch.rand(hidden_size, input_size)))
            self.register_parameter("b_i" + gate, Parameter(torch.rand(hidden_size)))
            self.register_parameter("W_h" + gate, Parameter(torch.rand(hidden_size, hidden_size)))
            self.register_parameter("b_h" + gate, Parameter(torch.rand(hidden_size)))

    def forward(self, x, state):
        h, c = state
        i = torch.sigmoid(self.W_ii @ x + self.b_ii + self.W_hi @ h + self.b_hi)
        f = torch.sigmoid(self.W_if @ x + self.b_if + self.W_hf @ h + self.b_hf)
        g = torch.tanh(self.W_ig @ x + self.b_ig + self.W_hg @ h + self.b_hg)
        o = torch.sigmoid(self.W_io @ x + self.b_io + self.W_ho @ h + self.b_ho)
        c = f * c + i * g
        return o * torch.tanh(c), c


class Peephole(nn.Module):
    """Peephole LSTM of Gers and Schmidhuber: forward(x, h, c) on (batch, input); returns h, c."""

    def __init__(self, n_inputs, n_units):
        super().__init__()
        for k in ("i", "f", "c", "o"):
            setattr(self, "W_x" + k, Parameter(torch.randn(n_inputs, n_units) * 0.1))
            setattr(self, "W_h" + k, Parameter(torch.randn(n_units, n_units) * 0.1))
            setattr(self, "b_" + k, Parameter(torch.zeros(n_units)))
        self.W_ci = Parameter(torch.zeros(n_units))
        self.W_cf = Parameter(torch.zeros(n_units))
        self.W_co = Parameter(torch.zeros(n_units))

    def forward(self, x, h, c):
        i = torch.sigmoid(x @ self.W_xi + h @ self.W_hi + self.W_ci * c + self.b_i)
        f = torch.sigmoid(x @ self.W_xf + h @ self.W_hf + self.W_cf * c + self.b_f)
        c_new = f * c + i * torch.tanh(x @ self.W_xc + h @ self.W_hc + self.b_c)
        o = torch.sigmoid(x @ self.W_xo + h @ self.W_ho + self.W_co * c_new + self.b_o)
        return o * torch.tanh(c_new), c_new


class NoBias(nn.Module):
    """Bias-free LSTM over (time, batch, input): returns h and c of the last step only."""

    def __init__(self, input_dim, units):
        super().__init__()
        self.units = units
        self.kernel = nn.ParameterDict({k: Parameter(torch.randn(input_dim, units)) for k in "ifco"})
        self.recurrent = nn.ParameterDict({k: Parameter(torch.randn(units, units)) for k in "ifco"})

    def forward(self, x, state=None):
        h, c = state if state is not None else x.new_zeros(2, x.shape[1], self.units)
        for step in x:
            z = {k: step @ self.kernel[k] + h @ self.recurrent[k] for k in "ifco"}
            c = z["f"].sigmoid() * c + z["i"].sigmoid() * z["c"].tanh()
            h = z["o"].sigmoid() * c.tanh()
        return h, c


class Transposing(nn.Module):
    """LSTM cell with the parameters of torch.nn.LSTMCell: weight_ih, weight_hh, bias_ih, bias_hh."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.weight_ih = Parameter(torch.randn(4 * hidden_size, input_size))
        self.weight_hh = Parameter(torch.randn(4 * hidden_size, hidden_size))
        self.bias_ih = Parameter(torch.randn(4 * hidden_size))
        self.bias_hh = Parameter(torch.randn(4 * hidden_size))

    def forward(self, x, hx):
        h, c = hx
        from_x = (x @ self.weight_ih.t() + self.bias_ih).chunk(4, 1)
        from_h = [h @ block for block in self.weight_hh.chunk(4)]
        gates = [a + b + bias for a, b, bias in zip(from_x, from_h, self.bias_hh.chunk(4), strict=True)]
        i, f, o = (torch.sigmoid(gates[k]) for k in (0, 1, 3))
        c = f * c + i * torch.tanh(gates[2])
        return o * torch.tanh(c), c


class Exchanging(nn.Module):
    """LSTM over (batch, time, input) with W, U and b for input, forget, cell and output; returns out, (h, c)."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.hidden_size = hidden_size
        for name in ("input", "forget", "cell", "output"):
            setattr(self, f"W_{name}", Parameter(torch.randn(input_size, hidden_size)))
            setattr(self, f"U_{name}", Parameter(torch.randn(hidden_size, hidden_size)))
            setattr(self, f"b_{name}", Parameter(torch.zeros(hidden_size)))

    def forward(self, x, hidden):
        h, c = hidden
        out = []
        for t in range(x.shape[1]):
            z = {
                name: x[:, t] @ getattr(self, f"W_{name}")
                + h @ getattr(self, f"U_{name}")
                + getattr(self, f"b_{name}")
                for name in ("input", "forget", "cell", "output")
            }
            c = torch.sigmoid(z["input"]) * c + torch.sigmoid(z["forget"]) * torch.tanh(z["cell"])
            h = torch.sigmoid(z["output"]) * torch.tanh(c)
            out.append(h)
        return torch.stack(out, 1), (h, c)


class Remembering(nn.Module):
    """LSTM cell with a W, a U and a b a gate: x (batch, input), state (h, c) -> (h, c)."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        for g in ("f", "i", "g", "o"):
            self.register_parameter(f"W_{g}", Parameter(torch.randn(hidden_size, input_size)))
            self.register_parameter(f"U_{g}", Parameter(torch.randn(hidden_size, hidden_size)))
            self.register_parameter(f"b_{g}", Parameter(torch.zeros(hidden_size)))

    def pre(self, g, x, h):
        W, U, b = (getattr(self, f"{kind}_{g}") for kind in "WUb")
        return nn.functional.linear(x, W, b) + nn.functional.linear(h, U)

    def forward(self, x, state):
        h, c = state
        f = torch.sigmoid(self.pre("f", x, h) + 1.0)
        i, o = torch.sigmoid(self.pre("i", x, h)), torch.sigmoid(self.pre("o", x, h))
        c = f * c + i * torch.tanh(self.pre("g", x, h))
        return o * torch.tanh(c), c


class ZeroCell(nn.Module):
    """LSTM over (time, batch, input), states as two arguments h0 and c0; returns outputs, h, c."""

    def __init__(self, input_size, hidden_size):
        super().__init__()
        for g in "ifgo":
            setattr(self, "w_x" + g, Parameter(torch.randn(input_size, hidden_size)))
            setattr(self, "w_h" + g, Parameter(torch.randn(hidden_size, hidden_size)))
            setattr(self, "b_" + g, Parameter(torch.randn(hidden_size)))

    def forward(self, inputs, h0, c0):
        h, c = h0, torch.zeros_like(h0)
        outputs = []
        for x in inputs:
            i = torch.sigmoid(x @ self.w_xi + h @ self.w_hi + self.b_i)
            f = torch.sigmoid(x @ self.w_xf + h @ self.w_hf + self.b_f)
            g = torch.tanh(x @ self.w_xg + h @ self.w_hg + self.b_g)
            o = torch.sigmoid(x @ self.w_xo + h @ self.w_ho + self.b_o)
            c = f * c + i * g
            h = o * torch.tanh(c)
            outputs.append(h)
        return torch.stack(outputs), h, c
