"""What the README and docs/your-own.md show is what happens. `make readme` prints their blocks of output anew."""

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
OUTPUT = re.compile(
    r"^(<!-- (end of )?output of: ([^\n]+) -->\n```text\n)(.*?)^```$", re.MULTILINE | re.DOTALL
)
SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
STATUS = re.compile(r"#.*exit status (\d)")
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")

TEXT = README.read_text(encoding="utf-8")
PAGES = {page: page.read_text(encoding="utf-8") for page in (README, ROOT / "docs" / "your-own.md")}
OUTPUTS = [
    (command, shown, bool(end)) for text in PAGES.values() for _, end, command, shown in OUTPUT.findall(text)
]
BLOCKS = [
    [line for line in block.splitlines() if line.startswith("lstm-verify ")]
    for text in PAGES.values()
    for block in SHELL.findall(text)
]
LINES = [
    (line, [before for before in block[:n] if ">" in before])
    for block in BLOCKS
    for n, line in enumerate(block)
]
"""Each line, and those before it in its block that write what it reads."""

COPIED = [(name, text) for page in PAGES.values() for name, text in FILE.findall(page) if "/" in name]


def in_a_folder_as_in_the_readme(folder: Path) -> Path:
    """Write the files that the pages show, beside the puzzles, as in a checkout."""
    shutil.copytree(ROOT / "puzzles", folder / "puzzles")
    for name, text in (found for page in PAGES.values() for found in FILE.findall(page)):
        (folder / Path(name).name).write_text(text, encoding="utf-8")
    return folder


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command line with the lstm-verify of the running Python; `> file` writes what it prints."""
    first, *rest = shlex.split(command, comments=True)
    if ">" in rest:
        ended = run(shlex.join([first, *rest[: rest.index(">")]]), folder)
        (folder / rest[-1]).write_text(ended.stdout, encoding="utf-8")
        return ended
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


def printed_by(command: str, folder: Path, *, end: bool) -> str:
    """Return what a command prints, all of it or what stands behind its tables."""
    printed = run(command, in_a_folder_as_in_the_readme(folder)).stdout.rstrip() + "\n"
    return printed[printed.rindex("\n\npython:") + 2 :] if end else printed


@pytest.mark.parametrize(("name", "text"), COPIED, ids=[name for name, _ in COPIED])
def test_a_file_that_is_in_the_checkout_is_shown_as_it_is(name, text):
    assert (ROOT / name).read_text(encoding="utf-8") == text, "make readme shows it anew"


@pytest.mark.parametrize(("command", "shown", "end"), OUTPUTS, ids=[command for command, *_ in OUTPUTS])
def test_a_block_of_output_is_what_the_command_prints(command, shown, end, tmp_path):
    printed = printed_by(command, tmp_path, end=end)

    assert shown == printed or alike(shown, printed), f"make readme prints it anew: {printed}"


@pytest.mark.parametrize(("line", "before"), LINES, ids=[line for line, _ in LINES])
def test_a_command_ends_with_the_status_that_is_shown(line, before, tmp_path):
    expected = STATUS.search(line)
    folder = in_a_folder_as_in_the_readme(tmp_path)
    for one in before:
        run(one, folder)

    ended = run(line, folder)

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
    links = [(page, link) for page, text in PAGES.items() for link in re.findall(r"\]\(([^):#]+)\)", text)]

    assert links
    assert [link for page, link in links if not (page.parent / link).exists()] == []


def update():
    """Show the files of the checkout, and print the pages' blocks of output, anew."""
    import tempfile

    def shown(match: re.Match[str]) -> str:
        name, start = match[1], match.start(2) - match.start()
        return match[0] if "/" not in name else match[0][:start] + (ROOT / name).read_text() + "```"

    def printed(match: re.Match[str]) -> str:
        with tempfile.TemporaryDirectory() as folder:
            return match[1] + printed_by(match[3], Path(folder), end=bool(match[2])) + "```"

    for page, text in PAGES.items():
        PAGES[page] = FILE.sub(shown, text)
    for page, text in PAGES.items():
        page.write_text(OUTPUT.sub(printed, text), encoding="utf-8")


if __name__ == "__main__":
    update()
