"""What a puzzle states of itself: hand tables are exact, digits are proven."""

from __future__ import annotations

import math

import pytest

from lstm_verify import load
from lstm_verify.verify.tables import Tables

HEAD = """puzzle: 1
title: A test
network: {input_size: 1, hidden_size: 1, activations: {%s}}
gates: {i: %s, f: 0, g: x1, o: 30}
ideal: {%s}
cases:
  one:
    inputs: {x1: [1/3, 1]}
"""


def tables(
    tmp_path, stated, i="30", activations="g: identity, h: identity", ideal="i: step", inputs="1/3, 1"
):
    """Judge the tables of a puzzle with c = i·x1 + c/2."""
    file = tmp_path / "test.yaml"
    file.write_text(
        HEAD.replace("1/3, 1", inputs) % (activations, i, ideal) + "".join(f"    {line}\n" for line in stated)
    )
    puzzle = load(file)
    return Tables(puzzle, puzzle.cases[0])


def test_shipped_puzzles_are_right():
    """Every hand table of the first three puzzles holds, and all of their digits are proved."""
    for name in ("memory", "memory-lee", "generic"):
        puzzle = load(name)
        for case in puzzle.cases:
            judged = Tables(puzzle, case)
            assert judged.verdicts["digits"].status == "proved"
            assert judged.verdicts["hand"].status == ("none" if name == "generic" else "holds")
            assert judged.where is None


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("1/3", "holds"),
        ("2/6", "holds"),
        ("0.3333", "fails"),
        ("0.3", "fails"),
        ("0", "fails"),
        ("~", "holds"),
    ],
)
def test_a_hand_table_is_exact(tmp_path, cell, status):
    """A hand number is the ideal itself, as a fraction; a rounded one is wrong; an open cell says nothing."""
    judged = tables(tmp_path, [f"hand: {{c: [{cell}, 7/6]}}"]).verdicts["hand"]
    assert judged.status == status
    assert judged.stated == (1 if cell == "~" else 2)
    if status == "fails":
        assert judged.wrong[0].message == f"the hand rules give c = 1/3 at step 1, not {cell}"
        assert (judged.wrong[0].number.line, judged.wrong[0].number.column) == (9, 16)


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("tanh(1/3)", "holds"),
        ("0.3215", "holds"),
        ("0.32", "holds"),
        ("0.3216", "fails"),
        ("tanh(1/4)", "fails"),
    ],
)
def test_an_irrational_ideal_is_written_as_it_is_or_to_its_digits(tmp_path, cell, status):
    """tanh(1/3) = 0.32151…: stated as such or to the digits written, else wrong."""
    kept = {"activations": "h: identity", "ideal": "i: step, g: exact"}
    assert tables(tmp_path, [f"hand: {{c: [{cell}, ~]}}"], **kept).verdicts["hand"].status == status


@pytest.mark.parametrize(
    ("cell", "status"),
    [
        ("0.333", "proved"),  # the truth is 1/3 − 3e-14
        ("0.33333333333330", "proved"),
        ("0.33333333333333", "fails"),
        ("0.334", "fails"),
        ("0", "proved"),
        ("3.33e-1", "proved"),
    ],
)
def test_digits_are_right_to_the_last(tmp_path, cell, status):
    """|written − true| is at most half a unit of the last digit, or the table is wrong."""
    judged = tables(tmp_path, [f"digits: {{c: [{cell}, ~]}}"]).verdicts["digits"]
    assert judged.status == status
    if cell == "0.334":
        assert judged.wrong[0].message == "c at step 1 is 0.33333, not 0.334"


def test_half_a_unit_is_still_right(tmp_path):
    """The bound is closed: 0.125 = ½·0.25 may be written 0.12 or 0.13, not 0.11."""
    file = tmp_path / "test.yaml"
    head = HEAD.replace("1/3, 1", "0.25") % ("g: identity, h: identity, i: sigmoid", "0", "i: exact")
    for cell, status in (("0.12", "proved"), ("0.13", "proved"), ("0.11", "fails")):
        file.write_text(head + f"    digits: {{c: [{cell}]}}\n")
        puzzle = load(file)
        assert Tables(puzzle, puzzle.cases[0]).verdicts["digits"].status == status


def test_what_cannot_be_told_is_unproved(tmp_path):
    """A true value that is 10^−3909 from the edge of a digit is not proven, and not called wrong."""
    judged = tables(tmp_path, ["digits: {c: [~, 1.2]}"], i="9000").verdicts["digits"]
    # c = σ(9000)·1 + ½σ(9000)/3 = 7/6·(1 − 1e-3909): well inside
    assert judged.status == "proved"
    file = tmp_path / "edge.yaml"
    text = HEAD.replace("1/3, 1", "0.25") % ("g: identity, h: identity, i: sigmoid", "9000", "i: step")
    file.write_text(text + "    digits: {c: [0.2]}\n")  # 0.25·σ(9000): 1e-3909 below the edge
    puzzle = load(file)
    judged = Tables(puzzle, puzzle.cases[0]).verdicts["digits"]
    assert judged.status == "unproved"
    assert judged.wrong[0].message == "c at step 1 is not proven to be 0.2"


@pytest.mark.parametrize(("i", "noted"), [("2", True), ("9", False)])
def test_a_coarse_radius_is_noted(tmp_path, i, noted):
    """Where the truth may be farther off than half the last digit written, a note says so; nothing fails."""
    judged = tables(tmp_path, ["hand: {c: [~, 1.50]}"], i=i, inputs="1, 1").verdicts[
        "hand"
    ]  # 1.50 ± 1.5·(1 − σ(i))
    assert judged.status == "holds"
    assert float(judged.radius) == pytest.approx(1.5 / (1 + math.exp(float(i))), rel=1e-9)
    assert bool(judged.note) is noted
