"""The command line as a function, and as a process; and a folder with implementations to run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cells
import pytest

from lstm_verify import cli


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
def command() -> list[str]:
    """What starts a process of its own with a command line."""
    return [sys.executable, "-c", "from lstm_verify.cli import main; main()"]


@pytest.fixture
def process(executed, command) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a command line as a process of its own."""
    return partial(executed, *command)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, with `mine.py`: implementations, most of them wrong."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "mine", raising=False)
    source = Path(cells.__file__).read_text(encoding="utf-8")
    (tmp_path / "mine.py").write_text(f'{source}\n\nprint("importing")\n', encoding="utf-8")
    return tmp_path


@pytest.fixture
def wrong_tables(here: Path, wrong_memory: str) -> Path:
    """The memory puzzle with one wrong number in each table, as `wrong.yaml`."""
    path = here / "wrong.yaml"
    path.write_text(wrong_memory)
    return path
