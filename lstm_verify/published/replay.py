"""One test of a published suite: what it runs, which numbers it looks at, and how near they must be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from lstm_verify.backends.base import PLAIN
from lstm_verify.faults.base import Array, Form, Shown
from lstm_verify.faults.chance import SEEDS
from lstm_verify.faults.simulate import HONEST, Session
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.puzzle.model import Case, Number, Puzzle
from lstm_verify.puzzle.suite import Suite, name_of
from lstm_verify.verify.published import published, room, table_of
from lstm_verify.verify.verdict import rounded


@dataclass(frozen=True)
class Look:
    """One tensor that a test looks at: [rows, steps, n], NaN where nothing is stated.

    Attributes:
        places: what is published is the sum of these; most often there is one.
        right: the numbers as published.
        room: how far from them a number may be.
        table: the name of the tensor in which it was published.
    """

    places: tuple[Place, ...]
    right: Array
    room: Array
    table: str

    def off(self, found: Shown) -> Array | None:
        """Return the distance of each number from what is right; None where there is no such tensor."""
        parts = [found.get(place) for place in self.places]
        if any(part is None or np.shape(part) != self.right.shape for part in parts):
            return None
        return np.abs(np.sum([part for part in parts if part is not None], axis=0) - self.right)


@dataclass(frozen=True, eq=False)
class Test:
    """One test of a suite.

    Attributes:
        looks: the only numbers that it looks at.
        rms: where it judges a whole table by the root mean square of the differences, divided by the
            largest number: how much that may be.
    """

    name: str
    network: Network
    runs: Sequence[Run]
    looks: Sequence[Look]
    rms: float | None = None

    __test__ = False  # pytest collects what is called Test

    @cached_property
    def key(self) -> tuple[int, bytes]:
        """What is run, as a key: tests with the same one differ in what they look at."""
        lengths = [(run.length, run.mask) for run in self.runs]
        numbers = b"".join(np.asarray(tensor).tobytes() for run in self.runs for _, tensor in run.items())
        return id(self.network), repr(lengths).encode() + numbers

    def fails(self, found: Shown) -> bool:
        """Tell whether the test fails code that shows this."""
        offs = [off for look in self.looks if (off := look.off(found)) is not None]
        if len(offs) < len(self.looks):
            return True
        if self.rms is not None:
            return self._spread(offs) > self.rms
        return any(
            bool((~(off <= look.room) & ~np.isnan(look.right)).any())
            for off, look in zip(offs, self.looks, strict=True)
        )

    def _spread(self, offs: Sequence[Array]) -> float:
        """Return the largest, over all tables, of what `rms` limits; ∞ where a number is none."""
        worst = 0.0
        for table in {look.table for look in self.looks}:
            own = [k for k, look in enumerate(self.looks) if look.table == table]
            right = np.concatenate([self.looks[k].right.ravel() for k in own])
            off = np.concatenate([offs[k].ravel() for k in own])[~np.isnan(right)]
            largest = np.nanmax(np.abs(right))
            spread = np.sqrt(np.mean(off**2)) / largest if largest else np.max(off)
            worst = max(worst, float(np.nan_to_num(spread, nan=np.inf)))
        return worst

    def replays(self) -> bool:
        """Tell whether correct code passes it."""
        return not self.fails(shown(HONEST, self))


def shown(form: Form, test: Test) -> Shown:
    """Return what code with a fault shows, run once, as the suite does."""
    SEEDS.begin()
    with np.errstate(all="ignore"):
        return (form.session or Session)(form).call(test.network, test.runs, PLAIN)


def read_suite(suite: Suite) -> list[Test]:
    """Return the tests of a suite, in float64."""
    networks: dict[int, Network] = {}
    return [_test(puzzle, batch, networks) for puzzle, batch in suite.cases]


def _test(puzzle: Puzzle, batch: Sequence[Case], networks: dict[int, Network]) -> Test:
    pairs = [rounded(puzzle.network, case.run, FORMATS["float64"]) for case in batch]
    network = networks.setdefault(id(puzzle.network), pairs[0][0])
    tolerance = batch[0].tolerance
    rms = None if tolerance is None or tolerance.rms is None else float(tolerance.rms)
    return Test(name_of(batch), network, [run for _, run in pairs], list(_looks(puzzle, batch)), rms)


def _looks(puzzle: Puzzle, batch: Sequence[Case]) -> Iterable[Look]:
    """Return a tensor for each place of which something is published."""
    network = puzzle.network
    found: dict[tuple[str, Place], Look] = {}
    for row, case in enumerate(batch):
        for cell in published(network, case):
            table = table_of(cell)
            key = (table, cell.place)
            if key not in found:
                steps = 1 if cell.quantity in ("h_n", "c_n") else case.steps
                blank = np.full((len(batch), steps, network.width(cell.quantity)), np.nan)
                places = (
                    tuple(Place("h", cell.place.layer, d) for d in (0, 1))
                    if table == "h_sum"
                    else (cell.place,)
                )
                found[key] = Look(places, blank, blank.copy(), table)
            misprint = puzzle.misprints.get((cell.number.line, cell.number.column))
            number = misprint.printed if misprint else cell.number
            found[key].right[row, cell.row, cell.unit] = _float(number)
            found[key].room[row, cell.row, cell.unit] = float(room(case, number))
    return found.values()


def _float(number: Number) -> float:
    if isinstance(number.value, Fraction):
        return float(number.value)
    return FORMATS["float64"].nearest(number.value)
