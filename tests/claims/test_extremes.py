"""The claims of the puzzles about saturation, underflow and precision."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from traces import puzzle, traced, words


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
    """The worst sequence, and others, which are not as far off: numbers within the domain, and its ends."""
    draw = np.random.default_rng(0)
    worst = 2e-5 * (-1.0) ** np.arange(16)[:, None]
    x = np.concatenate(
        [worst, draw.uniform(-2e-5, 2e-5, (16, 100)), draw.choice([-2e-5, 2e-5], (16, 100))], axis=1
    )[..., None]
    logits = traced("wide", x)["logits"]
    before = np.concatenate([np.zeros_like(logits[:1]), logits[:-1]])
    away = np.abs(logits + before - 8515 * x).max(axis=(0, 2))
    assert away[1:].max() < away[0] < 0.0009
    assert (np.diff(np.abs(logits[:, 0, 0])) > 0).all()


def test_sigmoid_shape_lines():
    z = np.arange(-8000, 8001) / 1000
    sigma = 1 / (1 + np.exp(-z))
    gates = traced("sigmoid-shape", np.zeros((1, 1, 1)))["i"][0, 0]
    for unit, (slope, most, here, k) in enumerate(
        [(1 / 5, 0.0759, 0.0739, 12), (1 / 6, 0.0692, 0.0692, 15 / 4), (1 / 4, 0.1193, 0.1176, 15 / 2)]
    ):
        away = np.abs(np.clip(slope * z + 1 / 2, 0, 1) - sigma).max()
        assert most - 1e-4 < away < most
        line = min(slope * np.log(k) + 1 / 2, 1)
        assert abs(line - gates[unit]) == pytest.approx(here, abs=5e-5)


def test_sigmoid_shape_average():
    found = traced("sigmoid-shape", words(3, 8).T[..., None] - 1)
    assert np.abs(found["i"] + found["f"] - 1).max() < 1e-15
    assert 0.99 < np.abs(found["c"]).max() <= 1


def test_tanh_shape_odd():
    x = np.random.default_rng(0).uniform(-1, 1, (20, 2000, 1))
    found, turned = traced("tanh-shape", x), traced("tanh-shape", -x)
    for name, sign in (*zip("gch", [-1] * 3, strict=True), *zip("ifo", [1] * 3, strict=True)):
        assert np.array_equal(turned[name], sign * found[name])


def test_tanh_shape_stand_ins():
    z = np.log([3, 7, 19, 399]) / 2
    g = traced("tanh-shape", np.ones((1, 1, 1)))["g"][0, 0]
    assert np.abs(g - [1 / 2, 3 / 4, 9 / 10, 199 / 200]).max() < 1e-15
    stand_ins = {
        0.049: z,
        0.037: np.tanh(g),
        0.0046: np.stack([np.clip(z, -1, 1), z * (27 + z**2) / (27 + 9 * z**2)]),
    }
    for least, found in stand_ins.items():
        assert np.abs(found - g).min() > least


def _back_from_eight_bits(numbers, *, zero_point):
    """Round exact numbers to 256 levels, between the least and the largest or evenly about 0, and back."""
    numbers = [*map(Fraction, numbers), Fraction(0)]
    if zero_point:
        scale, zero = (max(numbers) - min(numbers)) / 255, min(numbers)
        return [zero + round((x - zero) / scale) * scale for x in numbers[:-1]]
    scale = max(map(abs, numbers)) / 127
    return [round(x / scale) * scale for x in numbers[:-1]]


def test_int8_exact_eight_bits():
    exact = puzzle("int8-exact")
    (weights,) = exact.network.layers
    matrices = [[x for row in matrix for x in row] for matrix in (weights.weight_ih, weights.weight_hh)]
    for numbers in (*matrices, *(domain.values for domain in exact.domain.values())):
        assert _back_from_eight_bits(numbers, zero_point=True) == list(numbers)
    assert all(_back_from_eight_bits(matrix, zero_point=False) != matrix for matrix in matrices)


def test_int8_exact_by_hand():
    steps = words(9, 4)
    x = np.array([0, 1 / 10, 1 / 2])[np.stack([steps // 3, steps % 3], axis=-1)].swapaxes(0, 1)
    found = traced("int8-exact", x)["c"]
    c = np.zeros((9**4, 2))
    for t in range(4):
        c = x[t] @ np.array([[0.2, 0.2], [-0.05, 0.1]]).T + c @ np.array([[0, 0], [-0.2, 0.05]]).T
        assert np.all(np.abs(found[t] - c).max(axis=0) < [0.0027, 0.0012])


@pytest.mark.parametrize(("dtype", "last"), [("float32", 149), ("float64", 1074)])
def test_tiny_numbers_halved(dtype, last):
    steps = last + 20
    halve = np.broadcast_to([0, 1], (steps, 1, 2))
    c = traced("tiny-numbers", halve, dtype, c0=np.array([[1, 0]], dtype))["c"][:, 0, 0]
    assert c.dtype == dtype
    assert np.array_equal(c[:last], np.ldexp(1.0, -np.arange(1, last + 1)))
    assert not c[last:].any()


@pytest.mark.parametrize(("dtype", "away"), [("float32", 1e-6), ("float64", 1e-13)])
def test_tiny_numbers_seen(dtype, away):
    rng = np.random.default_rng(0)
    value = rng.uniform(1.2e-38, 2e-37, 2000) * rng.choice([-1, 1], 2000)
    inputs = np.zeros((2, 2000, 2))
    inputs[0, :, 0] = value
    found = traced("tiny-numbers", inputs, dtype)["c"][1, :, 1]
    assert np.abs(found / np.tanh(1e36 * value) - 1).max() < away
