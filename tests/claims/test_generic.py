"""The claims of the puzzles in which every number is different."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from traces import puzzle

from lstm_verify.lstm.readings import float_trace


def _differ(name, number, unit):
    """The numbers of a puzzle, without their signs, are 1, 2, 3, … units: weights, inputs, states before."""
    given = puzzle(name)
    layers = [t for weights in given.network.layers for _, t in weights.items()]
    head = [t for _, t in given.network.head.items()] if given.network.head else []
    runs = [t for case in given.cases for _, t in case.run.items()]
    found = sorted(abs(x) for tensor in (*layers, *head, *runs) for x in np.array(tensor, object).ravel())
    assert found == [unit * k for k in range(1, number + 1)]


def test_generic_all_differ():
    _differ("generic", 112, Fraction(1, 100))


def test_generic_square_all_differ():
    _differ("generic-square", 267, Fraction(1, 200))


def test_generic_bidir_all_differ():
    _differ("generic-bidir", 320, Fraction(1, 200))


def test_generic_projection_all_differ():
    _differ("generic-projection", 188, Fraction(1, 200))


def test_generic_peephole_all_differ():
    _differ("generic-peephole", 78, Fraction(1, 100))


def test_generic_layernorm_all_differ():
    _differ("generic-layernorm", 120, Fraction(1, 100))


def test_generic_open():
    given = puzzle("generic")
    (steps,) = zip(*(float_trace(given.network, case.run).steps for case in given.cases), strict=True)
    gates = np.array([[step[:4] for step in row] for row in steps])[:, :, [0, 1, 3]]
    assert 0.039 < gates.min() < 0.04
    assert 0.967 < gates.max() < 0.968
