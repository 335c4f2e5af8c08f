"""Every convention's tensors, in the equations that its own documentation or code has, give what PyTorch gives.

Each function below is written from the source of the entry of its name, in that source's words.
"""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lstm_verify.conventions import CONVENTIONS
from lstm_verify.lstm.network import Weights

INPUTS, UNITS, PROJECTED = 3, 4, 2
tanh, cat, split = np.tanh, np.concatenate, np.split


def σ(z):  # noqa: PLC2401 (as the sources write it)
    return 1 / (1 + np.exp(-z))


def drawn(fields):
    """Random weights that have these fields."""
    random = np.random.default_rng(1)
    projected = "weight_hr" in fields
    rows, width = 4 * UNITS, PROJECTED if projected else UNITS
    shapes = {"weight_ih": (rows, INPUTS), "weight_hh": (rows, width), "bias_ih": rows, "bias_hh": rows}
    shapes |= {"weight_hr": (width, UNITS)} if projected else {}
    shapes |= dict.fromkeys(("weight_ci", "weight_cf", "weight_co"), UNITS) if "peephole" in fields else {}
    return Weights(**{name: random.uniform(-1, 1, shape) for name, shape in shapes.items()})


def two_steps(cell, *arguments, width):
    """The h and c of two steps from a random state; the second needs the first one's h to be right."""
    random = np.random.default_rng(2)
    h, c, *inputs = (random.uniform(-1, 1, n) for n in (width, UNITS, INPUTS, INPUTS))
    states = []
    for x in inputs:
        h, c = cell(*arguments, x, h, c)
        states += [h, c]
    return cat(states)


def wanted(w, peephole, x, h, c):
    """PyTorch's equations with Graves' peepholes (2013, eq. 7 to 11); o sees the new cell state or the old."""
    i, f, g, o = split(w.weight_ih @ x + w.bias_ih + w.weight_hh @ h + w.bias_hh, 4)
    if peephole:
        i, f = i + w.weight_ci * c, f + w.weight_cf * c
    new = σ(f) * c + σ(i) * tanh(g)
    if peephole:
        o = o + w.weight_co * (new if peephole == "new" else c)
    h = σ(o) * tanh(new)
    return (h if w.weight_hr is None else w.weight_hr @ h), new


def torch_lstm(t, x, h, c):
    lstm = torch.nn.LSTM(INPUTS, UNITS, proj_size=PROJECTED, dtype=torch.float64)
    lstm.load_state_dict({f"{name}_l0": torch.tensor(tensor) for name, tensor in t.items()})
    with torch.no_grad():
        _, states = lstm(torch.tensor(x)[None], (torch.tensor(h)[None], torch.tensor(c)[None]))
    return [state[0].numpy() for state in states]


def packed_rows(x_name, h_name, *biases):
    """Packed rows i, f, g, o and no more."""

    def cell(t, x, h, c):
        i, f, g, o = split(t[x_name] @ x + t[h_name] @ h + sum(t[b] for b in biases), 4)
        c = σ(f) * c + σ(i) * tanh(g)
        return σ(o) * tanh(c), c

    return cell


def packed_columns(x_name, h_name, bias):
    """Packed columns i, f, c, o and no more."""
    rows = packed_rows("x", "h", "b")
    return lambda t, *state: rows({"x": t[x_name].T, "h": t[h_name].T, "b": t[bias]}, *state)


def per_gate(pre_activation, letters="ifco"):
    """Equations gate by gate: the pre-activation of each from the gate's letter."""

    def cell(t, x, h, c):
        i, f, g, o = (pre_activation(t, letter, x, h) for letter in letters)
        c = σ(f) * c + σ(i) * tanh(g)
        return σ(o) * tanh(c), c

    return cell


def mxnet(t, x, h, c):
    i2h = t["i2h_weight"] @ x + t["i2h_bias"]
    h2h = t["h2h_weight"] @ h + t["h2h_bias"]
    in_gate, forget_gate, in_transform, out_gate = split(i2h + h2h, 4)
    next_c = σ(forget_gate) * c + σ(in_gate) * tanh(in_transform)
    return t["h2r_weight"] @ (σ(out_gate) * tanh(next_c)), next_c


def onnx(t, x, h, c):
    (W,), (R,), (B,), (P,) = t["W"], t["R"], t["B"], t["P"]
    (Wi, Wo, Wf, Wc), (Ri, Ro, Rf, Rc) = split(W, 4), split(R, 4)
    Wbi, Wbo, Wbf, Wbc, Rbi, Rbo, Rbf, Rbc = split(B, 8)
    Pi, Po, Pf = split(P, 3)
    it = σ(x @ Wi.T + h @ Ri.T + Pi * c + Wbi + Rbi)
    ft = σ(x @ Wf.T + h @ Rf.T + Pf * c + Wbf + Rbf)
    ct = tanh(x @ Wc.T + h @ Rc.T + Wbc + Rbc)
    C = ft * c + it * ct
    ot = σ(x @ Wo.T + h @ Ro.T + Po * C + Wbo + Rbo)
    return ot * tanh(C), C


def webnn(order):
    def cell(t, x, h, c):
        z = t["weight"] @ x + t["bias"] + t["recurrentWeight"] @ h + t["recurrentBias"]
        gate = dict(zip(order, split(z, 4), strict=True))
        peephole = dict(zip("iof", split(t["peepholeWeight"], 3), strict=True))
        i, o, f = (σ(gate[k] + peephole[k] * c) for k in "iof")  # the old cell state in all three
        ct = f * c + i * tanh(gate["g"])
        return o * tanh(ct), ct

    return cell


def openvino(t, x, h, c):
    f, i, g, o = split(t["W"] @ x + t["R"] @ h + t["B"], 4)
    c = σ(f) * c + σ(i) * tanh(g)
    return σ(o) * tanh(c), c


def coreml(t, x, h, c):
    i, f, o, z = split(t["weight_ih"] @ x + t["weight_hh"] @ h + t["bias"], 4)
    pi, pf, po = split(t["peephole"], 3)
    new = σ(f + pf * c) * c + σ(i + pi * c) * tanh(z)
    return σ(o + po * new) * tanh(new), new


def onednn(t, x, h, c):
    W, U, B = (t[name][0, 0] for name in ("weights_layer", "weights_iter", "bias"))
    P, R = t["weights_peephole"][0, 0], t["weights_projection"][0, 0]
    i, f, g, o = (x @ W[:, gate] + h @ U[:, gate] + B[gate] for gate in range(4))
    new = σ(f + P[1] * c) * c + σ(i + P[0] * c) * tanh(g)
    return (tanh(new) * σ(o + P[2] * new)) @ R, new


def tf1(t, x, h, c):
    i, j, f, o = split(cat([x, h]) @ t["kernel"] + t["bias"], 4)
    c = σ(f + 1.0 + t["w_f_diag"] * c) * c + σ(i + t["w_i_diag"] * c) * tanh(j)
    m = σ(o + t["w_o_diag"] * c) * tanh(c)
    return m @ t["projection/kernel"], c


def haiku(t, x, h, c):
    i, g, f, o = split(cat([x, h]) @ t["linear.w"] + t["linear.b"], 4)
    c = σ(f + 1) * c + σ(i) * tanh(g)
    return σ(o) * tanh(c), c


def libnd4j(t, x, h, c):
    zi, zf, zc, zo = split(x @ t["Wx"] + h @ t["Wr"] + t["b"], 4)
    pi, pf, po = split(t["Wp"], 3)
    new = σ(zf + c * pf) * c + σ(zi + c * pi) * tanh(zc)
    return σ(zo + new * po) * tanh(new), new


def tflite(t, x, h, c):
    i, f, g, o = (
        t[f"input_to_{gate}_weights"] @ x + t[f"recurrent_to_{gate}_weights"] @ h + t[f"{gate}_gate_bias"]
        for gate in ("input", "forget", "cell", "output")
    )
    new = σ(f + t["cell_to_forget_weights"] * c) * c + σ(i + t["cell_to_input_weights"] * c) * tanh(g)
    return t["projection_weights"] @ (σ(o + t["cell_to_output_weights"] * new) * tanh(new)), new


def burn_gate(t, gate, x, h):
    gate = f"{gate}_gate"
    input_transform = x @ t[f"{gate}.input_transform.weight"] + t[f"{gate}.input_transform.bias"]
    return input_transform + h @ t[f"{gate}.hidden_transform.weight"] + t[f"{gate}.hidden_transform.bias"]


DOCUMENTED = {
    "torch": torch_lstm,
    "candle": packed_rows("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"),
    "tinygrad": packed_rows("weight_ih", "weight_hh", "bias_ih", "bias_hh"),
    "mlx": packed_rows("Wx", "Wh", "bias"),
    "mxnet": mxnet,
    "onnx": onnx,
    "migraphx": onnx,
    "webnn": webnn("iofg"),
    "webnn-ifgo": webnn("ifgo"),
    "openvino": openvino,
    "coreml": coreml,
    "onednn": onednn,
    "keras": packed_columns("kernel", "recurrent_kernel", "bias"),
    "tfjs": packed_columns("kernel", "recurrent_kernel", "bias"),
    "fused": packed_columns("W", "U", "bias"),
    "tf1": tf1,
    "haiku": haiku,
    "libnd4j": libnd4j,
    "tflite": tflite,
    "flax": per_gate(
        lambda t, k, x, h: x @ t[f"i{k}.kernel"] + h @ t[f"h{k}.kernel"] + t[f"h{k}.bias"], "ifgo"
    ),
    "d2l": per_gate(lambda t, k, x, h: x @ t[f"W_x{k}"] + h @ t[f"W_h{k}"] + t[f"b_{k}"]),
    "naive": per_gate(lambda t, k, x, h: x @ t[f"U_{k}"] + h @ t[f"V_{k}"] + t[f"b_{k}"]),
    "cudnn": per_gate(lambda t, k, x, h: t[f"W_{k}"] @ x + t[f"R_{k}"] @ h + t[f"b_W{k}"] + t[f"b_R{k}"]),
    "burn": per_gate(burn_gate, ("input", "forget", "cell", "output")),
}


def test_every_convention_has_its_equations_here():
    """An entry without them would be an opinion."""
    assert set(DOCUMENTED) == set(CONVENTIONS)


@pytest.mark.parametrize("name", CONVENTIONS)
def test_packed_weights_do_what_they_did(name):
    """Two steps in the framework's own equations are two steps in PyTorch's, projection and peepholes too."""
    convention = CONVENTIONS[name]
    w = drawn(convention.names)
    width = len(w.weight_hh[0])

    got = two_steps(DOCUMENTED[name], convention.pack(w), width=width)

    np.testing.assert_allclose(got, two_steps(wanted, w, convention.peephole, width=width), rtol=1e-12)


def test_onnx_itself_sees_the_same_peepholes():
    """ONNX's reference evaluator, given W, R, B and P, goes the two steps as well."""
    pytest.importorskip("onnx")
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    inputs = ["X", "W", "R", "B", "", "initial_h", "initial_c", "P"]
    outputs = ["Y", "Y_h", "Y_c"]
    node = helper.make_node("LSTM", inputs, outputs, hidden_size=UNITS)
    values = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None) for name in inputs if name]
    results = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, None) for name in outputs]
    evaluator = ReferenceEvaluator(helper.make_model(helper.make_graph([node], "lstm", values, results)))

    def step(t, x, h, c):
        fed = {"X": x[None, None], "initial_h": h[None, None], "initial_c": c[None, None]}
        _, h, c = evaluator.run(None, t | fed)
        return h[0, 0], c[0, 0]

    w = drawn({"peephole"})
    got = two_steps(step, CONVENTIONS["onnx"].pack(w), width=UNITS)
    np.testing.assert_allclose(got, two_steps(wanted, w, "new", width=UNITS), rtol=1e-12)


def test_the_equations_that_all_are_compared_with_are_those_of_pytorch():
    """`wanted` without peepholes is torch.nn.LSTMCell."""
    w = drawn(())
    cell = torch.nn.LSTMCell(INPUTS, UNITS, dtype=torch.float64)
    cell.load_state_dict({name: torch.tensor(tensor) for name, tensor in w.items()})

    def step(x, h, c):
        with torch.no_grad():
            x, h, c = (torch.tensor(vector)[None] for vector in (x, h, c))
            return [state[0].numpy() for state in cell(x, (h, c))]

    np.testing.assert_allclose(
        two_steps(step, width=UNITS), two_steps(wanted, w, None, width=UNITS), rtol=1e-12
    )
