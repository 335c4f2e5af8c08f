"""lstm-verify new: a puzzle file from flags, or from answers to questions at a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_verify.authoring.draft import Draft, scalar
from lstm_verify.authoring.drafted import drafted
from lstm_verify.authoring.flaws import flaws
from lstm_verify.puzzle.blind import remarks
from lstm_verify.puzzle.document import Scalar, SequenceNode, compose
from lstm_verify.puzzle.load import load, parse
from lstm_verify.puzzle.problems import Problems
from lstm_verify.verify.tables import Tables

COUNTER = [
    "new", "counter", "--title", "Count the ones", "--inputs", "x",
    "--gate", "i=30", "--gate", "f=30", "--gate", "g=x/8", "--gate", "o=30", "--input", "x=1 0 1",
]  # fmt: skip

WRITTEN = """\
# yaml-language-server: $schema=./puzzle.schema.json
puzzle: 1
title: Count the ones
# source: {title: author and work, url: where it is, note: what was taken and changed}
# why: what this puzzle finds that others do not
# family: memory, toggles, automata, counters, delays, filters, text, extremes, networks, lengths, variants, generic
# tags: [state, batch]
network: {input_size: 1, hidden_size: 1}
features: [x]
gates:                  # what each gate computes, before its σ or tanh
  i: 30
  f: 30
  g: x/8
  o: 30
ideal: {i: step, f: step, g: linear, o: step, h: linear}
cases:
  first:
    # title: what happens in it
    inputs:
      x: [1, 0, 1]
    hand:               # what the hand rules give, exactly
      i: [1, 1, 1]
      f: [1, 1, 1]
      g: [1/8, 0, 1/8]
      o: [1, 1, 1]
      c: [1/8, 1/8, 1/4]
      h: [1/8, 1/8, 1/4]
    digits:             # the true trace, proven; `lstm-verify digits` refreshes it
      c: [0.1244, 0.1244, 0.2487]
      h: [0.1237, 0.1237, 0.2437]
# domain:               # what each input may be, when something is claimed of all such inputs
#   x: {in: [0, 1]}     # or {from: -1/4, to: 1/4}
# claims:               # what holds then: sentences by name
#   name: What is always so, in a sentence.
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def judged(path):
    """Return the statuses of the tables of a file's only case, and its warnings."""
    puzzle = load(path)
    (case,) = puzzle.cases
    verdicts = Tables(puzzle, case).verdicts
    warnings = [str(remark) for remark in remarks(puzzle) if remark.level != "note"]
    return verdicts["hand"].status, verdicts["digits"].status, warnings


class TestFlags:
    def test_the_file_is_complete_and_says_what_may_be_added(self, folder, lstm_verify):
        ended = lstm_verify(*COUNTER)

        assert ended.status == 0
        assert Path("counter.yaml").read_text(encoding="utf-8") == WRITTEN
        assert judged("counter.yaml") == ("holds", "proved", [])

    def test_it_says_what_comes_next_and_that_works(self, folder, lstm_verify):
        out = lstm_verify(*COUNTER).out

        lines = [line.strip().partition("  ")[0] for line in out.splitlines() if line.startswith("  ")]
        assert lines == [
            "lstm-verify show counter.yaml",
            "lstm-verify run counter.yaml",
            "lstm-verify digits counter.yaml",
            "lstm-verify schema > puzzle.schema.json",
        ]
        assert [lstm_verify(*line.split()[1:]).status for line in lines[:3]] == [0, 0, 0]

    def test_the_examples_of_what_may_be_added_are_right_when_they_are_added(self, folder, lstm_verify):
        lstm_verify(*COUNTER)
        path = Path("counter.yaml")
        text = path.read_text(encoding="utf-8")
        text = text.replace("# family: memory, ", "family: memory # ").replace("    # title", "    title")
        for line in ("# source", "# why", "# tags", "# domain", "#   x", "# claims", "#   name"):
            assert f"\n{line}" in text
            text = text.replace(f"\n{line}", f"\n{line[2:]}")
        path.write_text(text, encoding="utf-8")

        puzzle = load(path)

        assert (puzzle.family, puzzle.cases[0].title) == ("memory", "what happens in it")
        assert puzzle.claims == {"name": "What is always so, in a sentence."}
        assert set(puzzle.domain) == {"x"}

    def test_what_the_author_may_not_mean_is_remarked_on(self, folder, lstm_verify):
        """A tanh of 20 taken for 20, and a family that is almost one of those that there are."""
        flags = [
            "--title",
            "T",
            "--why",
            "W.",
            "--source",
            "S",
            "--inputs",
            "x",
            "--input",
            "x=1",
            "--gate",
            "i=20",
        ]
        flags += ["--gate", "f=20", "--gate", "g=20", "--gate", "o=20", "--family"]

        out = lstm_verify("new", "far", *flags, "memori").out
        assert "the truth may be ± 20 from the hand table: tanh is not linear there; --ideal g=sign" in out
        assert "'memori' is a new family; or did you mean 'memory'?" in out
        out = lstm_verify("new", "near", *flags, "memory", "--ideal", "g=sign", "--ideal", "h=exact").out
        assert "the truth may be" not in out
        assert "family" not in out

    def test_everything_can_be_said(self, folder, lstm_verify):
        ended = lstm_verify(
            "new", "toggle", "--title", "Even: or odd?", "--why", "A sentence that is long. " * 6, "--family", "toggles",
            "--source", "Ourselves # and others", "--inputs", "x, one", "--units", "even,odd",
            "--gate", "i=80*x - 160*h[odd] - 20; 20*one", "--gate", "f=-20", "--gate", "f[odd]=20", "--gate", "g=1/4;-1/4",
            "--gate", "o=20", "--ideal", "g=linear;exact", "--case", "one-zero", "--input", "x=1, 0", "--input", "one=1",
            "--h0", "0 0.1", "--c0", "1/4", "--output", "my toggle.yaml",
        )  # fmt: skip

        assert ended.status == 0
        assert "hand table: 4 numbers left open: the hand rules give no short fraction there" in ended.out
        assert "lstm-verify run 'my toggle.yaml' " in ended.out
        puzzle = load("my toggle.yaml")
        assert (puzzle.title, puzzle.source["title"]) == ("Even: or odd?", "Ourselves # and others")
        assert puzzle.why == ("A sentence that is long. " * 6).strip()
        assert (puzzle.family, puzzle.features, puzzle.units) == ("toggles", ("x", "one"), ("even", "odd"))
        assert puzzle.network.layers[0].bias_ih == (-20, 0, -20, 20, 0.25, -0.25, 20, 20)
        assert puzzle.network.layers[0].weight_hh[:2] == ((0, -160), (0, 0))
        assert puzzle.ideal[0]["g"] == ("linear", "exact")
        (case,) = puzzle.cases
        assert (case.name, case.run.inputs) == ("one-zero", ((1, 1), (0, 1)))
        assert case.run.h0[0][0] == 0
        assert case.run.c0 == ((0.25, 0.25),)
        assert judged("my toggle.yaml") == ("holds", "proved", [])

    def test_text_over_an_alphabet(self, folder, lstm_verify):
        lstm_verify(
            "new", "letters", "--title", "Letters", "--alphabet", "a_ ", "--text", " a_a",
            "--gate", "i=20", "--gate", "f=20", "--gate", "g=0.25*a - 0.25*_", "--gate", "o=20",
        )  # fmt: skip

        assert load("letters.yaml").cases[0].text == " a_a"
        assert "      c: [0, 0.25, 0, 0.25]\n" in Path("letters.yaml").read_text(encoding="utf-8")
        assert judged("letters.yaml")[:2] == ("holds", "proved")

    def test_names_may_be_those_of_sections(self, folder, lstm_verify):
        ended = lstm_verify(
            "new", "names", "--title", "a    digits: b", "--inputs", "digits,hand", "--case", "digits",
            "--gate", "i=20", "--gate", "f=20", "--gate", "g=digits/4", "--gate", "o=20",
            "--input", "digits=1 0 1", "--input", "hand=0 1 0",
        )  # fmt: skip

        assert ended.status == 0
        assert load("names.yaml").title == "a    digits: b"
        assert judged("names.yaml")[:2] == ("holds", "proved")

    def test_what_cannot_be_worked_by_hand_has_no_hand_table_and_that_is_said(self, folder, lstm_verify):
        out = lstm_verify(*COUNTER, "--ideal", "i=exact", "--ideal", "g=exact").out

        text = Path("counter.yaml").read_text(encoding="utf-8")
        assert "hand table: 11 numbers left open: the hand rules give no short fraction there" in out
        assert "      g: [~, 0, ~]\n" in text
        assert "      i: " not in text
        assert judged("counter.yaml") == ("holds", "proved", [])

    def test_a_gate_that_cannot_be_told_from_a_half_is_no_bug(self, folder, lstm_verify):
        ended = lstm_verify(*COUNTER, "--gate", "i[0]=(ln(2)*ln(3))*ln(5) - ln(2)*(ln(3)*ln(5))")

        assert (ended.status, ended.err) == (0, "")
        assert "no hand table: cannot tell " in ended.out
        assert judged("counter.yaml") == ("none", "proved", [])

    def test_with_a_hyphen_it_is_printed_and_no_file_written(self, folder, lstm_verify):
        ended = lstm_verify(*COUNTER, "--output", "-")

        assert (ended.status, ended.out) == (0, WRITTEN)
        assert list(folder.iterdir()) == []

    def test_a_file_that_is_there_is_left_unless_it_is_forced(self, folder, lstm_verify):
        Path("counter.yaml").write_text("mine")

        ended = lstm_verify(*COUNTER)

        assert (ended.status, ended.out) == (2, "")
        assert ended.err == "Error: counter.yaml is there already; --force writes over it\n"
        assert Path("counter.yaml").read_text() == "mine"
        assert lstm_verify(*COUNTER, "--force").status == 0
        assert Path("counter.yaml").read_text(encoding="utf-8") == WRITTEN

    def test_a_folder_that_is_not_there_is_told(self, folder, lstm_verify):
        ended = lstm_verify(*COUNTER, "--output", "nowhere/counter.yaml")

        assert (ended.status, ended.err) == (
            2,
            "Error: nowhere/counter.yaml cannot be written: No such file or directory\n",
        )


class TestMistakes:
    def test_all_that_is_missing_is_said_at_once(self, folder, lstm_verify):
        ended = lstm_verify(
            "new", "toggle", "--inputs", "x,y", "--input", "x=1", "--hidden", "2", "--gate", "i[1]=3"
        )

        missing = ("--title", "--gate i[0]", "--gate f", "--gate g", "--gate o", "--input y")
        assert ended.status == 2
        assert ended.err == "".join(f"Error: {option} is missing\n" for option in missing)

    def test_all_that_is_wrong_is_said_at_once_with_its_place(self, folder, lstm_verify):
        ended = lstm_verify(
            "new", "toggle", "--title", "Toggle", "--inputs", "x,y", "--hidden", "2", "--gate", "i=100*x; 10*y - z",
            "--gate", "f=1;2;3", "--gate", "g=h[2]", "--gate", "o=1,5", "--input", "x=1 0,l", "--input", "y=1 2 3",
            "--h0", "0 0 0", "--ideal", "g=steep",
        )  # fmt: skip

        assert ended.status == 2
        for start in (
            "--gate i, no. 2, column 8: unknown name 'z'",
            "--gate f: gate f needs 2 rules",
            "--gate g, column 1: there is no h[2]",
            "--gate o, column 1: '1,5' has a decimal comma",
            "--input x, no. 3, column 1: 'l' is no number",
            "--h0: h0 needs 2 numbers, found 3",
            "--ideal g: ",
        ):
            assert f"Error: {start}" in ended.err, start
        assert list(folder.iterdir()) == []

    @pytest.mark.parametrize(
        ("flags", "message"),
        [
            (["--gate", "q=1"], "--gate q: there is no such gate; known: i, f, g, o"),
            (["--gate", "i[3]=1"], "--gate i[3]: there is no such unit; known: 0"),
            (["--gate", "if=1"], "--gate if: there is no such gate; "),
            (["--gate", "i[]=1"], "--gate i[]: there is no such gate; "),
            (["--ideal", "c=step"], "--ideal c: there is no such role; "),
            (["--input", "y=1"], "--input y: there is no such input; known: x"),
            (["--alphabet", "ab"], "--alphabet: --inputs is given as well"),
            (["--text", "ab"], "--text: it needs --alphabet"),
            (["--units", "a,b", "--hidden", "3"], "--units: 2 units named, but hidden_size is 3"),
            (["--inputs", "x,y", "--input", "y=1 2"], "--input y: y has 2 steps, x has 3"),
            (["--h0", "1 0"], "--h0: h0 needs 1 number, found 2"),
            (["--case", "One"], "--case: 'One' is no name"),
            (["--family", "Big Ones"], "--family: 'Big Ones' is no name"),
        ],
    )
    def test_a_flag_that_makes_no_sense_is_told(self, flags, message, folder, lstm_verify):
        ended = lstm_verify(*COUNTER, *flags)

        assert ended.status == 2
        assert message in ended.err
        assert list(folder.iterdir()) == []

    @pytest.mark.parametrize("pair", ["i", "i=", "=1"])
    def test_what_is_no_pair_is_refused(self, pair, folder, lstm_verify):
        assert f"'{pair}'" in lstm_verify(*COUNTER, "--gate", pair).err

    @pytest.mark.parametrize(("name", "mended"), [("My Puzzle", "my-puzzle"), ("a/B", "a-b"), ("-x", "x")])
    def test_the_name_is_one_that_a_test_can_have(self, name, mended, folder, lstm_verify):
        ended = lstm_verify("new", *COUNTER[2:], "--", name)

        assert (ended.status, ended.out) == (2, "")
        assert (
            ended.err
            == f"Error: NAME: '{name}' is no name of small letters, digits and hyphens; write '{mended}'\n"
        )

    @pytest.mark.parametrize("name", ["more/counter", "more/counter.yaml"])
    def test_a_path_for_a_name_is_told_where_it_belongs(self, folder, lstm_verify, name):
        ended = lstm_verify("new", *COUNTER[2:], "--", name)

        assert (ended.status, ended.out) == (2, "")
        assert ended.err == f"Error: NAME: '{name}' is a path; write counter --output more/counter.yaml\n"


class TestQuestions:
    """At a terminal, of which the other end is here."""

    def talk(self, arguments, answers):
        """Return the exit status and everything that is shown, each answer being given to a question."""
        terminal, theirs = pty.openpty()
        command = [sys.executable, "-m", "lstm_verify", "new", *arguments]
        process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        shown, waiting = "", list(answers)
        while True:
            try:
                read = os.read(terminal, 4096).decode(errors="replace")
            except OSError:  # the other side has ended
                break
            if not read:
                break
            shown += read
            if shown.endswith(": ") and waiting:
                os.write(terminal, waiting.pop(0).encode() + b"\n")
                shown += "\n"
        os.close(terminal)
        assert not waiting, f"nobody asked for {waiting}: {shown}"
        return process.wait(), shown

    def test_enter_alone_makes_a_puzzle(self, folder):
        status, shown = self.talk(["my-first"], [""] * 11)

        assert status == 0, shown
        assert load("my-first.yaml").title == "My first"
        assert judged("my-first.yaml")[:2] == ("holds", "proved")

    def test_what_is_given_is_not_asked_for_and_what_is_wrong_is_asked_again(self, folder):
        flags = [
            "--title",
            "T",
            "--why",
            "W",
            "--family",
            "memory",
            "--source",
            "S",
            "--gate",
            "f=20",
            "--gate",
            "o=20",
        ]

        status, shown = self.talk(
            ["two", *flags],
            ["x,", "x", "even, 2", "even, odd", "20; 10*z", "20; 10*x - h[even]", "x/8", "1 0 1 l", "1"],
        )

        assert status == 0, shown
        assert "no. 2, column 4: unknown name 'z'" in shown
        assert "no. 4, column 1: 'l' is no number" in shown
        puzzle = load("two.yaml")
        assert (puzzle.units, puzzle.why) == (("even", "odd"), "W")
        assert puzzle.network.layers[0].weight_hh[1] == (-1, 0)

    def test_when_the_answers_end_there_is_no_file(self, folder):
        status, shown = self.talk(["two"], ["", "\x04"])

        assert status == 130, shown
        assert list(folder.iterdir()) == []


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=30) | st.sampled_from(
    [
        "~",
        "null",
        "- x",
        "? x",
        "x: y",
        "x #y",
        "#",
        "[",
        "'x",
        "true",
        "1",
        "a: ",
        "x:",
        "%",
        "@",
        "`",
        "&a",
        "*a",
        "!a",
        ",",
    ]
)


class TestScalar:
    @given(TEXTS, st.booleans())
    @settings(max_examples=200)
    def test_every_text_is_read_as_it_was(self, text, flow):
        problems = Problems("p")
        root = compose(f"[{scalar(text, flow=True)}, 1]" if flow else f"- {scalar(text)}\n- 1\n", problems)

        assert isinstance(root, SequenceNode)
        assert root[0] == text
        assert isinstance(root[0], Scalar)
        assert not root[0].missing

    def test_plain_words_need_no_quotation_marks(self):
        assert [scalar(text) for text in ("Count the ones", "100*x2 - 10", "-h[0]", "a, b")] == [
            "Count the ones", "100*x2 - 10", "-h[0]", "a, b",
        ]  # fmt: skip


NUMBERS = st.sampled_from(["0", "1", "-1", "0.25", "1/8", "-0.1", "ln(3)"])
RULES = st.builds("{}*x + {}".format, st.sampled_from(["20", "1/4", "-40"]), NUMBERS) | st.sampled_from(
    ["20", "-20", "160*h[0] - 20", "y/8", "-x"]
)


@st.composite
def drafts(draw):
    """Draw a draft without flaws."""
    hidden, steps = draw(st.integers(1, 3)), draw(st.integers(1, 4))

    def some(texts):
        return (
            tuple(draw(st.lists(texts, min_size=hidden, max_size=hidden)))
            if draw(st.booleans())
            else (draw(texts),)
        )

    column = st.lists(NUMBERS, min_size=steps, max_size=steps)
    return Draft(
        title=draw(TEXTS.filter(str.strip)),
        why=" ".join(draw(st.lists(TEXTS, max_size=30))),
        features=("x", "y"),
        hidden=hidden,
        gates={gate: some(RULES) for gate in "ifgo"},
        columns={"x": tuple(draw(column)), "y": tuple(draw(column | st.just([draw(NUMBERS)])))},
        units=("even", "odd", "third")[:hidden] if draw(st.booleans()) else (),
        h0=draw(st.just(()) | st.tuples(*[NUMBERS] * hidden)),
        c0=draw(st.just(()) | st.tuples(NUMBERS)),
        ideal={"g": (draw(st.sampled_from(["linear", "sign", "exact"])),)},
    )


@given(drafts())
@settings(max_examples=60)
def test_the_file_of_every_draft_says_what_the_draft_says_and_its_tables_are_right(draft):
    assert flaws(draft) == []

    puzzle = parse(drafted(draft, "p.yaml").data, "p.yaml")

    assert puzzle.title.strip() == draft.title.strip()
    (case,) = puzzle.cases
    verdicts = Tables(puzzle, case).verdicts
    assert verdicts["hand"].status in {"holds", "none"}
    assert verdicts["digits"].status == "proved"
    assert [n.text for n in next(zip(*case.inputs, strict=True))] == list(draft.columns["x"])
