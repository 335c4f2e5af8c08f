"""Orders, packing and unpacking, and what is said where something does not fit."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction as F

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_verify.conventions import CONVENTIONS, convention, gate_order, reorder
from lstm_verify.lstm.network import Weights

WEIGHTS = Weights(
    weight_ih=[[1], [2], [3], [4]],
    weight_hh=[[5], [6], [7], [8]],
    bias_ih=[1, 2, 3, 4],
    bias_hh=[10, 20, 30, 40],
)
"""One unit, one input: gate k has k, k + 4, k and 10·k."""

GIVEN = {"weight_ih", "weight_hh", "bias_ih", "bias_hh"}


@st.composite
def weights(draw, fields):
    """Exact weights with some of the fields, every number another one."""
    inputs, units, projected = draw(st.tuples(*[st.integers(1, 4)] * 3))
    fields = {field for field in fields if field in GIVEN or draw(st.booleans())}
    width = projected if "weight_hr" in fields else units
    rows = 4 * units
    shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, width), "bias_ih": (rows,), "bias_hh": (rows,)}
    shapes |= {"weight_hr": (projected, units), "weight_ln": (rows,)}
    numbers = iter(range(1, 10_000))

    def tensor(*shape):
        return np.array([F(next(numbers), 7) for _ in range(int(np.prod(shape)))]).reshape(shape)

    drawn = {name: tensor(*shape) for name, shape in shapes.items() if name in fields | GIVEN}
    peepholes = {f"weight_c{gate}": tensor(units) for gate in "ifo" if "peephole" in fields}
    return Weights(**drawn, **peepholes)


def same(got, wanted):
    """Whether two mappings of arrays have the same names, shapes and exact numbers."""
    got, wanted = dict(got), dict(wanted)
    return got.keys() == wanted.keys() and all(np.array_equal(got[name], wanted[name]) for name in wanted)


@pytest.mark.parametrize("name", CONVENTIONS)
@settings(max_examples=30)
@given(data=st.data())
def test_unpacking_undoes_packing(name, data):
    """What was packed comes back exactly; where there is one bias, the sum of both."""
    one = CONVENTIONS[name]
    given_weights = data.draw(weights(one.names))

    back = one.unpack(one.pack(given_weights))

    wanted = dict(given_weights.items())
    if not {"bias_ih", "bias_hh"} <= set(one.names):
        kept, lost = ("bias_ih", "bias_hh") if "bias_ih" in one.names else ("bias_hh", "bias_ih")
        wanted |= {kept: wanted["bias_ih"] + wanted["bias_hh"], lost: 0 * wanted[lost]}
    assert same(back.items(), wanted)
    assert same(one.pack(back), one.pack(given_weights))


@pytest.mark.parametrize("name", CONVENTIONS)
def test_packed_arrays_are_their_own(name):
    """Packing and unpacking copy: what is done to the result is not done to what it came from."""
    one = CONVENTIONS[name]
    before = {k: np.array(tensor, dtype=float) for k, tensor in WEIGHTS.items()}
    source = Weights(**{k: array.copy() for k, array in before.items()})
    packed = one.pack(source)
    kept = {k: array.copy() for k, array in packed.items()}
    for array in dict(one.unpack(packed).items()).values():
        array[...] = 99
    assert same(packed, kept)
    for array in packed.values():
        array[...] = 99
    assert same(source.items(), before)


@pytest.mark.parametrize(
    ("name", "tensor", "packed"),
    [
        ("torch", "weight_ih", [[1], [2], [3], [4]]),
        ("onnx", "W", [[[1], [4], [2], [3]]]),
        ("onnx", "B", [[1, 4, 2, 3, 10, 40, 20, 30]]),
        ("keras", "recurrent_kernel", [[5, 6, 7, 8]]),
        ("keras", "bias", [11, 22, 33, 44]),
        ("tf1", "kernel", [[1, 3, 2, 4], [5, 7, 6, 8]]),
        ("tf1", "bias", [11, 33, 21, 44]),
        ("haiku", "linear.b", [11, 33, 21, 44]),
        ("openvino", "W", [[2], [1], [3], [4]]),
        ("coreml", "weight_ih", [[1], [2], [4], [3]]),
        ("onednn", "weights_layer", [[[[[1], [2], [3], [4]]]]]),
        ("flax", "hf.bias", [22]),
        ("d2l", "W_hc", [[7]]),
        ("naive", "V_o", [[8]]),
    ],
)
def test_one_unit_packed_by_hand(name, tensor, packed):
    """Weights that can be told apart at a glance, packed on paper; TensorFlow 1 and Haiku add 1 to f later."""
    assert convention(name).pack(WEIGHTS)[tensor].tolist() == packed


def test_one_direction_of_two_is_unpacked():
    """Where directions are stacked, `direction` says which."""
    onnx = convention("onnx")
    other = Weights(*(2 * np.array(tensor) for _, tensor in WEIGHTS.items()))
    one, two = onnx.pack(WEIGHTS), onnx.pack(other)
    both = {name: np.concatenate([one[name], two[name]]) for name in one}

    assert same(onnx.unpack(both, direction=0).items(), WEIGHTS.items())
    assert same(onnx.unpack(both, direction=1).items(), other.items())


def test_without_biases_these_are_zero():
    """Biases may be missing, and are 0: for Haiku what is packed as −1, and for a bias of its own."""
    keras = {k: v for k, v in convention("keras").pack(WEIGHTS).items() if k != "bias"}
    assert convention("keras").unpack(keras).bias_ih.tolist() == [0, 0, 0, 0]
    haiku = {"linear.w": convention("haiku").pack(WEIGHTS)["linear.w"]}
    assert convention("haiku").unpack(haiku).bias_ih.tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("name", "field", "said"),
    [
        ("keras", "weight_hr", "Keras has no projection, and these weights have"),
        ("torch", "weight_ci", "PyTorch has no peepholes, and these weights have"),
        ("onnx", "weight_ln", "ONNX has no layer normalisation, and these weights have"),
    ],
)
def test_what_a_convention_has_no_place_for_is_refused(name, field, said):
    """Nothing is dropped in silence."""
    more = {"weight_hr": [[1]], "weight_ci": [1], "weight_ln": [1, 1, 1, 1]}[field]
    with pytest.raises(ValueError, match=said):
        convention(name).pack(Weights(*(tensor for _, tensor in WEIGHTS.items()), **{field: more}))


def test_all_that_there_is_no_place_for_is_told_at_once():
    """A projection and peepholes, in Keras; TensorFlow 1 has both."""
    fields = {*GIVEN, "weight_hr", "peephole"}
    assert convention("keras").refusal(fields) == "Keras has no projection and no peepholes"
    assert convention("tf1").refusal(fields) is None


@pytest.mark.parametrize(
    ("name", "changed", "said"),
    [
        ("keras", {"kernel": None}, "Keras: kernel is missing"),
        ("keras", {"kernels": np.ones(3)}, "'kernels' is not known, only kernel, recurrent_kernel, bias"),
        ("keras", {"kernel": np.ones((1, 8))}, r"recurrent_kernel has the shape \(1, 4\), expected \(H, 4H\); bias .* \(4H,\), where I = 1, H = 2"),
        ("keras", {"kernel": np.ones((1, 7))}, r"kernel has the shape \(1, 7\), expected \(I, 4H\), where I = 1, H = 1"),
        ("onnx", {"W": np.ones((4, 1))}, r"W has the shape \(4, 1\), expected \(D, 4H, I\)"),
        ("d2l", {"W_xi": None, "b_i": None}, "W_xi is missing; b_i is missing"),
    ],
)  # fmt: skip
def test_tensors_that_do_not_fit_are_told_all_at_once(name, changed, said):
    """What is missing, unknown or of the wrong shape is told with what was expected."""
    tensors = {k: v for k, v in (convention(name).pack(WEIGHTS) | changed).items() if v is not None}
    with pytest.raises(ValueError, match=said):
        convention(name).unpack(tensors)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("ifgo", "ifgo"),
        ("iofc", "iofg"),
        ("ijfo", "igfo"),  # TensorFlow 1
        ("ifoz", "ifog"),  # Core ML
        ("onnx", "iofg"),
        ("Keras", "ifgo"),
        ("basiclstmcell", "igfo"),
        ("openvino", "figo"),
    ],
)
def test_an_order_is_read_as_letters_or_by_a_name(text, order):
    """An order, or a convention that has one."""
    assert gate_order(text) == order


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "ifgg",
            "'ifgg' is no order of the gates i, f, g .or c., o; PyTorch's is 'ifgo'; or name .* onnx, keras,",
        ),
        ("flax", "'flax' has no order of the gates: Flax .* keeps a tensor for each"),
    ],
)
def test_what_is_no_order_is_told(text, said):
    """The message says what would be one."""
    with pytest.raises(ValueError, match=said):
        gate_order(text)


def test_reorder_moves_blocks_of_rows():
    """Blocks of two rows, from ONNX's order to ours and on to TensorFlow 1's."""
    assert reorder("iIoOfFgG", "onnx") == [*"iIfFgGoO"]
    assert reorder("iIoOfFgG", "iofc", "ijfo") == [*"iIgGfFoO"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("kears", "'kears' is no convention of packing weights; did you mean 'keras'?"),
        ("x", "known: torch, onnx, "),
    ],
)
def test_an_unknown_convention_is_told_the_nearest(name, said):
    """The nearest name, or all of them."""
    with pytest.raises(ValueError, match=said.replace("?", "[?]")):
        convention(name)


def test_a_convention_has_other_names():
    """Aliases, and capitals."""
    assert convention("PyTorch") is convention("torch") is CONVENTIONS["torch"]


def test_names_are_not_taken_twice():
    """No alias hides another convention, and none reads as an order of gates."""
    names = [name for one in CONVENTIONS.values() for name in (one.name, *one.aliases)]
    assert len(names) == len(set(names))
    assert all(sorted(name) not in (sorted("ifgo"), sorted("ifco")) for name in names)


@pytest.mark.parametrize("name", CONVENTIONS)
def test_an_entry_says_where_it_is_from(name):
    """A page or a file in a repository."""
    one = CONVENTIONS[name]
    assert one.source.startswith(("https://", "github.com/"))
    assert (one.peephole is None) == ("peephole" not in one.names)


def test_conventions_load_no_numpy():
    """Reading a puzzle's layout is to be quick."""
    code = "import sys, lstm_verify.conventions as c; c.gate_order('onnx'); c.convention('tf1').parameters(); sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "place", "said"),
    [
        ("onnx", {"direction": 1}, "has 1 along the axis of directions: there is no direction 1"),
        ("keras", {"direction": 1}, "has no axis for directions"),
        ("keras", {"layer": 2}, "has no axis for layers"),
    ],
)
def test_a_layer_or_direction_that_is_not_there(name, place, said):
    weights = Weights(np.zeros((8, 3)), np.zeros((8, 2)), np.zeros(8), np.zeros(8))
    packed = convention(name).pack(weights)

    with pytest.raises(ValueError, match=said):
        convention(name).unpack(packed, **place)
