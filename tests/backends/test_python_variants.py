"""What of an LSTM people's own Python is asked for: the plain one, what we lend it, and what it says it supports."""

from __future__ import annotations

import networks
import numpy as np
import pytest
from cells import at_once, right, sequence

from lstm_verify.backends.base import Options
from lstm_verify.backends.python_code import GivenWeights, wrap
from lstm_verify.lstm.semantics import Activation, Activations, Semantics
from lstm_verify.verify.verdict import Result, Verdict


def judged(function, drawn) -> Result:
    """Hold an implementation against a network on what it is run on."""
    return networks.judged(wrap(function, "mine", Options({})), *drawn)[0]


def test_other_variants_are_skipped():
    """Code is taken for a plain LSTM: another variant is skipped, with the reason, unless it says more."""
    identity = Semantics(Activations(g=Activation("identity")))
    result = judged(right, networks.drawn(2, 3, semantics=identity))

    assert result.verdict is Verdict.SKIPPED
    assert result.reason == "it is taken for a plain LSTM, and this one has activations g = identity"


@pytest.mark.parametrize("peephole", ["new", "old"])
def test_what_code_supports_it_is_given(peephole):
    """Code that says more gets the tensors that go with it: peepholes, and a projection, of every layer."""

    def cell(x, h, c, w):
        z = [at_once(w.gate(name), x, h) for name in "ifgo"]
        sigma = lambda z: 1 / (1 + np.exp(-z))  # noqa: E731
        new = sigma(z[1] + w.weight_cf * c) * c + sigma(z[0] + w.weight_ci * c) * np.tanh(z[2])
        out = sigma(z[3] + w.weight_co * (new if peephole == "new" else c)) * np.tanh(new)
        return w.weight_hr @ out, new

    cell.supports = {"peephole", "proj_size"}
    shape = {"layers": 2, "direction": "bidirectional", "proj": 2, "steps": 4}
    drawn = networks.drawn(2, 3, semantics=Semantics(peephole=peephole), **shape)
    assert judged(cell, drawn).verdict is Verdict.AGREE
    other = {"new": "old", "old": "new"}[peephole]
    wrong = judged(cell, networks.drawn(2, 3, semantics=Semantics(peephole=other), **shape))
    assert wrong.verdict is Verdict.FAILED
    assert wrong.comparison.first_outside().place.quantity == "h"


@pytest.mark.parametrize(
    ("shape", "said"),
    [
        ({"layers": 2}, "2 layers"),
        ({"direction": "bidirectional"}, "two directions"),
        ({"length": 2}, "a sequence shorter than its buffer"),
        ({"mask": (True, False, True, True)}, "masked steps"),
    ],
)
def test_a_sequence_is_never_asked_for_what_it_is_not_given(shape, said):
    """It is given the weights of one layer and no lengths: it is skipped, whatever it says of itself."""

    def lstm(inputs, h0, c0, w):
        return sequence(inputs, h0, c0, w)

    lstm.form = "sequence"
    lstm.supports = {"num_layers", "bidirectional", "lengths", "mask"}
    result = judged(lstm, networks.drawn(2, 3, steps=4, **shape))

    assert result.verdict is Verdict.SKIPPED
    assert result.reason == f"it is taken for a plain LSTM, and this one has {said}"


def test_packed_moves_what_has_a_block_for_each_gate():
    """A projection and peepholes have none, and stay as they are."""
    network, _ = networks.drawn(2, 4, proj=2, semantics=Semantics(peephole="new"))
    w = GivenWeights(**dict(network.layers[0].items()))
    packed = w.packed("iofc")
    assert np.array_equal(packed.weight_hr, w.weight_hr)
    assert np.array_equal(packed.weight_ci, w.weight_ci)
    assert np.array_equal(packed.weight_hh[4:8], w.gate("o").weight_hh)
