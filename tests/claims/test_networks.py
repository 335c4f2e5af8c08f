"""The claims of the puzzles about layers, directions and projections."""

from __future__ import annotations

from itertools import product

import numpy as np
from traces import bits, traced, words

NUMBER = 2000


def _past_and_future(x):
    """Return for each step whether there is a 1 up to it, and from it on: x is [steps, sequences]."""
    return np.maximum.accumulate(x) > 0, np.maximum.accumulate(x[::-1])[::-1] > 0


def test_bidir_future_now_or_later():
    x = bits(words(2, 12))
    h = traced("bidir-future", x)["h_l0_reverse"]
    _, future = _past_and_future(x)
    assert h[future].min() > 0.24
    assert h[~future].max() < 1e-8


def test_bidir_between_between():
    x = bits(words(2, 12))
    found = traced("bidir-between", x)
    past, future = _past_and_future(x)
    for name, where, yes in (
        ("h_l1", past & future, 0.24),
        ("h_l1_reverse", past & ~future, 0.19),
    ):
        assert found[name][where].min() > yes
        assert found[name][~where].max() < 1e-7


def test_stacked_memory_sums():
    """Layer 1 adds up what layer 0 shows, from the second step on; the first sequence is the worst."""
    rng = np.random.default_rng(0)
    shape = (8, NUMBER + 1)
    value, write, show = (
        rng.uniform(0, 1 / 50, shape),
        rng.integers(-1, 2, shape),
        rng.integers(2, size=shape),
    )
    value[:, 0], write[:, 0], show[:, 0] = 1 / 50, 1, 1
    found = traced("stacked-memory", np.stack([value, write, show], axis=-1))
    memory, total = np.full(NUMBER + 1, 0.01), np.full(NUMBER + 1, 0.12)
    for t in range(8):
        memory = np.where(write[t] == 1, memory + value[t], np.where(write[t] == -1, 0, memory))
        total += memory * show[t] * (t > 0)
        assert np.abs(found["c_l0"][t, :, 0] - memory).max() < 3e-5
    away = np.abs(found["c_l1"][-1, :, 0] - total)
    assert away[1:].max() < away[0] < 0.0087


def test_projection_linear():
    """The corners of the domain, and points between them, which are not as far off."""
    corners = np.array(list(product([-0.04, 0.04], repeat=6))).T.reshape(3, 2, -1).swapaxes(1, 2)
    between = np.random.default_rng(0).uniform(-0.04, 0.04, (3, NUMBER, 2))
    x1, x2 = np.moveaxis(np.concatenate([corners, between], axis=1), 2, 0)
    found = traced("projection", np.stack([x1, x2], axis=-1))
    c, r = np.array([[0.04, -0.08], [0.02, 0.04]])[..., None], np.array([0.02, -0.04])[:, None]
    for t in range(3):
        below = c[0] + [x1[t], x2[t] + r[0]]
        r0 = below[0] - below[1] / 2
        above = c[1] + [r0, r0 + r[1]]
        c, r = np.stack([below, above]), np.stack([r0, above[1] / 2 - above[0]])
    for layer, most in ((0, 0.0021), (1, 0.027)):
        away = np.abs(found[f"h_l{layer}"][2, :, 0] - r[layer])
        assert away[64:].max() < away[:64].max() < most


def test_reverse_alone_still_to_come():
    x = np.random.default_rng(0).uniform(-1 / 32, 1 / 32, (8, NUMBER, 1))
    found = traced("reverse-alone", x)
    assert np.abs(found["c"] - np.cumsum(x[::-1], axis=0)[::-1]).max() < 8.2e-5
    assert np.abs(found["h"] - np.tanh(found["c"])).max() < 1e-8
    assert np.array_equal(found["h_n"][0], found["h"][0])
    assert np.array_equal(found["c_n"][0], found["c"][0])
