"""A suite of published cases: a file whose first document is its head, and every other a puzzle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from lstm_verify.puzzle import files
from lstm_verify.puzzle.document import MappingNode, Node, Scalar, compose_stream
from lstm_verify.puzzle.library import folder
from lstm_verify.puzzle.load import is_suite, parse, read_puzzle
from lstm_verify.puzzle.misprints import put_right
from lstm_verify.puzzle.model import Case, Puzzle, PuzzleError
from lstm_verify.puzzle.problems import Problems, failure
from lstm_verify.puzzle.structure import validate_head
from lstm_verify.puzzle.tolerance import read_tolerance


@dataclass(frozen=True)
class Suite:
    """The cases that somebody has published, as puzzles: those with the same weights are one.

    Attributes:
        name: the file's name without its ending.
        file: its path as the user gave it.
        title: whose cases they are.
        source: where they come from: repo, commit, path, url, note.
        asides: cases whose numbers no test of the suite looks at -> what they are.
        left_out: a case's name -> why it is not here, or not all of it.
    """

    name: str
    file: str
    title: str
    puzzles: tuple[Puzzle, ...]
    source: Mapping[str, str]
    asides: Mapping[str, str]
    left_out: Mapping[str, str]

    @property
    def cases(self) -> list[tuple[Puzzle, list[Case]]]:
        """What the suite runs at once: a puzzle and the cases of one batch of it, without the asides."""
        return [
            (puzzle, batch)
            for puzzle in self.puzzles
            for batch in puzzle.batches()
            if name_of(batch) not in self.asides
        ]

    @property
    def missing(self) -> dict[str, str]:
        """The cases that are not here -> why; those of which a part is left out are."""
        here = {name_of(batch) for _, batch in self.cases}
        return {name: why for name, why in self.left_out.items() if name not in here}


def name_of(batch: Iterable[Case]) -> str:
    """Return the name of what is run at once: the batch's, or that of its one case."""
    first = next(iter(batch))
    return first.batch or first.name


def shipped_suites() -> dict[str, Path]:
    """Return name -> path of all shipped suites, sorted by name."""
    return {files.name_of(path): path for path in sorted((folder() / "published").glob("*.yaml"))}


def _states(case: Case) -> bool:
    """Tell whether a number is published of a case."""
    tables = (*case.published.values(), case.published_sum)
    return any(number is not None for rows in tables for cells in rows for number in cells)


def load_puzzles(path: str | Path) -> list[Puzzle]:
    """Read all puzzles of a file: one, or those of a suite.

    Raises:
        PuzzleError: with everything that is wrong with the file.
    """
    return parse_puzzles(files.read(path), str(path))


def parse_puzzles(data: bytes, file: str) -> list[Puzzle]:
    """Read the bytes of a file: the one puzzle, or those of a suite; see `load_puzzles`."""
    if is_suite(files.decode(data, file)):
        return list(parse_suite(data, file).puzzles)
    return [parse(data, file)]


def load_suite(path: str | Path, *, as_printed: bool = False) -> Suite:
    """Read a suite.

    Args:
        as_printed: numbers that are known to be wrong are read as they were printed.

    Raises:
        PuzzleError: with everything that is wrong with the file.
    """
    return parse_suite(files.read(path), str(path), as_printed=as_printed)


def parse_suite(data: bytes, file: str, *, as_printed: bool = False) -> Suite:
    """Read the bytes of a suite; see `load_suite`."""
    problems = Problems(file)
    text = files.decode(data, file)
    if not is_suite(text):
        raise failure(file, "no suite of published cases: the first key must be `suite: 1`", 1, 1)
    documents = compose_stream(text, problems)
    head = validate_head(documents[0], problems) if documents else None
    if head is None:
        raise problems.error()
    name, tolerance = files.name_of(file), read_tolerance(head.tolerance, problems)
    if not documents[1:]:
        problems.add_at(1, 1, "a suite without a puzzle; each follows the head behind a line of `---`")
    puzzles = []
    for tree in documents[1:]:
        if not _is_puzzle(tree, problems):
            continue
        found = put_right(tree, problems, as_printed=as_printed) if "printed" in text else {}
        try:
            puzzle = read_puzzle(tree, name, problems, misprints=found, tolerance=tolerance)
        except PuzzleError:
            continue  # what is wrong is noted, and the next one is looked at too
        puzzles.append(replace(puzzle, name=f"{name}/{name_of(puzzle.cases)}" if puzzle.cases else name))
    _look_over(puzzles, () if problems else head.asides or (), problems)
    problems.check()
    return Suite(
        name,
        file,
        str(head.title),
        tuple(puzzles),
        {str(key): str(text) for key, text in head.source.given().items()} if head.source else {},
        {str(case): str(what) for case, what in (head.asides or {}).items()},
        {str(case): str(why) for case, why in (head.left_out or {}).items()},
    )


def _is_puzzle(tree: Node | None, problems: Problems) -> bool:
    """Tell whether a document is to be read as a puzzle; note it where it is empty, or another head."""
    if isinstance(tree, Scalar) and tree.missing:
        problems.add(tree, "an empty document: write a puzzle here, or remove a line of `---`")
        return False
    if isinstance(tree, MappingNode) and "suite" in tree and "puzzle" not in tree:
        problems.add(tree.key("suite"), "a second head; a suite has one, and puzzles behind it")
        return False
    return True


def _look_over(puzzles: Iterable[Puzzle], asides: Collection[str], problems: Problems) -> None:
    """Note the names that stand for two cases, those that stand for none, and cases without a number."""
    seen: dict[str, int] = {}
    for puzzle in puzzles:
        for batch in puzzle.batches():
            if not any(map(_states, batch)):
                message = f"nothing is published of '{name_of(batch)}'; give its numbers under `published`"
                problems.add_at(batch[0].line, 1, message)
        for name in dict.fromkeys(name for case in puzzle.cases for name in {case.name, name_of([case])}):
            line = puzzle.cases[0].line
            if name in seen:
                message = f"the name '{name}' stands in another puzzle of this suite too (line {seen[name]})"
                problems.add_at(line, 1, message)
            seen[name] = line
    for name in asides:
        if name not in seen:
            problems.add_at(1, 1, f"asides: there is no case '{name}' in this suite")
