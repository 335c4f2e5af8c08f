"""What ONNX Runtime gives for networks that no published case has: activations of every kind, all at once.

`onnxruntime.json` has its numbers. Weights are packed as in PyTorch, one number standing for a tensor full of
it; rows are those of a batch, from a state of 0 unless one is given. What others publish is in
`puzzles/published`.
"""

import json
from fractions import Fraction as F
from pathlib import Path

import numpy as np
import pytest

from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.lstm.readings import float_trace
from lstm_verify.lstm.semantics import Activation, Activations, Semantics

CASES = json.loads(Path(__file__).with_name("onnxruntime.json").read_text())


def network_of(case):
    """Make the network that a case describes."""
    network = Network(layers=(), **case["network"])
    network = Network(
        layers=tuple(weights_of(network, tensors) for tensors in case["layers"]),
        semantics=Semantics(**{name: read(value) for name, value in case["semantics"].items()}),
        **case["network"],
    )
    assert len(network.layers) == network.directions
    return network


def weights_of(network, tensors):
    """Spread the numbers that stand for a whole tensor."""
    rows, width, units = 4 * network.hidden_size, network.output_size, network.hidden_size
    shapes = {
        "weight_ih": (rows, network.input_size),
        "weight_hh": (rows, width),
        "weight_hr": (width, units),
    }
    shapes |= dict.fromkeys(("bias_ih", "bias_hh"), (rows,))
    return Weights(**{name: full(value, shapes.get(name, (units,))) for name, value in tensors.items()})


def full(value, shape):
    """Return an array of a shape, from its numbers or from one that stands for all."""
    array = np.array(value, dtype=float)
    assert array.shape in {(), shape}
    return np.broadcast_to(array, shape)


def read(value):
    """Read a setting of a variant: a fraction, activations by role, or a word."""
    if isinstance(value, dict):
        return Activations(
            **{role: Activation(name, *map(F, given)) for role, (name, *given) in value.items()}
        )
    return F(value) if value[0].isdigit() else value


def runs_of(case, network):
    """Yield each row as a run, with what is stated of it."""
    layers = len(network.layers)
    for row in case["rows"]:
        h0 = full(row.get("h0", 0), (layers, network.output_size))
        c0 = full(row.get("c0", 0), (layers, network.hidden_size))
        mask = tuple(row["mask"]) if "mask" in row else None
        yield Run(np.array(row["inputs"]), h0, c0, row.get("length"), mask), row["expected"]


def shown(trace, network, quantity):
    """Return a quantity of a trace: [directions, steps, n], or [directions, n] at the end."""
    if quantity in {"h_n", "c_n"}:
        return np.array(getattr(trace, quantity))
    return np.array([[getattr(step, quantity) for step in steps] for steps in trace.steps])


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_float_reading_gives_the_same_numbers(case):
    """Every number lies within what float32 allows."""
    network, tolerance = network_of(case), case["tolerance"]
    for run, stated in runs_of(case, network):
        trace = float_trace(network, run)
        for quantity, numbers in stated.items():
            expected = np.array(numbers)
            atol = tolerance.get("abs", 0) + tolerance.get("rms", 0) * np.abs(expected).max()
            np.testing.assert_allclose(
                shown(trace, network, quantity), expected, rtol=tolerance.get("rel", 0), atol=atol
            )
