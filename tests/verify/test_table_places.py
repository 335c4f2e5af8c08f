"""Tables of networks with several layers, directions and lengths: every number is judged in its place."""

from __future__ import annotations

import pytest

from lstm_verify.puzzle.load import parse
from lstm_verify.verify.tables import Tables

PUZZLE = """puzzle: 1
title: Is there a 1 now or later?
network: {input_size: 1, hidden_size: 1, bidirectional: true}
gates:
  {i_l0: 20, f_l0: -20, g_l0: 1/8*x1, o_l0: 20,
   i_l0_reverse: "40*x1 - 160*h[0] - 20", f_l0_reverse: 20, g_l0_reverse: 1/4, o_l0_reverse: 20}
head: {weight: [[8, 4]], bias: [-1]}
cases:
  one:
    inputs: [0, 1, 0, 1, 1]
    length: 3
    hand: {c_l0_reverse: [1/4, 1/4, 0, 0, 0], h_l0: [0, 1/8, 0, 0, 0], h_l0_reverse: [1/4, 1/4, 0, 0, 0],
           c_n_l0: 0, h_n_l0_reverse: 1/4, i_l0_reverse: [0, 1, 0, ~, ~], logits: [0, 1, -1, -1, -1]}
    digits: {h_l0_reverse: [0.2401, 0.2401, 0.0000, 0, 0], h_n_l0: 0.0000, c_n_l0_reverse: 0.2449}
"""
"""The forward pass shows its last input, the backward one whether a 1 is to come; behind step 3 is padding."""


def judged(text):
    """Judge the tables of the first case of a puzzle."""
    puzzle = parse(text.encode(), "places.yaml")
    return Tables(puzzle, puzzle.cases[0])


def test_every_place_is_judged():
    """Layers, directions, states at the end and logits hold, and their digits are proved; padding is 0."""
    tables = judged(PUZZLE)
    assert tables.verdicts["hand"].status == "holds"
    assert tables.verdicts["hand"].stated == 5 + 5 + 5 + 1 + 1 + 3 + 5
    assert tables.verdicts["digits"].status == "proved"
    assert tables.verdicts["digits"].stated == 7
    assert tables.where is None


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("c_l0_reverse: [1/4,", "c_l0_reverse: [1/3,", "the hand rules give c_l0_reverse = 0.25 at step 1, not 1/3"),
        ("1/4, 0, 0, 0], h_l0:", "1/4, 1/4, 0, 0], h_l0:", "the hand rules give c_l0_reverse = 0 at step 3, not 1/4"),
        ("h_l0: [0, 1/8", "h_l0: [0, 1/4", "the hand rules give h_l0 = 0.125 at step 2, not 1/4"),
        ("c_n_l0: 0,", "c_n_l0: 1/8,", "the hand rules give c_n_l0 = 0, not 1/8"),
        ("h_n_l0_reverse: 1/4", "h_n_l0_reverse: 0", "the hand rules give h_n_l0_reverse = 0.25, not 0"),
        ("[0, 1, 0, ~, ~]", "[1, 1, 0, ~, ~]", "the hand rules give i_l0_reverse = 0 at step 1, not 1"),
        ("-1, -1, -1]", "-1, -1, 0]", "the hand rules give logits = -1 at step 5, not 0"),
        ("c_n_l0_reverse: 0.2449", "c_n_l0_reverse: 0.2450", "c_n_l0_reverse is 0.244919, not 0.2450"),
        ("[0.2401, 0.2401", "[0.2401, 0.2402", "h_l0_reverse at step 2 is 0.240136, not 0.2402"),
        ("0.0000, 0, 0]", "0.0000, 0, 0.3]", "h_l0_reverse at step 5 is 0.000, not 0.3"),
    ],
)  # fmt: skip
def test_a_wrong_number_is_named_with_its_place(right, wrong, said):
    """The message names layer and direction as PyTorch does, and a state at the end has no step."""
    assert PUZZLE.count(right) == 1
    tables = judged(PUZZLE.replace(right, wrong))
    assert [wrong.message for wrong in tables.wrong] == [said]
    line = next(n for n, text in enumerate(PUZZLE.splitlines(), 1) if right in text)
    assert tables.where.startswith(f"places.yaml:{line}:")
    assert tables.where.endswith(said)


def test_the_note_names_the_place_of_a_coarse_radius():
    """0.25 is 0.01 more than the true h of a layer: written to two places, it is noted as coarse."""
    note = judged(PUZZLE.replace("h_l0_reverse: [1/4, 1/4", "h_l0_reverse: [0.25, 1/4")).verdicts["hand"].note
    assert note == "the truth may be farther off than half the last digit written: h_l0_reverse at step 1"


LAYER_NORM = """puzzle: 1
title: Normalised gates
network: {input_size: 1, hidden_size: 2, layer_norm: 1e-8}
gates: {i: [3*x1 + 20, x1 + 20], f: [x1 + ln(3) + 1, 2*x1 + ln(3) - 1], g: [2*x1 - 3/4, 5/4 - x1], o: [x1 + 19, 5*x1 + 21]}
cases:
  one: {inputs: [2, 1/2], digits: {c: [[0.244919, 0.244919], [0.428608, 0.428608]], f: [[0.750000, 0.750000], [~, ~]]}}
"""


def test_digits_are_proved_where_no_hand_reaches():
    """A layer-normalised network has no hand table, but its digits can be proved."""
    tables = judged(LAYER_NORM)
    assert (tables.verdicts["hand"].status, tables.verdicts["digits"].status) == ("none", "proved")
    wrong = judged(LAYER_NORM.replace("0.428608]]", "0.428607]]"))
    assert wrong.verdicts["digits"].wrong[0].message == "c[1] at step 2 is 0.42860766, not 0.428607"
