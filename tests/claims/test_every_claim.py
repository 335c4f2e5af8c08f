"""Each claim of a shipped puzzle has a test that bears its name, and each such test a claim."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from traces import puzzle

from lstm_verify.puzzle.library import shipped

CLAIMS = {
    f"test_{name}_{claim}".replace("-", "_"): f"{name}: {claim}"
    for name in shipped()
    for claim in puzzle(name).claims
}


@pytest.fixture(scope="module")
def tests():
    """Return the names of all tests beside this one."""
    files = [path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)]
    nodes = [node for path in files for node in ast.parse(path.read_text(encoding="utf-8")).body]
    return [
        node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]


def test_every_claim_is_tested(tests):
    assert sorted(set(CLAIMS) - set(tests)) == []


def test_every_test_is_of_a_claim(tests):
    assert sorted(set(tests) - set(CLAIMS)) == []
    assert len(tests) == len(set(tests))


def test_claims_are_sentences():
    ends = {
        f"{name}: {claim}"
        for name in shipped()
        for claim, text in puzzle(name).claims.items()
        if text[-1] != "."
    }
    assert not ends
