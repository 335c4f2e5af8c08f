"""Everything that a run found, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from lstm_verify.puzzle.model import Problem
from lstm_verify.verify.tables import Tables
from lstm_verify.verify.verdict import WRONG, Result, Verdict


class CaseReport(NamedTuple):
    """What was found of one case: the verdicts on its tables, and on each backend."""

    tables: Tables
    results: list[Result]


@dataclass
class Report:
    """Everything that a run found.

    Attributes:
        cases: in the order in which they were run.
        errors: what could not be run at all, and why.
        notes: things to know that are no verdict.
    """

    cases: list[CaseReport] = field(default_factory=list)
    errors: list[Problem | str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def results(self) -> list[Result]:
        """The results of all cases, one for each case and backend."""
        return [result for case in self.cases for result in case.results]

    @property
    def tables(self) -> list[Tables]:
        """The tables of all cases, one for each case."""
        return [case.tables for case in self.cases]

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
        wrong = any(r.verdict in WRONG for r in self.results)
        if wrong or any(tables.wrong for tables in self.tables):
            return 1
        return 0
