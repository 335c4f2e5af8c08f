"""Published numbers are held against the true ones, each kind of tolerance by numbers worked out here."""

from __future__ import annotations

import json
import math
from fractions import Fraction as F

import pytest

from lstm_verify import load
from lstm_verify.puzzle.model import PuzzleError
from lstm_verify.verify.tables import Tables

HEAD = """puzzle: 1
title: A test
network: {input_size: 1, hidden_size: 1, %s}
weights: {%s}
cases:
"""
PLAIN = "weight_ih: {i: 30, f: 0, g: 1, o: 30}"
TRUE = 1 / (1 + math.exp(-30)) * math.tanh(1)
"""c after one step from an input of 1: σ(30) tanh(1) = 0.76159415…"""


def judged(tmp_path, *cases, network="bias: false", weights=PLAIN):
    """Judge what is published of the first case."""
    file = tmp_path / "test.yaml"
    file.write_text(HEAD % (network, weights) + "".join(f"  {case}\n" for case in cases))
    puzzle = load(file)
    return Tables(puzzle, puzzle.cases[0]).verdicts["published"]


@pytest.mark.parametrize(
    ("printed", "tolerance", "holds"),
    [
        ("0.7616", None, True),  # half a unit of the last digit written
        ("0.7615", None, False),
        ("0.76", "1e-2", True),
        ("0.75", "1e-2", False),
        ("0.75", "{rel: 0.016}", True),  # 0.012 of 0.75
        ("0.75", "{rel: 0.015}", False),
        ("0.75", "{abs: 0.006, rel: 0.008}", True),  # their sum is 0.012
        ("0.75", "{abs: 0.006, rel: 0.008, largest: true}", False),
        ("0.75", "{abs: 0.006, rel: 0.016, largest: true}", True),
        ("0.7616", "{decimals: 4}", True),
        ("0.7615", "{decimals: 4}", False),
        ("0.7615", "{decimals: 3}", True),
        ("0.761594", "{ulp: 3}", True),  # 1.6e-7 off, where a unit of float32 is 6e-8
        ("0.761594", "{ulp: 2}", False),
    ],
)
def test_each_kind_of_tolerance(tmp_path, printed, tolerance, holds):
    told = "" if tolerance is None else f", tolerance: {tolerance}"
    verdict = judged(tmp_path, f"one: {{inputs: [1], published: {{c: [{printed}]{told}}}}}")

    assert abs(TRUE - 0.76159415) < 1e-8
    assert (verdict.status, verdict.stated) == ("holds" if holds else "fails", 1)
    if not holds:
        assert verdict.wrong[0].number.text == printed
        assert "0.76" in verdict.wrong[0].message


def test_a_root_mean_square_is_of_all_rows_and_of_the_largest_number(tmp_path):
    """Off by 0.02 in one of four numbers, the largest of them 0.8: 0.01 / 0.8 = 0.0125."""
    c = [math.tanh(x) / (1 + math.exp(-30 * x)) for x in (1, 0.5, 0.25, 0.125)]
    printed = [c[0], c[1], c[2], c[3] - 0.02]
    limit = 0.01 / max(printed)

    def cases(rms):
        for k, (x, number) in enumerate(zip(("1", "0.5", "0.25", "0.125"), printed, strict=True)):
            yield (
                f"row-{k}: {{batch: all, inputs: [{x}], published: "
                f"{{c_n: {number:.12f}, tolerance: {{rms: {rms:.9f}}}}}}}"
            )

    assert judged(tmp_path, *cases(limit * 1.001)).status == "holds"
    assert judged(tmp_path, *cases(limit * 0.999)).status == "fails"


def test_the_sum_of_two_directions(tmp_path):
    """With weights of 0 in the reverse direction, which then gives 0, it is that of the first."""
    weights = "weight_ih_l0: {i: 30, f: 0, g: 1, o: 30}"
    network = "bidirectional: true, bias: false"
    h = math.tanh(TRUE)

    for off, status in ((0, "holds"), (1e-6, "fails")):
        case = f"one: {{inputs: [1], published: {{h_sum: [{h + off:.9f}], tolerance: 1e-8}}}}"
        assert judged(tmp_path, case, network=network, weights=weights).status == status


def test_a_sum_needs_two_directions(tmp_path):
    with pytest.raises(PuzzleError, match=r":6:\d+: h_sum is of two directions; the network has one"):
        judged(tmp_path, "one: {inputs: [1], published: {h_sum: [1]}}")


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("{printed: 0.7515, right: 0.7616}", None),
        ("{printed: 0.7515, right: 0.7616, why: a digit}", None),
        ("{printed: 0.7616, right: 0.76159}", "c at step 1 is 0.7616, which is called wrong here"),
        ("{printed: 0.7515, right: 0.7617}", "c at step 1 is 0.761594, not 0.7617, called right here"),
    ],
)
def test_a_number_that_is_known_to_be_wrong_must_be_wrong(tmp_path, cell, message):
    verdict = judged(tmp_path, f"one: {{inputs: [1], published: {{c: [{cell}], tolerance: 1e-9}}}}")

    assert [wrong.message for wrong in verdict.wrong] == ([message] if message else [])
    assert verdict.note == "one of them is known to be wrong as printed"


@pytest.mark.parametrize(
    ("published", "message"),
    [
        ("{c: [{printed: 1}]}", "6:38: the key 'right' is missing beside 'printed'"),
        (
            "{c: [{printed: 1, right: 2, whence: x}]}",
            "6:61: unknown key 'whence'; known: printed, right, why",
        ),
        ("{c: [1], tolerance: {}}", "an empty tolerance"),
        ("{c: [1], tolerance: {absolute: 1}}", "unknown key 'absolute'"),
        ("{c: [1], tolerance: -1}", "abs is 0 or more"),
        ("{c: [1], tolerance: {rms: 1, abs: 1}}", "rms stands alone"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path, published, message):
    with pytest.raises(PuzzleError) as error:
        judged(tmp_path, f"one: {{inputs: [1], published: {published}}}")
    assert message in str(error.value)


def test_a_number_in_a_hand_table_cannot_be_marked(tmp_path):
    """Only what others published may be wrong."""
    with pytest.raises(PuzzleError, match="step 1 of c is a row of 1 number, found a mapping"):
        judged(tmp_path, "one: {inputs: [1], hand: {c: [{printed: 1, right: 2}]}}")


def test_a_wrong_weight_is_put_right(tmp_path):
    """What was printed is kept beside it."""
    weights = "weight_ih: {i: 30, f: 0, g: {printed: 2, right: 1, why: doubled}, o: 30}"
    case = "one: {inputs: [1], published: {c: [0.7616], tolerance: 1e-4}}"
    assert judged(tmp_path, case, weights=weights).status == "holds"
    puzzle = load(tmp_path / "test.yaml")
    (misprint,) = puzzle.misprints.values()
    assert (misprint.where, misprint.printed.value, misprint.right.value) == (
        "weights.weight_ih.g",
        F(2),
        F(1),
    )
    assert misprint.why == "doubled"


def test_the_verdict_is_told_everywhere(tmp_path, capsys):
    """In text, in JSON, in JUnit's form and GitHub's; and the exit status is 1."""
    from lstm_verify import cli

    judged(tmp_path, "one: {inputs: [1], published: {c: [0.5], tolerance: 1e-3}}")
    file = str(tmp_path / "test.yaml")
    told = {}
    for output in ("text", "json", "junit", "github"):
        assert cli._run(["run", file, "-b", "reference", "--output", output]) == 1
        told[output] = capsys.readouterr().out

    assert "published   fails: its one number is wrong" in told["text"]
    assert "c at step 1 is 0.762, not 0.5 (tolerance: abs 1e-3)" in " ".join(told["text"].split())
    (table,) = json.loads(told["json"])["tables"]
    assert table["published"] == "fails"
    assert table["where"].startswith(f"{file}:6:")
    assert 'name="one[published]"' in told["junit"]
    assert "col=38,title=table::c at step 1 is 0.762" in told["github"]
