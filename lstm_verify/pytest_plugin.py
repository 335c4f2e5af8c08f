"""The pytest plugin: puzzle files become tests, one for each case and backend and one for each table.

Files that end in `.puzzle.yaml` are puzzles, and so are those that the ini option `lstm_puzzles`
names. This module is loaded in every run of pytest where lstm-verify is installed: whatever takes
time to import is imported when the first puzzle is met.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from glob import glob
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from lstm_verify.backends.base import Backend
    from lstm_verify.puzzle.model import Case, Puzzle
    from lstm_verify.verify.verdict import Result

NAMED = pytest.StashKey[frozenset[Path]]()
BACKENDS = pytest.StashKey[Sequence["Backend"]]()
TIMEOUT = pytest.StashKey[float]()

LESS_ACCURATE = "lstm_less_accurate"
"""The property of a test that passed with less accurate σ or tanh than is usual."""


class Disagreement(Exception):
    """What is wrong, as text for people: it is shown as it is, without a traceback."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare `--lstm-backend`, `lstm_backends`, `lstm_puzzles`, `lstm_thorough` and `lstm_timeout`."""
    from lstm_verify.backends.timeout import TIMEOUT

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
    parser.addini(
        "lstm_thorough",
        "whether to call what agrees in other ways too, as `lstm-verify run --thorough` does",
        type="bool",
        default=False,
    )
    parser.addini(
        "lstm_timeout",
        "seconds that your own code (python:..., exec:...) may take for a case",
        default=f"{TIMEOUT:g}",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark, and look up what `lstm_puzzles` names and `lstm_timeout` is."""
    from lstm_verify.backends.timeout import seconds

    config.addinivalue_line("markers", "lstm_puzzle: a case or a table of an LSTM puzzle (lstm-verify)")
    named: set[Path] = set()
    for pattern in config.getini("lstm_puzzles"):
        found = glob(str(config.rootpath / pattern), recursive=True)  # noqa: PTH207 (Path takes no absolute ones)
        if not found:
            raise pytest.UsageError(f"lstm_puzzles: there is no {pattern} in {config.rootpath}")
        named.update(Path(os.path.normpath(path)) for path in found)
    config.stash[NAMED] = frozenset(named)
    try:
        config.stash[TIMEOUT] = seconds(config.getini("lstm_timeout"))
    except ValueError as error:
        raise pytest.UsageError(f"lstm_timeout: {error}") from None


def _backends(config: pytest.Config) -> Sequence[Backend]:
    """Make the backends that were asked for, once; none, where those of each puzzle's own are to be run.

    What the ini file names is looked for where the ini file's puzzles are: in rootdir.
    """
    if BACKENDS not in config.stash:
        from lstm_verify.backends.worker import end, named

        asked = config.getoption("lstm_backend")
        with contextlib.chdir(Path.cwd() if asked else config.rootpath):
            names = asked or config.getini("lstm_backends")
            made = [named(text, config.stash[TIMEOUT]) for text in names]
        config.add_cleanup(lambda: end(made))
        config.stash[BACKENDS] = made
    return config.stash[BACKENDS]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say which implementations agreed though less was asked of their σ or tanh than is usual."""
    from lstm_verify.puzzle.problems import count

    passed = terminalreporter.stats.get("passed", [])
    said = [text for report in passed for name, text in report.user_properties if name == LESS_ACCURATE]
    for text in dict.fromkeys(said):
        terminalreporter.write_line(f"{text} ({count(said.count(text), 'case')})", yellow=True)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> PuzzleFile | None:
    """Take `*.puzzle.yaml`, and what `lstm_puzzles` names: a file, or a folder's own *.yaml."""
    named = parent.config.stash[NAMED]
    in_named_folder = file_path.parent in named and file_path.suffix == ".yaml"
    if file_path.name.endswith(".puzzle.yaml") or file_path in named or in_named_folder:
        return PuzzleFile.from_parent(parent, path=file_path)
    return None


class PuzzleFile(pytest.File):
    """A puzzle file; all that is wrong with it is one collection error."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._results: dict[tuple[str, str], list[Result]] = {}

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the items of each case: one a backend, one a table."""
        from lstm_verify.backends.errors import Unusable
        from lstm_verify.engine import default_backends
        from lstm_verify.puzzle.model import PuzzleError

        try:
            puzzles, asked = self._read(), _backends(self.config)
        except (PuzzleError, Unusable) as error:
            raise self.CollectError(str(error)) from None
        for puzzle in puzzles:
            backends = asked or default_backends(puzzle)
            for case in puzzle.cases:
                for backend in backends:
                    yield self._item(backend.name, puzzle, case, backend)
                for table in ("hand", "digits", "published"):
                    if getattr(case, table) or (table == "published" and case.published_sum):
                        yield self._item(table, puzzle, case)

    def result(self, puzzle: Puzzle, case: Case, backend: Backend) -> Result:
        """Judge a case; the cases of a batch are judged together, once."""
        from lstm_verify.verify.thorough import judge_thoroughly
        from lstm_verify.verify.verdict import judge

        by = judge_thoroughly if self.config.getini("lstm_thorough") else judge
        batch = next(batch for batch in puzzle.batches() if case in batch)
        key = backend.name, batch[0].name
        if key not in self._results:
            self._results[key] = by(puzzle, batch, backend)
        return self._results[key][batch.index(case)]

    def _item(self, judged: str, puzzle: Puzzle, case: Case, backend: Backend | None = None) -> PuzzleItem:
        item: PuzzleItem = PuzzleItem.from_parent(
            self, judged=judged, puzzle=puzzle, case=case, backend=backend
        )
        return item

    def _read(self) -> list[Puzzle]:
        """Read the file, by a name relative to where pytest was started, as commands want it."""
        from lstm_verify.puzzle.files import read
        from lstm_verify.puzzle.suite import parse_puzzles

        return parse_puzzles(read(self.path), os.path.relpath(self.path, self.config.invocation_params.dir))


class PuzzleItem(pytest.Item):
    """A case, and in brackets what is judged on it: a backend, or a table (backend is None)."""

    def __init__(
        self, judged: str, parent: PuzzleFile, puzzle: Puzzle, case: Case, backend: Backend | None
    ) -> None:
        name = f"{case.name}[{judged}]"
        # The id is given as text, which pytest reads as it reads the ids of what failed last.
        super().__init__(name, parent, nodeid=f"{parent.nodeid}::{name}")
        self.judged, self.puzzle, self.case, self.backend = judged, puzzle, case, backend
        self.add_marker("lstm_puzzle")
        self.extra_keyword_matches |= {puzzle.name, case.name, judged}

    def runtest(self) -> None:
        """Judge it; raise `Disagreement` where something is wrong, and skip with the reason."""
        from lstm_verify.engine import undecided
        from lstm_verify.lstm.exact import Undecided

        try:
            wrong, said = self._judge()
        except Undecided as error:
            raise Disagreement(str(undecided(self.puzzle, self.case, error))) from None
        if wrong:
            raise Disagreement(f"{self.puzzle.file}:{self.case.line}: {self.name} {said}")

    def _judge(self) -> tuple[bool, str]:
        """Return whether something is wrong, and what there is to say."""
        from lstm_verify.report.sentences import of_backend, of_table
        from lstm_verify.verify.tables import Tables
        from lstm_verify.verify.verdict import Verdict

        if self.backend is None:
            tables = Tables(self.puzzle, self.case)
            return bool(tables.verdicts[self.judged].wrong), of_table(self.judged, tables).plain()
        assert isinstance(self.parent, PuzzleFile)
        result = self.parent.result(self.puzzle, self.case, self.backend)
        if result.verdict is Verdict.SKIPPED:
            pytest.skip(result.reason or "nothing was checked")
        said = of_backend(result)
        if result.less_accurate:
            accuracy = f"{result.backend.form.name}, {result.backend.accuracy}"
            self.user_properties.append((LESS_ACCURATE, f"{said.who}: {said.verdict}: {accuracy}"))
        return result.verdict is not Verdict.AGREE, said.plain()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *style: Any) -> Any:
        """Show what is wrong as text; a traceback only of what nobody foresaw."""
        if isinstance(excinfo.value, Disagreement):
            return str(excinfo.value)
        return super().repr_failure(excinfo, *style)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return the place of the case; pytest counts lines from 0."""
        return self.path, self.case.line - 1, self.name
