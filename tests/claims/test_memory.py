"""The claims of the puzzles about the memory cell."""

from __future__ import annotations

import numpy as np
import torch
from traces import puzzle, traced

from lstm_verify.lstm.readings import by_hand

STEPS, NUMBER = 12, 5000
VALUES = np.linspace(-1 / 4, 1 / 4, 1001)


def most():
    """Write the greatest number six times, and hold it for six steps: what leaks away is the most of 12 steps."""
    inputs = np.zeros((STEPS, 1, 3))
    inputs[:6] = [9, 1, 1]
    inputs[6:, :, 2] = 1
    return inputs


def drawn(values):
    """Draw sequences of a value, of writing (1), clearing (−1) or neither, and of showing."""
    rng, shape = np.random.default_rng(0), (STEPS, NUMBER)
    value = rng.choice(values, shape)
    return np.stack([value, rng.integers(-1, 2, shape), rng.integers(2, size=shape)], axis=-1)


def kept(inputs):
    """Return the memory after each step, as a person keeps it: [steps, sequences]."""
    memory, found = np.zeros(inputs.shape[1]), []
    for value, write, _ in np.moveaxis(inputs, 2, 1):
        memory = np.where(write == 1, memory + value, np.where(write == -1, 0, memory))
        found.append(memory)
    return np.array(found)


def test_memory_memory():
    inputs = drawn(VALUES)
    found = traced("memory", inputs)
    c, h = found["c"][..., 0], found["h"][..., 0]
    away = np.abs(c - kept(inputs))
    assert np.all(away < 0.0051 * np.arange(1, STEPS + 1)[:, None])
    assert 0.014 < away.max() < 0.02
    assert np.abs(h - inputs[..., 2] * np.tanh(c)).max() < 5e-5

    most = np.full((STEPS, 1, 3), [1 / 4, 1, 1])
    assert 0.0609 < (kept(most) - traced("memory", most)["c"][..., 0])[-1, 0] < 0.061


def test_memory_gradient():
    """PyTorch differentiates; by hand the derivative is the number of paths through open gates."""
    memory = puzzle("memory")
    weights, (case,) = memory.network.layers[0], memory.cases
    lstm = torch.nn.LSTM(3, 1).double()
    lstm.load_state_dict({f"{k}_l0": torch.tensor(np.array(v, dtype=float)) for k, v in weights.items()})
    x = torch.tensor(np.array(case.run.inputs, dtype=float), requires_grad=True)
    h, _ = lstm(x[:, None])
    h[3].backward()
    np.testing.assert_allclose(x.grad[:, 0], [0.8809, 0.9075, 0, 0, 0], rtol=0, atol=5e-5)
    np.testing.assert_allclose(lstm.bias_ih_l0.grad, [0, 0, 1.7886, 0], rtol=0, atol=5e-5)

    steps = by_hand(memory.network, memory.ideal).trace(case.run).steps[0]
    i, f, o = ([getattr(step, gate)[0].ideal for step in steps] for gate in "ifo")
    assert [i[t] * np.prod(f[t + 1 : 4]) * o[3] for t in range(4)] == [1, 1, 0, 0]


def test_memory_lee_memory():
    inputs = np.concatenate([drawn(np.arange(10)), most()], axis=1)
    found = traced("memory-lee", inputs)
    memory = kept(inputs)
    for name, expected in (("c", memory), ("h", memory * inputs[..., 2])):
        away = np.abs(found[name][..., 0] - expected)
        assert away.max() == away[-1, -1]
        assert 0.0147 < away.max() < 0.015


def test_memory_no_bias_same():
    inputs = drawn(VALUES)
    as_one = np.concatenate([inputs, np.ones((STEPS, NUMBER, 1))], axis=-1)
    found, memory = traced("memory-no-bias", as_one), traced("memory", inputs)
    assert all(np.array_equal(found[name], memory[name]) for name in "ifgoch")


def test_memory_no_bias_half():
    nothing = traced("memory-no-bias", np.zeros((1, 1, 4)))
    assert [nothing[gate].item() for gate in "ifgo"] == [1 / 2, 1 / 2, 0, 1 / 2]


def test_memory_two_biases_same():
    inputs = drawn(VALUES)
    found, memory = traced("memory-two-biases", inputs), traced("memory", inputs)
    assert max(np.abs(found[name] - memory[name]).max() for name in "ifgoch") < 1e-14
