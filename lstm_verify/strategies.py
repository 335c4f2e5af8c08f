"""Hypothesis strategies for LSTMs: networks, what they run on, and sequences that a puzzle allows.

In Hypothesis's own style: arguments are keyword-only, and each is a strategy.

    from hypothesis import given
    from lstm_verify import load, strategies

    @given(strategies.sequences(load("memory")))
    def test_memory(rows): ...
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.puzzle.model import Choice, Interval, Puzzle

_SEEDS = st.integers(0, 2**32 - 1)
_SIZES = st.integers(1, 8)


@st.composite
def weights(
    draw: st.DrawFn,
    /,
    *,
    input_sizes: st.SearchStrategy[int] = _SIZES,
    hidden_sizes: st.SearchStrategy[int] = _SIZES,
    scales: st.SearchStrategy[float] = st.floats(0.01, 5),
    densities: st.SearchStrategy[float] = st.sampled_from([1.0, 1.0, 0.5]),
    biases: st.SearchStrategy[bool] = st.just(True),
) -> Weights:
    """Draw the weights of one layer, float64 numbers spread evenly over ± a scale.

    Args:
        scales: the largest absolute weight.
        densities: the share of weights that are not 0.
        biases: whether the biases are drawn too (else they are 0).
    """
    inputs, hidden, scale = draw(input_sizes), draw(hidden_sizes), draw(scales)
    if inputs < 1 or hidden < 1:
        raise InvalidArgument(f"{inputs=} and {hidden=} must be at least 1")
    density, bias = draw(densities), draw(biases)
    random = np.random.default_rng(draw(_SEEDS))

    def tensor(*shape: int) -> Any:
        return random.uniform(-scale, scale, shape) * (random.random(shape) < density)

    rows = 4 * hidden
    return Weights(tensor(rows, inputs), tensor(rows, hidden), bias * tensor(rows), bias * tensor(rows))


@st.composite
def networks(
    draw: st.DrawFn,
    /,
    *,
    input_sizes: st.SearchStrategy[int] = _SIZES,
    hidden_sizes: st.SearchStrategy[int] = _SIZES,
    biases: st.SearchStrategy[bool] = st.booleans(),
    **others: st.SearchStrategy[float],
) -> Network:
    """Draw a single-layer LSTM with PyTorch's equations; the arguments are those of `weights`."""
    inputs, hidden, bias = draw(input_sizes), draw(hidden_sizes), draw(biases)
    drawn = weights(input_sizes=st.just(inputs), hidden_sizes=st.just(hidden), biases=st.just(bias), **others)
    return Network(inputs, hidden, draw(drawn), bias)


@st.composite
def runs(
    draw: st.DrawFn,
    /,
    network: Network,
    *,
    steps: st.SearchStrategy[int] = st.integers(1, 12),
    scales: st.SearchStrategy[float] = st.floats(0.01, 3),
    states: st.SearchStrategy[bool] = st.booleans(),
) -> Run:
    """Draw a sequence and an initial state for a network.

    Args:
        scales: the largest absolute input.
        states: whether h0 (within ±1) and c0 (within ±2) are drawn (else they are 0).
    """
    length, scale, given = draw(steps), draw(scales), draw(states)
    random = np.random.default_rng(draw(_SEEDS))
    size = network.hidden_size
    return Run(
        inputs=random.uniform(-scale, scale, (length, network.input_size)),
        h0=given * random.uniform(-1, 1, size),
        c0=given * random.uniform(-2, 2, size),
    )


def sequences(
    puzzle: Puzzle, *, steps: st.SearchStrategy[int] = st.integers(1, 12)
) -> st.SearchStrategy[tuple[tuple[Fraction, ...], ...]]:
    """Draw sequences that a puzzle's domain allows: rows [steps][input_size] of exact numbers.

    Raises:
        InvalidArgument: the domain of a feature is not stated.
    """
    missing = [name for name in puzzle.features if name not in puzzle.domain]
    if missing:
        raise InvalidArgument(f"{puzzle.name} states no domain for {', '.join(missing)}")
    row = st.tuples(*(_feature(puzzle.domain[name]) for name in puzzle.features))
    return steps.flatmap(lambda n: st.lists(row, min_size=n, max_size=n)).map(tuple)


def _feature(domain: Interval | Choice) -> st.SearchStrategy[Fraction]:
    if isinstance(domain, Choice):
        return st.sampled_from(domain.values)
    width = domain.high - domain.low
    return st.integers(0, 10**6).map(lambda k: domain.low + width * Fraction(k, 10**6))
