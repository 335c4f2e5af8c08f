"""Packed weights in the real layers, where these are installed: they give what torch.nn.LSTM gives."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lstm_verify.conventions import convention
from lstm_verify.lstm.network import Weights

STEPS, BATCH, INPUTS, UNITS = 4, 2, 3, 5


@pytest.fixture(scope="module")
def lstm():
    """A layer of PyTorch's with random weights."""
    torch.manual_seed(0)
    return torch.nn.LSTM(INPUTS, UNITS, dtype=torch.float64)


@pytest.fixture(scope="module")
def weights(lstm):
    """Its weights."""
    return Weights(**{name.removesuffix("_l0"): tensor.numpy() for name, tensor in lstm.state_dict().items()})


@pytest.fixture(scope="module")
def inputs():
    """[steps, batch, inputs]."""
    return np.random.default_rng(0).uniform(-1, 1, (STEPS, BATCH, INPUTS))


@pytest.fixture(scope="module")
def outputs(lstm, inputs):
    """What PyTorch gives: [steps, batch, units]."""
    with torch.no_grad():
        return lstm(torch.tensor(inputs))[0].numpy()


def unrolled(step, inputs):
    """The outputs of a cell that takes (state, x) and returns (state, h), from a state of zeros."""
    state = np.zeros((BATCH, UNITS)), np.zeros((BATCH, UNITS))
    outputs = []
    for x in inputs:
        state, h = step(state, x)
        outputs.append(np.asarray(h))
    return np.stack(outputs)


def test_torch_cell(weights, inputs, outputs):
    """torch.nn.LSTMCell."""
    cell = torch.nn.LSTMCell(INPUTS, UNITS, dtype=torch.float64)
    cell.load_state_dict({name: torch.tensor(a) for name, a in convention("torch").pack(weights).items()})

    def step(state, x):
        with torch.no_grad():
            h, c = cell(torch.tensor(x), tuple(map(torch.as_tensor, state)))
        return (h, c), h

    np.testing.assert_allclose(unrolled(step, inputs), outputs, rtol=1e-12)


def test_keras(weights, inputs, outputs, monkeypatch, tmp_path):
    """keras.layers.LSTM."""
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    keras = pytest.importorskip("keras")
    layer = keras.layers.LSTM(UNITS, return_sequences=True, dtype="float64")
    layer.build((BATCH, STEPS, INPUTS))
    packed = convention("keras").pack(weights)
    for variable in layer.weights:
        variable.assign(packed[variable.name])

    got = layer(inputs.swapaxes(0, 1)).detach().numpy()

    np.testing.assert_allclose(got.swapaxes(0, 1), outputs, rtol=1e-12)


def test_onnx(weights, inputs, outputs):
    """The LSTM operator, by ONNX's reference evaluator."""
    pytest.importorskip("onnx")
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    node = helper.make_node("LSTM", ["X", "W", "R", "B"], ["Y"], hidden_size=UNITS)
    fed = {"X": inputs, **convention("onnx").pack(weights)}
    values = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, a.shape) for name, a in fed.items()]
    result = [helper.make_tensor_value_info("Y", TensorProto.DOUBLE, None)]
    model = helper.make_model(helper.make_graph([node], "lstm", values, result))

    (got,) = ReferenceEvaluator(model).run(None, fed)

    np.testing.assert_allclose(got[:, 0], outputs, rtol=1e-12)


@pytest.mark.parametrize("cell", ["LSTMCell", "OptimizedLSTMCell"])
def test_flax(weights, inputs, outputs, cell):
    """Both of Flax's cells, in float32."""
    linen = pytest.importorskip("flax.linen")
    params: dict[str, dict[str, np.ndarray]] = {}
    for name, array in convention("flax").pack(weights).items():
        layer, parameter = name.split(".")
        params.setdefault(layer, {})[parameter] = array.astype("float32")
    module = getattr(linen, cell)(UNITS)

    got = unrolled(lambda state, x: module.apply({"params": params}, state, x), inputs.astype("float32"))

    np.testing.assert_allclose(got, outputs, atol=1e-6)


def test_haiku(weights, inputs, outputs):
    """Haiku's LSTM, in float32: its forget bias of 1 is made up for."""
    hk = pytest.importorskip("haiku")
    packed = convention("haiku").pack(weights)
    params = {
        "lstm/linear": {name.removeprefix("linear."): a.astype("float32") for name, a in packed.items()}
    }
    core = hk.without_apply_rng(hk.transform(lambda x, c, h: hk.LSTM(UNITS)(x, hk.LSTMState(h, c))))

    def step(state, x):
        h, (hidden, cell) = core.apply(params, x, *state)
        return (cell, hidden), h

    np.testing.assert_allclose(unrolled(step, inputs.astype("float32")), outputs, atol=1e-6)
