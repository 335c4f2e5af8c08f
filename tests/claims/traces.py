"""Runs of a shipped puzzle's network on many sequences at once, and sequences to run it on."""

from __future__ import annotations

from functools import cache

import numpy as np

from lstm_verify import engine
from lstm_verify.lstm.arithmetic.floats import FloatArithmetic
from lstm_verify.lstm.network import Run
from lstm_verify.lstm.readings import unrolled
from lstm_verify.lstm.semantics import SHOWN

puzzle = cache(engine.load)


def traced(name, inputs, dtype="float64", h0=None, c0=None, length=None, mask=None):
    """Run a puzzle's network on sequences of its own, from the initial state of its first case.

    Args:
        inputs: [steps, sequences, input_size].
        h0, c0: [layers and directions, width], in place of that state; or, for each sequence its own,
            [layers and directions, sequences, width].
        length: how many steps of all the sequences are valid; what follows is padding.
        mask: for each step whether it counts.

    Returns:
        Name, such as "c" or "h_l1_reverse" -> [steps, sequences, width]; "h_n" and "c_n" have one step.
        Gates are left out where steps are skipped.
    """
    network, given = puzzle(name).network, puzzle(name).cases[0].run
    state = given.h0 if h0 is None else h0, given.c0 if c0 is None else c0
    sequences = np.shape(inputs)[1]
    unroll = unrolled(network, FloatArithmetic(dtype))
    unroll.zeros = lambda width: np.zeros((sequences, width), dtype)  # of all sequences, to be joined
    trace = unroll.trace(Run(np.asarray(inputs, dtype), *state, length, mask))
    columns = {network.name(place): trace.column(network, place) for place in network.places(*SHOWN)}
    return {
        name: np.array([np.broadcast_to(v, (sequences, len(v.T))) for v in column])
        for name, column in columns.items()
        if not any(v is None for v in column)
    }


def words(letters, length):
    """Return all words of a length over letters 0, 1, …: [letters ** length, length]."""
    return np.indices((letters,) * length).reshape(length, -1).T


def drawn_words(letters, length, number=2000, seed=0):
    """Draw words at random: [number, length]."""
    return np.random.default_rng(seed).integers(letters, size=(number, length))


def bits(chosen):
    """Give words of 0 and 1 [sequences, steps] to a network with one input: [steps, sequences, 1]."""
    return np.asarray(chosen, float).T[..., None]


def one_hot(chosen, letters):
    """Give words [sequences, steps] to a network with an input for each letter: [steps, sequences, letters]."""
    return np.eye(letters)[np.asarray(chosen).T]
