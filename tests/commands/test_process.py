"""The command line as a process: exit status, streams, closed pipes, colours, and what is imported."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def test_the_status_is_that_of_the_command_and_all_output_is_written(process, here):
    """The process ends with the status of the command, all of its output written."""
    right = process("run", "memory", "-b", "reference")
    wrong = process("run", "memory", "-b", "python:mine.py:swapped")

    assert (right.returncode, right.stderr) == (0, "")
    assert right.stdout.endswith("σ and tanh to 4 ulp\n")
    assert wrong.returncode == 1
    assert process("run", "nosuch").returncode == 2


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["run", "memory", "-b", "python:mine.py:swapped"], 1), (["show", "memory"], 0), (["schema"], 0)],
)
def test_a_closed_pipe_says_nothing_and_keeps_the_status(here, command, arguments, status):
    """Where nobody reads on (`| head -1`), nothing is said; and what was found stays the status."""
    with subprocess.Popen([*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ended:
        ended.stdout.close()
        said = ended.stderr.read().replace(b"importing\n", b"")

    assert (ended.returncode, said) == (status, b"")


def test_a_terminal_without_greek_is_no_error(process):
    """Where the terminal has no σ and ±, something else is printed, and nothing breaks."""
    ended = process("show", "memory", env=os.environ | {"PYTHONIOENCODING": "latin-1"}, encoding="latin-1")

    assert (ended.returncode, ended.stderr) == (0, "")
    assert "i = ?(100·x2 " in ended.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize(("no_color", "coloured"), [(None, True), ("", True), ("1", False)])
def test_a_terminal_gets_colours_unless_it_is_told_otherwise(command, no_color, coloured):
    """A terminal gets colours, unless NO_COLOR is set to something."""
    import pty

    outer, inner = pty.openpty()
    environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
    environment |= {} if no_color is None else {"NO_COLOR": no_color}
    with subprocess.Popen([*command, "run", "memory", "-b", "reference"], stdout=inner, env=environment):
        os.close(inner)
        written = b""
        try:
            while more := os.read(outer, 4096):
                written += more
        except OSError:  # the terminal is gone, as Linux says it
            pass
    os.close(outer)

    assert b"agrees" in written
    assert (b"\x1b[32magrees" in written) is coloured


def test_a_pipe_gets_no_colours(process):
    """A pipe gets none."""
    assert "\x1b" not in process("run", "memory", "-b", "reference").stdout


def test_commands_import_only_what_they_need(executed):
    """--help imports nothing that takes time; and torch is imported by no command that does not run it."""
    program = """
import sys
from lstm_verify.cli import _run

HEAVY = {"torch", "numpy", "pydantic", "yaml", "flint", "tabulate", "pytest", "hypothesis"}
def loaded():
    return sorted(HEAVY & {name.partition(".")[0] for name in sys.modules})

for line in ["--help", "--version", "list", "lint memory", "schema", "show memory", "backends", "run memory -b reference"]:
    status = _run(line.split())
    print("IMPORTS", line, status, loaded())
"""
    ended = executed(sys.executable, "-c", program)
    lines = [
        line.removeprefix("IMPORTS ") for line in ended.stdout.splitlines() if line.startswith("IMPORTS ")
    ]

    assert ended.returncode == 0, ended.stderr
    assert lines[:2] == ["--help 0 []", "--version 0 []"]
    assert len(lines) == 8
    assert all(" 0 [" in line and "'torch'" not in line for line in lines)
