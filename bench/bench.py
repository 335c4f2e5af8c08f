"""What is to be quick, and how tight the envelope is: measured in one run, printed beside its goal.

A report, never a test: times differ from machine to machine, and nothing fails where a goal is missed.
What can be a ratio is one: both of its sides are measured in turn, so that a busy machine slows both.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: threads that only wait cost time too

import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

import numpy as np
from tabulate import tabulate

from lstm_verify.backends.base import Backend, Observation, Part
from lstm_verify.backends.registry import backend
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.lstm.readings import float_trace, true_trace
from lstm_verify.verify.compare import Comparison, compare
from lstm_verify.verify.envelope import envelope as envelope_of
from lstm_verify.verify.verdict import rounded

PUZZLES = Path(__file__).parents[1] / "puzzles"
ROUNDS = 9
NETWORKS = 150
SEED = 20


def main() -> None:
    """Measure everything and print one table."""
    rows = [row for measure in (start_up, envelope, growth, tightness) for row in measure()]
    header = ["what", "measured", "goal", ""]
    shown = [(what, text, goal, "met" if met else "NOT MET") for what, text, goal, met in rows]
    print(tabulate(shown, header, disable_numparse=True))


Row = tuple[str, str, str, bool]


def start_up() -> Iterator[Row]:
    """Time the command line: `run` against what importing PyTorch costs, the light commands in seconds."""
    command = [sys.executable, "-c", "from lstm_verify.cli import main; main()"]
    whole = ["run", str(PUZZLES), "-b", "torch.cell", "-b", "torch.lstm"]
    for what, words, goal in (("run memory", ["run", "memory"], 1.15), ("the whole library", whole, 3)):
        pairs = [
            (_seconds([*command, *words]), _seconds([sys.executable, "-c", "import torch"]))
            for _ in range(ROUNDS)
        ]
        ratio = median(ours / torch for ours, torch in pairs)
        seconds = " / ".join(f"{median(side):.2f} s" for side in zip(*pairs, strict=True))
        yield f"{what} ÷ import torch", f"{ratio:.2f} ({seconds})", f"≤ {goal}", ratio <= goal
    for words, goal in (["--help"], 0.15), (["list"], 0.3), (["lint", str(PUZZLES)], 0.3):
        time = median(_seconds([*command, *words]) for _ in range(ROUNDS))
        yield words[0], f"{time:.2f} s", f"≤ {goal} s", time <= goal


def _seconds(command: list[str]) -> float:
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return perf_counter() - start


def envelope() -> Iterator[Row]:
    """Time the judging of one hidden-16, 20-step network, PyTorch's own time not counted."""
    random = np.random.default_rng(SEED)
    tested = backend("torch.cell")
    network, run = rounded(*_drawn(random, hidden=16, steps=20, scale=1), tested.form)
    for name, goal in (
        ("torch.cell", 10),
        ("torch.lstm", 60),
    ):  # of the latter two ways of running it are judged
        tested = backend(name)
        seconds = _typical(partial(_judged, network, run, tested, tested.observe(network, [run])[0]))
        what = f"envelope, hidden 16, 20 steps, {name}"
        yield what, f"{1000 * seconds:.1f} ms", f"≤ {goal} ms", 1000 * seconds <= goal


def _quickest(measured: Callable[[], object], rounds: int = 7) -> float:
    """Return the least processor time: what else the machine does counts little in it."""
    times = []
    for _ in range(rounds):
        start = process_time()
        measured()
        times.append(process_time() - start)
    return min(times)


def _judged(network: Network, run: Run, tested: Backend, observation: Observation) -> Comparison:
    return compare(network, run, observation, tested.form, tested.accuracy)


def _typical(measured: Callable[[], object], rounds: int = 50) -> float:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        measured()
        times.append(perf_counter() - start)
    return median(times)


def growth() -> Iterator[Row]:
    """Fit time = a + b·n, n being the steps, or the weights."""
    for name, trace in _READINGS.items():
        for what, sizes in ("steps", [(16, 50 * k) for k in range(1, 9)]), ("weights", _HIDDEN[name]):
            counts, times = [], []
            for hidden, steps in sizes:
                random = np.random.default_rng(SEED)
                network, run = rounded(
                    *_drawn(random, hidden=hidden, steps=steps, scale=1), FORMATS["float64"]
                )
                counts.append(steps if what == "steps" else sum(w.size for _, w in network.tensors()))
                times.append(_quickest(partial(trace, network, run)))
            yield _fitted(f"{name} reading, time over {what}", np.array(counts), np.array(times))


_READINGS: dict[str, Callable[[Network, Run], object]] = {
    "float": float_trace,
    "ball": partial(true_trace, bits=128),
    "envelope": lambda network, run: envelope_of(network, run, Part({}), FORMATS["float32"], Accuracy()),
}
"""What is timed; of the envelope the slower form, which carries all states as intervals."""

_HIDDEN = {
    "float": [(64 * k, 20) for k in range(4, 12)],
    "ball": [(8 * k, 5) for k in range(1, 9)],
    "envelope": [(16 * k, 5) for k in range(4, 12)],
}
"""Reading -> hidden sizes and steps: large enough that the weights tell."""


def _fitted(what: str, counts: np.ndarray, times: np.ndarray) -> Row:
    """Print the fit, and how many times as long twice the count takes: of a square it would be four."""
    slope, start = np.polyfit(counts, times, 1)
    half = np.interp(counts[-1] / 2, counts, times)
    twice = times[-1] / half
    text = f"{1000 * max(start, 0):.1f} ms + {1e6 * slope:.3g} µs · n; twice n: × {twice:.2f}"
    return what, text, "linear: ≤ × 2.2", bool(twice <= 2.2)


def tightness() -> Iterator[Row]:
    """Find the largest share of its radius that a correct run used: near 1 is tight, above 1 is wrong."""
    for name in "torch.cell", "torch.lstm":
        for form in "float32", "float64":
            random = np.random.default_rng(SEED)
            tested = backend(f"{name},dtype={form}")
            shares = [_largest_share(random, tested) for _ in range(NETWORKS)]
            what = f"largest share of the radius used, {name}, {form}"
            yield what, f"{max(shares):.2f}", "≤ 1 (0.7: tight)", max(shares) <= 1


def _largest_share(random: np.random.Generator, tested: Backend) -> float:
    """Run a random network and return the largest share of its interval's radius that a number used."""
    hidden, steps = int(random.integers(1, 33)), int(random.integers(1, 31))
    drawn = _drawn(random, hidden=hidden, steps=steps, scale=20 ** random.uniform(-1, 1))
    network, run = rounded(*drawn, tested.form)
    found = compare(network, run, tested.observe(network, [run])[0], tested.form, tested.accuracy)
    return max(float(column.share[column.checked].max(initial=0)) for column in found.columns.values())


def _drawn(random: np.random.Generator, *, hidden: int, steps: int, scale: float) -> tuple[Network, Run]:
    """Draw a dense network with weights within ±scale and what it is run on."""
    inputs = int(random.integers(1, 9))

    def tensor(*shape: int) -> np.ndarray:
        return random.uniform(-scale, scale, shape)

    weights = Weights(
        weight_ih=tensor(4 * hidden, inputs),
        weight_hh=tensor(4 * hidden, hidden),
        bias_ih=tensor(4 * hidden),
        bias_hh=tensor(4 * hidden),
    )
    run = Run(
        inputs=random.uniform(-1, 1, (steps, inputs)),
        h0=random.uniform(-1, 1, (1, hidden)),
        c0=random.uniform(-2, 2, (1, hidden)),
    )
    return Network(inputs, hidden, (weights,)), run


if __name__ == "__main__":
    main()
