"""What the README shows is what happens. `make readme` prints its blocks of output anew."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
OUTPUT = re.compile(r"^(<!-- output of: ([^\n]+) -->\n```text\n)(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"#.*exit status (\d)")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")

TEXT = README.read_text(encoding="utf-8")
OUTPUTS = [(command, shown) for _, command, shown in OUTPUT.findall(TEXT)]
LINES = [
    line for block in SHELL.findall(TEXT) for line in block.splitlines() if line.startswith("lstm-verify ")
]


def in_a_folder_as_in_the_readme(folder: Path) -> Path:
    """Write the files that the README shows, beside the puzzles, as in a checkout."""
    shutil.copytree(ROOT / "puzzles", folder / "puzzles")
    for name, text in FILE.findall(TEXT):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line with the lstm-verify of the running Python."""
    first, *rest = shlex.split(command, comments=True)
    program = [sys.executable, "-c", "from lstm_verify.cli import main; main()"]
    assert first == "lstm-verify"
    environment = {**os.environ, "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", "COLUMNS": "100"}
    return subprocess.run(
        [*program, *rest],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def alike(shown: str, printed: str) -> bool:
    """Compare two outputs up to the sixth digit, in which PyTorch may differ on another processor."""
    numbers = zip(NUMBER.findall(shown), NUMBER.findall(printed), strict=False)
    words = [NUMBER.sub("#", re.sub("  +|--+", " ", text)) for text in (shown, printed)]
    return words[0] == words[1] and all(float(a) == pytest.approx(float(b), rel=2e-5) for a, b in numbers)


@pytest.mark.parametrize(("command", "shown"), OUTPUTS, ids=[command for command, _ in OUTPUTS])
def test_a_block_of_output_is_what_the_command_prints(command, shown, tmp_path):
    printed = run(command, in_a_folder_as_in_the_readme(tmp_path)).stdout.rstrip() + "\n"

    assert shown == printed or alike(shown, printed), f"make readme prints it anew: {printed}"


@pytest.mark.parametrize("line", LINES, ids=LINES)
def test_a_command_ends_with_the_status_that_is_shown(line, tmp_path):
    expected = STATUS.search(line)

    ended = run(line, in_a_folder_as_in_the_readme(tmp_path))

    assert (int(expected[1]) if expected else 0) == ended.returncode, ended.stdout + ended.stderr


def test_the_tests_of_ones_own_lstm_find_its_mistake(executed, tmp_path):
    folder = in_a_folder_as_in_the_readme(tmp_path)
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "test_my_lstm.py", "puzzles"]

    wrong = executed(*command, cwd=folder)
    mine = folder / "my_lstm.py"
    mine.write_text(
        mine.read_text(encoding="utf-8").replace("i, f, o, g =", "i, f, g, o ="), encoding="utf-8"
    )
    right = executed(*command, cwd=folder)

    assert wrong.returncode == 1, wrong.stdout
    for test in [
        "test_my_lstm.py::test_my_lstm_is_an_lstm",
        "puzzles/memory.yaml::lee-scaled[python:my_lstm.py:cell]",
    ]:
        assert f"{test} FAILED" in wrong.stdout
        assert f"{test} PASSED" in right.stdout
    assert right.returncode == 0, right.stdout


def test_the_first_output_is_that_of_the_first_command():
    assert OUTPUTS[0][0] == "lstm-verify run puzzles/memory.yaml"
    assert "lstm-verify run puzzles/memory.yaml" in (ROOT / "Makefile").read_text(encoding="utf-8").replace(
        "$(BIN)/", ""
    )


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\(([^):#]+)\)", TEXT)

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def update():
    """Print the README's blocks of output anew."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        place = in_a_folder_as_in_the_readme(Path(folder))
        fresh = OUTPUT.sub(lambda m: m[1] + run(m[2], place).stdout.rstrip() + "\n```", TEXT)
    README.write_text(fresh, encoding="utf-8")


if __name__ == "__main__":
    update()
