"""What of an LSTM people's own Python is asked for: the plain one, what we lend it, and what it says it supports."""

from __future__ import annotations

import networks
import numpy as np
import pytest
from cells import at_once, right, sequence, sigmoid

from lstm_verify import run
from lstm_verify.backends.base import Options
from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.python_code import GivenWeights, wrap
from lstm_verify.lstm.semantics import FEATURES, Activation, Activations, Semantics
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


FEATURE = {"new": "peephole", "old": "peephole_old"}
"""Which cell state the output gate sees -> the feature."""


def peeping(sees, *supports):
    """Return a right cell with peepholes, and a projection where there is one: `sees` tells, of w, which c."""

    def cell(x, h, c, w):
        z = dict(zip("ifgo", np.split(at_once(w, x, h), 4), strict=True))
        new = sigmoid(z["f"] + w.weight_cf * c) * c + sigmoid(z["i"] + w.weight_ci * c) * np.tanh(z["g"])
        seen = {"new": new, "old": c, None: c}[sees(w)]
        h = sigmoid(z["o"] + w.weight_co * seen) * np.tanh(new)
        return (h if w.weight_hr is None else w.weight_hr @ h), new

    cell.supports = set(supports)
    return cell


@pytest.mark.parametrize("peephole", ["new", "old"])
def test_what_code_supports_it_is_given(peephole):
    """Code that says more gets the tensors that go with it: peepholes, and a projection, of every layer."""
    cell = peeping(lambda w: peephole, *FEATURE.values(), "proj_size")
    shape = {"layers": 2, "direction": "bidirectional", "proj": 2, "steps": 4}
    drawn = networks.drawn(2, 3, semantics=Semantics(peephole=peephole), **shape)
    assert judged(cell, drawn).verdict is Verdict.AGREE
    other = {"new": "old", "old": "new"}[peephole]
    wrong = judged(cell, networks.drawn(2, 3, semantics=Semantics(peephole=other), **shape))
    assert wrong.verdict is Verdict.FAILED
    assert wrong.comparison.first_outside().place.quantity == "h"


def test_the_forms_of_a_field_are_features_of_their_own():
    """Who can let the output gate see the new cell state need not know the old, and is not asked for it."""
    results = run(
        ["peephole-timer", "peephole-old"], wrap(peeping(lambda w: "new", "peephole"), "mine", Options({}))
    ).results
    timer, old = results
    assert (timer.verdict, old.verdict) == (Verdict.AGREE, Verdict.SKIPPED)
    assert old.reason.endswith("this one has peepholes (the output gate looks at the old cell state)")


def test_code_may_read_the_variant():
    """One cell for both forms, and for no peepholes at all: it reads which one it is."""
    cell = peeping(lambda w: w.semantics.peephole, *FEATURE.values())
    report = run(["peephole-timer", "peephole-old", "generic"], wrap(cell, "mine", Options({})))
    assert [r.verdict for r in report.results] == [Verdict.AGREE] * 4


@pytest.mark.parametrize(
    ("coupled", "supported", "other"),
    [("f=1-i", "coupled", "coupled_input"), ("i=1-f", "coupled_input", "coupled")],
)
def test_the_ways_of_coupling_are_features_of_their_own(coupled, supported, other):
    """Who makes the forget gate of the input gate need not know how to do it the other way round."""

    def cell(x, h, c, w):
        i, f, g, o = np.split(at_once(w, x, h), 4)
        i, f = sigmoid(i), sigmoid(f)
        i, f = (i, 1 - i) if coupled == "f=1-i" else (1 - f, f)
        c = f * c + i * np.tanh(g)
        return sigmoid(o) * np.tanh(c), c

    network = networks.drawn(2, 3, semantics=Semantics(coupled=coupled))
    cell.supports = {supported}
    assert judged(cell, network).verdict is Verdict.AGREE
    cell.supports = {other}
    assert judged(cell, network).reason.endswith(f"this one has coupled gates {coupled}")


@pytest.mark.parametrize(
    ("supports", "said"),
    [
        ({"peepholes"}, "unknown feature 'peepholes'; did you mean 'peephole'?"),
        ({"coupled", "peephole-old"}, "unknown feature 'peephole-old'; did you mean 'peephole_old'?"),
        ({"projsize"}, "unknown feature 'projsize'; did you mean 'proj_size'?"),
        ("peephole", "mine.supports is 'peephole'; expected a set of features, such as {'peephole'}"),
    ],
)
def test_a_feature_that_is_none_is_refused(supports, said):
    """What is misspelt would only ever be skipped: the nearest name is told at once."""

    def cell(x, h, c, w):
        return right(x, h, c, w)

    cell.supports = supports
    with pytest.raises(Unusable) as refused:
        wrap(cell, "mine", Options({}))
    assert str(refused.value).endswith(said)


@pytest.mark.parametrize(
    "feature", [*FEATURES, "proj_size", "num_layers", "bidirectional", "lengths", "mask"]
)
def test_every_feature_may_be_supported(feature):
    """Each name that a refusal may have a reason for is known."""

    def cell(x, h, c, w):
        return right(x, h, c, w)

    cell.supports = {feature}
    assert judged(cell, networks.drawn(2, 3)).verdict is Verdict.AGREE


@pytest.mark.parametrize("convention", ["keras", "pytorch"])
def test_a_plain_network_is_packed_for_who_knows_no_peepholes(convention):
    """That zeros are there for peepholes is no reason to refuse; with peepholes, Keras has no place for them."""
    kept = []

    def cell(x, h, c, w):
        kept.append(w.pack(convention))
        return right(x, h, c, w)

    cell.supports = {"peephole"}
    network, run = networks.drawn(2, 3)
    assert judged(cell, (network, run)).verdict is Verdict.AGREE
    if convention == "keras":
        i, f, g, o = np.split(network.layers[0].weight_ih, 4)
        np.testing.assert_array_equal(kept[0]["kernel"], np.concatenate([i, f, g, o]).T)
    peeping = judged(cell, networks.drawn(2, 3, semantics=Semantics(peephole="new")))
    assert peeping.verdict is Verdict.ERRORED
    assert "peephole" in peeping.reason


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
