"""The pytest plugin: puzzle files become tests, one for each case and backend and one for each table.

Files that end in `.puzzle.yaml` are puzzles, and so are those that the ini option `lstm_puzzles`
names. This module is loaded in every run of pytest where lstm-verify is installed: whatever takes
time to import is imported when the first puzzle is met.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lstm_verify.backends.base import Backend
    from lstm_verify.puzzle.model import Case, Puzzle

NAMED = pytest.StashKey[frozenset[Path]]()
BACKENDS = pytest.StashKey[Sequence["Backend"]]()


class Disagreement(Exception):
    """What is wrong, as text for people: it is shown as it is, without a traceback."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--lstm-backend`, `lstm_backends` and `lstm_puzzles`."""
    parser.getgroup("lstm-verify").addoption(
        "--lstm-backend",
        action="append",
        metavar="BACKEND",
        help="an implementation to hold against the puzzles, such as torch.lstm,dtype=float64 or "
        "python:my_lstm.py:cell; may be repeated (instead of the ini option lstm_backends)",
    )
    parser.addini("lstm_backends", "implementations to hold against the puzzles", type="args", default=[])
    parser.addini(
        "lstm_puzzles", "puzzles: files, folders or globs, relative to rootdir", type="args", default=[]
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark, and look up what `lstm_puzzles` names."""
    config.addinivalue_line("markers", "lstm_puzzle: a case or a table of an LSTM puzzle (lstm-verify)")
    named: set[Path] = set()
    for pattern in config.getini("lstm_puzzles"):
        found = glob(str(config.rootpath / pattern), recursive=True)  # noqa: PTH207 (Path takes no absolute ones)
        if not found:
            warning = pytest.PytestConfigWarning(f"lstm_puzzles: there is no {pattern} in {config.rootpath}")
            config.issue_config_time_warning(warning, stacklevel=2)
        named.update(Path(os.path.normpath(path)) for path in found)
    config.stash[NAMED] = frozenset(named)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the backends that were asked for; one that cannot be used is a usage error."""
    config = session.config
    config.stash[BACKENDS] = ()
    asked = config.getoption("lstm_backend") or config.getini("lstm_backends")
    if not asked:
        return
    from lstm_verify.backends.errors import Unusable
    from lstm_verify.backends.registry import backend

    try:
        config.stash[BACKENDS] = [backend(text) for text in asked]
    except Unusable as error:
        raise pytest.UsageError(f"lstm-verify: {error}") from None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PuzzleFile | None:
    """Take `*.puzzle.yaml`, and what `lstm_puzzles` names: a file, or a folder's own *.yaml."""
    named = parent.config.stash[NAMED]
    in_named_folder = file_path.parent in named and file_path.suffix == ".yaml"
    if file_path.name.endswith(".puzzle.yaml") or file_path in named or in_named_folder:
        return PuzzleFile.from_parent(parent, path=file_path)
    return None


class PuzzleFile(pytest.File):
    """A puzzle file; all that is wrong with it is one collection error."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the items of each case: one a backend, one a table."""
        from lstm_verify.engine import default_backends
        from lstm_verify.puzzle.model import PuzzleError

        try:
            puzzle = self._read()
        except PuzzleError as error:
            raise self.CollectError(str(error)) from None
        for case in puzzle.cases:
            given = {"puzzle": puzzle, "case": case}
            for backend in self.config.stash[BACKENDS] or default_backends(puzzle, case):
                yield PuzzleItem.from_parent(self, judged=backend.name, backend=backend, **given)
            for table in ("hand", "digits"):
                if getattr(case, table):
                    yield PuzzleItem.from_parent(self, judged=table, backend=None, **given)

    def _read(self) -> Puzzle:
        """Read the file, by a name relative to where pytest was started, as commands want it."""
        from lstm_verify.puzzle.files import read
        from lstm_verify.puzzle.load import parse

        return parse(read(self.path), os.path.relpath(self.path, self.config.invocation_params.dir))


class PuzzleItem(pytest.Item):
    """A case, and in brackets what is judged on it: a backend, or a table (backend is None)."""

    def __init__(
        self, judged: str, puzzle: Puzzle, case: Case, backend: Backend | None, **given: Any
    ) -> None:
        super().__init__(name=f"{case.name}[{judged}]", **given)
        self.judged, self.puzzle, self.case, self.backend = judged, puzzle, case, backend
        self.add_marker("lstm_puzzle")
        self.extra_keyword_matches |= {puzzle.name, case.name, judged}

    def runtest(self) -> None:
        """Judge it; raise `Disagreement` where something is wrong, and skip with the reason."""
        from lstm_verify.report.text import said_of_backend, said_of_table
        from lstm_verify.verify.tables import judge_tables
        from lstm_verify.verify.verdict import Verdict, judge

        if self.backend is None:
            tables = judge_tables(self.puzzle, self.case)
            wrong, said = bool(getattr(tables, self.judged).wrong), said_of_table(self.judged, tables)
        else:
            result = judge(self.puzzle, self.case, self.backend)
            if result.verdict is Verdict.SKIPPED:
                pytest.skip(result.reason or "nothing was checked")
            wrong, said = result.verdict is not Verdict.AGREE, said_of_backend(result)
        if wrong:
            raise Disagreement(f"{self.puzzle.file}:{self.case.line}: {self.name} {said}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *style: Any) -> Any:
        """Show what is wrong as text; a traceback only of what nobody foresaw."""
        if isinstance(excinfo.value, Disagreement):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the case; pytest counts lines from 0."""
        return self.path, self.case.line - 1, self.name
