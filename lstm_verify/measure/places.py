"""Where an activation shows itself: one gate reads the inputs, all others are held open or closed.

| place | what is read  | which is | where                                              |
|-------|---------------|----------|----------------------------------------------------|
| f     | c = f·1 + i·g | σ(x)     | c before is 1, i is closed and g = tanh(0)         |
| i     | c = i·g       | σ(x)     | c before is 0 and tanh is 1 in g                   |
| g     | c = i·g       | tanh(x)  | c before is 0 and i is open                        |
| o     | h = o·tanh(c) | σ(x)     | tanh(c) is 1: c is large, through an open f        |
| h     | h = o·tanh(c) | tanh(c)  | o is open; c came through an open f                |

Where no c0 can be given, c grows first, by i·g = 1 a step; what is then read as h is a function of
the c that is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from lstm_verify.measure.bench import Bench, Shown

Array = NDArray[np.float64]

PLACES = {"f": "sigmoid", "i": "sigmoid", "o": "sigmoid", "g": "tanh", "h": "tanh"}
"""Place -> the activation that it shows; h is the tanh on the way out."""

CANDIDATES = (40.0, 100.0, 20.0, 12.0, 8.0, 6.0, 4.0, 3.0)
"""What may saturate σ and tanh, in the order in which it is tried: code may clip z, or overflow."""

_GROWTH = (0, 2, 5)  # so many steps more of g = tanh(x), so that c covers a range


@dataclass(frozen=True)
class Seen:
    """What was shown of an activation: `got` [n] for its arguments z [n]."""

    z: Array
    got: Array


@dataclass(frozen=True)
class Levels:
    """What gates are held at, and what came out: 1 where they open fully.

    Attributes:
        open: z of i, f and o that opens the gate; its negative closes it.
        g, c: where tanh is 1.
        forget: c after a step with f open, where it was 1; None where c is not shown.
        entered: c = i·g with i open and g at its level; None where c is not shown.
        output: h = o·tanh(c) with o open and c at its level.
        rest: the largest number left where c is 0, i closed and g = tanh(0).
    """

    open: dict[str, float]
    g: float
    c: float
    forget: float | None = None
    entered: float | None = None
    output: float = np.nan
    rest: float = 0.0


@dataclass
class Gates:
    """The gates of an implementation, and the levels that they are held at."""

    bench: Bench
    levels: Levels = field(init=False)

    def __post_init__(self) -> None:
        """Find the levels, by trying."""
        self.levels = Levels(dict.fromkeys("ifo", CANDIDATES[0]), CANDIDATES[0], CANDIDATES[0])
        for settle in (self._enter, self._keep, self._leave, self._empty):
            self.levels = settle()

    def _enter(self) -> Levels:
        """Open i and saturate g: every level of one with every level of the other."""
        first, second = _pairs()
        held = np.resize(first, self.bench.units)
        answer = _first(self.bench.ask(self.bench.layer("g", {"i": held}), second), "c")
        if answer is None:
            return self.levels
        best = _saturated(answer)
        opened = self.levels.open | {"i": float(first[best])}
        return replace(self.levels, open=opened, g=float(second[best]), entered=float(answer[best]))

    def _keep(self) -> Levels:
        """Open f."""
        answer = next((seen.got for seen in self.answers("f", np.array(CANDIDATES))), None)
        if answer is None:
            return self.levels
        best = _saturated(answer)
        opened = self.levels.open | {"f": CANDIDATES[best]}
        return replace(self.levels, open=opened, forget=float(answer[best]))

    def _leave(self) -> Levels:
        """Open o and saturate tanh(c): every level of one with every level of the other."""
        first, second = _pairs()
        shut = {"i": -self.levels.open["i"], "f": self.levels.open["f"]}
        if self.bench.takes_c0:
            held = shut | {"o": np.resize(first, self.bench.units)}
            answer = _first(self.bench.ask(self.bench.layer("", held), 0 * first, second), "h")
        else:
            first = np.array(CANDIDATES)
            second = np.full(len(first), float(self.bench.growing))
            answer = next((seen.got for seen in self.answers("o", first)), None)
        if answer is None:
            return self.levels
        best = _saturated(answer)
        opened = self.levels.open | {"o": float(first[best])}
        return replace(self.levels, open=opened, c=float(second[best]), output=float(answer[best]))

    def _empty(self) -> Levels:
        """See what is left in a step from c = 0 with nothing to enter."""
        opened = self.levels.open
        layer = self.bench.layer("", opened | {"i": -opened["i"]})
        left = [x for way in self.bench.ask(layer, np.zeros(1)) for x in (way.c, way.h) if x is not None]
        return replace(self.levels, rest=float(max(np.abs(x).max() for x in left)))

    def answers(self, place: str, z: Array) -> list[Seen]:
        """Ask about numbers of the format in one of `PLACES`.

        Returns:
            What was shown, once for each way of running that shows something else; nothing where the
            place cannot be seen.
        """
        quantity = "h" if place in "oh" else "c"
        if quantity == "c" and not self.bench.shows_c:
            return []
        ways = getattr(self, f"_{place}")(z)
        shown = [(way, getattr(way, quantity)) for way in ways]
        own = [
            Seen(way.c if place == "h" and way.c is not None else z, got)
            for way, got in shown
            if got is not None
        ]
        if place == "h" and not self.bench.takes_c0:
            own = [seen for seen in own if seen.z is not z]  # else nobody knows of what it is the tanh
        return [seen for k, seen in enumerate(own) if not any(_same(seen, other) for other in own[:k])]

    def _f(self, z: Array) -> list[Shown]:
        levels, bench = self.levels, self.bench
        if bench.takes_c0:
            return bench.ask(bench.layer("f", {"i": -levels.open["i"]}), z, 1.0)
        return bench.ask(bench.layer("f", {"i": levels.open["i"]}, first=levels.g), z, before=1)

    def _i(self, z: Array) -> list[Shown]:
        return self.bench.ask(self.bench.layer("i", {"g": self.levels.g}), z)

    def _g(self, z: Array) -> list[Shown]:
        return self.bench.ask(self.bench.layer("g", {"i": self.levels.open["i"]}), z)

    def _o(self, z: Array) -> list[Shown]:
        levels, bench = self.levels, self.bench
        f, i = levels.open["f"], levels.open["i"]
        if bench.takes_c0:
            return bench.ask(bench.layer("o", {"f": f, "i": -i}), z, levels.c)
        return bench.ask(bench.layer("o", {"f": f, "i": i, "g": levels.g}), z, before=bench.growing)

    def _h(self, z: Array) -> list[Shown]:
        levels, bench = self.levels, self.bench
        if bench.takes_c0:
            return bench.ask(bench.layer("", levels.open | {"i": -levels.open["i"]}), 0 * z, z)
        layer = bench.layer("g", levels.open)
        thirds = (z[start::3] for start in range(3))
        asked = [
            bench.ask(layer, part, again=k) for part, k in zip(thirds, _GROWTH, strict=True) if len(part)
        ]
        return [_chained(ways) for ways in zip(*asked, strict=True)]


def _pairs() -> tuple[Array, Array]:
    """Return every candidate with every candidate; the pairs of early ones come first."""
    order = sorted(np.ndindex(len(CANDIDATES), len(CANDIDATES)), key=sum)
    first, second = np.array(CANDIDATES)[np.array(order)].T
    return first, second


def _saturated(values: Array) -> int:
    """Return where a gate is open and tanh saturated: where a product is that comes out most often.

    Not where it is nearest to 1: what is too large may there make up for what is too small.
    """
    found, times = np.unique(values[np.isfinite(values)], return_counts=True)
    flat = found[times == times.max()] if len(found) else values
    level = flat[np.argmin(np.abs(flat - 1))]
    return int(np.argmax(values == level))


def _first(ways: Sequence[Shown], quantity: str) -> Array | None:
    """Return what the first way shows that shows a quantity."""
    return next((x for way in ways if (x := getattr(way, quantity)) is not None), None)


def _same(one: Seen, other: Seen) -> bool:
    return np.array_equal(one.z, other.z) and np.array_equal(one.got, other.got, equal_nan=True)


def _chained(ways: Sequence[Shown]) -> Shown:
    """Put answers one behind the other."""
    chained = [[getattr(way, quantity) for way in ways] for quantity in "ch"]
    return Shown(*(None if any(x is None for x in xs) else np.concatenate(xs) for xs in chained))
