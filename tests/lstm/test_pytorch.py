"""The float reading is torch.nn.LSTM in float64, to 1e-12: stacks, directions, projections, lengths, dropout."""

import warnings
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import drawn

from lstm_verify import strategies
from lstm_verify.lstm.network import Run
from lstm_verify.lstm.readings import float_trace
from lstm_verify.lstm.semantics import Semantics

SHAPES = [
    {},
    {"bias": False},
    {"layers": 3},
    {"direction": "bidirectional"},
    {"layers": 2, "direction": "bidirectional"},
    {"proj": 2},
    {"layers": 2, "proj": 3},
    {"layers": 2, "proj": 2, "direction": "bidirectional", "bias": False},
]


def in_torch(network):
    """Make PyTorch's module with the network's weights, all by the names that PyTorch gives them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "dropout option adds dropout")
        module = torch.nn.LSTM(
            network.input_size,
            network.hidden_size,
            network.num_layers,
            bias=network.bias,
            bidirectional=network.direction == "bidirectional",
            proj_size=network.proj_size,
            dropout=float(network.semantics.dropout),
            dtype=torch.float64,
        )
    names = iter(module.state_dict())
    state = {}
    for weights in network.layers:
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"):
            tensor = getattr(weights, name)
            if tensor is not None and (network.bias or "bias" not in name):
                state[next(names)] = torch.tensor(np.asarray(tensor))  # PyTorch's own order of parameters
    module.load_state_dict(state)
    return module.train(network.semantics.training)


def ran(network, *runs):
    """Run rows as one batch of nn.LSTM, packed where one is shorter; return output, h_n and c_n."""
    lengths = [run.steps if run.length is None else run.length for run in runs]
    stacked = [
        torch.tensor(np.stack([getattr(run, k) for run in runs], axis=1)) for k in ("inputs", "h0", "c0")
    ]
    inputs, h0, c0 = stacked
    with warnings.catch_warnings(), torch.no_grad():
        warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")
        if min(lengths) == runs[0].steps:
            output, (h_n, c_n) = in_torch(network)(inputs, (h0, c0))
        else:
            packed = torch.nn.utils.rnn.pack_padded_sequence(inputs, lengths, enforce_sorted=False)
            output, (h_n, c_n) = in_torch(network)(packed, (h0, c0))
            output, _ = torch.nn.utils.rnn.pad_packed_sequence(output, total_length=runs[0].steps)
    return output.numpy(), h_n.numpy(), c_n.numpy()


def same(network, runs):
    """Hold the float reading of each row against the batch in PyTorch."""
    output, h_n, c_n = ran(network, *runs)
    for row, run in enumerate(runs):
        trace = float_trace(network, run)
        last = trace.steps[-network.directions :]
        ours = [np.concatenate([step.h for step in steps]) for steps in zip(*last, strict=True)]
        for found, expected in ((ours, output), (trace.h_n, h_n), (trace.c_n, c_n)):
            np.testing.assert_allclose(found, expected[:, row], rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_whole_sequence_is_pytorchs(shape):
    """Outputs, h_n and c_n of every layer and direction, from a state that is not 0."""
    for seed in range(3):
        network, run = drawn(seed=seed, scale=1 + seed, **shape)
        same(network, [run])


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_rows_of_unequal_lengths_are_pytorchs_packed_sequences(shape):
    """A reverse direction begins at the end of each row; behind it the outputs are 0 and the states held."""
    network, _ = drawn(**shape)
    runs = [drawn(seed=seed, length=length, **shape)[1] for seed, length in enumerate((4, 6, 1, 3))]
    same(network, runs)


@pytest.mark.parametrize("direction", ["forward", "bidirectional"])
def test_all_dropped_between_layers_is_pytorchs(direction):
    """With p = 1 in training a layer gives 0 to the next, and the last layer's output is whole."""
    for semantics in (Semantics(dropout=1, training=True), Semantics(dropout=1)):
        network, run = drawn(layers=3, direction=direction, outputs=2, semantics=semantics)
        same(network, [run])
        output, _, _ = ran(network, run)
        assert np.abs(output).min() > 0
        logits = output[:, 0] @ network.head.weight.T + network.head.bias
        np.testing.assert_allclose(float_trace(network, run).logits, logits, rtol=0, atol=1e-12)


@given(data=st.data())
@settings(max_examples=30)
def test_floats_are_pytorchs(data):
    """Any network of one layer, vectorised over a batch, is torch.nn.LSTM to a few roundings."""
    network = data.draw(strategies.networks())
    length, batch = data.draw(st.integers(1, 6)), data.draw(st.integers(1, 4))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    inputs = random.normal(size=(length, batch, network.input_size))
    h0, c0 = random.normal(size=(2, 1, batch, network.hidden_size))
    with torch.no_grad():
        h, (_, c) = in_torch(network)(torch.tensor(inputs), (torch.tensor(h0), torch.tensor(c0)))
    trace = float_trace(network, Run(inputs, h0, c0))
    np.testing.assert_allclose([step.h for step in trace.steps[0]], h.numpy(), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(trace.c_n[0], c[0].numpy(), rtol=1e-11, atol=1e-13)


def test_layer_normalisation_is_pytorchs():
    """γ ⊙ (z − mean)/√(var + ε) of W x + U h, gate by gate, as torch.nn.functional.layer_norm has it."""
    network, run = drawn(semantics=Semantics(layer_norm=Fraction(1, 1000)))
    w = network.layers[0].map(torch.tensor)
    h, c = torch.tensor(run.h0[0]), torch.tensor(run.c0[0])
    trace = float_trace(network, run)
    for x, step in zip(torch.tensor(run.inputs), trace.steps[0], strict=True):
        z = (w.weight_ih @ x + w.weight_hh @ h).view(4, 4)
        z = torch.stack([torch.nn.functional.layer_norm(gate, (4,), eps=1e-3) for gate in z])
        z = w.weight_ln.view(4, 4) * z + (w.bias_ih + w.bias_hh).view(4, 4)
        i, f, o = torch.sigmoid(z[[0, 1, 3]])
        c = f * c + i * torch.tanh(z[2])
        h = o * torch.tanh(c)
        np.testing.assert_allclose(step.c, c, rtol=0, atol=1e-12)
        np.testing.assert_allclose(step.h, h, rtol=0, atol=1e-12)


def test_an_output_layer_is_pytorchs_linear():
    """The logits are torch.nn.functional.linear of the last layer's outputs, of both directions."""
    network, run = drawn(layers=2, direction="bidirectional", proj=2, outputs=5)
    output, _, _ = ran(network, run)
    head = network.head.map(torch.tensor)
    expected = torch.nn.functional.linear(torch.tensor(output[:, 0]), head.weight, head.bias)
    np.testing.assert_allclose(float_trace(network, run).logits, expected, rtol=0, atol=1e-12)


def test_the_order_of_parameters_is_pytorchs():
    """`Network.tensors` names them as PyTorch's state_dict does."""
    network, _ = drawn(layers=2, direction="bidirectional", proj=2)
    ours = {name: np.shape(tensor) for name, tensor in network.tensors()}
    assert ours == {name: tuple(tensor.shape) for name, tensor in in_torch(network).state_dict().items()}
