"""Every shipped puzzle loads, its tables are right, and every backend that can express it agrees."""

from __future__ import annotations

from functools import cache

import pytest

from lstm_verify import engine
from lstm_verify.backends.registry import kinds
from lstm_verify.lstm.semantics import FEATURES, PARAMETERS, ROLES
from lstm_verify.puzzle.families import FAMILIES
from lstm_verify.puzzle.library import shipped
from lstm_verify.verify.verdict import Verdict

NAMES = sorted(shipped())
SCRATCH = sorted(name for name in kinds() if name.startswith("scratch.") and "published" not in name)
TORCH = [f"torch.{module},dtype={dtype}" for module in ("cell", "lstm") for dtype in ("float32", "float64")]
BACKENDS = ["reference", *TORCH, *SCRATCH]

NOT_IN_PYTORCH = {
    "activations-per-direction",
    "cifg-blend",
    "clip-counter",
    "clip-gates",
    "clip-projection",
    "coupled-input",
    "forget-bias",
    "generic-layernorm",
    "generic-peephole",
    "hard-sigmoid-fifth",
    "hard-sigmoid-sixth",
    "layernorm-pair",
    "memory-lee",
    "other-activations",
    "peephole-old",
    "peephole-timer",
}
"""What neither nn.LSTM nor nn.LSTMCell has: these are held against the reference alone, or a scratch."""

TOO_LARGE = {("almost-shut", "double", "float32")}
"""Puzzle, case and format that cannot hold its numbers."""

SHAPES = ("num_layers", "bidirectional", "reverse", "proj_size")
"""What a network may have beside what its variant has."""


@cache
def report(name):
    """Run a puzzle on all backends."""
    return engine.run(loaded(name), BACKENDS)


@cache
def loaded(name):
    """Load a puzzle."""
    return engine.load(name)


@pytest.mark.parametrize("name", NAMES)
def test_everything_that_can_express_it_agrees(name):
    """No backend fails or errs; one that does not agree says why not."""
    checked = report(name)
    assert not checked.errors
    assert checked.exit_code == 0
    for case in checked.cases:
        for result in case.results:
            where = f"{case.tables.case.name} on {result.backend.name}: {result.reason}"
            assert result.verdict in {Verdict.AGREE, Verdict.SKIPPED}, where
            refused = result.backend.refusal(result.puzzle.network, result.case.run)
            if (name, result.case.name, result.backend.form.name) in TOO_LARGE:
                refused = refused or "c0 has a number beyond the range of float32, whose largest is 3.4e+38"
            assert result.verdict is Verdict.AGREE or result.reason == refused is not None, where


@pytest.mark.parametrize("name", NAMES)
def test_every_case_is_held_against_someone(name):
    """The reference checks every number of a case, and PyTorch agrees wherever it has the variant."""
    for case in report(name).cases:
        agreed = {r.backend.name: r for r in case.results if r.verdict is Verdict.AGREE}
        assert agreed["reference"].not_checked == 0
        assert bool(set(TORCH) & set(agreed)) == (name not in NOT_IN_PYTORCH)


@pytest.mark.parametrize("name", NAMES)
def test_tables_are_right(name):
    """A hand table holds, digits are proved, and no case is without a table."""
    for case in report(name).cases:
        verdicts = case.tables.verdicts
        assert verdicts["hand"].status in {"holds", "none"}, case.tables.where
        assert verdicts["digits"].status == "proved", case.tables.where
        by_hand = name.startswith("generic") or loaded(name).network.semantics.layer_norm is not None
        assert (verdicts["hand"].status == "none") == by_hand


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_what_it_is_for(name):
    """Whoever reads a shipped puzzle learns where it comes from, why it is there and what it belongs to."""
    puzzle = loaded(name)
    assert puzzle.title
    assert puzzle.why.endswith(".")
    assert puzzle.tags
    assert puzzle.family in FAMILIES
    assert puzzle.exposes
    assert puzzle.claims
    assert puzzle.domain or puzzle.alphabet or puzzle.family == "generic"
    assert {"title", "note"} <= set(puzzle.source)


def test_there_is_a_puzzle_for_every_feature():
    """Each feature of a network and of what it is run on is in a shipped puzzle."""
    puzzles = [loaded(name) for name in NAMES]
    found = {feature for puzzle in puzzles for feature in puzzle.network.features()}
    found |= {feature for puzzle in puzzles for case in puzzle.cases for feature in case.run.features()}
    assert found == {*FEATURES, *SHAPES, "lengths", "empty", "mask"}
    assert any(not puzzle.network.bias for puzzle in puzzles)
    assert any(puzzle.network.head for puzzle in puzzles)


def test_there_is_a_puzzle_for_every_activation():
    """Each activation that a file may name is in a shipped puzzle."""
    variants = [loaded(name).network.semantics for name in NAMES]
    both = [a for v in variants for a in (v.activations, v.reverse_activations) if a]
    assert {a.of(role).name for a in both for role in ROLES} == set(PARAMETERS)
