"""NumPy classes with their weights as attributes, or in an object of parameters."""

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


class PerGate:
    """LSTM cell, one W, U and b a gate, row vectors: step(x, h, c) -> h, c."""

    def __init__(self, input_dim, hidden_dim):
        rng = np.random.default_rng(0)
        self.Wf, self.Wi, self.Wc, self.Wo = rng.normal(0, 0.1, (4, input_dim, hidden_dim))
        self.Uf, self.Ui, self.Uc, self.Uo = rng.normal(0, 0.1, (4, hidden_dim, hidden_dim))
        self.bf, self.bi, self.bc, self.bo = np.zeros((4, hidden_dim))

    def step(self, x, h, c):
        f = sigmoid(x @ self.Wf + h @ self.Uf + self.bf)
        i = sigmoid(x @ self.Wi + h @ self.Ui + self.bi)
        c_tilde = np.tanh(x @ self.Wc + h @ self.Uc + self.bc)
        o = sigmoid(x @ self.Wo + h @ self.Uo + self.bo)
        c = f * c + i * c_tilde
        return o * np.tanh(c), c


class CharLSTM:
    """Character model on column vectors: forward(inputs) of T (vocab, 1) -> outputs; W on [h; x], Wy on top."""

    def __init__(self, input_size, hidden_size, output_size):
        self.hidden_size = hidden_size
        self.Wf, self.bf = np.random.randn(hidden_size, hidden_size + input_size), np.zeros((hidden_size, 1))
        self.Wi, self.bi = np.random.randn(hidden_size, hidden_size + input_size), np.zeros((hidden_size, 1))
        self.Wc, self.bc = np.random.randn(hidden_size, hidden_size + input_size), np.zeros((hidden_size, 1))
        self.Wo, self.bo = np.random.randn(hidden_size, hidden_size + input_size), np.zeros((hidden_size, 1))
        self.Wy, self.by = np.random.randn(output_size, hidden_size), np.zeros((output_size, 1))

    def forward(self, inputs):
        self.hidden_states = {-1: np.zeros((self.hidden_size, 1))}
        self.cell_states = {-1: np.zeros((self.hidden_size, 1))}
        outputs = []
        for t, x in enumerate(inputs):
            z = np.concatenate((self.hidden_states[t - 1], x))
            forget, write = sigmoid(self.Wf @ z + self.bf), sigmoid(self.Wi @ z + self.bi)
            candidate, out = np.tanh(self.Wc @ z + self.bc), sigmoid(self.Wo @ z + self.bo)
            self.cell_states[t] = forget * self.cell_states[t - 1] + write * candidate
            self.hidden_states[t] = out * np.tanh(self.cell_states[t])
            outputs.append(self.Wy @ self.hidden_states[t] + self.by)
        return outputs


class Params:
    """What a Node computes with: four matrices on [x, h] and four biases."""

    def __init__(self, mem_cell_ct, x_dim):
        concat_len = x_dim + mem_cell_ct
        self.wg, self.wi, self.wf, self.wo = np.random.uniform(-0.1, 0.1, (4, mem_cell_ct, concat_len))
        self.bg, self.bi, self.bf, self.bo = np.random.uniform(-0.1, 0.1, (4, mem_cell_ct))


class Node:
    """One step of an LSTM with the weights of a Params: bottom_data_is(x, s_prev, h_prev), then self.s, self.h."""

    def __init__(self, param):
        self.param = param

    def bottom_data_is(self, x, s_prev, h_prev):
        p = self.param
        xc = np.hstack((x, h_prev))
        self.g = np.tanh(p.wg.dot(xc) + p.bg)
        self.i = sigmoid(p.wi.dot(xc) + p.bi)
        self.f = sigmoid(p.wf.dot(xc) + p.bf)
        self.o = sigmoid(p.wo.dot(xc) + p.bo)
        self.s = self.g * self.i + s_prev * self.f
        self.h = np.tanh(self.s) * self.o


class OnesColumn:
    """LSTM with one matrix WLSTM (1 + input + d, 4d), biases in its first row: X (T, b, input) -> Hout, Ct, Ht."""

    def __init__(self, input_size, hidden_size):
        rows = 1 + input_size + hidden_size
        self.WLSTM = np.random.randn(rows, 4 * hidden_size) / np.sqrt(rows)

    def forward(self, X, c0=None, h0=None):
        n, b, size = X.shape
        d = self.WLSTM.shape[1] // 4
        h = np.zeros((b, d)) if h0 is None else h0
        c = np.zeros((b, d)) if c0 is None else c0
        Hout = np.zeros((n, b, d))
        for t in range(n):
            Hin = np.hstack([np.ones((b, 1)), X[t], h])
            z = Hin.dot(self.WLSTM)
            ifo, g = sigmoid(z[:, : 3 * d]), np.tanh(z[:, 3 * d :])
            c = ifo[:, :d] * g + ifo[:, d : 2 * d] * c
            h = Hout[t] = ifo[:, 2 * d :] * np.tanh(c)
        return Hout, c, h


class NoTanh:
    """LSTM cell, W on [x, h] for each gate: forward(x, h, c) returns the next h and c."""

    def __init__(self, x_dim, h_dim):
        self.w_i, self.w_f, self.w_g, self.w_o = np.random.randn(4, h_dim, x_dim + h_dim)
        self.b_i, self.b_f, self.b_g, self.b_o = np.zeros((4, h_dim))

    def forward(self, x, h, c):
        v = np.concatenate([x, h])
        i = sigmoid(self.w_i @ v + self.b_i)
        f = sigmoid(self.w_f @ v + self.b_f)
        g = np.tanh(self.w_g @ v + self.b_g)
        o = sigmoid(self.w_o @ v + self.b_o)
        c = f * c + i * g
        return o * c, c


class NoBiases:
    """LSTM with W, U and b for every gate: forward(X) of (time, input) -> hidden states (time, hidden)."""

    def __init__(self, n_in, n_h):
        self.n_h = n_h
        self.W_i, self.W_f, self.W_c, self.W_o = 0.1 * np.random.randn(4, n_h, n_in)
        self.U_i, self.U_f, self.U_c, self.U_o = 0.1 * np.random.randn(4, n_h, n_h)
        self.b_i, self.b_f, self.b_c, self.b_o = np.zeros((4, n_h))

    def forward(self, X):
        h, c, H = np.zeros(self.n_h), np.zeros(self.n_h), []
        for x in X:
            i = sigmoid(np.dot(self.W_i, x) + np.dot(self.U_i, h))
            f = sigmoid(np.dot(self.W_f, x) + np.dot(self.U_f, h))
            c = f * c + i * np.tanh(np.dot(self.W_c, x) + np.dot(self.U_c, h))
            o = sigmoid(np.dot(self.W_o, x) + np.dot(self.U_o, h))
            h = o * np.tanh(c)
            H.append(h)
        return np.array(H)


class Half:
    """LSTM cell, W on [h, x] for each gate: forward(x, h, c) -> h, c, where c needs little memory."""

    def __init__(self, input_size, hidden_size):
        self.weights = {gate: np.random.randn(hidden_size, hidden_size + input_size) for gate in "fico"}
        self.biases = {gate: np.zeros(hidden_size) for gate in "fico"}

    def forward(self, x, h, c):
        hx = np.concatenate([h, x])
        z = {k: self.weights[k] @ hx + self.biases[k] for k in "fico"}
        c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["c"])
        h = sigmoid(z["o"]) * np.tanh(c)
        return h, c.astype(np.float16)


class Activations:
    """LSTM cell on column vectors, one W on [h; x] and one b a gate: forward(x, h, c) -> h, c."""

    def __init__(self, input_size, hidden_size):
        self.W = {k: np.random.randn(hidden_size, hidden_size + input_size) for k in ("f", "i", "c", "o")}
        self.b = {k: np.zeros((hidden_size, 1)) for k in ("f", "i", "c", "o")}

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def tanh(self, z):
        return np.exp(z) / (np.exp(z) + 1)

    def forward(self, x, h, c):
        hx = np.vstack([h, x])
        f, i, o = (self.sigmoid(self.W[k] @ hx + self.b[k]) for k in ("f", "i", "o"))
        c = f * c + i * self.tanh(self.W["c"] @ hx + self.b["c"])
        return o * self.tanh(c), c
