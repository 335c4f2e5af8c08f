"""The harnesses in examples/exec: they agree, a mistake put into them is named, and all they say fits the schemas."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from lstm_verify import load, run
from lstm_verify.backends.harness.hello import SHOWS, SUPPORTS, Hello
from lstm_verify.backends.harness.line import Line
from lstm_verify.backends.worker import end, named
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.verify.verdict import Verdict, rounded

EXAMPLES = Path(__file__).parents[2] / "examples" / "exec"
NEEDS = {"lstm.c": "gcc", "lstm.js": "node"}
PLAIN = ["memory", "generic", "one-step", "echo", "tanh-shape", "hold-200"]
LED = [
    *PLAIN,
    "generic-bidir",
    "stacked-memory",
    "varlen-memory",
    "mask-gaps",
    "generic-peephole",
    "reverse-alone",
]


def made(name: str, folder: Path, *changes: tuple[str, str]) -> str:
    """Copy an example, changed in some places, and make it ready to run; skip where that needs what is not here."""
    program = shutil.which(NEEDS[name])
    if program is None:
        pytest.skip(f"{NEEDS[name]} is not installed: examples/exec/{name} cannot be run")
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    source = folder / name
    source.write_text(text, encoding="utf-8")
    if name.endswith(".js"):
        return f"exec:{shlex.join([program, str(source)])}"
    built = folder / "lstm"
    strict = ["-std=c99", "-Wall", "-Wextra", *([] if changes else ["-Werror"]), "-O2"]
    ended = subprocess.run(
        [program, *strict, "-o", built, source, "-lm"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return f"exec:{shlex.quote(str(built))}"


class TestRuns:
    """They are held against shipped puzzles."""

    @pytest.mark.parametrize(("name", "puzzles"), [("lstm.c", PLAIN), ("lstm.js", LED)])
    def test_it_agrees(self, name, puzzles, tmp_path):
        report = run(puzzles, made(name, tmp_path))

        verdicts = {(r.puzzle.name, r.case.name): r.verdict for r in report.results}
        assert set(verdicts.values()) == {Verdict.AGREE}, verdicts
        assert {puzzle for puzzle, _ in verdicts} == set(puzzles)
        assert all(r.not_checked == 0 for r in report.results)
        assert report.exit_code == 0

    @pytest.mark.parametrize("name", NEEDS)
    def test_it_agrees_in_all_ways_of_calling_it(self, name, tmp_path):
        report = run(["memory", "generic"], made(name, tmp_path), thorough=True)

        assert {r.verdict for r in report.results} == {Verdict.AGREE}
        assert all(r.trial and set(r.trial.passed) == {"twice", "chunks", "bias"} for r in report.results)

    @pytest.mark.parametrize("name", NEEDS)
    def test_what_it_does_not_say_is_skipped(self, name, tmp_path):
        report = run("coupled-input", made(name, tmp_path))

        assert {r.verdict for r in report.results} == {Verdict.SKIPPED}

    @pytest.mark.parametrize("name", NEEDS)
    def test_its_harness_is_in_order(self, name, tmp_path, executed):
        harness = made(name, tmp_path).removeprefix("exec:")

        ended = executed(sys.executable, "-m", "lstm_verify", "exec-check", harness)

        assert (ended.returncode, ended.stderr) == (0, "")
        assert {line[:6] for line in ended.stdout.splitlines() if line[:1] not in (" ", "", "T")} == {
            "ok    "
        }


class TestFaults:
    """A mistake that is put into them is named, and it is no mistake of the harness."""

    @pytest.mark.parametrize(
        ("name", "changes", "faults"),
        [
            (
                "lstm.c",
                [
                    (
                        "g = tanh(z[2 * H + k]), o = sigmoid(z[3 * H + k])",
                        "g = tanh(z[3 * H + k]), o = sigmoid(z[2 * H + k])",
                    )
                ],
                "gate-order-ifog",
            ),
            ("lstm.c", [("U[k * H + j]", "U[k / H * H * H + j * H + k % H]")], "whh-transposed"),
            ("lstm.c", [("o * tanh(c[t * H + k])", "o * c[t * H + k]")], "tanh-missing-on-output"),
            (
                "lstm.js",
                [("i = gate('i'", "i = gate('f'"), ("f = gate('f'", "f = gate('i'")],
                "gate-order-fico gate-swap-i-f",
            ),
            ("lstm.js", [("o[k] * Math.tanh(now)", "o[k] * now")], "tanh-missing-on-output"),
        ],
    )
    def test_it_is_named(self, name, changes, faults, tmp_path):
        report = run("generic", made(name, tmp_path, *changes))

        assert {r.verdict for r in report.results} == {Verdict.FAILED}
        found = {one for r in report.results for one in (r.finding.faults if r.finding else ())}
        assert found == {*faults.split()}

    def test_the_harness_is_not_blamed_for_its_lstm(self, tmp_path, executed):
        """Gates exchanged: exec-check finds nothing, and says what it could not tell."""
        changes = [
            ("f = sigmoid(z[H + k]), g", "f = sigmoid(z[3 * H + k]), g"),
            ("o = sigmoid(z[3 * H + k])", "o = sigmoid(z[H + k])"),
        ]
        harness = made("lstm.c", tmp_path, *changes).removeprefix("exec:")

        ended = executed(sys.executable, "-m", "lstm_verify", "exec-check", harness)

        assert ended.returncode == 0
        assert "\n?      digits           c does not pass an open forget gate in float64" in ended.stdout

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ([("%.17g", "%f")], "digits are lost in reading or writing: write %.17g"),
            ([("%.17g", "%.9g")], "digits are lost in reading or writing: write %.17g"),
            ([("x[k] = strtod(", "x[k] = strtof(")], 'its hello is to say "dtypes": ["float32"]'),
            (
                [('puts("}");\n        fflush(stdout);', 'puts("}");')],
                "it gave no answer within 2 s (--timeout); it is to read one line",
            ),
            (
                [("fflush(stdout);\n    for (; getline", "for (; getline")],
                "it gave no hello within 2 s (--timeout); it is to say hello before",
            ),
            (
                [('printf("{\\"id\\": %.0f", *numbers(line, "\\"id\\"", 1))', 'printf("{\\"id\\": 1")')],
                "its answer has the id 1; expected 2",
            ),
            (
                [("b[k] + d[k]", "b[k]")],
                "whatever stands in bias_hh, the answer is the same; where its LSTM has one bias",
            ),
            (
                [("f * before_c[k]", "f * (t ? before_c[k] : 0)")],
                "whatever stands in c0, the answer is the same",
            ),
            ([('print("c", c, T, H)', 'print("c", c, H, T)')], "c has the shape "),
        ],
    )
    def test_a_harness_is_told_its_own_mistakes(self, changes, said, tmp_path, executed):
        harness = made("lstm.c", tmp_path, *changes).removeprefix("exec:")

        ended = executed(sys.executable, "-m", "lstm_verify", "exec-check", "--timeout", "2", harness)

        assert said in " ".join(ended.stdout.split())
        assert ended.returncode == 1


@cache
def validator(message: str) -> Draft202012Validator:
    """Return what holds messages against a shipped schema."""
    text = (files("lstm_verify") / "backends/harness/schemas" / f"{message}.schema.json").read_text(
        encoding="utf-8"
    )
    schema = json.loads(text)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.fixture
def overheard(monkeypatch) -> list[tuple[str, object]]:
    """Everything that is written to harnesses and read from them, in order: what it is, and the message."""
    heard = []
    exchanged = Line._exchanged

    def listening(self, text, answers, most, deadline, what):
        lines = exchanged(self, text, answers, most, deadline, what)
        heard.extend(("request", json.loads(line)) for line in text.splitlines())
        heard.extend((what, json.loads(line)) for line in lines)
        return lines

    monkeypatch.setattr(Line, "_exchanged", listening)
    return heard


class TestSchemas:
    """What is really written and read fits the shipped schemas."""

    @pytest.mark.parametrize(("name", "puzzles"), [("lstm.c", PLAIN[:3]), ("lstm.js", LED[-4:])])
    def test_all_that_is_said_fits(self, name, puzzles, tmp_path, overheard):
        run(puzzles, made(name, tmp_path))

        assert {what for what, _ in overheard} == {"hello", "request", "answer"}
        assert [(w, e.message) for w, m in overheard for e in validator(w).iter_errors(m)] == []

    def test_the_hello_names_all_that_there_is(self):
        properties = validator("hello").schema["properties"]

        assert set(properties["supports"]["items"]["enum"]) == set(SUPPORTS)
        assert set(properties["shows"]["items"]["enum"]) == set(SHOWS)

    def test_what_is_wrong_does_not_fit(self):
        for message, wrong in [
            ("hello", {"protocol": 1, "name": "x", "version": "1", "shows": ["h"], "form": "step"}),
            ("hello", {"protocol": 2, "name": "x", "version": "1", "shows": ["h"]}),
            ("hello", {"protocol": 1, "name": "x", "version": "1", "shows": []}),
            ("answer", {"id": 1}),
            ("answer", {"id": 1, "h": [["NaN"]]}),
            ("answer", {"id": 1, "h": [[None]]}),
            ("answer", {"id": 1, "cell": [[1]]}),
            ("request", {"id": 1}),
        ]:
            assert not validator(message).is_valid(wrong), wrong

    @pytest.mark.parametrize("message", ["hello", "request", "answer"])
    def test_the_command_prints_them(self, message, executed):
        ended = executed(sys.executable, "-m", "lstm_verify", "schema", message)

        assert json.loads(ended.stdout) == validator(message).schema


class TestPage:
    """docs/exec.md: what it shows is what is said, and it leaves nothing out."""

    PAGE = (EXAMPLES.parents[1] / "docs" / "exec.md").read_text(encoding="utf-8")
    SHOWN: ClassVar = dict(
        re.findall(r"^<!-- message: (\w+) -->\n```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    )

    def test_what_it_shows_is_what_is_said(self, tmp_path, overheard):
        """The memory puzzle, cut after two steps; another libm may differ in the last digits."""
        puzzle = load("memory")
        network, whole = rounded(puzzle.network, puzzle.cases[0].run, FORMATS["float64"])
        backend = named(made("lstm.c", tmp_path))
        backend.observe(network, [replace(whole, inputs=whole.inputs[:2])])
        end([backend])

        said = dict(overheard)
        shown = {message: json.loads(text) for message, text in self.SHOWN.items()}
        assert list(shown) == ["hello", "request", "answer"]
        assert json.dumps(shown["request"]) == json.dumps(said["request"])
        assert shown["hello"] == said["hello"]
        for quantity in "hc":
            assert np.ravel(shown["answer"][quantity]) == pytest.approx(
                np.ravel(said["answer"][quantity]), rel=1e-14
            )

    def test_it_names_all_that_a_harness_can_say(self):
        named = set(re.findall(r"`(\w+)`", self.PAGE))

        assert set(SUPPORTS) | {field.name for field in fields(Hello)} | set(FORMATS) <= named
        assert " ".join(SHOWS) in self.PAGE
