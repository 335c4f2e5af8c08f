"""Write down what is made of the catalogue, the matrix and the puzzles.

That is docs/faults.md and docs/puzzles/, the set smoke, and the lists of faults and of what is killed.

`make docs` runs it; a test says when one of the files is stale.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pages
from published import WRONG_ORDERS, lines
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp

from lstm_verify.faults.base import Fault
from lstm_verify.faults.catalogue import GROUPS, entries, faults
from lstm_verify.faults.cover import committed, killers, survivors
from lstm_verify.faults.matrix import Row, batches, matrix, outcome
from lstm_verify.puzzle.exposes import IDS, KILLS
from lstm_verify.puzzle.library import load_all, shipped
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.report.faults import linked
from lstm_verify.report.matrix import by_puzzle, named

ROOT = Path(__file__).parents[1]
SMOKE = ROOT / "puzzles" / "sets" / "smoke.txt"
FAULTS = ROOT / "docs" / "faults.md"


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
        own = [row for row in rows if row.puzzle in chosen]
        cases = sum(len(p.cases) for p in puzzles if p.name in chosen)
        orders = _orders([p for p in puzzles if p.name in chosen])
        tests = f"{len(chosen)} puzzles, {cases} cases"
        yield f"| {name} | {tests} | {every - len(survivors(own))} | {orders} |"
    for name, tests, forms, orders in lines():
        yield f"| {name} | {tests} | {forms} | {orders} |"


def _orders(puzzles: Sequence[Puzzle]) -> int:
    """Count the wrong orders of the gates that one of the puzzles kills."""
    fault = Fault("order", "", "", "", (), tuple(WRONG_ORDERS))
    own = [batch for puzzle in puzzles for batch in batches(puzzle)]
    return sum(any(outcome(fault, form, batch).killed for batch in own) for form in WRONG_ORDERS)


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

ONNX's tests set every weight of a direction to one number, so that no order of the gates can be told
from another.

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
        **pages.pages(puzzles, killed),
    }


def main() -> None:
    """Write the files; the list of ids first, which puzzles are checked against."""
    IDS.write_text("\n".join(faults()) + "\n", encoding="utf-8")
    puzzles, problems = load_all(shipped())
    assert not problems, problems
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
