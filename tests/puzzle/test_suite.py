"""A file of several documents: a head, and puzzles."""

from __future__ import annotations

import pytest

from lstm_verify.puzzle.library import load_one, resolve, shipped
from lstm_verify.puzzle.load import load
from lstm_verify.puzzle.model import PuzzleError
from lstm_verify.puzzle.suite import load_puzzles, load_suite, name_of, parse_suite, shipped_suites

PUZZLE = """---
puzzle: 1
title: %s
network: {input_size: 1, hidden_size: 1}
weights: {weight_ih: 1}
cases:
  %s: {batch: %s, inputs: [1], published: {h_n: 0.4}}
"""
HEAD = """suite: 1
title: Two puzzles
source: {repo: a/b, path: c.py}
tolerance: 1e-2
left_out: {aux: it has an auxiliary input}
"""
TWO = HEAD + PUZZLE % ("One", "first-1", "first") + PUZZLE % ("Two", "second-1", "second")


def parsed(text):
    return parse_suite(text.encode(), "folder/some.yaml")


def test_a_head_and_two_puzzles():
    suite = parsed(TWO)

    assert (suite.name, suite.title, suite.source) == ("some", "Two puzzles", {"repo": "a/b", "path": "c.py"})
    assert [puzzle.name for puzzle in suite.puzzles] == ["some/first", "some/second"]
    assert [name_of(batch) for _, batch in suite.cases] == ["first", "second"]
    assert suite.missing == {"aux": "it has an auxiliary input"}
    assert {case.tolerance.text for puzzle in suite.puzzles for case in puzzle.cases} == {"abs 1e-2"}


def test_a_case_may_have_a_tolerance_of_its_own():
    suite = parsed(TWO.replace("h_n: 0.4}", "h_n: 0.4, tolerance: {rel: 0.5}}", 1))

    assert [puzzle.cases[0].tolerance.text for puzzle in suite.puzzles] == ["rel 0.5", "abs 1e-2"]


def test_a_case_of_which_a_part_is_left_out_is_not_missing():
    assert parsed(TWO.replace("aux:", "second:")).missing == {}


def test_an_aside_is_no_case():
    suite = parsed(HEAD + "asides: {second: a comment}\n" + TWO.removeprefix(HEAD))

    assert [name_of(batch) for _, batch in suite.cases] == ["first"]
    assert len(suite.puzzles) == 2


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "suite: 1",
            "suite: 2",
            "1:8: version '2' of the format is not known; this program reads `suite: 1`",
        ),
        ("title: Two puzzles", "titel: Two puzzles", "2:1: unknown key 'titel'; did you mean 'title'?"),
        ("title: Two puzzles\n", "", "1:1: the key 'title' is missing"),
        ("repo: a/b", "repos: a/b", "3:10: unknown key 'repos'; did you mean 'repo'?"),
        ("title: Two\n", "titel: Two\n", "15:1: unknown key 'titel'"),
        (
            "second-1:",
            "first-1:",
            "19:1: the name 'first-1' stands in another puzzle of this suite too (line 12)",
        ),
        ("batch: second", "batch: first", "19:1: the name 'first' stands in another puzzle"),
        ("left_out: {aux:", "asides: {aux:", "asides: there is no case 'aux' in this suite"),
        ("title: One\n", "title: One\n  x: [\n", "9:"),
        (PUZZLE % ("One", "first-1", "first"), "---\n" + HEAD, "7:1: a second head; a suite has one"),
        ("---\n", "---\n# nothing\n---\n", "8:1: an empty document: write a puzzle here"),
        (TWO.removeprefix(HEAD), "", "1:1: a suite without a puzzle"),
        ("published: {h_n: 0.4}", "published: {h_n: ~}", "12:1: nothing is published of 'first'"),
        (", published: {h_n: 0.4}", "", "12:1: nothing is published of 'first'"),
        ("tolerance: 1e-2", "tolerance: {largest: true}", "4:12: an empty tolerance; expected a number"),
    ],
)
def test_a_mistake_is_told_at_its_place_in_the_file(old, new, message):
    assert old in TWO
    with pytest.raises(PuzzleError) as error:
        parsed(TWO.replace(old, new, 1))
    assert message in str(error.value)
    assert "folder/some.yaml:" in str(error.value)


def test_mistakes_in_several_puzzles_are_told_at_once():
    """Even where nothing can be made of the first."""
    spoilt = TWO.replace("input_size: 1", "input_size: one", 1).replace("title: Two\n", "titel: Two\n")
    with pytest.raises(PuzzleError) as error:
        parsed(spoilt)
    assert "9:23: expected a whole number" in str(error.value)
    assert "15:1: unknown key 'titel'" in str(error.value)


def test_an_unknown_kind_of_tolerance_is_one_mistake():
    with pytest.raises(PuzzleError) as error:
        parsed(TWO.replace("tolerance: 1e-2", "tolerance: {rmse: 1e-2}"))
    assert str(error.value) == "folder/some.yaml:4:13: unknown key 'rmse'; did you mean 'rms'?"


def test_too_many_documents_are_not_read():
    with pytest.raises(PuzzleError, match=r"some.yaml:2005:1: more than 2,000 documents; split the file"):
        parsed(HEAD + "---\n" * 1_000_000)


def test_a_stream_of_puzzles_without_a_head_is_refused(tmp_path):
    """As before: a puzzle file holds one puzzle."""
    file = tmp_path / "two.yaml"
    file.write_text(TWO.removeprefix(HEAD))

    with pytest.raises(PuzzleError, match="a second document begins here; a puzzle file holds one puzzle"):
        load_puzzles(file)


def test_a_suite_is_no_puzzle(tmp_path):
    file = tmp_path / "two.yaml"
    file.write_text("# a comment\n\n" + TWO)

    with pytest.raises(PuzzleError, match="a suite of published cases, and no single puzzle"):
        load(file)
    with pytest.raises(ValueError, match=r"has 2 puzzles; say which case with --case: first-1, second-1"):
        load_one(str(file))
    with pytest.raises(ValueError, match=r"there is no case 'third' in"):
        load_one(str(file), "third")
    assert load_one(str(file), "second-1").title == "Two"
    assert len(load_puzzles(file)) == 2


def test_no_suite():
    with pytest.raises(PuzzleError, match="no suite of published cases: the first key must be `suite: 1`"):
        parsed(TWO.removeprefix(HEAD))


def test_published_suites_are_no_part_of_the_library():
    """Neither a shipped puzzle, nor what the folder of the puzzles stands for."""
    folder = next(iter(shipped().values())).parent
    assert set(shipped()).isdisjoint(shipped_suites())
    assert not [path for path in resolve(str(folder)) if "published" in path.parts]
    for name in shipped_suites():
        with pytest.raises(PuzzleError, match="there is no such file or shipped puzzle"):
            resolve(name)


@pytest.mark.parametrize("path", shipped_suites().values(), ids=shipped_suites())
def test_a_shipped_suite_reads_as_printed_too(path):
    """The same numbers but for those that are marked."""
    suite, printed = load_suite(path), load_suite(path, as_printed=True)

    assert len(suite.puzzles) == len(printed.puzzles)
    for puzzle, before in zip(suite.puzzles, printed.puzzles, strict=True):
        assert [m.printed.text for m in puzzle.misprints.values()] == [
            m.printed.text for m in before.misprints.values()
        ]
        changed = [k for k, case in enumerate(puzzle.cases) if case.published != before.cases[k].published]
        assert bool(changed) <= bool(puzzle.misprints)
