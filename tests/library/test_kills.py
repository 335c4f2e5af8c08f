"""The shipped puzzles together kill every fault, and what is written down of that is so.

`make docs` writes the files anew.
"""

from __future__ import annotations

import pages
import pytest

import docs
from lstm_verify.faults import matrix as kill_matrix
from lstm_verify.faults.catalogue import faults
from lstm_verify.faults.cover import best, killers, survivors
from lstm_verify.faults.matrix import Outcome, Row, matrix
from lstm_verify.lstm.accuracy import Accuracy, Error
from lstm_verify.puzzle.library import load_all, load_one, sets, shipped
from lstm_verify.report.matrix import named

PUZZLES, _ = load_all(shipped())


@pytest.fixture(scope="module")
def rows():
    """Commit every fault on every shipped puzzle."""
    return matrix(PUZZLES)


OUT_OF_SIGHT = "sigmoid-input-clipped (±50; ±500)"
"""σ may be off by 4 roundoffs where nothing else is promised, and a σ of e^−50 is less than that."""


def test_every_fault_is_killed_in_all_its_forms(rows):
    """But for those that no accuracy is promised against: their numbers change, by no more than is granted."""
    assert named(survivors(rows)) == OUT_OF_SIGHT
    assert {best(one, rows) for one in survivors(rows)} == {Outcome.HIDDEN}


def test_what_is_out_of_sight_is_seen_where_more_is_promised(monkeypatch):
    """Of code that promises σ to 8 ulp, and no absolute part, a clip at ±50 is seen by a puzzle of its own."""
    monkeypatch.setattr(kill_matrix, "ACCURACY", Accuracy(Error(8)))
    fault = faults()["sigmoid-input-clipped"]
    own = kill_matrix.batches(load_one("almost-shut"))
    for form in fault.forms:
        assert any(kill_matrix.outcome(fault, form, batch).killed for batch in own), form.words


def test_a_puzzle_kills_what_it_lists(rows):
    """In all the forms that apply to it."""
    wrong = {
        puzzle.name: sorted(set(puzzle.exposes) - row.killed)
        for puzzle, row in zip(PUZZLES, rows, strict=True)
    }
    assert {name: ids for name, ids in wrong.items() if ids} == {}


def test_smoke_is_the_smallest_set_that_kills_as_much(rows):
    """It kills all that the library does, and the solver proves that nothing smaller can."""
    own = {path.stem for path in sets()["smoke"]}
    chosen = [row for row in rows if row.puzzle in own]
    assert survivors(chosen) == survivors(rows)
    found, least = docs.smallest(rows, docs.sizes(PUZZLES))
    assert len(found) == least == len(own)


def test_what_is_written_down_is_not_stale(rows):
    found = docs.contents(rows, PUZZLES)
    stale = [path.name for path, text in found.items() if path.read_text(encoding="utf-8") != text]
    stale += [path.name for path, puzzle in pages.drawn(PUZZLES).items() if pages.is_stale(path, puzzle)]
    assert not stale, "make docs writes them anew"
    there = {path for path in pages.FOLDER.rglob("*") if path.is_file()}
    assert there == {*pages.drawn(PUZZLES), *(path for path in found if path.parent == pages.FOLDER)}


def test_the_smallest_set_is_found():
    """Of a case worked by hand: a and b kill all that a, b, c and d do, and c or d alone would not."""
    names = list(faults())[:4]
    kills = {"a": {0, 1}, "b": {2, 3}, "c": {1, 2}, "d": {3}}

    def row(puzzle):
        outcomes = {name: (Outcome.SURVIVES,) * len(fault.forms) for name, fault in faults().items()}
        for k in kills[puzzle]:
            outcomes[names[k]] = (Outcome.KILLED,) * len(faults()[names[k]].forms)
        return Row(puzzle, outcomes, {})

    rows = [row(puzzle) for puzzle in kills]
    assert docs.smallest(rows, dict.fromkeys(kills, 1)) == (["a", "b"], 2)
    assert any(killers(rows).values())
