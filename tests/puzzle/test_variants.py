"""What the keys mean that make other networks than one layer of PyTorch's LSTM, and other cases."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lstm_verify.lstm.network import Head, Network, Place, suffix
from lstm_verify.lstm.semantics import PARAMETERS, SIGMOID, TANH, Activation, Activations, Semantics
from lstm_verify.puzzle.load import parse
from lstm_verify.puzzle.model import Case, Puzzle

F = Fraction
TWO, BOTH = "num_layers: 2", "bidirectional: true"


def puzzle(
    *lines: str, network: str = "", inputs: int = 1, hidden: int = 1, cases: str = "{one: {inputs: [1, 2]}}"
) -> Puzzle:
    """Return the puzzle with these lines, by default with all weights 0."""
    sizes = f"input_size: {inputs}, hidden_size: {hidden}" + (network and f", {network}")
    given = any(line.startswith(("weights", "gates")) for line in lines)
    text = ["puzzle: 1", "title: t", f"network: {{{sizes}}}", *lines, *([] if given else ["weights: {}"])]
    return parse("\n".join((*text, f"cases: {cases}", "")).encode(), "t.yaml")


def semantics(network: str) -> Semantics:
    """Return the variant that these keys of `network` make."""
    return puzzle(network=network).network.semantics


def case(text: str, *lines: str, network: str = "", hidden: int = 1, inputs: int = 1) -> Case:
    """Return the only case of a puzzle."""
    (one,) = puzzle(*lines, network=network, hidden=hidden, inputs=inputs, cases=f"{{one: {text}}}").cases
    return one


# --------------------------------------------------------------------------- the network


@pytest.mark.parametrize(
    ("keys", "layers", "direction", "proj_size"),
    [
        ("", 1, "forward", 0),
        ("num_layers: 3", 3, "forward", 0),
        (BOTH, 2, "bidirectional", 0),
        ("reverse: true", 1, "reverse", 0),
        ("reverse: false, bidirectional: false", 1, "forward", 0),
        (f"{TWO}, {BOTH}, proj_size: 2", 4, "bidirectional", 2),
    ],
)
def test_layers_and_directions(keys: str, layers: int, direction: str, proj_size: int) -> None:
    """Each layer and direction has its weights, of the sizes that PyTorch's have."""
    network = puzzle(network=keys, hidden=3).network
    assert (len(network.layers), network.direction, network.proj_size) == (layers, direction, proj_size)
    for index, weights in enumerate(network.layers):
        layer = index // network.directions
        assert (len(weights.weight_ih), len(weights.weight_ih[0])) == (12, network.layer_inputs(layer))
        assert (len(weights.weight_hh), len(weights.weight_hh[0])) == (12, proj_size or 3)
        assert weights.weight_hr == (((0, 0, 0),) * 2 if proj_size else None)


@pytest.mark.parametrize("proj_size", [0, 2])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("num_layers", [1, 2])
def test_a_state_dict_of_torch_is_a_section_weights(
    num_layers: int, bidirectional: bool, proj_size: int
) -> None:
    """The names and shapes of torch.nn.LSTM's parameters are those of `weights`, one by one."""
    module = torch.nn.LSTM(2, 3, num_layers, bidirectional=bidirectional, proj_size=proj_size)
    parameters = {name: tensor.tolist() for name, tensor in module.state_dict().items()}
    rows = [f"  {name}: {numbers}" for name, numbers in parameters.items()]
    keys = [f"num_layers: {num_layers}", f"bidirectional: {str(bidirectional).lower()}"]
    keys += [f"proj_size: {proj_size}"] if proj_size else []
    read = puzzle(
        "\n".join(("weights:", "  layout: torch", *rows)),
        network=", ".join(keys),
        inputs=2,
        hidden=3,
        cases="{one: {inputs: [[1, 2]]}}",
    ).network
    found = {
        f"{name}{suffix(*divmod(index, read.directions))}": _lists(tensor)
        for index, weights in enumerate(read.layers)
        for name, tensor in weights.items()
    }
    assert found == parameters


def _lists(tensor: Any) -> Any:
    return [_lists(x) for x in tensor] if isinstance(tensor, tuple) else float(tensor)


def test_suffix_of_the_only_layer() -> None:
    """With one layer and direction a name may have its suffix or not: gates, states, tables, hand rules."""
    one = puzzle(
        "ideal: {g_l0: sign}",
        "gates: {i_l0: 1, f: 2, g_l0: 3, o: 4}",
        cases="{one: {inputs: [1], h0_l0: 5, c0: 6, hand: {c_l0: [7], h_n_l0: 8}}}",
    )
    assert one.network.layers[0].bias_ih == (1, 2, 3, 4)
    assert one.ideal[0]["g"] == ("sign",)
    assert (one.cases[0].run.h0, one.cases[0].run.c0) == (((5,),), ((6,),))
    assert set(one.cases[0].hand) == {Place("c"), Place("h_n")}


def test_suffixes_name_layer_and_direction() -> None:
    """A suffix says which of several layers and directions; what is not named is 0."""
    weights = "weights: {weight_hh_l0_reverse: 1, bias_ih_l1: 2, weight_ih_l1_reverse: 3}"
    read = puzzle(weights, network=f"{TWO}, {BOTH}", cases="{one: {inputs: [1], h0_l1: 4, c0_l0_reverse: 5}}")
    first, first_reverse, second, second_reverse = read.network.layers
    assert first.bias_ih == first.bias_hh == (0,) * 4
    assert first_reverse.weight_hh == ((1,),) * 4
    assert second.bias_ih == (2,) * 4
    assert second_reverse.weight_ih == ((3, 3),) * 4
    assert read.cases[0].run.h0 == ((0,), (0,), (4,), (0,))
    assert read.cases[0].run.c0 == ((0,), (5,), (0,), (0,))


def test_a_layout_is_that_of_all_layers() -> None:
    """Packed rows of every layer are in the order of `layout`, which may be somebody's."""
    layers = puzzle(
        "weights: {layout: onnx, bias_ih_l0: [1, 2, 3, 4], bias_ih_l1: [5, 6, 7, 8]}", network=TWO
    ).network.layers
    assert [weights.bias_ih for weights in layers] == [(1, 3, 4, 2), (5, 7, 8, 6)]  # ONNX has i, o, f, c


# --------------------------------------------------------------------------- the variant


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("", Semantics()),
        ("peephole: new", Semantics(peephole="new")),
        ("peephole: old", Semantics(peephole="old")),
        ("coupled: f=1-i", Semantics(coupled="f=1-i")),
        ("coupled: i = 1 - f", Semantics(coupled="i=1-f")),
        ("clip: {gates: 3, cell: 1/2}", Semantics(clip_gates=F(3), clip_cell=F(1, 2))),
        ("layer_norm: 1e-5", Semantics(layer_norm=F(1, 10**5))),
        ("forget_bias: -0.5", Semantics(forget_bias=F(-1, 2))),
        (f"{TWO}, dropout: 0.5", Semantics(dropout=F(1, 2))),
        (f"{TWO}, dropout: {{p: 0.5}}", Semantics(dropout=F(1, 2))),
        (f"{TWO}, dropout: {{p: 1, training: true}}", Semantics(dropout=F(1), training=True)),
        (f"{TWO}, dropout: {{p: 0, training: true}}", Semantics(training=True)),
        ("padded_output: hold", Semantics(padded_output="hold")),
        ("padded_output: zero", Semantics()),
        ("reverse: true, reverse_from: buffer", Semantics(reverse_from="buffer")),
        ("bidirectional: true, reverse_from: valid", Semantics()),
    ],
)
def test_semantics(keys: str, expected: Semantics) -> None:
    """Each key sets its field, and nothing else."""
    assert semantics(keys) == expected


def test_clip_of_the_projection_and_layer_norm_0() -> None:
    """What needs several units."""
    read = puzzle(network="proj_size: 1, clip: {projection: 2}, layer_norm: 0", hidden=2).network.semantics
    assert read == Semantics(clip_projection=F(2), layer_norm=F(0))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("relu", Activation("relu")),
        ("hard_sigmoid", Activation("hard_sigmoid", F(1, 5), F(1, 2))),
        ("hard_sigmoid(1/6)", Activation("hard_sigmoid", F(1, 6), F(1, 2))),
        ("' hard_sigmoid ( 1/6 , (1/3) ) '", Activation("hard_sigmoid", F(1, 6), F(1, 3))),
        ("hard_sigmoid(beta=0)", Activation("hard_sigmoid", F(1, 5), F(0))),
        ("'hard_sigmoid(beta = 1, alpha = 2)'", Activation("hard_sigmoid", F(2), F(1))),
        ("leaky_relu", Activation("leaky_relu", F(1, 100))),
        ("leaky_relu(0)", Activation("leaky_relu", F(0))),
        ("leaky_relu(1)", Activation("leaky_relu", F(1))),
        ("'scaled_tanh(1.7159, 2/3)'", Activation("scaled_tanh", F(17159, 10000), F(2, 3))),
        ("scaled_tanh(beta=2)", Activation("scaled_tanh", F(1), F(2))),
    ],
)
def test_parameters_of_activations(text: str, expected: Activation) -> None:
    """Parameters stand in order or by name; what is not given is the default."""
    assert semantics(f"activations: {{o: {text}}}") == Semantics(activations=Activations(o=expected))


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_activation_has_its_parameters(name: str) -> None:
    """An activation that is named alone has the defaults of the table."""
    assert semantics(f"activations: {{h: {name}}}").activations.h == Activation(name, *PARAMETERS[name])


def test_activations_of_the_reverse_direction() -> None:
    """They are those of the forward direction, but for the ones named."""
    read = semantics(f"{BOTH}, activations: {{g: relu, reverse: {{h: identity}}}}")
    relu, identity = Activation("relu"), Activation("identity")
    assert read.activations == Activations(SIGMOID, SIGMOID, relu, SIGMOID, TANH)
    assert read.reverse_activations == Activations(SIGMOID, SIGMOID, relu, SIGMOID, identity)


@pytest.mark.parametrize("same", ["{}", "{g: relu}", "{f: sigmoid}"])
def test_activations_of_the_reverse_direction_that_are_the_same(same: str) -> None:
    """Where nothing is other there are none."""
    assert semantics(f"{BOTH}, activations: {{g: relu, reverse: {same}}}").reverse_activations is None


def test_tensors_of_variants() -> None:
    """The projection, the peepholes and the gain are read as they stand; a gain not given is 1."""
    weights = (
        "weights: {weight_hr: [[1, 2, 3], [4, 5, 6]], weight_ci: [7, 8, 9], weight_co: 1/2,"
        " layout: iofc, weight_ln: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]}"
    )
    (read,) = puzzle(weights, network="proj_size: 2, peephole: new, layer_norm: 1", hidden=3).network.layers
    assert read.weight_hr == ((1, 2, 3), (4, 5, 6))
    assert (read.weight_ci, read.weight_cf, read.weight_co) == ((7, 8, 9), (0, 0, 0), (F(1, 2),) * 3)
    assert read.weight_ln == (1, 2, 3, 7, 8, 9, 10, 11, 12, 4, 5, 6)
    (other,) = puzzle(
        "weights: {weight_ln: {i: 1, f: 2, g: 3, o: 4}}", network="layer_norm: 0.1"
    ).network.layers
    assert other.weight_ln == (1, 2, 3, 4)
    (absent,) = puzzle(network="layer_norm: 0.1").network.layers
    assert (absent.weight_ln, absent.weight_ci, absent.weight_hr) == (None, None, None)


def test_head() -> None:
    """The output layer: rows as wide as all directions of the last layer; a bias not given is 0."""
    read = puzzle("head: {weight: [[1, 2], [3, 1/4], [5, 6]]}", network=BOTH).network
    assert read.head == Head(((1, 2), (3, F(1, 4)), (5, 6)), (0, 0, 0))
    assert read.width("logits") == 3
    for bias, expected in (("[7, 8]", (7, 8)), ("9", (9, 9))):
        given = puzzle(f"head: {{weight: [[1], [2]], bias: {bias}}}").network.head
        assert given == Head(((1,), (2,)), expected)
    assert puzzle().network.head is None


def test_coupled_gates_need_the_rules_of_one() -> None:
    """The gate that is 1 minus the other may be left out, and may be given."""
    (read,) = puzzle("gates: {i: 1, g: 2, o: 3}", network="coupled: f=1-i").network.layers
    assert read.bias_ih == (1, 0, 2, 3)
    (read,) = puzzle("gates: {i: 4, f: 1, g: 2, o: 3}", network="coupled: i=1-f").network.layers
    assert read.bias_ih == (4, 1, 2, 3)
    (read,) = puzzle("weights: {bias_hh: {f: 1, g: 2, o: 3}}", network="coupled: i=1-f").network.layers
    assert read.bias_hh == (0, 1, 2, 3)


# --------------------------------------------------------------------------- gate rules


def test_rules_of_upper_layers() -> None:
    """Layer 0 has the features; above it x1, x2, … are the outputs below, the forward direction's first."""
    rules = {"i_l0": "a", "i_l0_reverse": "2*b", "i_l1": "3*x1 + 4*x4 + 5", "i_l1_reverse": "'h[1] - x2'"}
    others = {f"{gate}_l{k}{r}": "0" for gate in "fgo" for k in (0, 1) for r in ("", "_reverse")}
    gates = ", ".join(f"{name}: {rule}" for name, rule in (rules | others).items())
    read = puzzle(
        "features: [a, b]",
        f"gates: {{{gates}}}",
        network=f"{TWO}, {BOTH}",
        inputs=2,
        hidden=2,
        cases="{one: {inputs: [[1, 2]]}}",
    ).network
    first, first_reverse, second, second_reverse = read.layers
    assert first.weight_ih[:3] == ((1, 0), (1, 0), (0, 0))
    assert first_reverse.weight_ih[0] == (0, 2)
    assert (second.weight_ih[1], second.bias_ih[:3]) == ((3, 0, 0, 4), (5, 5, 0))
    assert (second_reverse.weight_ih[0], second_reverse.weight_hh[0]) == ((0, -1, 0, 0), (0, 1))


def test_rules_with_peepholes() -> None:
    """The rules of i, f and o of unit k may have c[k], whose factor is the peephole."""
    gates = 'gates: {i: ["2*c[0] + x1", "3*(c[1] - 1)"], f: 0, g: 0, o: [0, "-c[1]"]}'
    (read,) = puzzle(gates, network="peephole: old", hidden=2).network.layers
    assert (read.weight_ci, read.weight_cf, read.weight_co) == ((2, 3), (0, 0), (0, -1))
    assert (read.weight_ih[:2], read.bias_ih[:2]) == (((1,), (0,)), (0, -3))


def test_a_rule_for_the_only_unit_may_have_its_c() -> None:
    """With one unit a single rule may have c[0]."""
    gates = "gates:\n  i: c[0]\n  f: 1 - c[0]/2\n  g: x1\n  o: 20"
    (read,) = puzzle(gates, network="peephole: new").network.layers
    assert (read.weight_ci, read.weight_cf, read.weight_co) == ((1,), (F(-1, 2),), (0,))


def test_a_feature_may_be_called_c_where_there_is_no_peephole() -> None:
    """Without peepholes c has no meaning of its own."""
    read = puzzle("features: [c]", "gates: {i: 2*c, f: 0, g: c, o: 0}").network.layers[0]
    assert read.weight_ih == ((2,), (0,), (1,), (0,))


def test_a_rule_of_a_projection_sees_the_projected_h() -> None:
    """There are proj_size units of h, and beside rules `weights` has what no rule gives."""
    gates = 'gates: {i: "h[1]", f: 0, g: 0, o: 0}'
    beside = "weights: {weight_hr: [[1, 2, 3], [4, 5, 6]], weight_ln: 7}"
    (read,) = puzzle(beside, gates, network="proj_size: 2, layer_norm: 1", hidden=3).network.layers
    assert read.weight_hh[:4] == ((0, 1), (0, 1), (0, 1), (0, 0))
    assert (read.weight_hr, read.weight_ln) == (((1, 2, 3), (4, 5, 6)), (7,) * 12)


def test_what_stands_beside_rules_is_that_of_each_layer() -> None:
    """Each layer has its own projection beside its rules."""
    gates = ", ".join(f"{gate}_l{k}: 0" for gate in "ifgo" for k in (0, 1))
    beside = "weights: {weight_hr_l0: 1, weight_hr_l1: 2}"
    layers = puzzle(beside, f"gates: {{{gates}}}", network=f"{TWO}, proj_size: 1", hidden=2).network.layers
    assert [weights.weight_hr for weights in layers] == [((1, 1),), ((2, 2),)]


@given(st.data())
def test_rules_say_what_weights_say(data: st.DataObject) -> None:
    """Any weights, written as rules, are those weights."""
    layers, hidden = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    bidirectional, peephole = data.draw(st.booleans()), data.draw(st.booleans())
    keys = f"num_layers: {layers}, bidirectional: {str(bidirectional).lower()}"
    keys += ", peephole: new" if peephole else ""
    network = puzzle(network=keys, hidden=hidden, inputs=2, cases="{one: {inputs: [[1, 2]]}}").network
    numbers = st.integers(-3, 3)
    rules, expected = [], []
    for place in network.places(*"ifgo"):
        width = network.layer_inputs(place.layer)
        names = [f"x{k + 1}" for k in range(width)] + [f"h[{k}]" for k in range(hidden)]
        of_units = []
        for unit in range(hidden):
            own = [f"c[{unit}]"] if peephole and place.quantity != "g" else []
            factors = {name: data.draw(numbers) for name in (*names, *own, "1")}
            terms = data.draw(st.permutations([f"{n}*{name}" for name, n in factors.items()]))
            of_units.append(f'"{" + ".join(terms)}"')
            expected.append(((network.index(place.layer, place.direction), place.quantity, unit), factors))
        rules.append(f"  {place.quantity}{suffix(place.layer, place.direction)}: [{', '.join(of_units)}]")
    read = puzzle("\n".join(("gates:", *rules)), network=keys, hidden=hidden, inputs=2,
                  cases="{one: {inputs: [[1, 2]]}}").network  # fmt: skip
    for (index, gate, unit), factors in expected:
        assert _row(read, index, gate, unit) == [F(n) for n in factors.values()]


def _row(network: Network, index: int, gate: str, unit: int) -> list[Fraction]:
    """Return the weights of one gate of one unit: of its inputs, of h, of its own c, and the constant."""
    weights = network.layers[index]
    rows = weights.gate(gate)
    peephole = getattr(weights, f"weight_c{gate}", None)
    own = [] if peephole is None else [peephole[unit]]
    return [*rows.weight_ih[unit], *rows.weight_hh[unit], *own, rows.bias_ih[unit]]


# --------------------------------------------------------------------------- hand rules


def test_hand_rules_of_all_and_of_one() -> None:
    """Without a suffix a hand rule is that of all layers and directions which have none of their own."""
    ideal = puzzle(
        "ideal: {g: sign, g_l1: [exact, linear], h_l0_reverse: exact}", network=f"{TWO}, {BOTH}", hidden=2
    ).ideal
    sign, linear, exact = ("sign",) * 2, ("linear",) * 2, ("exact",) * 2
    assert [rules["g"] for rules in ideal] == [sign, sign, ("exact", "linear"), sign]
    assert [rules["h"] for rules in ideal] == [linear, exact, linear, linear]
    assert all(rules["i"] == ("step", "step") for rules in ideal)


def test_hand_rules_fit_the_activation_of_their_direction() -> None:
    """Defaults follow the activation; rational ones are exact whatever the file says."""
    activations = "activations: {g: scaled_tanh(2), o: softsign, reverse: {g: sigmoid, h: hard_tanh}}"
    forward, reverse = puzzle("ideal: {o: step}", network=f"{BOTH}, {activations}").ideal
    assert forward == {"i": ("step",), "f": ("step",), "g": ("exact",), "o": ("exact",), "h": ("linear",)}
    assert reverse == {"i": ("step",), "f": ("step",), "g": ("step",), "o": ("exact",), "h": ("exact",)}


# --------------------------------------------------------------------------- cases


def test_text() -> None:
    """Each character of a text is a row with a 1 in its column."""
    read = case("{text: ba_a}", 'alphabet: "ab_"', inputs=3)
    assert read.run.inputs == ((0, 1, 0), (1, 0, 0), (0, 0, 1), (1, 0, 0))
    assert read.text == "ba_a"
    assert [number.text for number in read.inputs[0]] == ["0", "1", "0"]


def test_alphabet() -> None:
    """The characters name the columns; `features` may name them otherwise, and rules use what is a name."""
    read = puzzle('alphabet: "a-"', "gates: {i: 2*a, f: 0, g: 0, o: 0}", inputs=2,
                  cases="{one: {text: a}, two: {inputs: {-: [1], a: [0]}}}")  # fmt: skip
    assert (read.alphabet, read.features) == ("a-", ("a", "-"))
    assert read.network.layers[0].weight_ih[0] == (2, 0)
    assert [one.run.inputs for one in read.cases] == [((1, 0),), ((0, 1),)]
    named = puzzle('alphabet: "h "', "features: [letter, blank]", inputs=2, cases='{one: {text: " h"}}')
    assert (named.features, named.cases[0].run.inputs) == (("letter", "blank"), ((0, 1), (1, 0)))
    assert puzzle().alphabet is None


@given(st.lists(st.sampled_from("abcé ☃0~[#'"), min_size=1, unique=True), st.data())
def test_any_text(letters: list[str], data: st.DataObject) -> None:
    """A text is read back from the columns of its ones."""
    text = data.draw(st.text(st.sampled_from(letters), min_size=1))

    def quoted(characters: str) -> str:
        return "'" + characters.replace("'", "''") + "'"

    read = case(f"{{text: {quoted(text)}}}", f"alphabet: {quoted(''.join(letters))}", inputs=len(letters))
    assert "".join(letters[row.index(1)] for row in read.run.inputs) == text
    assert all(sorted(row) == [0] * (len(letters) - 1) + [1] for row in read.run.inputs)


def test_batches_lengths_and_masks() -> None:
    """A case may be a row of a batch, end early, and skip steps."""
    cases = (
        "{a: {inputs: [1, 2, 3], batch: pair, length: 0}, b: {inputs: [1, 2, 3], mask: [1, false, true]},"
        " c: {inputs: [1, 2, 3], batch: pair, length: 3, mask: [0, 0, 0]}}"
    )
    a, b, c = puzzle(cases=cases).cases
    assert (a.batch, b.batch, c.batch) == ("pair", None, "pair")
    assert (a.run.length, b.run.length, c.run.length) == (0, None, 3)
    assert (a.run.mask, b.run.mask, c.run.mask) == (None, (True, False, True), (False, False, False))
    assert a.steps == 3


def test_tables_of_several_layers_and_directions() -> None:
    """A table has rows as wide as the quantity, one for a state at the end, and one place for the logits."""
    tables = (
        "hand: {c_l1: [[1, ~], ~], h_l0_reverse: [2, ~], h_n_l1_reverse: 3, c_n_l0: [4, 5]},"
        " digits: {logits: [~, [0.1, 0.2, 0.3]]}"
    )
    head = "head: {weight: [[1, 1], [1, 1], [1, 1]]}"
    read = case(f"{{inputs: [1, 2], {tables}}}", head, network=f"{TWO}, {BOTH}, proj_size: 1", hidden=2)
    hand = {
        place: [[cell and cell.value for cell in row] for row in rows] for place, rows in read.hand.items()
    }
    assert hand == {
        Place("c", 1, 0): [[1, None], [None, None]],
        Place("h", 0, 1): [[2], [None]],
        Place("h_n", 1, 1): [[3]],
        Place("c_n", 0, 0): [[4, 5]],
    }
    assert {place: len(rows) for place, rows in read.digits.items()} == {Place("logits"): 2}
    assert [cell.text for cell in read.digits[Place("logits")][1] if cell] == ["0.1", "0.2", "0.3"]


def test_open_states_at_the_end() -> None:
    """~ leaves a state at the end open, as a whole or in part."""
    read = case("{inputs: [1], digits: {h_n: ~, c_n: [~, 0.5]}}", hidden=2)
    assert read.digits[Place("h_n")] == ((None, None),)
    assert [cell and cell.text for cell in read.digits[Place("c_n")][0]] == [None, "0.5"]


def test_published_tables_have_all_places_too() -> None:
    """Published tables have suffixes and states at the end like the others."""
    read = case("{inputs: [1], published: {c_l1: [1], h_n_l0: 2, tolerance: 0.1}}", network=TWO)
    assert set(read.published) == {Place("c", 1), Place("h_n", 0)}


@pytest.mark.parametrize(
    ("keys", "timing", "table"),
    [
        ("", "length: 1", "i: [1, ~], c: [1, 1], h: [1, 0]"),
        ("", "mask: [0, 1]", "i: [~, 1]"),
        ("reverse: true, reverse_from: buffer", "length: 1", "i: [1, 1]"),
        ("coupled: f=1-i", "length: 2", "i: [1, 1], f: [0, 0]"),
    ],
)
def test_gates_are_stated_where_they_are_computed(keys: str, timing: str, table: str) -> None:
    """Cell states and outputs may be stated at every step, gates where a step counts."""
    assert case(f"{{inputs: [1, 2], {timing}, hand: {{{table}}}}}", network=keys).hand
