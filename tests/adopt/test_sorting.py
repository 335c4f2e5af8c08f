"""What names and shapes tell of parameters, before anything is tried."""

import pytest

from lstm_verify.adopt.names import groups, is_bias, is_peephole, is_recurrent, numbered
from lstm_verify.adopt.sizes import LOOK, Sizes
from lstm_verify.adopt.sorting import sort

H, I, J = LOOK.units, LOOK.inputs, LOOK.inputs + LOOK.units


@pytest.mark.parametrize(
    ("names", "template", "order"),
    [
        ("Wfx Wix Wcx Wox", "W{}x", "ifgo"),
        ("W_hi W_hf W_hc W_ho", "W_h{}", "ifgo"),
        ("kernel_i kernel_f kernel_c kernel_o", "kernel_{}", "ifgo"),
        ("U_input U_forget U_cell U_output", "U_{}", "ifgo"),
        ("i2h_i.weight i2h_f.weight i2h_g.weight i2h_o.weight", "i2h_{}.weight", "ifgo"),
        ("gates[update] gates[forget] gates[candidate] gates[output]", "gates[{}]", "ifgo"),
        ("Wu Wf Wc Wo", "W{}", "ifgo"),
        ("Wi Wf Wu Wo", "W{}", "ifgo"),
        ("p_i p_f p_o", "p_{}", "ifo"),
    ],
)
def test_gates_are_told_by_what_four_names_do_not_share(names, template, order):
    (group,) = groups(names.split())

    assert group.template == template
    assert "".join(sorted(group.names, key="ifgo".index)) == order


def test_each_gate_gets_its_own_name():
    (group,) = groups(["W_input", "W_forget", "W_cell", "W_output"])

    assert dict(group.names) == {"i": "W_input", "f": "W_forget", "g": "W_cell", "o": "W_output"}


@pytest.mark.parametrize("names", ["W U b", "W1 W2 W3", "W_a W_b W_c W_d", "i", "weight_ih weight_hh"])
def test_other_names_are_no_group(names):
    assert groups(names.split()) == []


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ("W0 W1 W2 W3", ["W{}"]),
        ("b4 b1 b3 b2", ["b{}"]),
        ("x.0.weight x.1.weight x.2.weight x.3.weight", ["x.{}.weight"]),
        ("W0 W1 W2", []),
        ("W0 W1 W2 W3 W4", []),
        ("W2 W3 W4 W5", []),
    ],
)
def test_four_numbered_names_are_a_group(names, found):
    assert [group.template for group in numbered(names.split())] == found
    assert all([*group.names.values()] == sorted(names.split()) for group in numbered(names.split()))


@pytest.mark.parametrize(
    ("tell", "those", "others"),
    [
        (is_bias, "b b_f bf bforget binput ball bias_f x2i.bias b[f] B", "w_b U_f W block base batch"),
        (is_peephole, "p_i W_ci w_peephole_f peep_o V_co", "W_c U_i params W_i"),
        (
            is_recurrent,
            "weight_hh weight_hh_l0 Wh W_hf h2h h2h_i.weight Wfh U_h recurrent_kernel W_hh",
            "weight_ih Wx W_xf i2h_i.weight x2h Wfx kernel W U W_xh hidden w_ih",
        ),
    ],
)
def test_kinds_of_names(tell, those, others):
    assert [name for name in those.split() if not tell(name)] == []
    assert [name for name in others.split() if tell(name)] == []


@pytest.mark.parametrize(
    ("shapes", "known"),
    [
        ({"W": (4 * H, I), "U": (4 * H, H), "b": (4 * H,)}, "hh ih vector"),
        ({"W": (I, 4 * H), "U": (H, 4 * H), "ball": (1, 4 * H)}, "hh ih vector"),
        ({"W": (I, 4, H), "U": (H, 4, H), "b": (4, H)}, "hh ih vector"),
        ({"W": (J, 4 * H)}, "joined"),
        ({"W": (J + 1, 4 * H)}, "joined with bias"),
        ({f"W{g}": (H, J) for g in "ifco"} | {f"b{g}": (H, 1) for g in "ifco"}, "joined vector"),
        ({f"W{k}": (H, J) for k in range(4)} | {f"b{k}": (H,) for k in range(4)}, "joined vector"),
        ({"W": (J, 4 * H), "h": (H,), "z": (4 * H,)}, "joined"),
    ],
)
def test_known_by_shape(shapes, known):
    found = sort(shapes, LOOK)

    assert found.problem is None
    assert " ".join(sorted(found.known)) == known


@pytest.mark.parametrize(
    ("shapes", "problem"),
    [
        ({}, "it has no parameters"),
        ({"W": (3 * H, I), "U": (3 * H, H)}, "a GRU has three"),
        ({"W": (H, I), "U": (H, H)}, "a plain recurrent network has one"),
        ({"W": (4 * H, I)}, "none is what"),
        ({"W": (4 * H, I), "V": (4 * H, I), "U": (4 * H, H)}, "W and V could each be"),
        ({"W": (4 * H, I), "V": (4 * H, J)}, "and there is W beside it"),
        ({f"W{g}": (H, J) for g in "ifo"}, "the candidate's is missing"),
    ],
)
def test_what_is_missing_or_doubtful_is_told(shapes, problem):
    assert problem in sort(shapes, LOOK).problem


def test_of_as_many_inputs_as_units_names_tell_or_nothing_does():
    square = Sizes(H, H, 6, 4)
    told = sort({"h2h": (4 * H, H), "i2h": (4 * H, H)}, square)
    doubtful = sort({"U": (4 * H, H), "W": (4 * H, H)}, square)

    assert told.problem is None
    assert [told.known[what][0].names for what in ("ih", "hh")] == [["i2h"], ["h2h"]]
    assert "U and W could each be what x is multiplied with" in doubtful.problem


def test_of_one_input_and_one_unit():
    names = [(f"Wx{g}", f"Wh{g}", f"b{g}") for g in "ifgo"]
    found = sort({n: (1, 1) if n[0] == "W" else (1,) for triple in names for n in triple}, Sizes(1, 1, 6, 4))

    assert found.problem is None
    assert sorted(found.known) == ["hh", "ih", "vector"]
