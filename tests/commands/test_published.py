"""`lstm-verify published`."""

from __future__ import annotations

import json

from lstm_verify.puzzle.suite import shipped_suites


def test_the_details_of_a_suite(lstm_verify):
    ended = lstm_verify("published", "tflite-micro")

    assert (ended.status, ended.err) == (0, "")
    said = " ".join(ended.out.split())
    assert said.startswith("tflite-micro: TensorFlow Lite Micro, LSTM kernels")
    assert "2 cases, 36 numbers: 2 cases replay" in said
    assert "wrong gate orders: 22 of 23 noticed; ifog passes" in said
    assert "aside: get2-x2-lstm-eval-check-data-rest: outputs that stand in the data, and that" in said
    assert "not noticed, though they could show: " in said
    assert max(map(len, ended.out.splitlines())) <= 100


def test_several_suites_for_programs(lstm_verify):
    ended = lstm_verify("published", "burn", "tflite-lstm", "--output", "json")

    burn, lstm = json.loads(ended.out)["suites"]
    assert (burn["suite"], burn["cases"], burn["replay"], burn["orders"]) == ("burn", 3, 3, 23)
    assert [(one["printed"], one["right"]) for one in burn["wrong"]][:2] == [
        ("0.5173928", "0.5174929"),
        ("0.5123725", "0.5124974"),
    ]
    assert all(one["known"] for one in burn["wrong"])
    assert (lstm["cases"], lstm["replay"], len(lstm["not_replayed"])) == (5, 3, 2)
    assert lstm["faults"] + len(lstm["faults_not_noticed"]) == lstm["faults_that_can_show"]
    assert lstm["faults_that_can_show"] + len(lstm["faults_that_cannot_show"]) == lstm["of_faults"]


def test_the_table_of_all(lstm_verify, monkeypatch):
    """Here of three, the installed onnx package among them."""
    from lstm_verify.published import summary

    monkeypatch.setattr(summary, "names", lambda: [summary.LIVE, "burn", "tfjs"])
    ended = lstm_verify("published")

    assert ended.status == 0
    lines = ended.out.splitlines()
    assert lines[0].split() == [
        "suite",
        "cases",
        "replay",
        "wrong",
        "orders",
        "faults",
        "faults",
        "that",
        "wrong",
        "numbers",
    ]
    rows = {line.split()[0]: line.split()[1:] for line in lines if line.startswith(("burn", "tfjs", "onnx"))}
    assert list(rows) == ["burn", "onnx-installed", "tfjs"]
    assert [row[2] for row in rows.values()] == ["23", "0", "0"]
    assert "2 suites, 4 cases; 4 replay with their own tolerance." in ended.out
    assert "wrong: burn, line" in ended.out
    assert max(map(len, lines)) <= 100


def test_without_onnx_its_row_is_left_out_with_a_note(lstm_verify, monkeypatch):
    from lstm_verify.published import onnx_live

    monkeypatch.setattr(onnx_live, "installed", lambda: None)
    ended = lstm_verify("published", "tfjs")

    assert ended.status == 0
    assert ended.err == "note: the package onnx is not installed; its node tests are not read from it\n"


def test_an_unknown_suite_is_told_with_the_nearest(lstm_verify):
    ended = lstm_verify("published", "onnxruntine")

    assert (ended.status, ended.out) == (2, "")
    assert "there is no such file or published suite: 'onnxruntine'; did you mean 'onnxruntime'?" in ended.err


def test_a_file_of_ones_own_with_a_wrong_number(lstm_verify, tmp_path):
    file = tmp_path / "mine.yaml"
    text = shipped_suites()["tfjs"].read_text()
    start = text.index("h_n: [") + len("h_n: [")
    file.write_text(text[:start] + "0.9" + text[text.index(",", start) :])
    ended = lstm_verify("published", file)

    assert ended.status == 1
    assert "FAILS: lstm-tensor" in ended.out
    assert "not 0.9 (tolerance: abs 0.001)" in " ".join(ended.out.split())


def test_a_file_that_is_not_in_order(lstm_verify, tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text("puzzle: 1\n")
    ended = lstm_verify("published", file)

    assert ended.status == 2
    assert "no suite of published cases: the first key must be `suite: 1`" in ended.err


def test_a_suite_is_run_as_puzzles_are(lstm_verify):
    """With the case's name, and the verdict on what is published."""
    ended = lstm_verify("run", shipped_suites()["burn"], "-b", "reference", "--output", "json")

    report = json.loads(ended.out)
    assert ended.status == 0
    assert {table["published"] for table in report["tables"]} == {"holds"}
    assert {result["verdict"] for result in report["results"]} == {"agree"}
    assert all(result["puzzle"].startswith("burn/") for result in report["results"])
