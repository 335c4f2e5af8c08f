"""`lstm-verify run`: what it prints for people, and the exit status."""

from __future__ import annotations

import importlib.util
import json
import re

import cells
import pytest

from lstm_verify import check
from lstm_verify.backends import registry
from lstm_verify.verify.protocols import PROTOCOLS

MINE = "python:mine.py"


def place(path, text):
    """Return file:line:column of the only occurrence of a text."""
    lines = path.read_text().splitlines()
    ((line, column),) = [(n, row.index(text)) for n, row in enumerate(lines, 1) if text in row]
    return f"{path.name}:{line}:{column + 1}"


class TestStatus:
    """0 agrees, 1 wrong, 2 cannot be used or nothing checked; 2 wins over 1."""

    def test_agreement_is_0_and_quiet_on_stderr(self, lstm_verify):
        """Both torch backends agree on the memory puzzle: 0, and nothing on stderr."""
        ended = lstm_verify("run", "memory")

        assert (ended.status, ended.err) == (0, "")
        assert "torch.cell  agrees: 10 of 10 numbers checked" in ended.out
        assert "torch.lstm  agrees: 12 of 12 numbers checked" in ended.out
        assert "hand table  holds: all 30 numbers" in ended.out
        assert "digits      proved: all 10 numbers" in ended.out

    def test_what_torch_cannot_express_is_skipped_and_the_reference_runs(self, lstm_verify):
        """What torch cannot express is skipped by both, and the reference runs: 0."""
        ended = lstm_verify("run", "memory-lee")

        assert ended.status == 0
        assert ended.out.count("cannot express activations g = identity, h = identity") == 2
        assert "activations g = identity, h = identity" in ended.out
        assert "reference   agrees: 30 of 30 numbers checked" in ended.out

    def test_the_reference_runs_only_where_it_is_needed(self, lstm_verify):
        """Without -b the reference does not run where torch can."""
        assert "reference" not in lstm_verify("run", "memory").out

    def test_a_number_outside_is_1(self, lstm_verify, here):
        """A number outside: 1."""
        assert lstm_verify("run", "memory", "-b", f"{MINE}:swapped").status == 1

    @pytest.mark.parametrize("name", ["raises", "nan"])
    def test_an_implementation_that_errs_is_1(self, lstm_verify, here, name):
        """An implementation that raises or gives NaN is a verdict, not a request that failed: 1."""
        ended = lstm_verify("run", "memory", "-b", f"{MINE}:{name}")

        assert ended.status == 1
        assert f"{MINE}:{name}" + "  errored: " in ended.out

    def test_nothing_checked_is_2(self, lstm_verify):
        """Where nothing at all was checked: 2."""
        assert lstm_verify("run", "memory-lee", "-b", "torch.cell").status == 2

    def test_a_skip_beside_an_agreement_is_0(self, lstm_verify):
        """A skip beside an agreement: 0."""
        assert lstm_verify("run", "memory", "memory-lee", "-b", "torch.cell").status == 0

    def test_what_can_run_still_runs(self, lstm_verify, here):
        """A missing puzzle and a missing backend are told, all else runs, and 2 wins over 1."""
        ended = lstm_verify("run", "nosuch", "memory", "-b", "torch.cel", "-b", f"{MINE}:swapped")

        assert ended.status == 2
        assert f"{MINE}:swapped  failed: " in ended.out
        assert "nosuch: there is no such file or shipped puzzle" in ended.err
        assert "there is no backend 'torch.cel'; did you mean 'torch.cell'?" in ended.err

    def test_a_bug_of_ours_is_one_line_and_3(self, lstm_verify, monkeypatch):
        """A bug of ours is one line and 3; --debug shows the traceback, and is 3 too."""

        def broken(*_arguments, **_options):
            raise RuntimeError("two\nlines")

        monkeypatch.setattr("lstm_verify.engine.run", broken)

        short, long = lstm_verify("run", "memory"), lstm_verify("--debug", "run", "memory")

        assert (short.status, short.out, short.err.count("\n")) == (3, "", 1)
        assert "bug of lstm-verify" in short.err
        assert "RuntimeError: two lines" in short.err
        assert long.status == 3
        assert "Traceback" in long.err


class TestRequest:
    """What is asked for, and asked for wrongly."""

    def test_every_puzzle_is_held_against_every_backend(self, lstm_verify):
        """Every puzzle is held against every backend, and the last line counts."""
        ended = lstm_verify("run", "memory", "generic", "memory-lee", "-b", "torch.cell", "-b", "reference")

        assert ended.status == 0
        assert ended.out.count("  agrees: ") == 7
        assert ended.out.count("  skipped: ") == 1
        assert ended.out.splitlines()[-1] == "In all 4 cases, 8 verdicts: 7 agree, 1 skipped"

    def test_case_runs_that_case_only(self, lstm_verify):
        """--case runs that case only."""
        ended = lstm_verify("run", "generic", "--case", "second", "-b", "reference")

        assert ended.status == 0
        assert "case second" in ended.out
        assert "case first" not in ended.out

    def test_a_case_need_not_be_in_every_puzzle(self, lstm_verify):
        """--case picks from all puzzles: that some have no such case is no mistake."""
        ended = lstm_verify("run", "generic", "memory", "--case", "second", "-b", "reference")

        assert (ended.status, ended.err) == (0, "")

    def test_a_case_that_no_puzzle_has_is_2(self, lstm_verify):
        """A case that no puzzle has: 2, with the cases that there are."""
        ended = lstm_verify("run", "generic", "--case", "thrid", "-b", "reference")

        assert (ended.status, ended.out) == (2, "")
        assert "there is no case 'thrid'" in ended.err
        assert "has first, second" in ended.err

    def test_show_chooses_and_orders_the_columns(self, lstm_verify):
        """--show chooses and orders the columns; gates stand by hand where a backend shows none."""
        header = lstm_verify("run", "memory", "-b", "torch.cell", "--show", "h,f").out.splitlines()[3]

        assert header.split("  ")[-1].strip() == "f by hand"
        assert re.findall(r"[a-z] by hand|[a-z] actual", header) == ["h by hand", "h actual", "f by hand"]

    @pytest.mark.parametrize("show", ["q", "", "c,H"])
    def test_show_names_what_it_expected(self, lstm_verify, show):
        """--show names what it expected."""
        ended = lstm_verify("run", "memory", "--show", show)

        assert ended.status == 2
        assert "expected some of i,f,g,o,c,h" in ended.err

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["rn", "memory"], "No such command 'rn'. Did you mean 'run'?"),
            (["run"], "Missing argument 'PUZZLE...'"),
            (["run", "memory", "--output", "yaml"], "'yaml' is not one of 'text', 'json', 'junit', 'github'"),
            (["run", "memroy"], "memroy: there is no such file or shipped puzzle; did you mean 'memory'?"),
            (
                ["run", "memory", "-b", "refrence"],
                "there is no backend 'refrence'; did you mean 'reference'?",
            ),
            (["run", "memory", "-b", "x"], "there are exec, python, reference, scratch.d2l"),
            (["run", "memory", "-b", "mine.py:right"], "did you mean 'python:mine.py:right'?"),
            (
                ["run", "memory", "-b", "reference:x"],
                "'reference:x' is no backend; expected 'reference' alone",
            ),
            (
                ["run", "memory", "-b", "python"],
                "expected your own LSTM: python:module:object or python:file.py",
            ),
        ],
    )
    def test_a_wrong_request_is_told_with_the_likely_fix(self, lstm_verify, here, arguments, said):
        """A request that cannot be used: 2, and one line with the likely fix; no traceback."""
        ended = lstm_verify(*arguments)

        assert ended.status == 2
        assert said in ended.err
        assert "Traceback" not in ended.err

    def test_the_reference_runs_where_torch_is_not_installed(self, lstm_verify, monkeypatch):
        """Where torch is not installed, the reference runs, and stderr says what is missing."""
        find = importlib.util.find_spec
        monkeypatch.setattr(
            registry.importlib.util, "find_spec", lambda name: None if name == "torch" else find(name)
        )

        ended, named = lstm_verify("run", "memory"), lstm_verify("run", "memory", "-b", "torch.cell")

        assert ended.status == 0
        assert "reference   agrees" in ended.out
        assert "torch.cell needs torch, which is not installed: pip install torch" in ended.err
        assert named.status == 2
        assert "torch.cell needs torch" in named.err


class TestTables:
    """The printed tables."""

    def test_a_row_has_by_hand_actual_and_distance(self, lstm_verify):
        """The fourth step of the memory puzzle: by hand with its radius, what torch gives, the distance."""
        rows = lstm_verify("run", "memory", "-b", "torch.cell").out.splitlines()

        assert rows[0] == "memory: Update, reset and output a memory cell"
        assert rows[1].startswith("case lee-scaled: ")
        (fourth,) = [row for row in rows if row.startswith("  4 ")]
        assert re.split(r"\s{2,}", fourth.strip()) == [
            "4", "-0.2", "0", "1", "0.3 ± 0.003", "0.297003", "-0.003", "0.3 ± 0.012", "0.288567", "-0.011",
        ]  # fmt: skip

    def test_the_default_print_fits_100_columns(self, lstm_verify):
        """What is printed about the shipped puzzles without further options fits 100 columns, all of it."""
        assert max(map(len, lstm_verify("run", "memory", "generic", "memory-lee").out.splitlines())) <= 100

    def test_the_numbers_are_those_of_the_first_that_failed(self, lstm_verify, here):
        """Of several backends, `actual` is what the first gave, or the first that failed; of the reference, no word."""
        agreeing = lstm_verify("run", "memory", "-b", "torch.cell", "-b", "reference")
        failing = lstm_verify("run", "memory", "-b", "torch.cell", "-b", f"{MINE}:swapped")

        assert "(actual: what torch.cell gives)" in agreeing.out
        assert f"(actual: what {MINE}:swapped gives)" in failing.out
        assert "-0.09965 ✗" in failing.out
        assert "actual:" not in lstm_verify("run", "memory", "-b", "reference").out

    @pytest.mark.parametrize("style", ["simple", "github"])
    def test_wide_networks_break_into_blocks_of_100_columns(self, lstm_verify, here, style):
        """A network with 8 units and 12 features breaks into blocks, each with its t column."""
        rows = "\n".join(
            f"      - [{', '.join(f'{t - 1.5:.1f}{k:02}' for k in range(12))}]" for t in range(4)
        )
        (here / "wide.yaml").write_text(
            "puzzle: 1\ntitle: Wide\nnetwork: {input_size: 12, hidden_size: 8}\n"
            f"weights: {{weight_ih: 0.1, weight_hh: -0.25}}\ncases:\n  one:\n    inputs:\n{rows}\n"
        )

        ended = lstm_verify("run", "wide.yaml", "-b", "reference", "--show", "i,f,g,o,c,h", "--format", style)
        shown = lstm_verify("run", "generic", "memory", "--show", "i,f,g,o,c,h", "--format", style)

        assert (ended.status, shown.status) == (0, 0)
        assert max(map(len, (ended.out + shown.out).splitlines())) <= 100
        assert len(re.findall(r"^\W*t ", ended.out, re.MULTILINE)) > 10
        assert all(f"{q}[{unit}] actual" in ended.out for q in "ifgoch" for unit in range(8))

    def test_what_is_left_out_is_said(self, lstm_verify, here):
        """Of 70 steps the first 40 and the last 10 are printed; of 9 units the first 8."""
        rows = "\n".join(f"      - [{t % 3}]" for t in range(70))
        (here / "long.yaml").write_text(
            "puzzle: 1\ntitle: Long\nnetwork: {input_size: 1, hidden_size: 9}\n"
            f"weights: {{weight_ih: 0.5}}\ncases:\n  one:\n    inputs:\n{rows}\n"
        )

        ended = lstm_verify("run", "long.yaml", "-b", "reference")

        assert "(70 steps; the first 40 and the last 10 are printed, and all are checked)" in ended.out
        assert "(9 units; the first 8 are printed, and all are checked)" in ended.out
        assert "c[8]" not in ended.out
        assert f"{6 * 9 * 70} of {6 * 9 * 70} numbers checked" in ended.out

    @pytest.mark.parametrize(
        ("style", "begins"),
        [
            ("simple", "  t "),
            ("github", "|"),
            ("latex", r"\begin{tabular}"),
            ("html", "<table>"),
            ("tsv", "t\tx1\t"),
        ],
    )
    def test_each_format_prints_its_kind_of_table(self, lstm_verify, style, begins):
        """Each format prints its kind of table."""
        out = lstm_verify("run", "memory", "-b", "reference", "--format", style).out

        assert any(line.startswith(begins) for line in out.splitlines())

    def test_formats_for_documents_leave_talk_to_stderr(self, lstm_verify):
        """With tsv, stdout is one table without padding, and the verdicts go to stderr."""
        ended = lstm_verify("run", "generic", "--case", "first", "-b", "reference", "--format", "tsv")

        rows = [line.split("\t") for line in ended.out.splitlines()]
        assert len(rows) == 5
        assert {len(row) for row in rows} == {1 + 2 + 2 * 3 * 3}
        assert all(cell == cell.strip() for row in rows for cell in row)
        assert "reference   agrees" in ended.err


class TestFailures:
    """What is said when something is wrong."""

    def test_a_failure_names_place_bounds_and_command(self, lstm_verify, here):
        """A failure names the first wrong number, where it had to be, and the command that repeats it."""
        out = lstm_verify("run", "memory", "-b", f"{MINE}:swapped").out

        got, low, high = re.search(
            r"first at t=3: c is (\S+); it must lie between (\S+) and (\S+)", out
        ).groups()
        assert float(got) == pytest.approx(-0.09965, abs=1e-5)
        assert float(low) == pytest.approx(0.297, abs=1e-4) == float(high)
        again = re.search(r"to see it again: lstm-verify (.*)", out)[1].split()
        assert again[-4:] == ["--case", "lee-scaled", "-b", f"{MINE}:swapped"]
        assert lstm_verify(*again).out == out

    def test_a_failure_has_as_many_digits_as_it_takes(self, lstm_verify, here):
        """A failure in the 13th digit is printed so that the number is seen to lie outside."""
        out = lstm_verify("run", "memory", "-b", f"{MINE}:hair").out

        got, low, high = re.search(r"c is (\S+); it must lie between (\S+) and (\S+)", out).groups()
        assert not float(low) <= float(got) <= float(high)

    def test_a_wrong_table_is_1_with_its_place_and_what_is_right(self, lstm_verify, wrong_tables):
        """A wrong number in a table: 1, with its file:line:column and what is right; the backend agrees."""
        ended = lstm_verify("run", "wrong.yaml", "-b", "reference")

        assert ended.status == 1
        assert "reference   agrees" in ended.out
        assert "hand table  fails: 1 of 30 numbers are wrong" in ended.out
        assert (
            f"{place(wrong_tables, '0.4, 0.3, 0]')}: the hand rules give c = 0.3 at step 3, not 0.4"
            in ended.out
        )
        assert "digits      fails: 1 of 10 numbers are wrong" in ended.out
        assert f"{place(wrong_tables, '0.2887')}: h at step 4 is 0.288567, not 0.2887" in ended.out


STATEFUL = """
import numpy as np
from mine import sequence as honest
states = []

def kept(inputs, h0, c0, w):
    if states:
        h0, c0 = states.pop()
    h, c = honest(inputs, h0, c0, w)
    states.append((h[-1], c[-1]))
    return h, c

def picky(inputs, h0, c0, w):
    if not inputs.flags.c_contiguous:
        raise ValueError("not like this")
    return honest(inputs, h0, c0, w)

kept.form = picky.form = honest.form = "sequence"
"""


class TestThorough:
    """--thorough: other ways of calling, and what is said of them."""

    @pytest.fixture
    def stateful(self, here):
        """Code that keeps its state from call to call, and code that takes no views."""
        (here / "other.py").write_text(STATEFUL, encoding="utf-8")
        return "python:other.py"

    def test_what_agrees_says_in_what(self, lstm_verify):
        """The protocols are named, and their numbers counted."""
        out = lstm_verify("run", "memory", "--thorough", "-b", "torch.cell", "-b", "reference").out
        first, second = re.findall(
            r"agrees: (\d+) of \1 numbers\s+checked,\s[^;]*;\s+and\s+(\d+)\s+in\s+5\s+protocols", out
        )
        assert (first, second) == (("10", "80"), ("30", "240"))
        assert out.split().count("strided,") == 2

    def test_what_is_left_over_is_named_with_its_protocol(self, lstm_verify, stateful):
        """A plain run agrees; the numbers of that one are printed, and none is marked wrong."""
        arguments = ("run", "generic", "--case", "first", "-b", f"{stateful}:kept")
        assert lstm_verify(*arguments).status == 0

        ended = lstm_verify(*arguments, "--thorough")
        out = " ".join(ended.out.split())
        assert ended.status == 1
        assert f"{stateful}:kept failed (twice): the second time its numbers are other ones" in out
        assert "first at t=1: c[0] is" in out
        assert "(state-carried-between-calls, whatever is given)" in out
        assert "✗" not in out

        again = re.search(r"to see it again: lstm-verify (.*)", ended.out)[1].split()
        assert again[-1] == "--thorough"
        assert lstm_verify(*again).out == ended.out

    def test_what_raises_says_what_was_done(self, lstm_verify, stateful):
        """An error of one way of calling has its name, and no fault is guessed from it."""
        out = " ".join(lstm_verify("run", "memory", "-b", f"{stateful}:picky", "--thorough").out.split())
        assert (
            f"{stateful}:picky errored (strided): arrays whose numbers do not lie side by side: "
            "ValueError: not like this"
        ) in out
        assert "it may be" not in out

    @pytest.mark.parametrize(
        ("name", "protocol", "verdict"), [("kept", "twice", "failed"), ("picky", "strided", "errored")]
    )
    def test_programs_are_told_the_protocol(self, lstm_verify, stateful, name, protocol, verdict):
        """JSON has its name; JUnit and GitHub say it in words."""
        arguments = (
            "run",
            "generic",
            "--case",
            "first",
            "--thorough",
            "-b",
            f"{stateful}:{name}",
            "--output",
        )
        (result,) = json.loads(lstm_verify(*arguments, "json").out)["results"]
        assert (result["verdict"], result["protocol"]) == (verdict, protocol)
        assert (
            f"title=python%3Aother.py%3A{name} {verdict} ({protocol})::"
            in lstm_verify(*arguments, "github").out
        )
        assert PROTOCOLS[protocol].does in lstm_verify(*arguments, "junit").out or verdict == "failed"

    def test_check_does_it_too(self, here):
        """In Python, by a keyword of its own."""
        calls = []

        def counting(inputs, h0, c0, w):
            calls.append(inputs)
            return cells.sequence(inputs, h0, c0 + len(calls) - 1, w)

        check(counting, puzzles="memory", form="sequence")
        calls.clear()
        with pytest.raises(AssertionError, match=r"counting\(\)  +failed \(twice\): the second time"):
            check(counting, puzzles="memory", form="sequence", thorough=True)
