"""The claims of the puzzles about saturation, underflow and precision."""

from __future__ import annotations

import numpy as np
from traces import traced, words


def test_almost_shut_any_k():
    rng = np.random.default_rng(0)
    for dtype, most, away in (("float64", 300, 1e-12), ("float32", 36, 3e-5)):
        k = (rng.uniform(1, 10, 3000) * 10.0 ** rng.integers(most, size=3000)).astype(dtype)
        found = traced("almost-shut", np.log(k)[None, :, None], dtype, c0=((k + 1) / 4)[None, :, None])
        assert np.abs(4 * found["c"] - 1).max() < away


def test_overflow_whole_numbers():
    signs = 2 * (words(16, 4).T[..., None] >> np.arange(4) & 1) - 1
    assert len(np.unique(signs.swapaxes(0, 1).reshape(-1, 16), axis=0)) == 16**4
    for dtype in ("float32", "float64"):
        found = traced("overflow", signs, dtype)
        c = np.full(16**4, 1000)
        for t, (write, keep, value, show) in enumerate(np.moveaxis(signs, 2, 1)):
            c = c * (keep > 0) + value * (write > 0)
            assert np.array_equal(found["c"][t, :, 0], c)
            assert np.abs(found["h"][t, :, 0] - np.tanh(c) * (show > 0)).max() < 1e-7


def test_tanh_order_apart():
    """However long it is held: c stays, h is ± o, and with the tanh outside it would be ± 1."""
    found = traced("tanh-order", np.zeros((1000, 1, 1)))
    assert np.array_equal(found["c"][:, 0], np.broadcast_to([100, -100, 100], (1000, 3)))
    assert np.abs(found["h"] - [0.1, -0.5, 0.9]).max() < 1e-15
    outside = np.tanh(found["o"] * found["c"])
    assert np.abs(outside - [1, -1, 1]).max() < 5e-9
    np.testing.assert_allclose(np.abs(outside - found["h"]).min(axis=(0, 1)), [0.9, 0.5, 0.1], atol=1e-8)


def test_wide_sums():
    x = np.random.default_rng(0).uniform(-2e-5, 2e-5, (50, 200, 1))
    logits = traced("wide", x)["logits"]
    before = np.concatenate([np.zeros_like(logits[:1]), logits[:-1]])
    assert np.abs(logits + before - 8515 * x).max() < 0.001
