"""Which puzzles a user means."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstm_verify.lstm.network import Network
from lstm_verify.puzzle import library
from lstm_verify.puzzle.exposes import kills
from lstm_verify.puzzle.load import load
from lstm_verify.puzzle.model import PuzzleError
from lstm_verify.puzzle.summary import Summary, cases, summary


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the current folder, with puzzles b and a, one in a sub-folder, and another file."""
    for name in ("b.yaml", "a.yaml", "notes.txt", "sub/c.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a.yaml", ["a.yaml"]),
        ("notes.txt", ["notes.txt"]),
        (".", ["a.yaml", "b.yaml"]),
        ("sub", ["sub/c.yaml"]),
        ("[ab].yaml", ["a.yaml", "b.yaml"]),
        ("**/*.yaml", ["a.yaml", "b.yaml", "sub/c.yaml"]),
    ],
)
@pytest.mark.usefixtures("here")
def test_paths(text: str, expected: list[str]) -> None:
    """A path, a folder without its sub-folders, and a glob give their files, sorted."""
    assert library.resolve(text) == [Path(name) for name in expected]


def test_absolute_glob(here: Path) -> None:
    """A glob may be absolute."""
    assert library.resolve(f"{here}/*.yaml") == [here / "a.yaml", here / "b.yaml"]


@pytest.mark.usefixtures("here")
def test_shipped_name() -> None:
    """A shipped puzzle is found by its name from any folder."""
    assert library.resolve("memory") == [library.folder() / "memory.yaml"]
    assert "memory" in library.shipped()


def test_a_set_of_shipped_puzzles(here: Path) -> None:
    """A set is found by its name, and a name that is almost one has it for the nearest."""
    assert library.resolve("smoke") == library.sets()["smoke"]
    assert {path.parent for path in library.sets()["smoke"]} == {library.folder()}
    with pytest.raises(PuzzleError, match="did you mean 'smoke'"):
        library.resolve("smoek")


def test_a_folder_without_puzzles_does_not_hide_a_name(here: Path) -> None:
    """A folder that has no puzzles is passed over for a shipped name."""
    (here / "memory").mkdir()
    assert library.resolve("memory") == [library.folder() / "memory.yaml"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("memroy", "memroy: there is no such file or shipped puzzle; did you mean 'memory'?"),
        ("here/memory.yaml", "did you mean 'memory'?"),
        ("zzz", "`lstm-verify list` shows the shipped ones"),
        ("*.json", "no file matches this pattern"),
        ("empty", "a folder without puzzles"),
        ("", "no path and no name of a puzzle"),
        ("a\0b", "no path and no name of a puzzle"),
        ("x" * 5000, "cannot be read|no such file"),
    ],
)
@pytest.mark.usefixtures("here")
def test_unknown(text: str, message: str) -> None:
    """What is no puzzle is an error, with the nearest shipped name."""
    with pytest.raises(PuzzleError, match=message.replace("?", r"\?")):
        library.resolve(text)


def test_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In an installed package the puzzles stand inside the package, not beside it."""
    package = tmp_path / "lstm_verify"
    (package / "puzzles").mkdir(parents=True)
    (tmp_path / "puzzles").mkdir()
    (package / "puzzles" / "one.yaml").touch()
    monkeypatch.setattr(library, "_PACKAGE", package)
    assert library.shipped() == {"one": package / "puzzles" / "one.yaml"}


def sizes(network: Network) -> str:
    """Write the sizes of a network, as `list` does."""
    words = [f"{network.input_size} → {network.hidden_size}"]
    words[0] += f" → {network.proj_size}" if network.proj_size else ""
    words += [f"{network.num_layers} layers"] if network.num_layers > 1 else []
    words += {"forward": [], "bidirectional": ["both ways"], "reverse": ["backwards"]}[network.direction]
    return ", ".join(words)


@pytest.mark.parametrize("name", library.shipped())
def test_a_summary_is_of_the_puzzle_as_it_is_loaded(name: str) -> None:
    """What is read for `list` without being checked is what a puzzle has that was."""
    path = library.shipped()[name]
    puzzle = load(path)
    assert summary(path) == Summary(
        name=name,
        file=str(path),
        title=puzzle.title,
        family=puzzle.family,
        network=sizes(puzzle.network),
        tags=list(puzzle.tags),
        kills=kills().get(name),
    )
    assert cases(path) == [case.name for case in puzzle.cases]


def test_the_shipped_puzzles_have_all_that_a_summary_may_say() -> None:
    """Some are projected, stacked, both ways and backwards: else the test above would say little."""
    found = " ".join(summary(path).network for path in library.shipped().values())
    assert all(word in found for word in ("→ 3 → 2", "2 layers", "both ways", "backwards"))
