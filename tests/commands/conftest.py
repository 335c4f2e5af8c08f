"""The command line as a function, and as a process; and implementations that are wrong in one way each."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from lstm_verify import cli
from lstm_verify.puzzle.library import shipped

IMPLEMENTATIONS = """
import numpy as np

def sigmoid(z):
    return (1 + np.tanh(z / 2)) / 2

def step(x, h, c, w, order="ifgo", gain=1):
    z = w.weight_ih @ x + w.bias_ih + w.weight_hh @ h + w.bias_hh
    gate = dict(zip(order, np.split(z, 4)))
    c = gain * (sigmoid(gate["f"]) * c + sigmoid(gate["i"]) * np.tanh(gate["g"]))
    return sigmoid(gate["o"]) * np.tanh(c), c

def right(x, h, c, w):
    return step(x, h, c, w)

def swapped(x, h, c, w):
    return step(x, h, c, w, order="figo")

def hair(x, h, c, w):
    return step(x, h, c, w, gain=1 + 1e-12)

def infinite(x, h, c, w):
    h, c = step(x, np.zeros_like(h), c, w)
    return h + np.inf, c

def nan(x, h, c, w):
    h, c = step(x, h, c, w)
    return h + np.nan, c

def raises(x, h, c, w):
    raise ValueError("100% \\x1b[31m <wrong>\\nand, so: on \\x00")

def prints(x, h, c, w):
    print("debugging")
    return step(x, h, c, w)

print("importing")
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit status, and what it wrote."""

    status: int
    out: str
    err: str


@pytest.fixture
def lstm_verify(capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run a command line in this process."""

    def run(*arguments: str | Path) -> Ended:
        capsys.readouterr()
        status = cli._run([str(a) for a in arguments])
        return Ended(status, *capsys.readouterr())

    return run


@pytest.fixture
def process() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line as a process of its own."""

    def run(*arguments: str | Path, **options) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from lstm_verify.cli import main; main()", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, **options)

    return run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, with `mine.py`: implementations, most of them wrong."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    (tmp_path / "mine.py").write_text(IMPLEMENTATIONS)
    return tmp_path


@pytest.fixture
def memory() -> str:
    """The text of the memory puzzle, to be spoilt."""
    return shipped()["memory"].read_text()


@pytest.fixture
def wrong_tables(here: Path, memory: str) -> Path:
    """The memory puzzle with one wrong number in each table."""
    wrong = memory.replace("c: [0.2, 0.3, 0.3,", "c: [0.2, 0.3, 0.4,").replace("0.2886", "0.2887")
    assert wrong != memory
    path = here / "wrong.yaml"
    path.write_text(wrong)
    return path
