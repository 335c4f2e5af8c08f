"""Mistakes with the state, over a whole sequence."""

import numpy as np

from handmade.table import commits_over_time


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def cell(x, h, c, w):
    i, f, g, o = np.split(w.weight_ih @ x + w.weight_hh @ h + w.bias_ih + w.bias_hh, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def from_state(inputs, h, c, w):
    hs, cs = [], []
    for x in inputs:
        h, c = cell(x, h, c, w)
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)


@commits_over_time(None)
def in_a_loop(inputs, h0, c0, w):
    h, c = h0, c0
    outputs, states = [], []
    for x in inputs:
        h, c = cell(x, h, c, w)
        outputs.append(h)
        states.append(c)
    return np.stack(outputs), np.stack(states)


@commits_over_time(None)
def inputs_at_once(inputs, h0, c0, w):
    H = len(h0)
    projected = inputs @ w.weight_ih.T + w.bias_ih + w.bias_hh
    hs, cs = np.zeros((len(inputs) + 1, H)), np.zeros((len(inputs) + 1, H))
    hs[0], cs[0] = h0, c0
    for t, z in enumerate(projected):
        i, f, g, o = np.split(z + hs[t] @ w.weight_hh.T, 4)
        cs[t + 1] = sigmoid(f) * cs[t] + sigmoid(i) * np.tanh(g)
        hs[t + 1] = sigmoid(o) * np.tanh(cs[t + 1])
    return hs[1:], None


@commits_over_time("initial-state-ignored")
def begins_with_zeros(inputs, h0, c0, w):
    return from_state(inputs, np.zeros_like(h0), np.zeros_like(c0), w)


@commits_over_time("initial-state-ignored")
def begins_with_zeros_and_keeps_c(inputs, h0, c0, w):
    state = {"h": 0 * h0, "c": 0 * c0}
    hs = []
    for x in inputs:
        state["h"], state["c"] = cell(x, state["h"], state["c"], w)
        hs.append(state["h"])
    return np.array(hs), None


@commits_over_time("initial-state-ignored")
def forgets_c0(inputs, h0, c0, w):
    return from_state(inputs, h0, np.zeros_like(c0), w)


@commits_over_time("initial-state-ignored")
def forgets_h0(inputs, h0, c0, w):
    return from_state(inputs, 0 * h0, c0, w)


@commits_over_time("c0-set-from-h0")
def h_for_both(inputs, h0, c0, w):
    return from_state(inputs, h0, h0.copy(), w)


@commits_over_time("initial-c-wrong-when-only-h-given", state="h")
def h_for_a_missing_c(inputs, h0, c0, w):
    return from_state(inputs, h0, c0 if c0.any() else h0, w)


@commits_over_time("h0-c0-swapped")
def state_unpacked_the_wrong_way(inputs, h0, c0, w):
    c, h = h0, c0
    hs, cs = [], []
    for x in inputs:
        h, c = cell(x, h, c, w)
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)


@commits_over_time("state-never-fed-back")
def every_step_from_the_beginning(inputs, h0, c0, w):
    found = [cell(x, h0, c0, w) for x in inputs]
    return np.array([h for h, _ in found]), np.array([c for _, c in found])


@commits_over_time("h-not-fed-back")
def h_never_assigned(inputs, h0, c0, w):
    h, c = h0, c0
    hs, cs = [], []
    for x in inputs:
        h_new, c = cell(x, h, c, w)
        hs.append(h_new)
        cs.append(c)
    return np.array(hs), np.array(cs)


@commits_over_time("cell-not-fed-back")
def c_never_assigned(inputs, h0, c0, w):
    h, c = h0, c0
    hs, cs = [], []
    for x in inputs:
        h, c_new = cell(x, h, c, w)
        hs.append(h)
        cs.append(c_new)
    return np.array(hs), np.array(cs)


@commits_over_time("output-is-c")
def outputs_c(inputs, h0, c0, w):
    h, c = h0, c0
    outputs = []
    for x in inputs:
        h, c = cell(x, h, c, w)
        outputs.append(c)
    return np.array(outputs), np.array(outputs)


@commits_over_time("output-off-by-one")
def appends_before_the_step(inputs, h0, c0, w):
    h, c = h0, c0
    outputs, states = [], []
    for x in inputs:
        outputs.append(h)
        h, c = cell(x, h, c, w)
        states.append(c)
    return np.array(outputs), np.array(states)


@commits_over_time("state-reset-late")
def resets_behind_the_first_step(inputs, h0, c0, w):
    h, c = h0, c0
    hs, cs = [], []
    for t, x in enumerate(inputs):
        h, c = cell(x, h, c, w)
        hs.append(h)
        cs.append(c)
        if t == 0:
            h, c = np.zeros_like(h), np.zeros_like(c)
    return np.array(hs), np.array(cs)


@commits_over_time("tanh-missing-on-output")
def a_whole_layer_without_tanh(inputs, h0, c0, w):
    h, c, hs = h0, c0, []
    for x in inputs:
        i, f, g, o = np.split(w.weight_ih @ x + w.weight_hh @ h + w.bias_ih + w.bias_hh, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * c
        hs.append(h)
    return np.array(hs), None


@commits_over_time("gate-order-ifog")
def a_whole_layer_with_o_third(inputs, h0, c0, w):
    h, c, hs, cs = h0, c0, [], []
    for z in inputs @ w.weight_ih.T + w.bias_ih + w.bias_hh:
        i, f, o, g = np.split(z + w.weight_hh @ h, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
        cs.append(c)
    return np.array(hs), np.array(cs)


@commits_over_time("bias-double-counted")
def a_whole_layer_with_its_bias_twice(inputs, h0, c0, w):
    bias = w.bias_ih + w.bias_hh
    state_below = inputs @ w.weight_ih.T + bias
    h, c, hs = h0, c0, []
    for below in state_below:
        i, f, g, o = np.split(h @ w.weight_hh.T + below + bias, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        hs.append(h)
    return np.array(hs), None
