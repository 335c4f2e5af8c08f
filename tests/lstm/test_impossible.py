"""What makes no sense together is refused where it is built, also in Python."""

from fractions import Fraction as F

import pytest

from lstm_verify.lstm.activations import function
from lstm_verify.lstm.network import BIDIRECTIONAL, Network, Weights
from lstm_verify.lstm.semantics import TANH, Activation, Semantics

WEIGHTS = Weights((), (), (), ())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"peephole": "sideways"}, "peephole is 'sideways'"),
        ({"coupled": "x"}, "coupled is 'x'"),
        ({"padded_output": "foo"}, "padded_output is 'foo'"),
        ({"reverse_from": "foo"}, "reverse_from is 'foo'"),
        ({"clip_gates": F(0)}, "clip_gates is 0; a limit is more than 0"),
        ({"clip_cell": F(-1)}, "clip_cell is -1"),
        ({"clip_projection": F(-1)}, "clip_projection is -1"),
        ({"layer_norm": F(-1)}, "layer_norm, the ε, is -1"),
        ({"dropout": F(2)}, "dropout is 2; a share is from 0 to 1"),
        ({"dropout": F(1, 2), "training": True}, "random"),
        ({"forget_bias": F(1), "coupled": "f=1-i"}, "the forget gate is 1 − i"),
    ],
)
def test_a_variant_that_cannot_be(fields, said):
    with pytest.raises(ValueError, match=said.replace("(", r"\(")):
        Semantics(**fields)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"direction": "sideways"}, "direction is 'sideways'"),
        ({"proj_size": 2}, "proj_size is 2; it must be less than hidden_size, 2"),
        ({"num_layers": 3}, "1 layers and directions have weights; there are 3"),
        ({"direction": BIDIRECTIONAL}, "1 layers and directions have weights; there are 2"),
    ],
)
def test_a_network_that_cannot_be(fields, said):
    with pytest.raises(ValueError, match=said):
        Network(1, 2, (WEIGHTS,), **fields)


@pytest.mark.parametrize(
    "activation",
    [
        Activation("hard_sigmoid", F(-1, 5), F(1, 2)),
        Activation("hard_sigmoid", F(1, 5), F(100)),
        Activation("leaky_relu", F(5)),
        Activation("scaled_tanh", F(-1), F(1)),
    ],
)
def test_parameters_with_which_an_activation_is_not_what_it_is_taken_for(activation):
    with pytest.raises(ValueError, match=activation.name):
        function(activation)


def test_what_is_usual_is_not_refused():
    assert Semantics().activations.g == TANH
    assert (
        Network(1, 2, (WEIGHTS, WEIGHTS), num_layers=2, semantics=Semantics(dropout=F(1, 2))).directions == 1
    )
