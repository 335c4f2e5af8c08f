"""From a puzzle file to a `Puzzle`, or to everything that is wrong with the file."""

from __future__ import annotations

from pathlib import Path

from lstm_verify.lstm.network import Network, Weights
from lstm_verify.puzzle import files
from lstm_verify.puzzle.cases import read_cases
from lstm_verify.puzzle.document import compose
from lstm_verify.puzzle.domain import plain, read_domain
from lstm_verify.puzzle.frame import Frame, read_frame
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.puzzle.problems import Problems
from lstm_verify.puzzle.sections import PuzzleFile
from lstm_verify.puzzle.structure import validate
from lstm_verify.puzzle.variant import read_ideal, read_semantics
from lstm_verify.puzzle.weights import read_gates, read_weights

ENDINGS = (".puzzle.yaml", ".puzzle.yml", ".yaml", ".yml")
"""What is left out of a file's name to get the puzzle's name."""


def load(path: str | Path) -> Puzzle:
    """Read a puzzle file.

    Raises:
        PuzzleError: with everything that is wrong with the file.
    """
    return parse(files.read(path), str(path))


def parse(data: bytes, file: str) -> Puzzle:
    """Read the bytes of a puzzle file; `file` is its path, for its name and for messages.

    Raises:
        PuzzleError: with everything that is wrong.
    """
    problems = Problems(file)
    tree = compose(files.decode(data, file), problems)
    sections = validate(tree, problems) if tree is not None or not problems else None
    frame = read_frame(sections, problems) if sections else None
    if sections is None or frame is None:
        raise problems.error()
    puzzle = _puzzle(sections, frame, file)
    problems.check()
    return puzzle


def name_of(path: str | Path) -> str:
    """Return the name of a puzzle: its file's name without its ending."""
    name = Path(path).name
    ending = next((e for e in ENDINGS if name.endswith(e)), "")
    return name.removesuffix(ending)


def _puzzle(file: PuzzleFile, frame: Frame, path: str) -> Puzzle:
    semantics = read_semantics(file.network.activations)
    network = Network(
        input_size=frame.inputs,
        hidden_size=frame.hidden,
        weights=_weights(file, frame),
        bias=file.network.bias,
        semantics=semantics,
    )
    return Puzzle(
        name=name_of(path),
        file=path,
        title=str(file.title),
        network=network,
        features=frame.features,
        ideal=read_ideal(file.ideal, semantics, frame),
        cases=read_cases(file, frame),
        source={key: str(text) for key, text in file.source.given().items()} if file.source else {},
        why=str(file.why or ""),
        tags=tuple(str(tag) for tag in file.tags or ()),
        exposes=tuple(str(fault) for fault in file.exposes or ()),
        domain=read_domain(file, frame),
        claims=tuple(plain(claim) for claim in file.claims or ()),
    )


def _weights(file: PuzzleFile, frame: Frame) -> Weights:
    """Read weights or gate rules; where both are in disorder there are none."""
    weights = None
    if file.weights is not None:
        weights = read_weights(file.weights, frame, bias=file.network.bias)
    if file.gates is not None:
        weights = read_gates(file.gates, frame, bias=file.network.bias)
    return weights or Weights((), (), (), ())
