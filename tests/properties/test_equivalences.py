"""Two networks that are the same function give the same numbers: what a variant means, said in others' terms."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_verify import strategies
from lstm_verify.lstm.network import Network, Place
from lstm_verify.lstm.readings import float_trace
from lstm_verify.lstm.semantics import QUANTITIES

QUICK = settings(max_examples=8)
SMALL = {"steps": st.integers(1, 4), "lengths": st.booleans(), "masks": st.booleans()}
FREE = st.none()


def columns(network, trace):
    """Return place -> [rows, n] of everything in a trace; NaN in the gates of a step that is skipped."""
    found = {}
    for place in [*network.places(*QUANTITIES, "h_n", "c_n"), Place("logits")]:
        blank = np.full(network.width(place.quantity), np.nan)
        vectors = trace.column(network, place)
        found[place] = np.array([blank if vector is None else vector for vector in vectors])
    return found


def floats(network, run):
    """Return place -> [rows, n] of what a network computes in float64."""
    return columns(network, float_trace(network, run))


def assert_same(one, other, tolerance=0.0):
    """Assert that everything is the same: to the last bit, or nearly."""
    assert one.keys() == other.keys()
    for place, numbers in one.items():
        np.testing.assert_allclose(numbers, other[place], rtol=tolerance, atol=tolerance, err_msg=str(place))


@st.composite
def drawn(draw, run=SMALL, fields=None, **kinds):
    """Draw a network of any kind but for what is fixed, and a run."""
    semantics = strategies.semantics(**{name: _strategy(x) for name, x in (fields or {}).items()})
    network = draw(strategies.variants(semantics=semantics, **{k: _strategy(x) for k, x in kinds.items()}))
    return network, draw(strategies.runs(network, **run))


def _strategy(x):
    return x if isinstance(x, st.SearchStrategy) else st.just(x)


def of_layer(network, layer, **changes) -> Network:
    """Return one layer of a network, as a network without an output layer."""
    first = network.index(layer, 0)
    own = network.layers[first : first + network.directions]
    sizes = {"input_size": network.layer_inputs(layer), "num_layers": 1, "head": None}
    return replace(network, layers=own, **(sizes | changes))


def state_of(run, rows):
    """Return the initial states of some layers and directions."""
    return {"h0": run.h0[rows], "c0": run.c0[rows]}


def outputs(network, found, layer):
    """Return the outputs of a layer, [steps, inputs of the next]."""
    return np.concatenate([found[Place("h", layer, d)] for d in range(network.directions)], axis=1)


# --------------------------------------------------------------------------- layers, directions, time


@given(drawn())
@QUICK
def test_a_stack_is_its_layers_one_after_the_other(both):
    """Each layer is a network of its own on the outputs of the one below, or on zeros where all is dropped."""
    network, run = both
    whole, inputs = floats(network, run), run.inputs
    for layer in range(network.num_layers):
        first = network.index(layer, 0)
        alone = replace(run, inputs=inputs, **state_of(run, slice(first, first + network.directions)))
        found = floats(of_layer(network, layer), alone)
        theirs = {
            p._replace(layer=0): x for p, x in whole.items() if p.layer == layer and p.quantity != "logits"
        }
        assert_same(theirs, {p: x for p, x in found.items() if p.quantity != "logits"})
        inputs = outputs(network, whole, layer)
        if network.semantics.training and network.semantics.dropout:
            inputs = 0 * inputs


@given(drawn(directions="bidirectional", num_layers=1, outputs=0))
@QUICK
def test_two_directions_are_one_and_the_other(both):
    """A bidirectional layer is a forward one and, with its own activations, a reverse one."""
    network, run = both
    variant, whole = network.semantics, floats(network, run)
    second = replace(variant, activations=variant.reverse_activations or variant.activations)
    for side, (direction, semantics) in enumerate([("forward", variant), ("reverse", second)]):
        layer = replace(network, layers=(network.layers[side],), direction=direction, semantics=semantics)
        found = floats(layer, replace(run, **state_of(run, slice(side, side + 1))))
        found.pop(Place("logits"))
        assert_same(
            {
                p._replace(direction=0): x
                for p, x in whole.items()
                if p.direction == side and p.quantity != "logits"
            },
            found,
        )


@given(drawn(directions="reverse"))
@QUICK
def test_the_reverse_direction_reads_the_steps_that_count_from_the_end(both):
    """It is the forward one on the inputs flipped, where the same steps count."""
    network, run = both
    valid = [run.valid(t) for t in range(run.steps)]
    if network.semantics.reverse_from == "buffer":
        valid = list(run.mask or [True] * run.steps)
    flipped = replace(run, inputs=run.inputs[::-1], length=None, mask=tuple(valid[::-1]))
    found = floats(replace(network, direction="forward"), flipped)
    ends = {"h_n", "c_n"}
    assert_same(floats(network, run), {p: x if p.quantity in ends else x[::-1] for p, x in found.items()})


@given(drawn(fields={"reverse_from": "valid"}), st.data())
@QUICK
def test_only_the_steps_that_count_matter(both, data):
    """What stands elsewhere may be anything, and the rest is as if it were not there."""
    network, run = both
    run = replace(run, mask=run.mask or data.draw(st.tuples(*[st.booleans()] * run.steps)))
    counts = np.array([run.valid(t) for t in range(run.steps)])
    found = floats(network, run)
    junk = np.where(counts[:, None], run.inputs, np.nan)
    assert_same(found, floats(network, replace(run, inputs=junk)))
    assume(counts.any())
    without = floats(network, replace(run, inputs=run.inputs[counts], length=None, mask=None))
    once = {"h_n", "c_n", *([] if network.head else ["logits"])}
    assert_same({p: x if p.quantity in once else x[counts] for p, x in found.items()}, without)


@given(
    drawn(run=SMALL | {"lengths": st.just(True), "masks": st.just(False)}, fields={"padded_output": "zero"})
)
@QUICK
def test_padding_shows_zero_and_holds_the_state(both):
    """Beyond its length a sequence shows h = 0; the state at the end is the last one that counts."""
    network, run = both
    found = floats(network, run)
    for layer in range(network.num_layers):
        forward = network.direction != "reverse"
        h, end = found[Place("h", layer)], found[Place("h_n", layer)][0]
        if forward:
            assert not h[run.length :].any()
            np.testing.assert_array_equal(
                end, h[run.length - 1] if run.length else run.h0[network.index(layer, 0)]
            )
        elif network.semantics.reverse_from == "valid":
            np.testing.assert_array_equal(end, h[0] if run.length else run.h0[layer])


# --------------------------------------------------------------------------- variants in others' terms

NOTHING = [
    ({"dropout": Fraction(0), "training": False}, {"dropout": Fraction(1, 2)}),
    ({"clip_gates": None}, {"clip_gates": Fraction(10**9)}),
    ({"clip_cell": None}, {"clip_cell": Fraction(10**9)}),
    ({"clip_projection": None}, {"clip_projection": Fraction(10**9)}),
    ({"training": False, "dropout": Fraction(0)}, {"training": True}),
]


@pytest.mark.parametrize(("without", "given_"), NOTHING, ids=str)
@given(data=st.data())
@QUICK
def test_what_does_nothing_changes_nothing(without, given_, data):
    """Dropout in evaluation, and limits that nothing reaches."""
    network, run = data.draw(drawn(fields=without))
    assert_same(
        floats(network, run), floats(replace(network, semantics=replace(network.semantics, **given_)), run)
    )


@pytest.mark.parametrize("peephole", ["old", "new"])
@given(data=st.data())
@QUICK
def test_peepholes_of_zero_see_nothing(peephole, data):
    """With all three zero, it is an LSTM without."""
    network, run = data.draw(drawn(fields={"peephole": None}))
    zeros = dict.fromkeys(("weight_ci", "weight_cf", "weight_co"), np.zeros(network.hidden_size))
    layers = tuple(replace(weights, **zeros) for weights in network.layers)
    seeing = replace(network, layers=layers, semantics=replace(network.semantics, peephole=peephole))
    assert_same(floats(network, run), floats(seeing, run))


@given(drawn(fields={"forget_bias": st.integers(1, 8).map(lambda k: Fraction(k, 4))}))
@QUICK
def test_a_forget_bias_is_part_of_the_bias(both):
    """Added at run time or beforehand, it is the same."""
    network, run = both
    grid, size = 2.0**-20, network.hidden_size
    rows = np.repeat([0, float(network.semantics.forget_bias), 0, 0], size)
    exact = [replace(w, bias_ih=np.round(w.bias_ih / grid) * grid) for w in network.layers]
    beforehand = tuple(replace(w, bias_ih=w.bias_ih + rows) for w in exact)
    plain = replace(network.semantics, forget_bias=Fraction(0))
    at_run_time = floats(replace(network, layers=tuple(exact)), run)
    assert_same(at_run_time, floats(replace(network, layers=beforehand, semantics=plain), run), 1e-10)


SIGMOID_GATES = {"activations": st.just(strategies.PYTORCH.activations), "reverse_activations": FREE}


@pytest.mark.parametrize(("coupled", "made", "of"), [("f=1-i", 1, 0), ("i=1-f", 0, 1)])
@given(data=st.data())
@QUICK
def test_a_coupled_gate_is_the_other_with_its_weights_negated(coupled, made, of, data):
    """1 − σ(z) is σ(−z): the same network without coupling, if the one gate has the other's rows times −1."""
    fields = SIGMOID_GATES | {"coupled": coupled, "forget_bias": Fraction(0), "layer_norm": FREE}
    network, run = data.draw(drawn(fields=fields, scales=st.floats(0.01, 1)))
    size = network.hidden_size
    rows, source = (slice(block * size, (block + 1) * size) for block in (made, of))

    def negated(weights):
        changed = {}
        for name, tensor in weights.items():
            if name in weights.PACKED:
                changed[name] = tensor.copy()
                changed[name][rows] = -tensor[source]
        peepholes = ["weight_ci", "weight_cf"]
        if weights.weight_ci is not None:
            changed[peepholes[made]] = -getattr(weights, peepholes[of])
        return replace(weights, **changed)

    plain = replace(network.semantics, coupled=None)
    apart = replace(network, layers=tuple(map(negated, network.layers)), semantics=plain)
    assert_same(floats(network, run), floats(apart, run), 1e-10)


@given(
    drawn(
        fields={"clip_projection": None, "layer_norm": FREE},
        num_layers=1,
        directions="forward",
        outputs=0,
        hidden_sizes=st.integers(2, 4),
        proj_sizes=st.integers(1, 3),
        scales=st.floats(0.01, 1),
    )
)
@QUICK
def test_a_projection_can_be_folded_into_the_recurrent_weights(both):
    """U (W_hr h) is (U W_hr) h: the same cell states without a projection, and h is W_hr times theirs."""
    network, run = both
    (w,) = network.layers
    run = replace(run, h0=0 * run.h0)
    folded = replace(w, weight_hh=w.weight_hh @ w.weight_hr, weight_hr=None)
    plain = replace(network, layers=(folded,), proj_size=0)
    theirs = floats(plain, replace(run, h0=np.zeros((1, network.hidden_size))))
    ours = floats(network, run)
    projected = {p: x @ w.weight_hr.T if p.quantity in {"h", "h_n"} else x for p, x in theirs.items()}
    assert_same(ours, projected, 1e-10)


@given(drawn(fields={"layer_norm": st.integers(1, 64).map(lambda k: Fraction(k, 64))}))
@QUICK
def test_a_layer_norm_does_not_see_the_scale(both):
    """Twice the weights, and four times the ε, is the same to the last bit."""
    network, run = both
    twice = tuple(replace(w, weight_ih=2 * w.weight_ih, weight_hh=2 * w.weight_hh) for w in network.layers)
    scaled = replace(network.semantics, layer_norm=4 * network.semantics.layer_norm)
    assert_same(floats(network, run), floats(replace(network, layers=twice, semantics=scaled), run))


@given(drawn(fields={"layer_norm": st.just(Fraction(1, 10**6))}, hidden_sizes=st.integers(2, 5)))
@QUICK
def test_a_normalised_gate_has_mean_nought(both):
    """Gains of 1 and no bias: the pre-activations of each gate sum to 0, and their squares to at most n."""
    network, run = both
    identity = strategies.Activation("identity")
    shown = replace(
        network.semantics,
        activations=strategies.Activations(*[identity] * 4),
        **dict.fromkeys(("reverse_activations", "peephole", "coupled", "clip_gates")),
        forget_bias=Fraction(0),
    )
    layers = tuple(
        replace(w, weight_ln=None, bias_ih=0 * w.bias_ih, bias_hh=0 * w.bias_hh) for w in network.layers
    )
    found = floats(
        replace(network, layers=layers[: network.directions], num_layers=1, semantics=shown, head=None),
        replace(run, **state_of(run, slice(network.directions))),
    )
    for place, z in found.items():
        if place.quantity in "ifgo":
            counted = z[~np.isnan(z).any(axis=1)]
            np.testing.assert_allclose(counted.sum(axis=1), 0, atol=1e-6)
            assert (np.square(counted).sum(axis=1) <= network.hidden_size * (1 + 1e-9)).all()


@given(drawn(outputs=st.integers(1, 3)))
@QUICK
def test_logits_are_the_output_layer_of_the_outputs(both):
    """W h + b, of all directions of the last layer."""
    network, run = both
    found = floats(network, run)
    h = outputs(network, found, network.num_layers - 1)
    expected = h @ network.head.weight.T + network.head.bias
    np.testing.assert_allclose(found[Place("logits")], expected, rtol=1e-12, atol=1e-12)
