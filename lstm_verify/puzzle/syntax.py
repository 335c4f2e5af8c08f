"""What the YAML parser complains about, in the words of one who writes a puzzle."""

from __future__ import annotations

import re

import yaml


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str]:
    """Return line and column (from 1) of a syntax error, and a message with the likely fix."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 1, 1, f"not YAML: {error.problem}"
    line = re.split("\r\n|[\r\n\x85\u2028\u2029]", text)[mark.line : mark.line + 1] or [""]
    message = _message(error.problem or "", line[0], mark.column)
    if message is None:
        message = f"not YAML: {error.problem}" + _context(error)
    return mark.line + 1, mark.column + 1, message


_BY_PROBLEM = {
    "mapping values are not allowed": (
        "a colon that YAML cannot place: text with ': ' in it needs quotation marks,"
        " and a key needs its own line"
    ),
    "block sequence entries are not allowed": (
        "'- ' begins a list; for a minus sign write it next to its number, as in -10"
    ),
    "alphabetic or numeric character": (
        "YAML gives * and & a meaning at the beginning of a text; put it in quotation marks"
    ),
    "expected node content": (
        "a value is missing here: a bracket, comma, colon or '- ' stands where it should"
    ),
    "cannot start any token": "a text cannot begin with this character; put it in quotation marks",
}


def _message(problem: str, line: str, column: int) -> str | None:
    before, here = line[:column], line[column : column + 1]
    if here == "\t" or "\t" in before[: len(before) - len(before.lstrip())]:
        return "a tab stands before this text; YAML wants spaces: replace the tab by spaces"
    unit = re.search(r"\b([hc])\s*$", before)
    if here == "[" and unit:
        return (
            f"inside brackets and braces YAML reads the [ of {unit[1]}[…] as the start of a list;"
            f' put the rule in quotation marks, as in "2*{unit[1]}[0] - 1"'
        )
    return next((words for part, words in _BY_PROBLEM.items() if part in problem), None)


def _context(error: yaml.MarkedYAMLError) -> str:
    """Say where the thing began that does not end, or an indentation that does not fit."""
    problem, begin = error.problem or "", error.context_mark
    if "expected ',' or" in problem and begin is not None:
        bracket = "]" if "']'" in problem else "}"
        place = f"line {begin.line + 1}, column {begin.column + 1}"
        return f": is a comma missing, or the {bracket} for the bracket of {place}?"
    if "end of stream" in problem and begin is not None:
        return f": the quotation mark of line {begin.line + 1} is not closed"
    if "expected key" in problem or "'-' indicator" in problem:
        return ": is the line indented like its neighbours, and each bracket and quote closed once?"
    return ""
