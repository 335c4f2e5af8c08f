"""Hypothesis profiles: `ci` always draws the same examples, so that a red run can be repeated; shared fixtures."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault(
    "OMP_NUM_THREADS", "1"
)  # threads that wait for each other cost more than they give here

settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", parent=settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


@pytest.fixture(scope="session")
def executed() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command as a process, and return how it ended and what it wrote."""

    def run(*command: str | Path, **options) -> subprocess.CompletedProcess[str]:
        options = {"text": True, "encoding": "utf-8", **options}
        return subprocess.run([*map(str, command)], capture_output=True, check=False, **options)

    return run


@pytest.fixture
def memory() -> str:
    """The text of the memory puzzle, to be spoilt."""
    from lstm_verify.puzzle.library import shipped

    return shipped()["memory"].read_text()


@pytest.fixture
def undecidable(tmp_path: Path) -> Path:
    """A puzzle with a gate that is exactly one half, which no precision can tell from almost one half."""
    path = tmp_path / "undecidable.puzzle.yaml"
    path.write_text(
        "puzzle: 1\ntitle: A gate that cannot be told from one half\n"
        "network: {input_size: 1, hidden_size: 1}\n"
        "gates: {i: (ln(2)*ln(3))*ln(5) - ln(2)*(ln(3)*ln(5)), f: 0, g: x1, o: 30}\n"
        "ideal: {i: step}\ncases:\n  a: {inputs: [1], hand: {c: [1]}}\n"
    )
    return path


@pytest.fixture
def wrong_memory(memory: str) -> str:
    """The text of the memory puzzle with one wrong number in each table."""
    wrong = memory.replace("c: [0.2, 0.3, 0.3,", "c: [0.2, 0.3, 0.4,").replace("0.2886", "0.2887")
    assert len(wrong) == len(memory)
    assert sum(a != b for a, b in zip(memory, wrong, strict=True)) == 2
    return wrong
