"""The pages about the shipped puzzles: one for each family, with plots, and a list of all."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import plots
from tabulate import tabulate

from lstm_verify.lstm.semantics import AT_THE_END
from lstm_verify.puzzle.families import FAMILIES
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.puzzle.summary import summary
from lstm_verify.report import latex
from lstm_verify.report.tables import trace_tables
from lstm_verify.verify.tables import Tables

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "puzzles"

MOST_STEPS, MOST_UNITS = 12, 4
"""Longer and wider cases have a plot, but no table."""

INTRODUCTION = """\
{} small LSTMs with weights set by hand, in {} families. `lstm-verify list` prints this list;
`lstm-verify show NAME` works one by hand, step by step; `lstm-verify run NAME` holds implementations
against it. *Kills* is the number of kinds of fault, of those in [the catalogue](../faults.md), that a
puzzle kills in all their forms.
"""

MADE = "<!-- `make docs` writes this page: what is changed here is lost. -->"


Kills = Mapping[str, Collection[str]]
"""Name of a puzzle -> the faults that it kills."""


def pages(puzzles: Sequence[Puzzle], kills: Kills) -> dict[Path, str]:
    """Return path -> text of the page of each family, and of the list of all puzzles."""
    families = {slug: [puzzle for puzzle in puzzles if puzzle.family == slug] for slug in FAMILIES}
    written = {
        FOLDER / f"{slug}.md": "\n".join(_family(slug, own, kills)) for slug, own in families.items() if own
    }
    return {FOLDER / "README.md": "\n".join(_index(families, kills)), **written}


def drawn(puzzles: Sequence[Puzzle]) -> dict[Path, Puzzle]:
    """Return path -> puzzle of every plot."""
    return {FOLDER / "plots" / f"{puzzle.name}.svg": puzzle for puzzle in puzzles}


def is_stale(path: Path, puzzle: Puzzle) -> bool:
    """Tell whether a plot is missing, or of another puzzle file or way of drawing."""
    return not path.exists() or plots.digest(puzzle) not in path.read_text(encoding="utf-8")


def draw(puzzles: Sequence[Puzzle]) -> int:
    """Draw what is stale, remove what is of no puzzle; return how many plots were drawn."""
    wanted = drawn(puzzles)
    (FOLDER / "plots").mkdir(parents=True, exist_ok=True)
    for path in (FOLDER / "plots").glob("*.svg"):
        if path not in wanted:
            path.unlink()
    stale = {path: puzzle for path, puzzle in wanted.items() if is_stale(path, puzzle)}
    for path, puzzle in stale.items():
        path.write_text(plots.plot(puzzle), encoding="utf-8")
    return len(stale)


def _index(families: Mapping[str, Sequence[Puzzle]], kills: Kills) -> Iterator[str]:
    numbers = sum(map(len, families.values())), sum(map(bool, families.values()))
    yield f"# The puzzles\n\n{MADE}\n"
    yield INTRODUCTION.format(*numbers)
    for slug, own in families.items():
        if own:
            title, about = FAMILIES[slug]
            yield f"## [{title}]({slug}.md)\n\n{about}\n"
            rows = [_entry(puzzle, slug, len(kills[puzzle.name])) for puzzle in own]
            head = ["puzzle", "network", "kills", "what it shows"]
            yield tabulate(rows, head, "github", disable_numparse=True) + "\n"


def _entry(puzzle: Puzzle, slug: str, killed: int) -> list[str]:
    network = summary(Path(puzzle.file)).network
    return [f"[{puzzle.name}]({slug}.md#{puzzle.name})", network, str(killed), puzzle.title]


def _family(slug: str, puzzles: Sequence[Puzzle], kills: Kills) -> Iterator[str]:
    title, about = FAMILIES[slug]
    yield f"# {title}\n\n{MADE}\n\n{about}\n\n[All families](README.md)\n"
    yield "\n".join(f"* [`{puzzle.name}`](#{puzzle.name}): {puzzle.title}" for puzzle in puzzles) + "\n"
    yield (
        "Dots and lines are what is true; rings are what a person works out by hand, whose radius ±\n"
        "says how far the truth may be. In pictures of many units, or of units that are off or on, blue is\n"
        "above 0, and red below.\n"
    )
    for puzzle in puzzles:
        yield from _puzzle(puzzle, len(kills[puzzle.name]))


def _puzzle(puzzle: Puzzle, killed: int) -> Iterator[str]:
    yield f"## {puzzle.name}\n\n**{_sentence(puzzle.title)}** {puzzle.why}\n"
    yield f"![Case {plots.shown(puzzle).name} over time](plots/{puzzle.name}.svg)\n"
    lines = list(latex.equations(puzzle, MOST_UNITS))
    yield "```math\n" + "\n".join(lines) + "\n```\n"
    case = puzzle.cases[0]
    if case.steps <= MOST_STEPS and puzzle.network.hidden_size <= MOST_UNITS:
        yield f"Case `{case.name}`" + (f": {_sentence(case.title)}" if case.title else ".") + "\n"
        ends = [q for q in AT_THE_END if any(place.quantity == q for place in (*case.hand, *case.digits))]
        shown = ["c", "h", *(["logits"] if puzzle.network.head else []), *ends]
        tables = trace_tables(Tables(puzzle, case), None, shown, "github")
        yield "\n\n".join(tables) + "\n"
    if puzzle.claims:
        yield "What holds, each claim with a test of its name:\n"
        yield "\n".join(f"* **{name}**: {text}" for name, text in puzzle.claims.items()) + "\n"
    yield f"Kills {killed} kinds of fault{_shown(puzzle)}. {_source(puzzle)}\n"


def _shown(puzzle: Puzzle) -> str:
    ids = ", ".join(f"`{name}`" for name in puzzle.exposes)
    return f", and is there to show {ids}" if ids else ""


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _source(puzzle: Puzzle) -> str:
    title, url, note = (puzzle.source.get(key, "") for key in ("title", "url", "note"))
    cited = f"[{title}]({url})" if url else title
    return f"Source: {_sentence(cited)} {note}"
