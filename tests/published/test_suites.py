"""The published suites: all replay, what is wrong in them is found, and what they notice is known."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from lstm_verify.faults.catalogue import faults
from lstm_verify.published.noticed import WRONG_ORDERS, noticed, orders_noticed
from lstm_verify.published.replay import read_suite
from lstm_verify.published.summary import LIVE, live, of_suite
from lstm_verify.published.wrong import defects, far
from lstm_verify.puzzle import schema
from lstm_verify.puzzle.suite import load_suite, parse_suite, shipped_suites
from lstm_verify.verify.published import verdicts

ROOT = Path(__file__).parents[2]
SUITES = {name: load_suite(path) for name, path in shipped_suites().items()}
TESTS = {name: read_suite(suite) for name, suite in SUITES.items()}
WRITTEN = json.loads((ROOT / "docs" / "published.json").read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize("name", SUITES)


def test_the_cases_are_there():
    """196 are known, of 22 suites; the others are named with the reason."""
    here = sum(len(suite.cases) for suite in SUITES.values())
    missing = sum(len(suite.missing) for suite in SUITES.values())

    assert len(SUITES) == 22
    assert (here, here + missing) == (190, 196)


@EACH
def test_correct_code_passes_every_test(name):
    assert [test.name for test in TESTS[name] if not test.replays()] == []


@EACH
def test_every_number_is_within_its_tolerance(name):
    """By proof, not in floats; and what is marked as wrong is wrong."""
    judged = [one for puzzle in SUITES[name].puzzles for one in verdicts(puzzle)]

    assert all(count for _, count, _ in judged)
    assert [wrong.message for _, _, found in judged for wrong in found] == []


@EACH
def test_what_is_wrong_in_it_is_marked(name):
    """No other number is farther off than its digits and float32 explain."""
    suite = SUITES[name]

    assert [str(cell) for puzzle in suite.puzzles for _, cell, _ in far(puzzle)] == []
    assert len(defects(suite)) == {"onnxruntime": 2, "armnn": 1, "burn": 5}.get(name, 0)


def test_the_wrong_golden_of_onnx_runtime_is_found():
    """It lies within the suite's own tolerance; without the mark it is found all the same."""
    text = shipped_suites()["onnxruntime"].read_text()
    start = text.index("{printed: -0.04350187")
    unmarked = text[:start] + "-0.04350187" + text[text.index("}", start) + 1 :]
    suite = parse_suite(unmarked.encode(), "x.yaml")

    (found,) = [one for puzzle in suite.puzzles for one in far(puzzle)]
    assert (found[1].number.text, f"{found[2]:.8f}") == ("-0.04350187", "-0.04356322")
    assert not [wrong for puzzle in suite.puzzles for *_, wrong in verdicts(puzzle) if wrong]


def test_the_lost_minus_sign_of_arm_nn_is_found():
    """As printed, published outputs are farther off than float32 explains, though within the tolerance."""
    (defect,) = defects(SUITES["armnn"])
    assert (defect.printed, defect.right) == ("0.025062224", "-0.025062224")
    assert defect.why.startswith("18 published numbers do not fit it")
    printed = load_suite(SUITES["armnn"].file, as_printed=True)
    assert not [wrong for puzzle in printed.puzzles for *_, wrong in verdicts(puzzle) if wrong]


def test_a_weight_that_is_marked_and_fits_is_told(tmp_path):
    """Nothing is wrong with a weight of 0.01 where 0.0100000001 would do as well."""
    text = shipped_suites()["keras"].read_text()
    spoilt = tmp_path / "keras.yaml"
    mark = "weight_ih: {printed: 0.0100000001, right: 0.01}"
    spoilt.write_text(text.replace("weight_ih: 0.01", mark, 1))
    (defect,) = defects(load_suite(spoilt))
    assert (defect.known, defect.sure, defect.why) == (True, False, "every number fits it too")
    assert not of_suite(load_suite(spoilt)).holds


def test_a_mark_that_does_not_hold_is_not_called_proven():
    """Neither where the number that is called right is wrong, nor where the one called wrong is right."""
    path = shipped_suites()["keras"]
    for mark in ("{printed: 0.6288687, right: 0.7}", "{printed: 0.6289, right: 0.62887}"):
        spoilt = path.read_text().replace("0.6288687", mark, 1)
        row = of_suite(parse_suite(spoilt.encode(), str(path)))
        assert [(defect.sure, defect.why) for defect in row.wrong] == [
            (False, "marked so, which does not hold")
        ]
        assert len(row.failing) == 1
        assert not row.holds


def test_a_tampered_number_is_noticed():
    """One digit of a published number: it is told at its place."""
    path = shipped_suites()["keras"]
    text = path.read_text()
    spoilt = text.replace("0.6288687", "0.6298687", 1)
    assert spoilt != text
    row = of_suite(parse_suite(spoilt.encode(), str(path)))
    assert not row.holds
    assert row.replay == row.cases - 1
    assert "0.6298687" in row.failing[0]


def test_wrong_orders_that_cases_take_for_right():
    """Of 182 cases with four gates: how many take at least one wrong order for right, and how many all."""
    by_case = {name: orders_noticed(tests) for name, tests in TESTS.items()}
    found = [orders for cases in by_case.values() for orders in cases.values() if orders is not None]

    assert len(found) == 182
    assert sum(len(orders) < len(WRONG_ORDERS) for orders in found) == 62
    assert found.count(frozenset()) == 47
    for name in ("onnx", "webnn", "webnn-baseline", "libnd4j", "tfjs", "tensorflow1"):
        assert set(by_case[name].values()) == {frozenset()}


def test_the_installed_onnx_package_has_the_same_tests():
    """Read from the package, they notice what the numbers that are written down notice."""
    row = live()

    assert row.holds
    written = next(one for one in WRITTEN if one["suite"] == "onnx")
    assert row.counts == written | {"suite": LIVE, "title": row.title}


@pytest.mark.parametrize("name", ["candle", "burn", "tflite-gpu", "tflite-micro"])
def test_what_is_written_down_of_a_suite_is_what_is_computed(name):
    """`make docs` writes it for all of them, and the README's table from it."""
    assert [one["suite"] for one in WRITTEN] == list(SUITES)
    assert next(one for one in WRITTEN if one["suite"] == name) == of_suite(SUITES[name]).counts


def test_what_cannot_show_is_told_apart_from_what_is_missed():
    """Peepholes cannot go wrong where there are none; what needs two calls cannot show in one."""
    found = noticed(TESTS["candle"])

    assert {*found.faults, *found.missed, *found.idle} == set(faults())
    assert "peephole-ignored" in found.idle
    assert "gate-order-ifog" in found.faults
    assert not {name for name in found.missed if faults()[name].protocol}


def test_the_schema_of_suites_is_up_to_date_and_every_document_fits_it():
    path = ROOT / "puzzles" / "published" / "suite.schema.json"
    assert path.read_text(encoding="utf-8") == schema.text(suite=True), f"lstm-verify schema suite > {path}"
    jsonschema.Draft7Validator.check_schema(schema.suite_schema())
    validator = jsonschema.Draft7Validator(schema.suite_schema())
    for file in shipped_suites().values():
        for document in yaml.load_all(file.read_text(encoding="utf-8"), yaml.CSafeLoader):
            validator.validate(document)


def test_the_files_are_small():
    """Numbers only: all suites together weigh less than half a megabyte."""
    assert sum(path.stat().st_size for path in shipped_suites().values()) < 500_000
