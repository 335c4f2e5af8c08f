"""A row for each published suite: how many cases replay, what they notice, which numbers are wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from lstm_verify.faults.catalogue import faults
from lstm_verify.published import onnx_live
from lstm_verify.published.noticed import WRONG_ORDERS, Noticed, noticed
from lstm_verify.published.replay import Test, read_suite
from lstm_verify.published.wrong import Defect, defects
from lstm_verify.puzzle.suite import Suite, load_suite, name_of, shipped_suites
from lstm_verify.verify.published import verdicts

LIVE = "onnx-installed"
"""The name of the suite that is read from the installed onnx package."""

LARGE = ("libnd4j", "migraphx", "onnxruntime", "tflite-bidirectional", "openvino-onnx")
"""Those that take longest, which are therefore begun first."""


@dataclass(frozen=True)
class Row:
    """What there is to say of a suite.

    Attributes:
        cases: how many cases the suite has, those that are not here included.
        replay: how many of them correct code passes, each with its own tolerance.
        numbers: how many numbers are published, those of asides left out.
        orders: wrong orders of the gates that one of the cases notices.
        source: where they come from: repo, commit, path, note.
        wrong: the published numbers that are wrong.
        failing: numbers that are farther off than the tolerance, and not marked: where, and what is right.
        missing: the cases that are not here -> why.
        in_part: the cases of which something is left out -> what, and why.
        asides: cases whose numbers no test of the suite looks at -> what they are.
        tolerances: as written.
    """

    suite: str
    title: str
    cases: int
    replay: int
    numbers: int
    noticed: Noticed
    wrong: tuple[Defect, ...]
    failing: tuple[str, ...]
    missing: dict[str, str]
    tolerances: tuple[str, ...]
    source: Mapping[str, str] = field(default_factory=dict)
    in_part: Mapping[str, str] = field(default_factory=dict)
    asides: Mapping[str, str] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether all cases that are here replay, and no number is wrong without being marked."""
        replays = self.replay == self.cases - len(self.missing)
        return replays and not self.failing and all(defect.known and defect.sure for defect in self.wrong)

    @property
    def by_case(self) -> dict[str, int | None]:
        """Case -> how many wrong orders it notices by itself; None where its gates have no order."""
        return {name: None if found is None else len(found) for name, found in self.noticed.by_case.items()}

    @property
    def counts(self) -> dict[str, Any]:
        """The figures of the table, by name."""
        seen = self.noticed
        return {
            "suite": self.suite,
            "title": self.title,
            "cases": self.cases,
            "replay": self.replay,
            "numbers": self.numbers,
            "orders": len(seen.orders),
            "faults": len(seen.faults),
            "faults_that_can_show": len(seen.faults) + len(seen.missed),
            "forms": seen.forms,
            "wrong_numbers": len(self.wrong),
        }

    def as_json(self) -> dict[str, Any]:
        """Return all of it, for programs."""
        seen = self.noticed
        return {
            **self.counts,
            "of_orders": len(WRONG_ORDERS),
            "of_faults": len(faults()),
            "source": dict(self.source),
            "tolerances": list(self.tolerances),
            "orders_that_pass": list(seen.passing),
            "faults_not_noticed": list(seen.missed),
            "faults_that_cannot_show": list(seen.idle),
            "wrong": [asdict(defect) for defect in self.wrong],
            "failing": list(self.failing),
            "not_replayed": self.missing,
            "left_out": dict(self.in_part),
            "asides": dict(self.asides),
            "orders_noticed_by_case": self.by_case,
        }


def names() -> list[str]:
    """Return the names of all suites; that of the installed onnx package, if there is one, first."""
    return [*([LIVE] if onnx_live.installed() else []), *shipped_suites()]


def row(name: str) -> Row:
    """Replay a suite, by its name or the path of its file.

    Raises:
        PuzzleError: the file is not in order.
    """
    return live() if name == LIVE else of_suite(load_suite(shipped_suites().get(name, Path(name))))


def live() -> Row:
    """Replay the node tests of the installed onnx package."""
    found = onnx_live.tests()
    numbers = sum(look.right.size for test in found for look in test.looks)
    title = f"ONNX, node tests of LSTM, as installed here (onnx {onnx_live.installed()})"
    return _row(LIVE, title, found, {}, numbers=numbers, tolerances=("as the package has it",))


def of_suite(suite: Suite) -> Row:
    """Replay a suite."""
    judged = [one for puzzle in suite.puzzles for one in verdicts(puzzle)]
    given = [case.tolerance for puzzle in suite.puzzles for case in puzzle.cases if case.tolerance]
    return _row(
        suite.name,
        suite.title,
        read_suite(suite),
        suite.missing,
        numbers=sum(count for case, count, _ in judged if name_of([case]) not in suite.asides),
        wrong=tuple(
            defects(suite, {(w.number.line, w.number.column) for *_, found in judged for w in found})
        ),
        failing=tuple(
            f"{case.name}, line {w.number.line}: {w.message}" for case, _, found in judged for w in found
        ),
        tolerances=tuple(dict.fromkeys(tolerance.text for tolerance in given)),
        source=suite.source,
        asides=suite.asides,
        in_part={name: why for name, why in suite.left_out.items() if name not in suite.missing},
    )


def _row(name: str, title: str, found: Sequence[Test], missing: dict[str, str], **others: Any) -> Row:
    return Row(
        suite=name,
        title=title,
        cases=len(found) + len(missing),
        replay=sum(test.replays() for test in found),
        noticed=noticed(found),
        missing=missing,
        **({"wrong": (), "failing": ()} | others),
    )


def rows(wanted: Sequence[str], workers: int | None = None) -> Iterator[Row]:
    """Replay several suites, on several processors; yield each as it is done.

    Args:
        workers: how many processes; as many as there are processors unless given.
    """
    workers = min(workers or os.cpu_count() or 1, len(wanted))
    if workers <= 1:
        yield from map(row, wanted)
        return
    with ProcessPoolExecutor(workers) as pool:
        begun = {name: pool.submit(row, name) for name in sorted(wanted, key=lambda name: name not in LARGE)}
        for name in wanted:
            yield begun[name].result()
