"""From a puzzle file to a `Puzzle`, or to everything that is wrong with the file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from lstm_verify.lstm.network import Weights
from lstm_verify.puzzle import files
from lstm_verify.puzzle.cases import read_cases
from lstm_verify.puzzle.document import MappingNode, Node, Scalar, compose
from lstm_verify.puzzle.domain import plain, read_domain
from lstm_verify.puzzle.exposes import read_exposes
from lstm_verify.puzzle.frame import Frame, read_frame
from lstm_verify.puzzle.gates import read_gates
from lstm_verify.puzzle.ideal import read_ideal
from lstm_verify.puzzle.misprints import put_right
from lstm_verify.puzzle.model import Misprint, Puzzle, Tolerance
from lstm_verify.puzzle.network import read_network
from lstm_verify.puzzle.problems import Problems, failure
from lstm_verify.puzzle.reads import read_reads
from lstm_verify.puzzle.sections import PuzzleFile
from lstm_verify.puzzle.structure import validate
from lstm_verify.puzzle.weights import read_head, read_weights


def load(path: str | Path) -> Puzzle:
    """Read a puzzle file.

    Raises:
        PuzzleError: with everything that is wrong with the file.
    """
    return parse(files.read(path), str(path))


def parse(data: bytes, file: str, *, digits: Collection[str] | None = None) -> Puzzle:
    """Read the bytes of a puzzle file; `file` is its path, for its name and for messages.

    Args:
        digits: the names of the cases whose digits are read; those of others are left out, whatever
            they are. None: all.

    Raises:
        PuzzleError: with everything that is wrong.
    """
    problems = Problems(file)
    text = files.decode(data, file)
    if is_suite(text):
        raise failure(file, "a suite of published cases, and no single puzzle", 1, 1)
    tree = compose(text, problems)
    misprints = put_right(tree, problems) if "printed" in text else {}
    if digits is not None:
        _forget_digits(tree, digits)
    puzzle = read_puzzle(tree, files.name_of(file), problems, misprints=misprints)
    problems.check()
    return puzzle


_SUITE = re.compile(r"(?:[ \t]*(?:#.*)?\r?\n|---[ \t]*\r?\n)*suite[ \t]*:")


def is_suite(text: str) -> bool:
    """Tell whether a file is a suite of published cases: whether its first key is `suite`."""
    return _SUITE.match(text) is not None


def read_puzzle(
    tree: Node | None,
    name: str,
    problems: Problems,
    *,
    misprints: Mapping[tuple[int, int], Misprint] | None = None,
    tolerance: Tolerance | None = None,
) -> Puzzle:
    """Read the tree of a puzzle, and note what is wrong with it.

    Args:
        misprints: what has been put right in it, by line and column.
        tolerance: of published numbers, where a case has none of its own.

    Raises:
        PuzzleError: nothing can be made of it; with everything that is wrong so far.
    """
    sections = validate(tree, problems) if tree is not None or not problems else None
    network = read_network(sections.network, problems) if sections else None
    if sections is None or network is None:
        raise problems.error()
    frame = _with_weights(sections, read_frame(sections, network, problems))
    return replace(
        _puzzle(sections, frame, name, problems),
        cases=read_cases(sections, frame, tolerance),
        misprints=misprints or {},
    )


def _forget_digits(tree: Node | None, but: Collection[str]) -> None:
    """Take the section `digits` out of the cases, but for some."""
    cases = tree.get("cases") if isinstance(tree, MappingNode) else None
    for name, case in cases.items() if isinstance(cases, MappingNode) else ():
        if isinstance(case, MappingNode) and name not in but:
            case.pop("digits", None)


def _with_weights(file: PuzzleFile, frame: Frame) -> Frame:
    """Return the frame with the network's weights and output layer."""
    network = replace(frame.network, layers=_layers(file, frame), head=read_head(file, frame))
    return replace(frame, network=network)


def _layers(file: PuzzleFile, frame: Frame) -> tuple[Weights, ...]:
    weights = read_weights(file.weights, frame)
    return weights if file.gates is None else read_gates(file, weights, frame)


def _puzzle(file: PuzzleFile, frame: Frame, name: str, problems: Problems) -> Puzzle:
    """Return the puzzle without its cases."""
    return Puzzle(
        name=name,
        file=problems.file,
        title=str(file.title),
        network=frame.network,
        features=frame.features,
        ideal=read_ideal(file.ideal, frame),
        cases=(),
        source={key: str(text) for key, text in file.source.given().items()} if file.source else {},
        why=str(file.why or ""),
        tags=tuple(str(tag) for tag in file.tags or ()),
        exposes=read_exposes(file.exposes or (), problems),
        domain=read_domain(file, frame),
        family=str(file.family or ""),
        units=frame.units,
        reads=read_reads(file.reads or {}, frame),
        claims={str(name): plain(claim) for name, claim in (file.claims or {}).items()},
        alphabet=frame.alphabet,
        where=dict(_where(file.node)),
    )


def _where(file: MappingNode) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each key of the file, and those of the sections about the network, with its place."""
    for key, node in file.items():
        assert isinstance(key, Scalar)
        yield str(key), (key.line, key.column)
        if key in ("network", "weights", "gates") and isinstance(node, MappingNode):
            for inner in node:
                assert isinstance(inner, Scalar)
                yield f"{key}.{inner}", (inner.line, inner.column)
