"""`--output json|junit|github`: the reports that programs read."""

from __future__ import annotations

import json

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

MINE = "python:mine.py"


@pytest.fixture
def reported(lstm_verify, here):
    """Run with --output json, and return the object with the exit status."""

    def run(*arguments):
        ended = lstm_verify("run", *arguments, "--output", "json")
        return json.loads(ended.out), ended.status

    return run


class TestJson:
    """One object, exactly as it is documented."""

    def test_the_keys_are_version_1_of_the_format(self, reported):
        """The keys of each part, in their order, are version 1 of the format."""
        report, status = reported("memory", "nosuch", "-b", "reference")

        assert status == 2
        assert list(report) == ["version", "results", "tables", "errors", "summary"]
        assert report["version"] == 1
        (result,), (table,), (error,) = report["results"], report["tables"], report["errors"]
        assert list(result) == [
            "puzzle", "file", "case", "backend", "verdict", "protocol", "reason", "checked", "not_checked",
            "faults", "expected", "conditions", "taken", "limits", "accuracy", "less_accurate", "worst",
        ]  # fmt: skip
        assert list(result["worst"]) == [
            "quantity", "step", "unit", "layer", "direction", "row", "got", "low", "high", "ulps",
        ]  # fmt: skip
        assert list(table) == ["puzzle", "case", "hand", "digits", "published", "where"]
        assert list(error) == ["file", "line", "column", "message"]
        assert list(report["summary"]) == ["agree", "failed", "errored", "skipped"]

    def test_an_agreement_has_its_worst_number_inside(self, reported):
        """An agreement: 30 numbers, the worst one inside its interval, and 0 ulps outside."""
        report, status = reported("memory", "-b", "reference")

        (result,) = report["results"]
        assert status == 0
        assert (result["puzzle"], result["case"], result["backend"]) == ("memory", "lee-scaled", "reference")
        assert (result["verdict"], result["reason"], result["checked"], result["not_checked"]) == (
            "agree",
            None,
            30,
            0,
        )
        assert (result["faults"], result["expected"], result["protocol"]) == ([], False, None)
        worst = result["worst"]
        assert worst["low"] <= worst["got"] <= worst["high"]
        assert (worst["ulps"], worst["layer"], worst["direction"], worst["row"]) == (0, 0, 0, 0)
        expected = {"puzzle": "memory", "case": "lee-scaled", "hand": "holds", "digits": "proved"}
        assert report["tables"] == [expected | {"published": "none", "where": None}]
        assert report["summary"] == {"agree": 1, "failed": 0, "errored": 0, "skipped": 0}
        assert report["errors"] == []

    def test_a_failure_has_the_number_farthest_outside(self, reported):
        """A failure: the number farthest outside, steps counted from 1 and units from 0."""
        report, status = reported("memory", "-b", f"{MINE}:swapped")

        (result,) = report["results"]
        worst = result["worst"]
        assert (status, result["verdict"], report["summary"]["failed"]) == (1, "failed", 1)
        assert worst["step"] in range(3, 6)
        assert worst["unit"] == 0
        assert worst["ulps"] > 1e10
        assert not worst["low"] <= worst["got"] <= worst["high"]

    def test_a_skip_and_an_error_have_a_reason(self, reported):
        """A skip and an error have a reason, and no worst number where nothing was shown."""
        report, status = reported("memory-lee", "-b", "torch.cell", "-b", f"{MINE}:right")
        again, _ = reported("memory", "-b", f"{MINE}:raises")

        assert status == 2
        assert [r["verdict"] for r in report["results"]] == ["skipped", "skipped"]
        assert all("g = identity" in r["reason"] and r["worst"] is None for r in report["results"])
        assert report["summary"]["skipped"] == 2
        assert again["results"][0]["verdict"] == "errored"
        assert again["results"][0]["reason"].startswith("ValueError: 100% ")
        assert again["results"][0]["not_checked"] == 10

    @pytest.mark.parametrize(("name", "text"), [("infinite", "inf"), ("nan", "nan")])
    def test_infinities_and_nan_are_strings(self, reported, name, text):
        """Infinities and NaN, which JSON has not, are strings."""
        report, _ = reported("memory", "-b", f"{MINE}:{name}")

        worst = report["results"][0]["worst"]
        assert (worst["got"], worst["ulps"]) == (text, "inf")

    def test_a_wrong_table_says_where(self, reported, wrong_tables):
        """A wrong table says where, as file:line:column."""
        report, status = reported("wrong.yaml", "-b", "reference")

        (table,) = report["tables"]
        assert (status, table["hand"], table["digits"]) == (1, "fails", "fails")
        assert table["where"].startswith("wrong.yaml:")
        assert table["where"].endswith("the hand rules give c = 0.3 at step 3, not 0.4")

    def test_every_mistake_of_a_file_has_its_place(self, reported, here, memory):
        """All mistakes of a file, with line and column; what is no file has none."""
        (here / "bad.yaml").write_text(
            memory.replace("why:", "wyh:").replace("title: Update", "titel: Update")
        )

        report, status = reported("bad.yaml", "nosuch", "-b", "torch.cel")

        assert (status, report["results"], report["tables"]) == (2, [], [])
        places = {(e["file"], e["line"], e["column"]) for e in report["errors"]}
        wyh = memory[: memory.index("why:")].count("\n") + 1
        assert {("bad.yaml", wyh, 1), ("bad.yaml", 3, 1), (None, None, None)} <= places

    def test_what_an_implementation_prints_goes_to_stderr(self, lstm_verify, here):
        """What an implementation prints, when imported or called, goes to stderr."""
        ended = lstm_verify("run", "memory", "-b", f"{MINE}:prints", "--output", "json")

        assert json.loads(ended.out)["summary"]["agree"] == 1
        assert "importing" in ended.err
        assert "debugging" in ended.err


class TestJunit:
    """JUnit XML, as CI systems show it."""

    def test_a_puzzle_is_a_suite_and_a_verdict_a_test(self, lstm_verify, wrong_tables):
        """A suite for each puzzle; a test for each case and backend, and for each table."""
        backends = [word for name in ("swapped", "raises", "right") for word in ("-b", f"{MINE}:{name}")]
        ended = lstm_verify("run", "wrong.yaml", "memory-lee", "nosuch", *backends, "--output", "junit")

        wrong, lee, errors = JUnitXml.fromstring(ended.out.encode())
        assert ended.status == 2
        assert (wrong.tests, wrong.failures, wrong.errors, wrong.skipped) == (5, 3, 1, 0)
        assert (lee.tests, lee.failures, lee.errors, lee.skipped) == (5, 0, 0, 3)
        assert (errors.tests, errors.errors) == (1, 1)
        names = [test.name for test in wrong]
        assert names == [f"lee-scaled[{x}]" for x in (*backends[1::2], "hand", "digits")]
        assert [type(r) for test in wrong for r in test.result] == [Failure, Error, Failure, Failure]
        assert {type(r) for test in lee for r in test.result} == {Skipped}

    def test_what_xml_cannot_hold_is_spelt_out(self, lstm_verify, here):
        """Messages survive: what XML cannot hold is spelt out."""
        ended = lstm_verify("run", "memory", "-b", f"{MINE}:raises", "--output", "junit")

        (suite,) = JUnitXml.fromstring(ended.out.encode())
        message = next(iter(suite)).result[0].message
        assert r"ValueError: 100% \x1b[31m <wrong> and, so: on \x00" in message
        assert "to see it again: lstm-verify run" in message


class TestGithub:
    """Annotations for GitHub Actions."""

    def test_nothing_wrong_prints_nothing(self, lstm_verify):
        """Where nothing is wrong, nothing is printed."""
        assert lstm_verify("run", "memory", "-b", "reference", "--output", "github").out == ""

    def test_paths_and_messages_are_escaped(self, lstm_verify, here, memory):
        """Paths and messages are escaped as GitHub wants it, and stand at the case's line."""
        (here / "a,b:50%").mkdir()
        (here / "a,b:50%" / "memory.yaml").write_text(memory)

        ended = lstm_verify("run", "a,b:50%/memory.yaml", "-b", f"{MINE}:raises", "--output", "github")

        (line,) = ended.out.splitlines()
        case = memory[: memory.index("  lee-scaled:")].count("\n") + 1
        title = "title=python%3Amine.py%3Araises errored"
        assert line.startswith(
            f"::error file=a%2Cb%3A50%25/memory.yaml,line={case},col=1,{title}::ValueError: 100%25 "
        )

    def test_wrong_numbers_and_mistakes_stand_at_their_place(self, lstm_verify, wrong_tables, here):
        """Wrong numbers of tables and mistakes in files stand at their own line and column."""
        (here / "bad.yaml").write_text("puzzle: 1\ntitel: x\n")

        lines = lstm_verify(
            "run", "wrong.yaml", "bad.yaml", "-b", "torch.cel", "--output", "github"
        ).out.splitlines()

        text = wrong_tables.read_text().splitlines()
        row = next(n for n, line in enumerate(text, 1) if "0.4," in line)
        column = text[row - 1].index("0.4") + 1
        message = "the hand rules give c = 0.3 at step 3, not 0.4"
        assert f"::error file=wrong.yaml,line={row},col={column},title=table::{message}" in lines
        assert any(line.startswith("::error file=bad.yaml,line=2,col=1,title=puzzle::") for line in lines)
        assert (
            "::error title=lstm-verify::there is no backend 'torch.cel'; did you mean 'torch.cell'?" in lines
        )
