"""The reports that programs read: JSON, JUnit XML and GitHub's annotations."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from lstm_verify.puzzle.model import Problem
from lstm_verify.report.sentences import of_backend
from lstm_verify.verify.report import Report
from lstm_verify.verify.tables import Tables
from lstm_verify.verify.verdict import WRONG, Result, Verdict


def to_json(report: Report) -> str:
    """Return the report as one JSON object, in version 1 of its form."""
    return json.dumps(
        {
            "version": 1,
            "results": [_result(result) for result in report.results],
            "tables": [_tables(tables) for tables in report.tables],
            "errors": [_error(error) for error in report.errors],
            "summary": {str(verdict): report.count(verdict) for verdict in Verdict},
        },
        ensure_ascii=False,
        allow_nan=False,
        indent=1,
    )


def _result(result: Result) -> dict[str, Any]:
    return {
        "puzzle": result.puzzle.name,
        "file": result.puzzle.file,
        "case": result.case.name,
        "backend": result.backend.name,
        "verdict": str(result.verdict),
        "protocol": result.protocol,
        "reason": result.reason,
        "checked": result.checked,
        "not_checked": result.not_checked,
        "faults": list(result.finding.faults) if result.finding else [],
        "expected": False,
        "conditions": list(getattr(result.backend, "conditions", ())),
        "taken": list(getattr(result.backend, "taken", ())),
        "limits": list(getattr(result.backend, "limits", ())),
        "accuracy": f"{result.backend.form.name}, {result.backend.accuracy}",
        "less_accurate": result.less_accurate,
        "worst": _number(result),
    }


def _number(result: Result) -> dict[str, Any] | None:
    """The worst number with its place."""
    worst = result.worst
    if worst is None:
        return None
    values = {key: _finite(getattr(worst, key)) for key in ("got", "low", "high", "ulps")}
    quantity, layer, direction = worst.place
    place = {"quantity": quantity, "step": worst.step, "unit": worst.unit}
    return place | {"layer": layer, "direction": direction, "row": result.row} | values


def _finite(x: float) -> float | str:
    """JSON has no infinities: they are written as strings."""
    if math.isfinite(x):
        return x
    return "nan" if math.isnan(x) else "inf" if x > 0 else "-inf"


def _tables(tables: Tables) -> dict[str, Any]:
    return {
        "puzzle": tables.puzzle.name,
        "case": tables.case.name,
        "hand": tables.verdicts["hand"].status,
        "digits": tables.verdicts["digits"].status,
        "published": tables.verdicts["published"].status,
        "where": tables.where,
    }


def _error(error: Problem | str) -> dict[str, Any]:
    if isinstance(error, Problem):
        line, column = error.line or None, error.column or None  # none: the file as a whole
        return {"file": error.file, "line": line, "column": column, "message": error.message}
    return {"file": None, "line": None, "column": None, "message": error}


def to_junit(report: Report) -> str:
    """Return the report as JUnit XML: a suite a puzzle, a test a case and backend, or a table."""
    from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

    made = {Verdict.FAILED: Failure, Verdict.ERRORED: Error, Verdict.SKIPPED: Skipped}
    xml = JUnitXml("lstm-verify")
    suites: dict[str, TestSuite] = {}
    for tables, results in report.cases:
        suite = suites.setdefault(tables.puzzle.file, TestSuite(tables.puzzle.file))
        for result in results:
            test = TestCase(f"{result.case.name}[{result.backend.name}]", tables.puzzle.name)
            if result.verdict in made:
                test.result = [made[result.verdict](of_backend(result).in_one_line())]
            if result.less_accurate:
                test.system_out = of_backend(result).plain()
            suite.add_testcase(test)
        for name, verdict in tables.verdicts.items():
            if verdict.status != "none":
                test = TestCase(f"{tables.case.name}[{name}]", tables.puzzle.name)
                if verdict.wrong:
                    test.result = [Failure("; ".join(w.message for w in verdict.wrong))]
                suite.add_testcase(test)
    for error in report.errors:
        suite = suites.setdefault("errors", TestSuite("errors"))
        test = TestCase(error.file if isinstance(error, Problem) else "request", "lstm-verify")
        test.result = [Error(str(error))]
        suite.add_testcase(test)
    for suite in suites.values():
        xml.add_testsuite(suite)
    return str(xml.tostring().decode())  # type: ignore[no-untyped-call]


def to_github(report: Report) -> str:
    """Return what is wrong as commands that GitHub Actions shows beside the lines concerned."""
    return "\n".join(_annotations(report))


def _annotations(report: Report) -> Iterator[str]:
    for error in report.errors:
        if isinstance(error, Problem):
            yield _annotation(error.file, error.line, error.column, "puzzle", error.message)
        else:
            yield f"::error title=lstm-verify::{_escaped(error)}"
    for tables, results in report.cases:
        for result in results:
            if result.verdict in WRONG:
                said = of_backend(result)
                title = f"{said.who} {said.verdict}"
                yield _annotation(result.puzzle.file, result.case.line, 1, title, said.in_one_line())
        for wrong in tables.wrong:
            place = wrong.number
            yield _annotation(tables.puzzle.file, place.line, place.column, "table", wrong.message)
    for result in {r.backend.name: r for r in report.results if r.less_accurate}.values():
        said = of_backend(result)
        yield f"::notice title={_escaped(f'{said.who} {said.verdict}', ':,')}::{_escaped(said.in_one_line())}"


def _annotation(file: str, line: int, column: int, title: str, message: str) -> str:
    properties = {"file": file, "line": line or 1, "col": column or 1, "title": title}
    listed = ",".join(f"{k}={_escaped(str(v), ':,')}" for k, v in properties.items())
    return f"::error {listed}::{_escaped(message)}"


def _escaped(text: str, also: str = "") -> str:
    """Escape what GitHub's commands give a meaning."""
    for character in "%\r\n" + also:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
