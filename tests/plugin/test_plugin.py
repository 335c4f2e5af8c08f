"""The pytest plugin: puzzle files become tests."""

from __future__ import annotations

import contextlib
import re
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import cells
import pytest

from lstm_verify.puzzle.library import shipped

pytest_plugins = ["pytester"]

REFERENCE = ("--lstm-backend", "reference")
CELLS = Path(cells.__file__).read_text(encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def _imported():
    """Import what cannot be imported twice: a run inside this process forgets what it imported."""
    for name in ("torch", "lstm_verify.engine", "lstm_verify.puzzle.load", "lstm_verify.report.text"):
        import_module(name)


@pytest.fixture
def project(pytester):
    """A project with the memory puzzles in puzzles/, and with an implementation in mine.py."""
    pytester.mkdir("puzzles")
    for name in ("memory", "memory-lee"):
        (pytester.path / "puzzles" / f"{name}.yaml").write_text(shipped()[name].read_text())
    (pytester.path / "mine.py").write_text(CELLS, encoding="utf-8")
    pytester.makeini("[pytest]\nlstm_puzzles = puzzles/*.yaml\n")
    pytester.syspathinsert()
    return pytester


def collected(project, *arguments):
    """Return the node ids that pytest collects."""
    result = project.runpytest_inprocess("--collect-only", "-q", *arguments)
    return [line for line in result.outlines if "::" in line]


class TestCollection:
    """Which files become which items."""

    def test_every_case_backend_and_table_is_an_item(self, project):
        """One item for each case and backend, and one for each table; the reference where torch cannot."""
        assert collected(project) == [
            "puzzles/memory-lee.yaml::lecture[torch.cell]",
            "puzzles/memory-lee.yaml::lecture[torch.lstm]",
            "puzzles/memory-lee.yaml::lecture[reference]",
            "puzzles/memory-lee.yaml::lecture[hand]",
            "puzzles/memory-lee.yaml::lecture[digits]",
            "puzzles/memory.yaml::lee-scaled[torch.cell]",
            "puzzles/memory.yaml::lee-scaled[torch.lstm]",
            "puzzles/memory.yaml::lee-scaled[hand]",
            "puzzles/memory.yaml::lee-scaled[digits]",
        ]

    @pytest.mark.parametrize("named", ["puzzles", "puzzles/memory.yaml puzzles/memory-*", "**/*.yaml"])
    def test_puzzles_are_named_by_folder_file_or_glob(self, project, named):
        """`lstm_puzzles` takes a folder, files and globs, from rootdir and wherever pytest is started."""
        project.makeini(f"[pytest]\nlstm_puzzles = {named}\n")
        project.chdir()

        files = {node.partition("::")[0] for node in collected(project, *REFERENCE)}

        assert files == {"puzzles/memory-lee.yaml", "puzzles/memory.yaml"}

    def test_the_ending_puzzle_yaml_needs_no_naming(self, pytester, memory):
        """`*.puzzle.yaml` is taken without being named; any other YAML is left alone."""
        (pytester.path / "mine.puzzle.yaml").write_text(memory)
        (pytester.path / "compose.yaml").write_text("services: {}\n")

        assert collected(pytester, *REFERENCE) == [
            f"mine.puzzle.yaml::lee-scaled[{judged}]" for judged in ("reference", "hand", "digits")
        ]

    def test_only_tables_that_are_stated_are_items(self, pytester, memory):
        """A case without tables has no items for them."""
        text = re.sub(r"    (hand|digits):\n(      .*\n)+", "", memory)
        (pytester.path / "mine.puzzle.yaml").write_text(text)

        assert collected(pytester, *REFERENCE) == ["mine.puzzle.yaml::lee-scaled[reference]"]

    def test_lf_runs_what_failed_last(self, project):
        """--lf runs just what failed last."""
        swapped = ["--lstm-backend", "python:mine.py:swapped", "puzzles/memory.yaml"]
        project.runpytest_inprocess(*swapped).assert_outcomes(failed=1, passed=2)
        project.runpytest_inprocess("--lf", *swapped).assert_outcomes(failed=1)

    def test_backends_of_the_ini_file_are_found_from_anywhere(self, project):
        """What lstm_backends names is relative to rootdir, as lstm_puzzles is."""
        project.makeini(
            "[pytest]\nlstm_puzzles = puzzles/memory.yaml\nlstm_backends = python:mine.py:right\n"
        )
        (project.path / "below").mkdir()
        with contextlib.chdir(project.path / "below"):
            project.runpytest_inprocess("..").assert_outcomes(passed=3)

    def test_the_ini_file_can_ask_for_thorough_tests(self, project):
        """`lstm_thorough`: what agrees in a plain run alone fails then, and says how."""
        (project.path / "counting.py").write_text(
            "from mine import sequence\ncalls = []\n"
            "def lstm(inputs, h0, c0, w):\n"
            "    calls.append(inputs)\n"
            "    return sequence(inputs, h0, c0 + len(calls) - 1, w)\n"
        )
        ini = "[pytest]\nlstm_puzzles = puzzles/memory.yaml\nlstm_backends = python:counting.py:lstm,form=sequence\n"
        project.makeini(ini)
        project.runpytest_inprocess().assert_outcomes(passed=3)
        project.makeini(f"{ini}lstm_thorough = true\n")
        result = project.runpytest_inprocess()
        result.assert_outcomes(passed=2, failed=1)
        result.stdout.fnmatch_lines(["*lstm,form=sequence[]] failed (twice): *"])

    def test_what_agrees_with_less_accuracy_is_told_at_the_end(self, project):
        """`accuracy=` beyond what is usual passes, and is never silent; what is usual says nothing."""
        usual, loose = (
            project.runpytest_inprocess(
                "--lstm-backend", f"torch.cell,accuracy={granted}", "puzzles/memory.yaml"
            )
            for granted in ("8ulp+4u", "50ulp")
        )

        usual.assert_outcomes(passed=3)
        loose.assert_outcomes(passed=3)
        usual.stdout.no_fnmatch_line("*less accurate*")
        loose.stdout.fnmatch_lines(
            ["torch.cell,accuracy=50ulp: less accurate, agreeing: float32, σ and tanh to 50 ulp (1 case)"]
        )

    def test_a_pattern_without_files_is_a_usage_error(self, project):
        """A pattern that matches nothing is a usage error: a typo must not leave CI green."""
        project.makeini("[pytest]\nlstm_puzzles = puzzels/*.yaml\n")

        result = project.runpytest_inprocess()
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["ERROR: lstm_puzzles: there is no puzzels/[*].yaml in *"])

    def test_an_item_stands_at_the_line_of_its_case(self, project):
        """The place of an item is the line of its case."""
        items, _ = project.inline_genitems(*REFERENCE)

        for item in items:
            path, line, name = item.reportinfo()
            assert path.read_text().splitlines()[line] == f"  {item.case.name}:"
            assert name == item.name


class TestBackends:
    """Which implementations are run."""

    def test_the_option_replaces_the_ini_file(self, project):
        """`lstm_backends` lists them; `--lstm-backend`, repeated, is used instead."""
        project.makeini(
            "[pytest]\nlstm_puzzles = puzzles/memory.yaml\nlstm_backends =\n  reference\n  torch.cell,dtype=float64\n"
        )

        ini, option = (
            collected(project),
            collected(project, "--lstm-backend", "python:mine.py:right", *REFERENCE),
        )

        assert [re.search(r"\[(.*)\]", node)[1] for node in ini] == [
            "reference", "torch.cell,dtype=float64", "hand", "digits",
        ]  # fmt: skip
        assert [re.search(r"\[(.*)\]", node)[1] for node in option] == [
            "python:mine.py:right", "reference", "hand", "digits",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("backend", "said"),
        [
            ("torch.cel", "there is no backend 'torch.cel'; did you mean 'torch.cell'?"),
            ("python:mine.py:rihgt", "mine.py has no 'rihgt'; did you mean 'right'?"),
            (
                "torch.cell,thread=2",
                "torch.cell has no option 'thread'; it has accuracy, device, dtype, threads",
            ),
        ],
    )
    def test_an_unusable_backend_is_a_collection_error(self, project, backend, said):
        """A backend that cannot be used is a collection error of each puzzle, in one line; other tests run."""
        project.makepyfile(test_other="def test_it(): pass")
        result = project.runpytest_inprocess("--continue-on-collection-errors", "--lstm-backend", backend)

        result.assert_outcomes(passed=1, errors=2)
        assert [line for line in result.outlines if said in line and "ERROR" not in line] == [said, said]
        result.stdout.no_fnmatch_line("*Traceback*")


class TestVerdicts:
    """What the items say."""

    def test_agreement_passes_and_a_skip_has_its_reason(self, project):
        """Agreement passes; what a backend cannot express is skipped, with the reason first."""
        result = project.runpytest_inprocess("-rs", "--strict-markers", "--strict-config")

        result.assert_outcomes(passed=7, skipped=2)
        result.stdout.fnmatch_lines(["SKIPPED * torch.lstm cannot express activations g = identity*"])

    def test_a_number_that_cannot_be_told_is_text(self, project, undecidable):
        """What no precision decides fails with its place and the reason, without a traceback."""
        result = project.runpytest_inprocess(undecidable, "--lstm-backend", "reference")

        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(["*undecidable.puzzle.yaml:7:1: case a: cannot tell *"])
        result.stdout.no_fnmatch_line("*Traceback*")
        result.stdout.no_fnmatch_line(">*")

    def test_a_node_id_runs_alone(self, project):
        """A node id runs alone; the case's name without brackets runs all that is judged on it."""
        one = project.runpytest_inprocess("puzzles/memory.yaml::lee-scaled[digits]")
        case = project.runpytest_inprocess("puzzles/memory.yaml::lee-scaled", *REFERENCE)

        one.assert_outcomes(passed=1)
        case.assert_outcomes(passed=3)

    def test_a_failure_is_told_without_a_traceback(self, project):
        """A failure is text: file:line, what is wrong, the first wrong number, the command; no traceback."""
        result = project.runpytest_inprocess(
            "puzzles/memory.yaml", "--lstm-backend", "python:mine.py:swapped"
        )

        result.assert_outcomes(failed=1, passed=2)
        line = (project.path / "puzzles/memory.yaml").read_text().splitlines().index("  lee-scaled:") + 1
        at = result.outlines.index(
            f"puzzles/memory.yaml:{line}: lee-scaled[python:mine.py:swapped] failed: 4 of 10 numbers "
            "are not where correct float64 arithmetic puts them"
        )
        first, granted, again = result.outlines[at + 1 : at + 4]
        assert granted == "  granted: float64, σ and tanh to 8 ulp + 4 roundoffs"
        assert first.startswith("  first at t=3: c is -0.0996")
        command = "lstm-verify run puzzles/memory.yaml --case lee-scaled -b python:mine.py:swapped"
        assert again == f"  to see it again: {command}"
        assert not any("pytest_plugin.py" in line or "Traceback" in line for line in result.outlines)

    def test_an_error_is_a_failure_with_its_place(self, project):
        """An error of the implementation is a failure with its place in the implementation."""
        result = project.runpytest_inprocess("puzzles/memory.yaml", "--lstm-backend", "python:mine.py:raises")

        result.assert_outcomes(failed=1, passed=2)
        line = next(n for n, text in enumerate(CELLS.splitlines(), 1) if "raise ValueError" in text)
        result.stdout.fnmatch_lines([f"*errored: ValueError: 100% * (*mine.py:{line})"])
        result.stdout.no_fnmatch_line("*Traceback*")

    def test_a_wrong_number_fails_its_table_at_its_place(self, pytester, wrong_memory):
        """A wrong number in a table fails that table's item, with the number's own place."""
        (pytester.path / "mine.puzzle.yaml").write_text(wrong_memory)

        result = pytester.runpytest_inprocess(*REFERENCE)

        result.assert_outcomes(passed=1, failed=2)
        rows = wrong_memory.splitlines()
        for number, said in (
            ("0.4, 0.3", "the hand rules give c = 0.3 at step 3"),
            ("0.2887", "h at step 4 is 0.2885"),
        ):
            row = next(k for k, line in enumerate(rows) if number in line)
            column = rows[row].index(number) + 1
            result.stdout.fnmatch_lines([f"  mine.puzzle.yaml:{row + 1}:{column}: {said}*"])

    def test_a_bad_file_is_one_collection_error(self, project, memory):
        """Every mistake of a file, with line and column, is one clean collection error; others still run."""
        text = memory.replace("why:", "wyh:").replace("tags:", "tgas:")
        (project.path / "puzzles" / "memory-lee.yaml").write_text(text)

        result = project.runpytest_inprocess("--continue-on-collection-errors", *REFERENCE)

        result.assert_outcomes(passed=3, errors=1)
        line = memory[: memory.index("why:")].count("\n") + 1
        result.stdout.fnmatch_lines(
            [
                f"puzzles/memory-lee.yaml:{line}:1: *'why'*",
                f"puzzles/memory-lee.yaml:{line + 2}:1: *'tags'*",
            ]
        )
        result.stdout.no_fnmatch_line("*Traceback*")
        result.stdout.no_fnmatch_line("*pytest_plugin.py*")

    def test_paths_and_commands_are_those_of_the_folder_it_starts_in(self, project, monkeypatch):
        """Started in another folder, paths and commands are those that work there."""
        monkeypatch.chdir(project.path / "puzzles")

        result = project.runpytest_inprocess("memory.yaml", "--lstm-backend", "python:../mine.py:raises")

        result.stdout.fnmatch_lines(
            ["*lstm-verify run memory.yaml --case lee-scaled -b python:../mine.py:raises"]
        )

    def test_the_junit_report_has_our_text(self, project):
        """pytest's own JUnit report has our text."""
        project.runpytest_inprocess(
            "--junitxml=out.xml", "--lstm-backend", "python:mine.py:swapped", "-k", "swapped"
        )

        assert "first at t=3: c is -0.0996" in (project.path / "out.xml").read_text()


class TestTimeout:
    """lstm_timeout: how many seconds people's own code may take."""

    def test_code_that_hangs_fails_its_case(self, project):
        """A case that hangs is a failure of that case; all others are run."""
        project.makepyfile(
            hanging="import time\nfrom mine import right\n"
            "def cell(x, h, c, w):\n    time.sleep(0 if x[0] < 1 else 30)\n    return right(x, h, c, w)\n"
        )
        project.makeini(
            "[pytest]\nlstm_puzzles = puzzles/one-step.yaml puzzles/memory.yaml\nlstm_timeout = 1\n"
        )
        (project.path / "puzzles" / "one-step.yaml").write_text(shipped()["one-step"].read_text())

        result = project.runpytest_inprocess(
            "--lstm-backend", "python:hanging.py:cell", "-k", "hanging and not stored and not no-c0"
        )

        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(["*errored: it gave no answer within 1 s (--timeout)"])

    def test_what_is_no_timeout_is_a_usage_error(self, project):
        """What is none is a usage error, whatever is run."""
        project.makeini("[pytest]\nlstm_timeout = 0\n")

        result = project.runpytest_inprocess()

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(
            ["ERROR: lstm_timeout: expected seconds, more than 0 and at most 86400, not 0"]
        )


class TestSelection:
    """-k and -m."""

    @pytest.mark.parametrize(
        ("expression", "count"),
        [("torch.lstm", 2), ("torch", 4), ("memory and hand", 2), ("lecture", 5), ("reference or digits", 3)],
    )
    def test_k_takes_backends_puzzles_cases_and_tables(self, project, expression, count):
        """-k works with backends, puzzles, cases and tables."""
        assert len(collected(project, "-k", expression)) == count

    def test_m_takes_the_mark_of_puzzles(self, project):
        """-m lstm_puzzle takes the puzzles, and nothing else; the mark is registered."""
        project.makepyfile(test_other="def test_other(): pass")

        assert len(collected(project, "-m", "lstm_puzzle", "--strict-markers")) == 9
        assert collected(project, "-m", "not lstm_puzzle") == ["test_other.py::test_other"]
        project.runpytest_inprocess("--markers").stdout.fnmatch_lines(["@pytest.mark.lstm_puzzle: *"])


class TestProcesses:
    """What needs a process of its own."""

    def test_loading_the_plugin_imports_nothing_heavy(self, executed, tmp_path):
        """Loading the plugin imports nothing that takes time: every pytest run of the environment loads it."""
        (tmp_path / "test_nothing.py").write_text(
            "import sys\n"
            "def test_nothing(pytestconfig):\n"
            "    assert pytestconfig.pluginmanager.has_plugin('lstm-verify')\n"
            "    heavy = {'torch', 'numpy', 'pydantic', 'yaml', 'click', 'flint', 'tabulate'}\n"
            "    assert not heavy & {name.partition('.')[0] for name in sys.modules}\n"
        )
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:hypothesispytest",
            "-p",
            "no:jaxtyping",
            "-p",
            "no:cacheprovider",
        ]
        ended = executed(*command, cwd=tmp_path)

        assert ended.returncode == 0, ended.stdout

    def test_it_can_be_switched_off(self, project):
        """`-p no:lstm-verify` switches it off."""
        result = project.runpytest_inprocess("-p", "no:lstm-verify")

        result.assert_outcomes(warnings=1)
        assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED

    @pytest.mark.skipif(find_spec("xdist") is None, reason="pytest-xdist is not installed")
    def test_xdist_gives_the_same_outcomes(self, project):
        """-n 2 gives the same outcomes and the same texts; an unusable backend is told once."""
        wrong = project.runpytest_subprocess(
            "-n", "2", *REFERENCE, "--lstm-backend", "python:mine.py:swapped"
        )
        unusable = project.runpytest_subprocess("-n", "2", "--lstm-backend", "torch.cel")

        wrong.assert_outcomes(passed=6, failed=1, skipped=1)
        wrong.stdout.fnmatch_lines(["  first at t=3: c is -0.0996*"])
        assert unusable.ret != pytest.ExitCode.OK
        assert unusable.outlines.count("there is no backend 'torch.cel'; did you mean 'torch.cell'?") == 1
