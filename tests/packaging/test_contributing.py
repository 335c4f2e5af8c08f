"""The walk through a new puzzle in CONTRIBUTING.md goes as it is written there."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SECTION = (
    (ROOT / "CONTRIBUTING.md")
    .read_text(encoding="utf-8")
    .partition("## Add a puzzle")[2]
    .partition("\n## ")[0]
)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


@pytest.fixture
def shell(executed, tmp_path):
    """Run a command line in a folder with the shipped format's schema, as in a checkout."""
    program = tmp_path / "bin" / "lstm-verify"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m lstm_verify "$@" 2>&1\n')
    program.chmod(0o755)
    (tmp_path / "puzzles").mkdir()
    (tmp_path / "puzzles" / "puzzle.schema.json").touch()
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8"}

    return lambda line: executed("sh", "-c", line, cwd=tmp_path, env=environment).stdout


def test_every_command_prints_what_is_shown(shell, tmp_path):
    puzzle, ran = tmp_path / "puzzles" / "alarm.yaml", []
    for language, block in BLOCK.findall(SECTION):
        if language == "yaml" and "at-once:" in block:
            text = puzzle.read_text(encoding="utf-8")
            puzzle.write_text(text.replace("# domain:", f"{block}# domain:"), encoding="utf-8")
        for command, shown in COMMAND.findall(block) if language == "console" else ():
            printed = shell(command)
            # How many faults it kills changes with the catalogue.
            assert printed == shown or ("matrix" in command and printed.startswith("puzzle")), command
            ran.append(command.split()[1])

    assert ran == ["new", "digits", "lint", "show", "run", "matrix"]


def test_the_claim_of_the_walk_is_true(shell, tmp_path, monkeypatch):
    """Its test is the one that is shown, and its claim stands in the file."""
    import numpy as np
    import traces

    shell(COMMAND.findall(SECTION)[0][0])
    python = next(block for language, block in BLOCK.findall(SECTION) if language == "python")
    claims = next(block for language, block in BLOCK.findall(SECTION) if "claims:" in block)
    puzzle = tmp_path / "puzzles" / "alarm.yaml"
    puzzle.write_text(puzzle.read_text(encoding="utf-8") + claims, encoding="utf-8")
    loaded = traces.engine.load(puzzle)
    assert "memory" in loaded.claims
    monkeypatch.setattr(traces, "puzzle", lambda name: loaded)
    names = {**vars(traces), "np": np}

    exec(python, names)  # noqa: S102 - it is ours
    names["test_alarm_memory"]()
