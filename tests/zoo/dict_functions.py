"""Functions on column vectors that take a dict of parameters, in the manner of a well-known course."""

import math

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    """One step: xt (n_x, m), a_prev and c_prev (n_a, m); parameters Wf, Wi, Wc, Wo on [a_prev; xt], bf..., Wy, by."""
    Wf, Wi, Wc, Wo, Wy = (parameters[name] for name in ("Wf", "Wi", "Wc", "Wo", "Wy"))
    bf, bi, bc, bo, by = (parameters[name] for name in ("bf", "bi", "bc", "bo", "by"))
    concat = np.concatenate((a_prev, xt), axis=0)
    ft = sigmoid(Wf @ concat + bf)
    it = sigmoid(Wi @ concat + bi)
    cct = np.tanh(Wc @ concat + bc)
    c_next = ft * c_prev + it * cct
    ot = sigmoid(Wo @ concat + bo)
    a_next = ot * np.tanh(c_next)
    scores = np.exp(Wy @ a_next + by)
    yt_pred = scores / scores.sum(axis=0)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def lstm_forward(x, a0, parameters):
    """All steps of x (n_x, m, T_x), from a0 (n_a, m) and no memory: a (n_a, m, T_x), c (n_a, m, T_x)."""
    n_a, m = a0.shape
    steps = x.shape[2]
    a, c = np.zeros((n_a, m, steps)), np.zeros((n_a, m, steps))
    a_next, c_next = a0, np.zeros((n_a, m))
    for t in range(steps):
        z = np.vstack((a_next, x[:, :, t]))
        update = sigmoid(parameters["Wu"] @ z + parameters["bu"])
        forget = sigmoid(parameters["Wf"] @ z + parameters["bf"])
        output = sigmoid(parameters["Wo"] @ z + parameters["bo"])
        c_next = update * np.tanh(parameters["Wc"] @ z + parameters["bc"]) + forget * c_next
        a_next = output * np.tanh(c_next)
        a[:, :, t], c[:, :, t] = a_next, c_next
    return a, c


def nested(x, h, c, params):
    """One step on vectors: params {"f": {"W": (H, I), "U": (H, H), "b": (H,)}, ...} for f, i, o and c."""
    z = {gate: p["W"] @ x + p["U"] @ h + p["b"] for gate, p in params.items()}
    c = sigmoid(z["f"]) * c + sigmoid(z["i"]) * np.tanh(z["c"])
    h = sigmoid(z["o"]) * np.tanh(c)
    return h, c


def one_matrix(x, h, c, weights):
    """One step on vectors, without biases: weights {"W": (4H, I + H)}, gates f, i, o, g; returns h, c."""
    f, i, o, g = np.split(weights["W"] @ np.r_[x, h], 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def memory_before(xt, a_prev, c_prev, parameters):
    """One step: xt (n_x, m), a_prev and c_prev (n_a, m); parameters Wf, Wi, Wc, Wo on [a_prev; xt], bf, bi, bc, bo."""
    concat = np.concatenate((a_prev, xt))
    ft = sigmoid(parameters["Wf"] @ concat + parameters["bf"])
    it = sigmoid(parameters["Wi"] @ concat + parameters["bi"])
    cct = np.tanh(parameters["Wc"] @ concat + parameters["bc"])
    c_next = ft * c_prev + it * cct
    ot = sigmoid(parameters["Wo"] @ concat + parameters["bo"])
    a_next = ot * np.tanh(c_prev)
    return a_next, c_next


def output_gate_last(xt, a_prev, c_prev, parameters):
    """One step: xt (n_x, m), a_prev and c_prev (n_a, m); parameters Wf, Wi, Wc, Wo on [a_prev; xt], bf, bi, bc, bo."""
    concat = np.vstack([a_prev, xt])
    ft = sigmoid(np.dot(parameters["Wf"], concat) + parameters["bf"])
    it = sigmoid(np.dot(parameters["Wi"], concat) + parameters["bi"])
    c = ft * c_prev + it * np.tanh(np.dot(parameters["Wc"], concat) + parameters["bc"])
    concat[: len(c)] = np.tanh(c)
    ot = sigmoid(np.dot(parameters["Wo"], concat) + parameters["bo"])
    return ot * np.tanh(c), c, (concat, ft, it, ot)


def half_a_memory(x, h, c, params):
    """One step on vectors, W and U a gate: params W_i, U_i, b_i and the same of f, g, o; returns h, c."""
    i = sigmoid(params["W_i"] @ x + params["U_i"] @ h + params["b_i"])
    g = np.tanh(params["W_g"] @ x + params["U_g"] @ h + params["b_g"])
    o = sigmoid(params["W_o"] @ x + params["U_o"] @ h + params["b_o"])
    c = (1 - i) * c + i * g
    return o * np.tanh(c), c


def plain_lists(x, h, c, W, b):
    """One step in plain Python: lists of numbers; W {"i": H rows on x + h, ...} and b for i, f, g, o: h, c."""
    xh = [*x, *h]
    z = {
        k: [sum(w * v for w, v in zip(row, xh, strict=True)) + b[k][n] for n, row in enumerate(W[k])]
        for k in W
    }
    i, f, o = ([1 / (1 + math.exp(-v)) for v in z[k]] for k in "ifo")
    g = [math.tanh(v) for v in z["g"]]
    c = [f[n] * c[n] + i[n] * g[n] for n in range(len(c))]
    h = [o[n] * math.tanh(c[n]) for n in range(len(c))]
    return h, c
