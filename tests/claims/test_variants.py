"""The claims of the puzzles about variants of the LSTM."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from traces import bits, traced, words

NUMBER = 2000
SHARES = {"cifg-blend": [1 / 4, 1 / 2, 3 / 4], "coupled-input": [3 / 4, 1 / 2, 1 / 4]}
"""Puzzle -> which part of c is new, where share is −1, 0 and 1."""


def _blends(name):
    """The numbers of 50 steps stay as near to the blend by hand as tanh(1/4) is to 1/4."""
    rng = np.random.default_rng(0)
    value, share = rng.uniform(-1 / 4, 1 / 4, (50, NUMBER)), rng.integers(-1, 2, (50, NUMBER))
    found = traced(name, np.stack([value, share], axis=-1))["c"][..., 0]
    new, c = np.take(SHARES[name], share + 1), np.zeros(NUMBER)
    for t in range(50):
        c = new[t] * value[t] + (1 - new[t]) * c
        assert np.abs(found[t] - c).max() < 0.0051


def test_cifg_blend_blend():
    _blends("cifg-blend")


def test_coupled_input_blend():
    _blends("coupled-input")


def test_clip_counter_stops():
    """All strings of up, down and neither."""
    steps = words(3, 8).T
    up, down = steps == 1, steps == 2
    found = traced("clip-counter", np.stack([up, down], axis=-1))
    count = np.zeros(3**8)
    for t in range(8):
        count = np.clip(count + up[t] - down[t], -2, 2)
        assert np.abs(found["c"][t, :, 0] - count).max() < 1e-11
        assert np.abs(found["h"][t, :, 0] - np.tanh(count)).max() < 1e-11


def test_clip_gates_bounds():
    x = np.random.default_rng(0).uniform(-100, 100, (200, NUMBER, 2))
    found = traced("clip-gates", x)
    for gate, low, high in (("i", 0.1, 0.9), ("f", 0.9, 0.9), ("g", -2, 2), ("o", 0.9, 0.9)):
        assert found[gate].min() == pytest.approx(low)
        assert found[gate].max() == pytest.approx(high)
    most = traced("clip-gates", np.full((400, 1, 2), 100.0))["c"].ravel()
    assert np.abs(found["c"]).max() < most[-1] == pytest.approx(18)
    assert most[1] > 2


def test_clip_projection_fed_back():
    x = np.random.default_rng(0).uniform(-1 / 4, 1 / 4, (20, NUMBER, 1))
    found = traced("clip-projection", x)
    h = found["h"][..., 0]
    assert np.abs(h).max() == 1 / 8
    before = np.cumsum(h, axis=0)[:-1]
    assert np.abs(found["c"][0, :, 1]).max() == 0
    assert np.all(np.abs(found["c"][1:, :, 1] - before) < 0.00065 * np.arange(1, 20)[:, None])


def test_dropout_eval_edges():
    x = bits(words(2, 12))
    h = traced("dropout-eval", x)["h_l1"]
    before = np.concatenate([np.zeros_like(x[:1]), x[:-1]])
    edges = np.concatenate([x > before, x < before], axis=-1)
    assert h[edges].min() > 0.24
    assert h[~edges].max() < 1e-7


def test_dropout_all_blind():
    h = traced("dropout-all", bits(words(2, 10)))
    assert np.unique(h["h_l1"], axis=1).shape[1] == 1
    assert np.unique(h["h_l0"], axis=1).shape[1] == 2**10
    counted = np.arange(1, 11)[:, None] * np.tanh([1 / 16, -1 / 32])
    np.testing.assert_allclose(h["c_l1"][:, 0], counted, atol=1e-8)


def test_forget_bias_three_quarters():
    c0 = np.random.default_rng(0).uniform(-10, 10, (1, NUMBER, 1))
    c = traced("forget-bias", np.zeros((100, NUMBER, 1)), c0=c0)["c"]
    np.testing.assert_allclose(c, c0 * 0.75 ** np.arange(1, 101)[:, None, None], rtol=1e-13)


def test_other_activations_by_hand():
    chosen = np.random.default_rng(0).integers(-16, 17, (20, 500, 2))
    found = traced("other-activations", chosen / 4)
    c = [F(0)] * 500
    for t, step in enumerate(chosen.tolist()):
        x1, x2 = zip(*([F(k, 4) for k in row] for row in step), strict=True)
        i, g = [x / (1 + abs(x)) for x in x2], [x if x > 0 else x / 4 for x in x1]
        f = [max(F(-1), min(F(1), 2 - x)) for x in x2]
        c = [f * c + i * g for f, c, i, g in zip(f, c, i, g, strict=True)]
        assert np.abs(found["c"][t, :, 0] - np.array(c, float)).max() < 1e-13
    assert np.abs(found["i"]).max() < 1
    assert np.abs(found["f"]).max() == 1
    assert found["o"].min() == 0
    assert np.abs(found["c"]).max() > 10


def test_activations_per_direction_fractions():
    chosen = words(3, 7) - 1
    found = traced("activations-per-direction", bits(chosen))
    c = [F(0)] * len(chosen)
    for t in reversed(range(7)):
        new = {1: F(7, 20), 0: F(0), -1: F(-3, 20)}
        c = [F(7, 10) * before + new[int(x)] for before, x in zip(c, chosen[:, t], strict=True)]
        for name, exact in (("c", c), ("h", [F(3, 5) * x for x in c])):
            given = map(F, found[f"{name}_l0_reverse"][t, :, 0].tolist())
            assert max(abs(x - y) for x, y in zip(given, exact, strict=True)) < F("3e-16")
    forwards = np.zeros(len(chosen))
    for t in range(7):
        forwards = 2 / 3 * forwards + np.take([-1 / 32, 0, 3 / 32], chosen[:, t] + 1)
        assert np.abs(found["c_l0"][t, :, 0] - forwards).max() < 0.0015


def _averages(name):
    x = np.random.default_rng(0).uniform([-1 / 4, -4], [1 / 4, 4], (50, NUMBER, 2))
    found = traced(name, x)
    assert np.abs(found["i"] + found["f"] - 1).max() < 1e-15
    assert 0.24 < np.abs(found["c"]).max() <= np.tanh(1 / 4)


def test_hard_sigmoid_fifth_average():
    _averages("hard-sigmoid-fifth")


def test_hard_sigmoid_sixth_average():
    _averages("hard-sigmoid-sixth")


def test_hard_sigmoid_sixth_apart():
    """The two slopes part most where the steeper one ends."""
    z = np.arange(-4000, 4001) / 1000
    x = np.stack([np.zeros_like(z), z], axis=-1)[None]
    fifth, sixth = (traced(f"hard-sigmoid-{name}", x)["i"].ravel() for name in ("fifth", "sixth"))
    away = np.abs(fifth - sixth)
    assert away.max() == pytest.approx(1 / 12)
    assert set(np.abs(z[away > 1 / 12 - 1e-9])) == {5 / 2}


def test_layernorm_pair_any_size():
    x = np.geomspace(1 / 2, 1000, 500)
    found = traced("layernorm-pair", x[None, :, None])
    assert np.abs(found["f"] - 3 / 4).max() < 4e-6
    assert np.abs(found["g"] - np.tanh([1 / 4, 1 / 16])).max() < 1e-6


def _spikes(name, height, first, every):
    """Both units spike at the first step and then every so often, and h is 0 between."""
    found = traced(name, np.ones((3000, 1, 1)))
    t = np.arange(1, 3001)
    for unit in (0, 1):
        h = found["h"][:, 0, unit]
        spikes = (t >= first[unit]) & ((t - first[unit]) % every[unit] == 0)
        assert np.abs(h[spikes] - np.tanh(height[unit])).max() < 1e-8
        assert np.abs(h[~spikes]).max() < 1e-8
    return np.abs(found["c"] - np.round(found["c"])).max()


def test_peephole_timer_spikes():
    assert _spikes("peephole-timer", height=(5, 3), first=(5, 3), every=(5, 3)) < 2e-8


def test_peephole_old_late():
    assert _spikes("peephole-old", height=(1, 1), first=(6, 4), every=(5, 3)) < 2e-8
