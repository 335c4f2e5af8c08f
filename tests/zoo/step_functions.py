"""Functions that take their weights one by one, or in a list."""

import numpy as np
import torch


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    """One step: x (N, D), prev_h and prev_c (N, H), Wx (D, 4H), Wh (H, 4H), b (4H,) -> next_h, next_c, cache."""
    H = prev_h.shape[1]
    a = x.dot(Wx) + prev_h.dot(Wh) + b
    i, f, o = (sigmoid(a[:, k * H : (k + 1) * H]) for k in range(3))
    g = np.tanh(a[:, 3 * H :])
    next_c = f * prev_c + i * g
    next_h = o * np.tanh(next_c)
    cache = (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)
    return next_h, next_c, cache


def lstm_sequence(x, h0, Wx, Wh, b):
    """All steps of x (N, T, D) from h0 (N, H) and a cell state of zeros: h (N, T, H)."""
    N, T, _ = x.shape
    h, c = h0, np.zeros_like(h0)
    hs = np.empty((N, T, h0.shape[1]))
    for t in range(T):
        a = x[:, t] @ Wx + h @ Wh + b
        o, f, i, g = np.split(a, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        hs[:, t] = h = sigmoid(o) * np.tanh(c)
    return hs


def keywords(x, h, c, *, W_f, U_f, b_f, W_i, U_i, b_i, W_o, U_o, b_o, W_c, U_c, b_c):
    """One step on vectors as in the encyclopaedia, W (H, I), U (H, H) and b (H,) for f, i, o and c: (h, c)."""
    f = sigmoid(W_f @ x + U_f @ h + b_f)
    i = sigmoid(W_i @ x + U_i @ h + b_i)
    o = sigmoid(W_o @ x + U_o @ h + b_o)
    c = f * c + i * np.tanh(W_c @ x + U_c @ h + b_c)
    return o * np.tanh(c), c


def twelve(inputs, state, params):
    """All steps of (T, B, I) on tensors, state (H, C), twelve params in a list -> outputs (T, B, H), (H, C)."""
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c = params
    H, C = state
    outputs = []
    for X in inputs:
        in_gate = torch.sigmoid(X @ W_xi + H @ W_hi + b_i)
        keep = torch.sigmoid(X @ W_xf + H @ W_hf + b_f)
        out_gate = torch.sigmoid(X @ W_xo + H @ W_ho + b_o)
        C = keep * C + in_gate * torch.tanh(X @ W_xc + H @ W_hc + b_c)
        H = out_gate * torch.tanh(C)
        outputs.append(H)
    return torch.stack(outputs), (H, C)


def pasted(inputs, state, params):
    """All steps of (T, B, I) on tensors, state (H, C), twelve params in a list -> outputs (T, B, H), (H, C)."""
    W_xi, W_hi, b_i, W_xf, W_hf, b_f, W_xo, W_ho, b_o, W_xc, W_hc, b_c = params
    H, C = state
    outputs = []
    for X in inputs:
        in_gate = torch.sigmoid(torch.mm(X, W_xi) + torch.mm(H, W_hi) + b_i)
        keep = torch.sigmoid(torch.mm(X, W_xf) + torch.mm(H, W_hi) + b_f)
        out_gate = torch.sigmoid(torch.mm(X, W_xo) + torch.mm(H, W_ho) + b_o)
        C = keep * C + in_gate * torch.tanh(torch.mm(X, W_xc) + torch.mm(H, W_hc) + b_c)
        H = out_gate * torch.tanh(C)
        outputs.append(H)
    return torch.stack(outputs), (H, C)


def documented(x, prev_h, prev_c, Wx, Wh, b):
    """One step; gates are i, f, g, o: x (N, D), Wx (D, 4H), Wh (H, 4H), b (4H,) -> next_h, next_c."""
    H = prev_h.shape[1]
    a = x @ Wx + prev_h @ Wh + b
    ai, af, ao, ag = a[:, :H], a[:, H : 2 * H], a[:, 2 * H : 3 * H], a[:, 3 * H :]
    next_c = sigmoid(af) * prev_c + sigmoid(ai) * np.tanh(ag)
    return sigmoid(ao) * np.tanh(next_c), next_c


def backwards(xs, h0, c0, W_i, U_i, b_i, W_f, U_f, b_f, W_c, U_c, b_c, W_o, U_o, b_o):
    """All steps of xs (T, I), W (H, I), U (H, H) and b (H,) for i, f, c and o: hs (T, H), cs (T, H)."""
    T, H = len(xs), len(h0)
    hs, cs = np.zeros((T, H)), np.zeros((T, H))
    h, c = h0, c0
    for t in reversed(range(T)):
        i = sigmoid(W_i @ xs[t] + U_i @ h + b_i)
        f = sigmoid(W_f @ xs[t] + U_f @ h + b_f)
        o = sigmoid(W_o @ xs[t] + U_o @ h + b_o)
        c = f * c + i * np.tanh(W_c @ xs[t] + U_c @ h + b_c)
        h = o * np.tanh(c)
        hs[t], cs[t] = h, c
    return hs, cs


def one_behind(xs, h, c, W_i, W_f, W_o, W_g):
    """All steps of xs (T, I) without biases, W (I + H, H) on [x, h] for i, f, o and g: the hidden states (T, H)."""
    hs = []
    for x in xs:
        hs.append(h)
        xh = np.concatenate([x, h])
        i, f, o = (sigmoid(xh @ W) for W in (W_i, W_f, W_o))
        c = f * c + i * np.tanh(xh @ W_g)
        h = o * np.tanh(c)
    return np.stack(hs)


def coupled(x, h, c, W_i, U_i, b_i, W_g, U_g, b_g, W_o, U_o, b_o):
    """One step of an LSTM with coupled gates, f = 1 - i: W (H, I), U (H, H) and b (H,) for i, g and o; h, c."""
    i = sigmoid(W_i @ x + U_i @ h + b_i)
    o = sigmoid(W_o @ x + U_o @ h + b_o)
    c = (1 - i) * c + i * np.tanh(W_g @ x + U_g @ h + b_g)
    return o * np.tanh(c), c


def old_peephole(x, h, c, W, R, b, p):
    """One step of Gers's peephole LSTM: W (4H, I), R (4H, H), b (4H,) for i, f, g, o; p (3H,) for i, f, o: h, c."""
    i, f, g, o = np.split(W @ x + R @ h + b, 4)
    p_i, p_f, p_o = np.split(p, 3)
    new_c = sigmoid(f + p_f * c) * c + sigmoid(i + p_i * c) * np.tanh(g)
    return sigmoid(o + p_o * c) * np.tanh(new_c), new_c
