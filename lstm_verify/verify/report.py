"""Everything that a run found, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lstm_verify.puzzle.model import Problem
from lstm_verify.verify.tables import Tables
from lstm_verify.verify.verdict import Result, Verdict


@dataclass
class Report:
    """Everything that a run found.

    Attributes:
        results: one for each case and backend.
        tables: one for each case.
        errors: what could not be run at all, and why.
        notes: things to know that are no verdict.
    """

    results: list[Result] = field(default_factory=list)
    tables: list[Tables] = field(default_factory=list)
    errors: list[Problem | str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def count(self, verdict: Verdict) -> int:
        """How many results have this verdict."""
        return sum(result.verdict is verdict for result in self.results)

    @property
    def exit_code(self) -> int:
        """0: all that was checked agrees; 1: something is wrong; 2: something could not be run.

        2 too where nothing was checked at all.
        """
        if self.errors or all(result.verdict is Verdict.SKIPPED for result in self.results):
            return 2
        wrong = any(r.verdict in (Verdict.FAILED, Verdict.ERRORED) for r in self.results)
        if wrong or any(tables.wrong for tables in self.tables):
            return 1
        return 0

    def cases(self) -> Iterator[tuple[Tables, list[Result]]]:
        """Yield each case's tables with its results."""
        for tables in self.tables:
            yield tables, [r for r in self.results if r.puzzle is tables.puzzle and r.case is tables.case]
