"""Eight products a step, two, and nn.LSTM side by side, by the clock."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from lstm_verify.lessons.ledger import Finding, Table, judged
from lstm_verify.lessons.subjects import seeded, stepped

ROUNDS = 9

SLOWER = 1.1
"""What takes so many times as long counts as slower; less is noise."""


class Size(NamedTuple):
    """Of what is run."""

    inputs: int
    hidden: int
    batch: int
    steps: int


SIZES = (
    Size(4, 5, 10, 3),  # the lesson's example
    Size(32, 32, 128, 70),  # its notebooks'
    Size(128, 128, 1, 100),  # one text at a time
    Size(28, 256, 32, 35),  # that of Dive into Deep Learning
    Size(256, 256, 64, 50),
)

Clock = Callable[[Callable[[], object]], float]


def seconds(run: Callable[[], object]) -> float:
    """Return how long a function takes."""
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def runs(size: Size) -> list[Callable[[], object]]:
    """Return three functions that run a text through the layers: eight products, two, and nn.LSTM."""
    import torch
    from torch import nn

    from lstm_verify.backends.scratch.by_hand import Fused, Naive

    sizes = size.inputs, size.hidden
    x = torch.randn(size.steps, size.batch, size.inputs)
    zero = torch.zeros(size.batch, size.hidden)
    made: Sequence[Any] = (Naive(*sizes), Fused(*sizes), nn.LSTM(*sizes))
    naive, fused, built_in = made
    return [
        lambda: stepped(naive, x, (zero, zero)),
        lambda: stepped(fused, x, (zero, zero)),
        lambda: built_in(x),
    ]


def medians(size: Size, clock: Clock) -> list[float]:
    """Time the three in turn, round after round, and return the median of each."""
    import torch

    with seeded(), torch.inference_mode():
        functions = runs(size)
        for function in functions:
            function()
        rounds = [[clock(function) for function in functions] for _ in range(ROUNDS)]
    return [statistics.median(times) for times in zip(*rounds, strict=True)]


def measured(sizes: Sequence[Size] = SIZES, clock: Clock = seconds) -> Finding:
    """Time the layers over several sizes."""
    times = [medians(size, clock) for size in sizes]
    ratios = [(naive / fused, fused / built_in) for naive, fused, built_in in times]
    rows = tuple(
        (
            *(f"{size.inputs} → {size.hidden}", str(size.batch), str(size.steps)),
            *(f"{1000 * t:.2f}" for t in row),
            *(f"{ratio:.2f}" for ratio in both),
        )
        for size, row, both in zip(sizes, times, ratios, strict=True)
    )
    headers = ("layer", "batch", "steps", "8 (ms)", "2 (ms)", "nn.LSTM (ms)", "8 : 2", "2 : nn.LSTM")
    slower = [ratio > SLOWER for ratio, _ in ratios]
    eight, two = zip(*ratios, strict=True)
    figure = (
        f"eight take {min(eight):.2f} to {max(eight):.2f} times as long as two, and longer by a tenth or "
        f"more in {sum(slower)} of {len(slower)} sizes; two take {min(two):.2f} to {max(two):.2f} times as "
        "long as nn.LSTM"
    )
    # That it depends on size is the correction; on which sizes, depends on the machine.
    return judged(figure, as_said=False, corrected=slower[0], table=Table(headers, rows))
