"""The section `cases`: input sequences, initial states, and the tables stated about them."""

from __future__ import annotations

from fractions import Fraction

from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Place, Run
from lstm_verify.puzzle.document import Scalar
from lstm_verify.puzzle.frame import Frame
from lstm_verify.puzzle.inputs import read_inputs
from lstm_verify.puzzle.model import Case, Tolerance
from lstm_verify.puzzle.number import vector
from lstm_verify.puzzle.placed import Entry, placed
from lstm_verify.puzzle.problems import count
from lstm_verify.puzzle.sections import CaseSection, PuzzleFile
from lstm_verify.puzzle.steps import read_steps
from lstm_verify.puzzle.tables import read_digits, read_hand, read_sum, read_table
from lstm_verify.puzzle.tolerance import read_tolerance

MAX_CASES = 10_000
"""A puzzle may have this many cases."""


def read_cases(file: PuzzleFile, frame: Frame, tolerance: Tolerance | None = None) -> tuple[Case, ...]:
    """Return all cases, in the order of the file.

    Args:
        tolerance: of published numbers, where a case has none of its own.
    """
    if len(file.cases) > MAX_CASES:
        message = f"{len(file.cases):,} cases; at most {MAX_CASES:,}: split the file"
        frame.problems.add(file.key("cases"), message)
        return ()
    cases = tuple(_case(name, section, frame, tolerance) for name, section in file.cases.items())
    _look_over_batches(file, cases, frame)
    return cases


def _case(name: Scalar, section: CaseSection, frame: Frame, tolerance: Tolerance | None) -> Case:
    inputs = read_inputs(name, section, frame)
    steps = read_steps(section, None if inputs is None else len(inputs), frame.problems)
    states = placed(section, frame).entries
    published = section.published
    own = read_tolerance(published.tolerance if published else None, frame.problems)
    return Case(
        name=str(name),
        title=str(section.title or ""),
        run=Run(
            inputs=tuple(tuple(n.value for n in row) for row in inputs or ()),
            h0=_states("h0", frame.network.output_size, states, frame),
            c0=_states("c0", frame.network.hidden_size, states, frame),
            length=steps.length,
            mask=steps.mask,
        ),
        inputs=inputs or (),
        hand=read_hand(section.hand, section.key("hand") if section.hand else None, steps, frame),
        digits=read_digits(section.digits, steps, frame),
        published=read_table(published, steps, frame),
        published_sum=read_sum(published, steps, frame),
        tolerance=own or tolerance,
        line=name.line,
        batch=None if section.batch is None else str(section.batch),
        text=None if section.text is None else str(section.text),
    )


def _states(name: str, width: int, given: dict[Place, Entry], frame: Frame) -> tuple[tuple[Exact, ...], ...]:
    """Return an initial state of each layer and direction, 0 where it is not given."""
    zero = (Fraction(0),) * width
    return tuple(
        vector(given[place].node, width, frame.network.name(place), frame.problems)
        if place in given
        else zero
        for place in frame.network.places(name)
    )


def _look_over_batches(file: PuzzleFile, cases: tuple[Case, ...], frame: Frame) -> None:
    """Note the cases that do not fit the others of their batch."""
    first: dict[str, Case] = {}
    for (name, section), case in zip(file.cases.items(), cases, strict=True):
        if case.batch is None or not case.steps:
            continue
        other = first.setdefault(case.batch, case)
        if other.steps != case.steps:
            message = (
                f"case {name} has {count(case.steps, 'step')}, case {other.name} of the same batch has "
                f"{other.steps:,}: pad the shorter one, and say its `length`"
            )
            frame.problems.add(section.key("batch"), message)
