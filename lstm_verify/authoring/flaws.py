"""What is wrong with the draft of a puzzle, each mistake at the place where it was typed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from lstm_verify.authoring.draft import Draft
from lstm_verify.puzzle.document import Scalar
from lstm_verify.puzzle.leaves import slug
from lstm_verify.puzzle.load import parse
from lstm_verify.puzzle.model import Problem, PuzzleError


@dataclass(frozen=True, order=True)
class Flaw:
    """What is wrong with a draft.

    Attributes:
        where: the option that says it, such as "--gate i"; "" where it is none of them.
        column: the place in what was typed, from 1; 0 for all of it.
    """

    where: str
    column: int
    message: str

    def __str__(self) -> str:
        place = ", ".join([self.where] * bool(self.where) + [f"column {self.column}"] * bool(self.column))
        return f"{place}: {self.message}" if place else self.message


def no_slug(where: str, text: str) -> list[Flaw]:
    """Return what is wrong with a name that is to be of small letters, digits and hyphens."""
    try:
        slug(Scalar(text, 1, 1, plain=False, shift=0))
    except ValueError as error:
        return [Flaw(where, 0, str(error))]
    return []


def flaws(draft: Draft) -> list[Flaw]:
    """Return all that is wrong with a draft, each with the option that it came from."""
    lines = _Lines()
    _add_head(draft, lines)
    _add_rules(draft, lines)
    _add_case(draft, lines)
    try:
        parse(lines.text.encode(errors="replace"), "draft")
    except PuzzleError as error:
        return [lines.flaw(problem) for problem in error.problems]
    return []


class _Lines:
    """A puzzle's text with each thing typed on a line of its own, so that a mistake has its place."""

    def __init__(self) -> None:
        self.text = ""
        self._count = 0
        self._typed: dict[int, tuple[str, str, int]] = {}

    def add(self, line: str, where: str = "", typed: str | None = None, which: str = "") -> None:
        """Add a line, with what was typed at its end; `which` says which of several it is."""
        self._count += 1
        self._typed[self._count] = where, which, len(line) + 1
        self.text += line + ("" if typed is None else json.dumps(typed, ensure_ascii=False)) + "\n"

    def add_one_or_list(self, key: str, where: str, typed: Sequence[str]) -> None:
        """Add a key with a value for all, or a list."""
        if len(typed) == 1:
            self.add(f"{key}: ", where, typed[0])
        else:
            self.add_list(key, where, typed)

    def add_list(self, key: str, where: str, typed: Sequence[str]) -> None:
        """Add a key with a list."""
        self.add(f"{key}:", where)
        indent = " " * (len(key) - len(key.lstrip()) + 2)
        for k, one in enumerate(typed, 1):
            self.add(f"{indent}- ", where, one, f", no. {k}" if len(typed) > 1 else "")

    def flaw(self, problem: Problem) -> Flaw:
        """Return a problem as one of the option whose line it is in."""
        where, which, start = self._typed.get(problem.line, ("", "", 0))
        if problem.column < start:  # about the whole list, which begins here
            return Flaw(where, 0, problem.message)
        return Flaw(where + which, problem.column - start, problem.message)


def _add_head(draft: Draft, lines: _Lines) -> None:
    lines.add("puzzle: 1")
    for key in ("title", "why", "family"):
        if getattr(draft, key) or key == "title":
            lines.add(f"{key}: ", f"--{key}", getattr(draft, key))
    lines.add(f"network: {draft.network}", "--hidden")
    if draft.alphabet is not None:
        lines.add("alphabet: ", "--alphabet", draft.alphabet)
    else:
        lines.add_list("features", "--inputs", draft.features)
    if draft.units:
        lines.add_list("units", "--units", draft.units)


def _add_rules(draft: Draft, lines: _Lines) -> None:
    lines.add("gates:")
    for gate, rules in draft.gates.items():
        lines.add_one_or_list(f"  {gate}", f"--gate {gate}", rules)
    lines.add("ideal:")
    for role, rules in draft.rules.items():
        lines.add_one_or_list(f"  {role}", f"--ideal {role}", rules)


def _add_case(draft: Draft, lines: _Lines) -> None:
    lines.add("cases:")
    lines.add("  first:")  # `no_slug` looks at its name: what stands below a name that is none is not read
    for name, numbers in draft.states().items():
        lines.add_one_or_list(f"    {name}", f"--{name}", numbers)
    if draft.text is not None:
        lines.add("    text: ", "--text", draft.text)
        return
    lines.add("    inputs:", "--input")
    for feature, numbers in draft.columns.items():
        key = f"      {json.dumps(feature, ensure_ascii=False)}"
        add = lines.add_one_or_list if draft.is_constant(feature) else lines.add_list
        add(key, f"--input {feature}", numbers)
