"""The shipped puzzles do what they are there for."""

from itertools import permutations

import numpy as np
import pytest
from cells import right

from lstm_verify import check, load, run
from lstm_verify.lstm.network import Place
from lstm_verify.puzzle.library import shipped

GENERIC = load("generic")


@pytest.mark.parametrize("order", ["".join(p) for p in permutations("ifgo")][1:])
def test_no_gate_order_survives_generic(order):
    """Each of the 23 wrong orders fails in both cases of `generic`, from the first step on."""
    with pytest.raises(AssertionError) as failed:
        check(lambda *a: right(*a, order=order), puzzles=GENERIC)

    assert str(failed.value).count("24 of 24 numbers are not where") == 2
    assert str(failed.value).count("first at t=1: ") == 2


@pytest.mark.parametrize("name", [name for name in shipped() if name.startswith("generic")])
def test_generic_has_no_two_equal_numbers(name):
    """Every weight, bias, input and initial state is distinct, in size too, and none is 0."""
    puzzle = load(name)
    tensors = [tensor for _, tensor in puzzle.network.tensors()]
    tensors += [tensor for case in puzzle.cases for _, tensor in case.run.items()]
    numbers = [x for tensor in tensors for x in np.array(tensor, dtype=object).flat]
    assert len({abs(x) for x in numbers}) == len(numbers) > 60
    assert 0 not in numbers


def test_generic_gates_are_mid_range():
    """No gate of `generic` is near 0 or 1, so that no mistake hides in saturation."""
    report = run("generic", "reference")
    gates = [r.comparison.columns[Place(gate)].got for r in report.results for gate in "ifo"]
    assert 0.02 < np.min(gates) < np.max(gates) < 0.98


def test_lees_lecture_is_reproduced():
    """Memory 3 7 7 7 0 and output 0 0 0 7 0, by hand and within a thousandth by the equations."""
    puzzle = load("memory-lee")
    case = puzzle.cases[0]
    assert [[str(n.text) for (n,) in case.hand[Place(q)]] for q in "ch"] == [list("37770"), list("00070")]
    result = run(puzzle).results[-1]
    assert result.backend.name == "reference"
    assert np.abs(result.comparison.columns[Place("c")].got.ravel() - [3, 7, 7, 7, 0]).max() < 1e-3
    assert np.abs(result.comparison.columns[Place("h")].got.ravel() - [0, 0, 0, 7, 0]).max() < 1e-3
