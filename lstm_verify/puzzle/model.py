"""What a puzzle is, once it has been read and found in order."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from lstm_verify.lstm.exact import Exact
from lstm_verify.lstm.network import Network, Place, Run


@dataclass(frozen=True)
class Number:
    """A number as it was written: its text, its exact value and its place in the file.

    Attributes:
        place: the decimal place of the last digit written (3 for "0.250", −2 for "1e2"),
            or None where the text is no decimal (1/3, ln(3), tanh(1)).
        line, column: counted from 1.
    """

    text: str
    value: Exact
    place: int | None
    line: int
    column: int

    @property
    def half_unit(self) -> Fraction | None:
        """Half a unit of the last digit written; None for what is no decimal."""
        return None if self.place is None else Fraction(1, 2) * Fraction(10) ** -self.place


@dataclass(frozen=True)
class Tolerance:
    """How far a published number may be from the true one.

    Attributes:
        text: as it was written.
        absolute, relative: the factors of 1 and of |the published number|.
        ulps: so many units in the last place of float32, at the published number.
        largest: whether the largest of these is meant, and not their sum.
        rms: instead of them, the root mean square of all differences of a table, of all rows of the
            batch, divided by its largest number.
    """

    text: str
    absolute: Fraction = Fraction(0)
    relative: Fraction = Fraction(0)
    ulps: Fraction = Fraction(0)
    largest: bool = False
    rms: Fraction | None = None

    def room(self, value: Fraction) -> Fraction:
        """Return how far from a published number the true one may be; of `rms`, see there."""
        parts = (self.absolute, self.relative * abs(value), self.ulps * _ulp(value))
        return max(parts) if self.largest else sum(parts, Fraction(0))


def _ulp(value: Fraction) -> Fraction:
    """Return the unit in the last place of float32 at a number."""
    exponent = math.frexp(float(value))[1] - 1 if value else -126
    return Fraction(2) ** (max(exponent, -126) - 23)


@dataclass(frozen=True)
class Misprint:
    """A number that is known to be wrong where it was published.

    Attributes:
        where: the keys that lead to it, such as "weights.weight_hr".
        printed: as it was published.
        right: what is right.
        why: why it is thought so, where the file says.
    """

    where: str
    printed: Number
    right: Number
    why: str = ""


Table = Mapping[Place, tuple[tuple[Number | None, ...], ...]]
"""Place -> [steps][width of the quantity], of h_n and c_n a single row.

None is an open cell: not stated, which is not zero.
"""


@dataclass(frozen=True)
class Case:
    """One input sequence with the tables stated about it.

    Attributes:
        name: a slug, unique in its puzzle.
        run: inputs, initial state, length and mask, exact.
        inputs: the inputs as written, [steps][input_size].
        hand: what the hand rules give, stated exactly.
        digits: the true trace, to the digits written.
        published: somebody's numbers.
        published_sum: of each step, the sum of h over both directions, as somebody published it.
        line: of the case in the file, from 1.
        tolerance: of the published numbers; None: to half a unit of the last digit written.
        batch: the cases of one batch are run together, as its rows, in the order of the file.
        text: the inputs as characters of the alphabet, where they were written so.
    """

    name: str
    title: str
    run: Run
    inputs: tuple[tuple[Number, ...], ...]
    hand: Table
    digits: Table
    published: Table
    line: int
    tolerance: Tolerance | None = None
    batch: str | None = None
    text: str | None = None
    published_sum: tuple[tuple[Number | None, ...], ...] = ()

    @property
    def steps(self) -> int:
        """The number of steps of the sequence, padding included."""
        return len(self.inputs)


@dataclass(frozen=True)
class Interval:
    """The domain of a feature that may be any number from `low` to `high`."""

    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Choice:
    """The domain of a feature that takes one of these values."""

    values: tuple[Fraction, ...]


@dataclass(frozen=True)
class Reading:
    """A number that a person reads off the states of a step, such as 16·c[0].

    Attributes:
        text: as it was written.
        constant: what is added to the terms.
        terms: place and unit -> its factor.
    """

    text: str
    constant: Exact
    terms: Mapping[tuple[Place, int], Exact]


@dataclass(frozen=True)
class Puzzle:
    """A small LSTM with hand-set weights, input sequences, and what is known of them.

    Attributes:
        name: the file's name without its ending; in a suite, behind it the name of the first case.
        file: the path as the user gave it, for messages.
        exposes: ids of the fault catalogue.
        features: the names of the inputs' columns.
        ideal: for each layer and direction, at `network.index`: role (i, f, g, o, h) -> the hand
            rule of each unit: step, linear, sign or exact.
        domain: feature -> what it may be, where the file says so.
        family: the kind of puzzle that it is; "" where the file does not say.
        units: the names of the units of each layer; empty where they have none.
        reads: name -> what a person reads off the states of a step.
        claims: name -> what holds over the domain, as it was written.
        alphabet: the characters that stand for the inputs in `Case.text`, or None.
        misprints: line and column of a number, both from 1 -> what was published in its place.
        where: key of the file, or of its network, weights or gates ("weights.weight_hh_l1") -> the
            line and column where it stands, both from 1.
    """

    name: str
    file: str
    title: str
    network: Network
    features: tuple[str, ...]
    ideal: tuple[Mapping[str, tuple[str, ...]], ...]
    cases: tuple[Case, ...]
    source: Mapping[str, str] = field(default_factory=dict)
    why: str = ""
    tags: tuple[str, ...] = ()
    exposes: tuple[str, ...] = ()
    domain: Mapping[str, Interval | Choice] = field(default_factory=dict)
    family: str = ""
    units: tuple[str, ...] = ()
    reads: Mapping[str, Reading] = field(default_factory=dict)
    claims: Mapping[str, Any] = field(default_factory=dict)
    alphabet: str | None = None
    misprints: Mapping[tuple[int, int], Misprint] = field(default_factory=dict)
    where: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def unit_names(self, quantity: str) -> tuple[str, ...]:
        """Return the names of a quantity's units: of logits the letters; projections have none."""
        head, projected = self.network.head, self.network.proj_size and quantity in ("h", "h_n")
        if quantity == "logits":
            for_letters = self.alphabet and head and len(head.bias) == len(self.features)
            return self.features if for_letters and all(map(str.isidentifier, self.features)) else ()
        return () if projected else self.units

    def batches(self) -> list[list[Case]]:
        """Return the cases that are run together, in the order of the file; most are alone."""
        together: dict[tuple[str, str], list[Case]] = {}
        for case in self.cases:
            label = ("batch", case.batch) if case.batch else ("case", case.name)
            together.setdefault(label, []).append(case)
        return list(together.values())


class PuzzleError(Exception):
    """Everything that is wrong with a puzzle file, at once.

    Attributes:
        problems: in the order of the file.
    """

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems)  # as it is, so that the error can be pickled
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(str(p) for p in self.problems)


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it is (line and column from 1), what it is, and the likely fix.

    What is wrong with a file as a whole (it is missing, or a folder) is at line 0, column 0.
    """

    file: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}"
