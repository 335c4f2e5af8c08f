"""The puzzles that a user names: by path, folder, glob or the name of a shipped one."""

from __future__ import annotations

import glob
from collections.abc import Iterable
from pathlib import Path

from lstm_verify.puzzle.files import name_of
from lstm_verify.puzzle.model import Problem, Puzzle, PuzzleError
from lstm_verify.puzzle.problems import failure, nearest, quoted

_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Return the folder of the shipped puzzles: in the installed package, or in a checkout."""
    installed = _PACKAGE / "puzzles"
    return installed if installed.is_dir() else _PACKAGE.parent / "puzzles"


def shipped() -> dict[str, Path]:
    """Return name -> path of all shipped puzzles, sorted by name."""
    return dict(sorted((name_of(path), path) for path in _puzzles(folder())))


def sets() -> dict[str, list[Path]]:
    """Return name -> paths of the sets of shipped puzzles, each a file with a name a line."""
    known = shipped()
    return {
        file.stem: [known[name] for name in file.read_text(encoding="utf-8").split()]
        for file in sorted((folder() / "sets").glob("*.txt"))
    }


def resolve(text: str) -> list[Path]:
    """Return the puzzle files that a user means.

    Args:
        text: a path, a folder (its own *.yaml, not its sub-folders), a glob, or the name of
            a shipped puzzle or of a set of them; the first of these that it is.

    Raises:
        PuzzleError: it is none of these; the message has the nearest shipped name.
    """
    path = Path(text)
    if "\0" in text or not text:
        raise failure(text, "no path and no name of a puzzle")
    try:
        is_folder, exists = path.is_dir(), path.exists()
    except OSError as error:
        raise failure(text, f"cannot be read: {error.strerror}") from None
    if is_folder and (found := _puzzles(path)):
        return found
    if path.suffix == ".py":
        raise failure(
            text, f"this is Python, an implementation and no puzzle; see run PUZZLE -b python:{text}:NAME"
        )
    if exists and not is_folder:
        return [path]
    if glob.has_magic(text):
        names = sorted(glob.glob(text, recursive=True))  # noqa: PTH207 - Path takes no absolute ones
        found = [Path(name) for name in names if Path(name).is_file()]
        if found:
            return found
        raise failure(text, "no file matches this pattern")
    if text in (known := shipped()):
        return [known[text]]
    if text in (groups := sets()):
        return groups[text]
    unknown = _unknown(text, [*known, *groups])
    raise failure(text, "a folder without puzzles (*.yaml)" if is_folder else unknown)


def load_one(text: str, case: str | None = None) -> Puzzle:
    """Load the one puzzle that a user names, in any of the ways of `resolve`.

    Args:
        case: of several in one file, the puzzle that has this case is meant.

    Raises:
        PuzzleError: it is not found or not in order.
        ValueError: a folder or glob stands for several, or a suite has several, and none with the case.
    """
    from lstm_verify.puzzle.suite import load_puzzles

    paths = resolve(text)
    if len(paths) != 1:
        raise ValueError(f"{text} stands for {len(paths)} puzzles; expected one")
    loaded = load_puzzles(paths[0])
    if len(loaded) == 1:
        return loaded[0]
    found = [puzzle for puzzle in loaded if any(one.name == case for one in puzzle.cases)]
    if len(found) != 1:
        has = ", ".join(one.name for puzzle in loaded for one in puzzle.cases)
        none = f"there is no case '{case}' in {text}" if case else f"{text} has {len(loaded)} puzzles"
        raise ValueError(f"{none}; say which case with --case: {has}")
    return found[0]


def load_all(asked: Iterable[str]) -> tuple[list[Puzzle], list[Problem]]:
    """Load every puzzle that a user names; return with them all that is wrong with the others."""
    from lstm_verify.puzzle.suite import load_puzzles

    loaded: list[Puzzle] = []
    problems: list[Problem] = []
    for text in asked:
        try:
            paths = resolve(text)
        except PuzzleError as error:
            problems += error.problems
            continue
        for path in paths:
            try:
                loaded += load_puzzles(path)
            except PuzzleError as error:
                problems += error.problems
    return loaded, problems


def _puzzles(where: Path) -> list[Path]:
    return sorted(path for path in where.glob("*.yaml") if path.is_file())


def _unknown(text: str, known: Iterable[str]) -> str:
    match = nearest(name_of(text), known)
    if match:
        return f"there is no such file or shipped puzzle; did you mean {quoted(match)}?"
    return "there is no such file or shipped puzzle; `lstm-verify list` shows the shipped ones"
