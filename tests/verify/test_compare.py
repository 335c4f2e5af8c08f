"""Every number beside its interval: what is counted, what fails, and which comes first."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_verify.backends.base import Observation, Part
from lstm_verify.backends.registry import backend
from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.verify.compare import compare
from lstm_verify.verify.verdict import rounded

RANDOM = np.random.default_rng(5)
SIZE, STEPS = 3, 5
NETWORK = Network(
    2,
    SIZE,
    Weights(*(RANDOM.uniform(-1, 1, s) for s in ((4 * SIZE, 2), (4 * SIZE, SIZE), 4 * SIZE, 4 * SIZE))),
)
RUN = Run(RANDOM.uniform(-1, 1, (STEPS, 2)), RANDOM.uniform(-1, 1, SIZE), RANDOM.uniform(-1, 1, SIZE))


def observed(name):
    """A backend's own observation of the network above, with what it was given."""
    implementation = backend(name)
    network, run = rounded(NETWORK, RUN, implementation.form)
    return implementation, network, run, implementation.observe(network, run)


def compared(name, change):
    """Compare after a change to the values of the first part."""
    implementation, network, run, observation = observed(name)
    first, *others = observation.parts
    values = {q: v.copy() for q, v in first.values.items()}
    change(values)
    changed = Observation((Part(first.steps, values), *others), observation.fed_back)
    return compare(network, run, changed, implementation.form, implementation.accuracy)


def test_all_numbers_are_counted():
    """c and h count for everyone, the gates where they are shown."""
    for name, quantities in (("reference", 6), ("torch.cell", 2), ("torch.lstm", 2)):
        comparison = compared(name, lambda values: None)
        assert (comparison.checked, comparison.not_checked, comparison.failures) == (
            quantities * STEPS * SIZE,
            0,
            0,
        )
        assert comparison.worst().ulps == 0
        assert 0 < comparison.worst().share <= 1


@pytest.mark.parametrize("name", ["reference", "torch.cell", "torch.lstm"])
def test_only_the_wrong_number_is_wrong(name):
    """A wrong h is caught in its own step; what follows from it is judged by it, and right or wrong on its own."""

    def change(values):
        values["h"][1, 2] += 1e-3

    comparison = compared(name, change)
    first = comparison.first_outside()
    assert (first.quantity, first.step, first.unit) == ("h", 2, 2)
    assert first.ulps == pytest.approx(1e-3 / backend(name).form.ulp(np.array(first.got)), rel=0.1)
    assert comparison.columns["h"].outside[1].sum() == 1


def test_the_cause_comes_before_what_follows():
    """Within a step the order is i f g o c h."""

    def change(values):
        values["h"][2, 0] += 1
        values["o"][2, 1] += 0.1
        values["c"][3, 0] += 100

    comparison = compared("reference", change)
    first = comparison.first_outside()
    assert (first.quantity, first.step, first.unit) == ("o", 3, 1)
    assert comparison.worst().quantity == "c"


def test_c_in_a_prefix_is_judged_by_its_own_run():
    """Of torch.lstm each c comes from a run over a prefix; a wrong one is found at that step."""
    implementation, network, run, observation = observed("torch.lstm")
    parts = list(observation.parts)
    assert [part.steps for part in parts] == [5, 4, 3, 2, 1]
    parts[2] = Part(3, {"h": parts[2].values["h"], "c": parts[2].values["c"] + 0.01})
    changed = Observation(tuple(parts))
    comparison = compare(network, run, changed, implementation.form, implementation.accuracy)
    assert np.argwhere(comparison.columns["c"].outside)[:, 0].tolist() == [2, 2, 2]
    assert not comparison.columns["h"].outside.any()


def test_a_wrong_h_in_a_prefix_is_not_lost():
    """A run over a prefix whose own h is wrong fails, although the whole run shows the right h."""
    implementation, network, run, observation = observed("torch.lstm")
    parts = list(observation.parts)
    wrong = parts[1].values["h"].copy()
    wrong[0, 0] += 0.5
    parts[1] = Part(4, {**parts[1].values, "h": wrong})
    comparison = compare(
        network, run, Observation(tuple(parts)), implementation.form, implementation.accuracy
    )
    first = comparison.first_outside()
    assert (first.quantity, first.step, first.unit) == ("h", 1, 0)
    assert comparison.checked == 2 * STEPS * SIZE


def test_nan_is_missing_and_inf_is_outside():
    """NaN where a number had to be is missing; an infinity is infinitely far outside."""

    def nan(values):
        values["h"][1, 1] = np.nan

    def inf(values):
        values["c"][1, 1] = np.inf

    missing = compared("torch.cell", nan).missing()
    assert (missing.quantity, missing.step, missing.unit) == ("h", 2, 1)
    comparison = compared("torch.cell", inf)
    assert comparison.missing() is None
    assert comparison.worst().ulps == np.inf


def test_too_wide_is_not_checked_but_never_hides_a_failure():
    """A number that rounding alone may move by a percent agrees with nothing; far outside it still fails."""
    big = Network(1, 1, Weights(np.full((4, 1), 3000.0), np.zeros((4, 1)), np.array([0.1] * 4), np.zeros(4)))
    run = Run(np.array([[1 / 3]]), np.zeros(1), np.array([5e6]))
    implementation = backend("torch.cell,dtype=float16,accuracy=8ulp+40u")
    for value, checked in ((1.0, False), (9.0, True)):
        network, given = rounded(big, Run(run.inputs, run.h0, np.array([60000.0])), implementation.form)
        observation = Observation(
            (Part(1, {"h": np.array([[value]]), "c": np.array([[60000.0]])}),), fed_back=True
        )
        comparison = compare(network, given, observation, implementation.form, implementation.accuracy)
        assert bool(comparison.columns["h"].checked[0, 0]) is checked


def test_long_sequences_show_c_at_a_spread_of_steps():
    """Beyond 64 steps nn.LSTM's c is seen at 64 of them, the first and the last too; the rest is not checked."""
    implementation = backend("torch.lstm")
    run = Run(RANDOM.uniform(-1, 1, (150, 2)), RUN.h0, RUN.c0)
    network, run = rounded(NETWORK, run, implementation.form)
    comparison = compare(
        network, run, implementation.observe(network, run), implementation.form, implementation.accuracy
    )
    shown = comparison.columns["c"].shown
    assert shown.sum() == 64
    assert shown[0]
    assert shown[-1]
    assert comparison.columns["h"].shown.all()
    assert comparison.not_checked == (150 - 64) * SIZE
    assert comparison.failures == 0
