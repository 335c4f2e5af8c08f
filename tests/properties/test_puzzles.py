"""The shipped puzzles do what they are there for."""

from itertools import permutations

import numpy as np
import pytest

from lstm_verify import check, load, run


def cell(x, h, c, w):
    """A correct LSTM."""
    i, f, g, o = np.split(w.weight_ih @ x + w.bias_ih + w.weight_hh @ h + w.bias_hh, 4)
    c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    return np.tanh(c) / (1 + np.exp(-o)), c


def reading(order):
    """Return an LSTM that takes the packed rows to be in another order of the gates."""

    def misread(x, h, c, w):
        return cell(x, h, c, w.packed(order))

    return misread


def test_a_correct_cell_agrees_with_all_puzzles():
    """Correct code passes everything that is shipped."""
    check(cell)


@pytest.mark.parametrize("order", ["".join(p) for p in permutations("ifgo")][1:])
def test_no_gate_order_survives_generic(order):
    """Each of the 23 wrong orders fails in both cases of `generic`, from the first step on."""
    with pytest.raises(AssertionError, match="24 of 24 numbers are not where"):
        check(reading(order), puzzles="generic")


def test_generic_has_no_two_equal_numbers():
    """Every weight, bias, input and initial state of `generic` is distinct, in size too, and none is 0."""
    puzzle = load("generic")
    tensors = [*vars(puzzle.network.weights).values()]
    tensors += [tensor for case in puzzle.cases for tensor in vars(case.run).values()]
    numbers = [x for tensor in tensors for x in np.array(tensor, dtype=object).flat]
    assert len({abs(x) for x in numbers}) == len(numbers) == 112
    assert 0 not in numbers


def test_generic_gates_are_mid_range():
    """No gate of `generic` is near 0 or 1, so that no mistake hides in saturation."""
    report = run("generic", "reference")
    gates = [r.comparison.columns[gate].got for r in report.results for gate in "ifo"]
    assert 0.02 < np.min(gates) < np.max(gates) < 0.98


def test_lees_lecture_is_reproduced():
    """Memory 3 7 7 7 0 and output 0 0 0 7 0, by hand and within a thousandth by the equations."""
    puzzle = load("memory-lee")
    case = puzzle.cases[0]
    assert [[str(n.text) for (n,) in case.hand[q]] for q in "ch"] == [list("37770"), list("00070")]
    result = run(puzzle).results[-1]
    assert result.backend.name == "reference"
    assert np.abs(result.comparison.columns["c"].got.ravel() - [3, 7, 7, 7, 0]).max() < 1e-3
    assert np.abs(result.comparison.columns["h"].got.ravel() - [0, 0, 0, 7, 0]).max() < 1e-3
