"""Whatever bytes a file has, it is a puzzle or a `PuzzleError`."""

from __future__ import annotations

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from lstm_verify.puzzle.load import parse
from lstm_verify.puzzle.model import Puzzle, PuzzleError

MEMORY = (Path(__file__).parents[2] / "puzzles" / "memory.yaml").read_text(encoding="utf-8")
RULES = MEMORY[: MEMORY.index("weights:")] + "gates: {i: x1, f: '2*h[0] - 1', g: [x1], o: ln(3)}\n"
RULES += MEMORY[MEMORY.index("cases:") :]
PIECES = ("~", "[", "]", "{", "}", ": ", "- ", "&a ", "*a", "!!x ", "<<: ", "\t", "\n", "---\n", "#",
          "'", '"', "|", "0", "1/0", "1e999", "on", "h[0]", "x1*x1", "[]", "{}", "i: ", "é", "\u2028")  # fmt: skip


def read(data: bytes) -> Puzzle | list[tuple[int, int]]:
    """Return the puzzle, or the places of its problems."""
    try:
        return parse(data, "p.yaml")
    except PuzzleError as error:
        assert error.problems  # noqa: PT017 - either way is right
        return [(problem.line, problem.column) for problem in error.problems]


@given(st.binary() | st.text().map(str.encode))
@example(b"\xff\xfep\x00")
@example(b"- &a [*a]")
def test_random_bytes(data: bytes) -> None:
    """Random bytes are no puzzle, and never more than that."""
    assert isinstance(read(data), list)


@st.composite
def mutants(draw: st.DrawFn) -> str:
    """Draw a valid file of which some pieces have been replaced."""
    text = draw(st.sampled_from((MEMORY, RULES)))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = start + draw(st.sampled_from((0, 1, 2, 5, 40)))
        text = text[:start] + draw(st.sampled_from(PIECES)) + text[end:]
    return text


@given(mutants())
def test_mutants(text: str) -> None:
    """A file with a mistake is read, or its problems have places inside the file."""
    result = read(text.encode())
    if isinstance(result, list):
        lines = len(text.splitlines()) + 1
        assert all(1 <= line <= lines and column >= 1 for line, column in result)


@given(st.data())
def test_any_tree(data: st.DataObject) -> None:
    """Any value in any place is a puzzle or a `PuzzleError`."""
    leaves = st.sampled_from(("1", "~", "x1", "0.5", "ln(2)", "step", "true", '""'))
    values = st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3).map(lambda v: f"[{', '.join(v)}]")
        | st.dictionaries(st.sampled_from(("i", "f", "x1", "from", "in", "c", "one")), inner, max_size=3)
        .map(lambda v: "{" + ", ".join(f"{key}: {value}" for key, value in v.items()) + "}"),
    )  # fmt: skip
    keys = ("network", "features", "weights", "gates", "ideal", "cases", "domain", "tags", "source")
    chosen = data.draw(st.dictionaries(st.sampled_from(keys), values, max_size=3))
    lines = MEMORY.splitlines(keepends=True)
    kept = {key: value for key, value in _sections(lines).items() if key not in chosen}
    text = "".join(kept.values()) + "".join(f"{key}: {value}\n" for key, value in chosen.items())
    read(text.encode())


def _sections(lines: list[str]) -> dict[str, str]:
    sections: dict[str, str] = {}
    key = ""
    for line in lines:
        key = line.split(":")[0] if line[0].isalpha() else key
        sections[key] = sections.get(key, "") + line
    return sections
