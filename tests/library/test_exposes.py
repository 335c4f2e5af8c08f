"""What a shipped puzzle says that it exposes, it kills in every form that applies; what it cannot see, it does not."""

from __future__ import annotations

import pytest

from lstm_verify import engine
from lstm_verify.faults.catalogue import faults
from lstm_verify.faults.matrix import RANK, Outcome, Row, batches, outcome
from lstm_verify.puzzle.library import shipped

PUZZLES = [puzzle for puzzle in map(engine.load, sorted(shipped())) if puzzle.exposes]


@pytest.mark.parametrize("puzzle", PUZZLES, ids=lambda puzzle: puzzle.name)
def test_what_it_says_that_it_exposes_it_kills(puzzle):
    found = {
        name: tuple(
            min((outcome(faults()[name], form, batch) for batch in batches(puzzle)), key=RANK.index)
            for form in faults()[name].forms
        )
        for name in puzzle.exposes
    }
    assert Row(puzzle.name, found, {}).killed == set(puzzle.exposes), found


@pytest.mark.parametrize(
    ("name", "blind"),
    [
        (
            "half-gates",
            ["bias-double-counted", "hard-sigmoid-gates", "gate-swap-i-f", "forget-gate-inverted"],
        ),
        ("exponential-smoothing", ["coupled-gates-silently"]),
    ],
)
def test_what_a_filter_says_that_it_cannot_see_it_cannot_see(name, blind):
    """Each form of these faults changes none of its numbers."""
    for fault in map(faults().__getitem__, blind):
        for form in fault.forms:
            (batch,) = batches(engine.load(name))
            assert outcome(fault, form, batch) is Outcome.SURVIVES, form.words
