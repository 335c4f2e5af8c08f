"""Write down what is made of the catalogue, the matrix and the puzzles.

That is docs/faults.md and docs/puzzles/, the set smoke, the lists of faults and of what is killed, what
published suites notice, and the table of it in the README.

`make docs` runs it; a test says when one of the files is stale.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pages
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from lstm_verify.faults.base import Fault
from lstm_verify.faults.catalogue import GROUPS, entries, faults
from lstm_verify.faults.cover import committed, killers, survivors
from lstm_verify.faults.matrix import Outcome, Row, batches, matrix, outcome
from lstm_verify.published.noticed import WRONG_ORDERS
from lstm_verify.published.summary import rows as published_rows
from lstm_verify.puzzle.exposes import IDS, KILLS
from lstm_verify.puzzle.library import load_all, shipped
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.puzzle.suite import shipped_suites
from lstm_verify.report import published as report_published
from lstm_verify.report.faults import linked
from lstm_verify.report.matrix import by_puzzle, named

ROOT = Path(__file__).parents[1]
SMOKE = ROOT / "puzzles" / "sets" / "smoke.txt"
FAULTS = ROOT / "docs" / "faults.md"
PUBLISHED = ROOT / "docs" / "published.json"
README = ROOT / "README.md"


def smallest(rows: Sequence[Row], size: Mapping[str, int]) -> tuple[list[str], int]:
    """Return the fewest puzzles that kill, form by form, all that these puzzles kill together.

    It is an exact set cover: minimise Σ x_p over x_p in {0, 1}, so that Σ x_p ≥ 1 over the puzzles that
    kill a fault, for each fault. Of several such sets it is the one with the least to compute.

    Args:
        size: puzzle -> how much there is to compute in it.

    Returns:
        Their names, and the number below which the solver proves that there are none.
    """
    names = [row.puzzle for row in rows]
    sets = {tuple(puzzles) for puzzles in killers(rows).values() if puzzles}
    cover = LinearConstraint([[name in puzzles for name in names] for puzzles in sorted(sets)], lb=1)
    every = np.ones(len(names))
    least = _solved(every, [cover])
    fewest = LinearConstraint(every, ub=round(least.fun))
    found = _solved(np.array([size[name] for name in names]), [cover, fewest])
    return [name for name, x in zip(names, found.x, strict=True) if x > 0.5], math.ceil(
        least.mip_dual_bound - 1e-6
    )


def _solved(costs: np.ndarray, constraints: Sequence[LinearConstraint]) -> OptimizeResult:
    """Choose puzzles at the least cost, to the proven optimum."""
    options = {"mip_rel_gap": 0}
    found = milp(costs, integrality=1, bounds=Bounds(0, 1), constraints=constraints, options=options)
    assert found.status == 0, found.message
    return found


def sizes(puzzles: Sequence[Puzzle]) -> dict[str, int]:
    """Return puzzle -> units times steps, of all layers, directions and cases."""
    return {
        p.name: len(p.network.layers) * p.network.hidden_size * sum(case.steps for case in p.cases)
        for p in puzzles
    }


def catalogue() -> Iterator[str]:
    """Write the faults down, group by group."""
    for group, title in GROUPS.items():
        yield f"### {title}\n"
        for entry in entries().values():
            if entry.group != group:
                continue
            yield f"**`{entry.id}`** {entry.says}."
            if isinstance(entry, Fault):
                yield f"Mend: {entry.mend}. Exposed by {entry.shows}."
                words = [form.words for form in entry.forms if form.words]
                if len(entry.forms) > 1:
                    yield f"Forms: {'; '.join(words)}."
            else:
                yield f"No run shows it: {entry.reason}."
            seen = ", ".join(map(cited, entry.cites))
            yield f"Seen in {seen}.\n" if seen else "No public report of it is known.\n"


def cited(citation: str) -> str:
    """Write a citation for Markdown: an issue as a link under its short name, an address as it is."""
    address = linked(citation)
    if address == citation:
        return re.sub(r"^(https?://\S+)", r"<\1>", citation)
    name, _, note = citation.partition(" ")
    return f"[{name}]({address.partition(' ')[0]})" + (f" {note}" if note else "")


def compared(rows: Sequence[Row], puzzles: Sequence[Puzzle], smoke: Sequence[str]) -> Iterator[str]:
    """Hold the set smoke against all puzzles and against published suites."""
    every = len(list(committed()))
    noticed = f"faults noticed, of {every} forms | wrong gate orders noticed, of {len(WRONG_ORDERS)}"
    yield f"| suite | tests | {noticed} |"
    yield "|---|---:|---:|---:|"
    for name, chosen in (("all puzzles", [p.name for p in puzzles]), ("`smoke`", smoke)):
        own = own_counts(name, rows, [p for p in puzzles if p.name in chosen])
        yield f"| {name} | {len(chosen)} puzzles, {own['cases']} cases | {own['forms']} | {own['orders']} |"
    for one in report_published.ranked(published()):
        yield f"| {one['title']} | {one['replay']} | {one['forms']} | {one['orders']} |"


def published() -> list[dict[str, Any]]:
    """Return what is written down of the published suites; `main` writes it anew."""
    return list(json.loads(PUBLISHED.read_text(encoding="utf-8")))


def own_counts(name: str, rows: Sequence[Row], puzzles: Sequence[Puzzle]) -> dict[str, Any]:
    """Return the figures of puzzles of ours, counted as those of a published suite are."""
    names = {puzzle.name for puzzle in puzzles}
    own = [row for row in rows if row.puzzle in names]
    seen = 0
    for fault in faults():
        forms = [
            [outcome for outcome in found if outcome is not Outcome.LACKS] for found in _by_form(own, fault)
        ]
        applying = [found for found in forms if found]
        seen += bool(applying) and all(any(outcome.killed for outcome in found) for found in applying)
    return {
        "suite": "",
        "title": name,
        "cases": sum(len(puzzle.cases) for puzzle in puzzles),
        "orders": _orders(puzzles),
        "faults": seen,
        "forms": len(list(committed())) - len(survivors(own)),
        "wrong_numbers": 0,
    }


def _by_form(rows: Sequence[Row], fault: str) -> Iterator[tuple[Outcome, ...]]:
    """Yield what comes of each form of a fault, puzzle by puzzle."""
    return zip(*(row.forms[fault] for row in rows), strict=True)


def _orders(puzzles: Sequence[Puzzle]) -> int:
    """Count the wrong orders of the gates that one of the puzzles kills."""
    forms = tuple(WRONG_ORDERS.values())
    fault = Fault("order", "", "", "", (), forms)
    own = [batch for puzzle in puzzles for batch in batches(puzzle)]
    return sum(any(outcome(fault, form, batch).killed for batch in own) for form in forms)


TABLE = re.compile(r"(<!-- `make docs` writes this table -->\n).*?(?=\n\n)", re.DOTALL)
"""The table of published suites in the README."""

TABLE_COLUMNS = {
    "title": "the LSTM tests of",
    "cases": "cases",
    "orders": f"wrong gate orders noticed, of {len(WRONG_ORDERS)}",
    "faults": "faults noticed, of {faults}",
    "wrong_numbers": "wrong numbers",
}


def _replayed(one: Mapping[str, Any]) -> str:
    """Say how many cases of a suite are replayed."""
    return str(one["cases"]) if one["replay"] == one["cases"] else f"{one['replay']} of {one['cases']}"


def readme(rows: Sequence[Row], puzzles: Sequence[Puzzle], smoke: Sequence[str]) -> str:
    """Return the README with the table of published suites as it is now."""
    name = "*this project: `run smoke --thorough`*"
    ours = own_counts(name, rows, [puzzle for puzzle in puzzles if puzzle.name in smoke])
    theirs = [one | {"cases": _replayed(one)} for one in published()]
    lines = [*report_published.ranked(theirs), ours]
    written = report_published.table(lines, "github", TABLE_COLUMNS)
    found, count = TABLE.subn(lambda match: match[1] + written, README.read_text(encoding="utf-8"))
    assert count == 1, "the README has one such table"
    return found


PAGE = """\
# The faults that real LSTMs have had

<!-- `make docs` writes this page: what is changed here is lost. -->

{entries} faults, with the public issues, code or documentation that they are known from. {simulated}
can be simulated, in {forms} forms; the others show in training only, or are random. `lstm-verify
faults ID` explains one and draws what it does; `lstm-verify matrix --faults` commits them all on
every puzzle.

## What the puzzles see

A fault is *killed* where a number lies outside what correct arithmetic can give, of float32 or of
float64. It *cannot be seen* where numbers change by no more than that, it *survives* where none changes,
and it is *not applicable* where the puzzle lacks the feature in question. *Sees down to* is the least
relative error, of all activations alike, that a puzzle finds. Each form of a fault is counted by itself.

{matrix}

{left}

## The smallest set, and published suites

The set `smoke` kills all that the whole library kills, and no set of {fewer} puzzles does: it is an exact
set cover, whose optimality the solver proves. `lstm-verify run smoke` runs it:
{smoke}.

A published suite is replayed with the same faults: its networks, its inputs, the outputs that it looks
at and its tolerance. Each test runs the code once.

{compared}

Some, such as ONNX's, set every weight of a direction to one number, so that no order of the gates can be
told from another. `lstm-verify published` computes these figures, and what is wrong in the suites.

## The catalogue

Behind a source that is no direct report stands in parentheses what it is: kin is a like fault elsewhere.

{catalogue}
"""
"""docs/faults.md, but for what is computed."""


def page(rows: Sequence[Row], puzzles: Sequence[Puzzle], smoke: Sequence[str]) -> str:
    """Return docs/faults.md."""
    left = survivors(rows)
    return PAGE.format(
        entries=len(entries()),
        simulated=len(faults()),
        forms=len(list(committed())),
        matrix=by_puzzle(rows, "github"),
        left=f"No puzzle kills {named(left)}." if left else "No form survives all puzzles.",
        fewer=len(smoke) - 1,
        smoke=", ".join(f"`{name}`" for name in smoke),
        compared="\n".join(compared(rows, puzzles, smoke)),
        catalogue="\n".join(catalogue()).rstrip(),
    )


def kills(rows: Sequence[Row]) -> str:
    """Return kills.json: a line for each puzzle."""
    lines = (f"{json.dumps(row.puzzle)}: {json.dumps(sorted(row.killed))}" for row in rows)
    return "{\n" + ",\n".join(lines) + "\n}\n"


def contents(rows: Sequence[Row], puzzles: Sequence[Puzzle]) -> dict[Path, str]:
    """Return what each of the files should have in it."""
    smoke, _ = smallest(rows, sizes(puzzles))
    killed = {row.puzzle: row.killed for row in rows}
    return {
        IDS: "\n".join(faults()) + "\n",
        KILLS: kills(rows),
        SMOKE: "\n".join(smoke) + "\n",
        FAULTS: page(rows, puzzles, smoke),
        README: readme(rows, puzzles, smoke),
        **pages.pages(puzzles, killed),
    }


def published_text() -> str:
    """Return published.json: a line for each suite."""
    lines = (json.dumps(row.counts) for row in published_rows(list(shipped_suites())))
    return "[\n" + ",\n".join(lines) + "\n]\n"


def main() -> None:
    """Write the files; the list of ids first, which puzzles are checked against."""
    IDS.write_text("\n".join(faults()) + "\n", encoding="utf-8")
    puzzles, problems = load_all(shipped())
    assert not problems, problems
    PUBLISHED.write_text(published_text(), encoding="utf-8")
    written = contents(matrix(puzzles), puzzles)
    for path in pages.FOLDER.glob("*.md"):
        if path not in written:
            path.unlink()
    for path, text in written.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"{path.relative_to(ROOT)}: {len(text.splitlines())} lines")
    print(f"{pages.draw(puzzles)} plots drawn anew")


if __name__ == "__main__":
    main()
