"""What the puzzles about delays, filters and letters claim, run on many sequences at once."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import combinations, product

import numpy as np
import pytest
from traces import bits, drawn_words, one_hot, puzzle, traced, words


def numbers(bound, sequences, steps):
    """Draw numbers within ±bound, a quarter of the sequences of nothing but ±bound: [sequences, steps]."""
    draw = np.random.default_rng(0)
    x = draw.uniform(-bound, bound, (sequences, steps))
    x[: sequences // 4] = draw.choice([-bound, bound], (sequences // 4, steps))
    return x


def off(found, expected):
    """Return the greatest distance."""
    return np.abs(found - expected).max()


def close_below(value, bound, share=0.9):
    """Whether a distance is below the bound that a claim states, and not so far that the bound says little."""
    return share * bound < value < bound


def read(name, reading, trace):
    """Return what a person reads off h at the last step: [sequences]."""
    form = puzzle(name).reads[reading]
    return float(form.constant) + sum(float(x) * trace["h"][-1, :, k] for (_, k), x in form.terms.items())


# --------------------------------------------------------------------------- delays


def delayed(x, by):
    """Return what was there so many steps ago, or 0: [steps, sequences]."""
    return np.concatenate([np.zeros((by, len(x))), x.T])[: x.shape[1]]


DELAYED = numbers(0.1, 2000, 12)


def test_delay_line_delay():
    h = traced("delay-line", bits(DELAYED))["h"]
    for unit, bound in enumerate([0.00067, 0.0014, 0.002]):
        assert close_below(off(h[..., unit], delayed(DELAYED, unit)), bound)


def test_delay_line_shrinking():
    h = traced("delay-line", bits(DELAYED))["h"]
    for unit in range(3):
        x = delayed(DELAYED, unit)
        lost, most = np.abs(x) - np.abs(h[..., unit]), 2 * (unit + 1) * np.abs(x) ** 3 / 3
        assert (lost < most + 1e-9).all()
        assert (lost > 0.97 * most - 1e-9).all()


def test_first_symbol_first():
    h = traced("first-symbol", bits(words(2, 12) / 2 - 1 / 4))["h"][..., 0]
    assert off(h, np.sign(h[0]) / 4) < 0.0099
    x = numbers(1 / 4, 1000, 200)
    x[:2] = [[s] + [-s] * 199 for s in (1 / 4, -1 / 4)]
    h = traced("first-symbol", bits(x))["h"][..., 0]
    assert close_below(off(h, x[:, 0]), 0.0099)
    assert close_below(off(h, h[0]), 6e-7)


def marked():
    """Return 3,000 sequences of 100 numbers, their markers, and the two numbers that are marked.

    As in the paper, one of the first ten is marked, but never the first of all, and another of the first 49.
    """
    draw = np.random.default_rng(0)
    x, markers, rows = numbers(1 / 8, 3000, 100), np.zeros((3000, 100)), np.arange(3000)
    markers[:, [0, -1]] = -1
    first = draw.integers(1, 10, 3000)
    second = draw.permuted(np.tile(np.arange(1, 49), (3000, 1)), axis=1)[:, :2]
    second = np.where(second[:, 0] == first, second[:, 1], second[:, 0])
    first[0], second[0] = 1, 2  # the worst: marked early, and what leaks in has the other sign
    for place in (first, second):
        markers[rows, place] = 1
    x[0] = np.where(markers[0] == 1, -1 / 8, 1 / 8)
    return x, markers, np.stack([x[rows, first], x[rows, second]])


def test_adding_problem_sum():
    x, markers, pair = marked()
    assert ((markers == 1).sum(1) == 2).all()
    trace = traced("adding-problem", np.stack([x.T, markers.T], axis=-1))
    assert close_below(off(trace["h"][-1, :, 0], pair.sum(0)), 0.0063)
    asked = 1 / 2 + (8 * pair).sum(0) / 4
    assert close_below(off(read("adding-problem", "target", trace), asked), 0.0126)


def test_adding_problem_leak():
    x, markers, pair = marked()
    c = traced("adding-problem", np.stack([x.T, markers.T], axis=-1))["c"][-1, :, 0]
    assert close_below(off(c, np.tanh(pair).sum(0)), 8e-8)


def two_letters(places, steps):
    """Return texts with X (1) or Y (2) at two places, in all four orders, and which are X: [texts, 2]."""
    places = np.repeat(places, 4, axis=0)
    letters = np.tile(list(product((1, 2), repeat=2)), (len(places) // 4, 1))
    texts = np.zeros((len(places), steps), int)
    np.put_along_axis(texts, places, letters, axis=1)
    return texts, letters == 1


def test_temporal_order_order():
    draw = np.random.default_rng(0)
    papers = np.stack([draw.integers(10, 21, 500), draw.integers(50, 61, 500)], axis=1) - 1
    runs = [(list(combinations(range(steps), 2)), steps) for steps in range(2, 13)]
    for places, steps in [*runs, (papers, 110)]:
        texts, is_x = two_letters(places, steps)
        trace = traced("temporal-order", one_hot(texts, 3))
        for k, reading in enumerate(["first", "second"]):
            assert (read("temporal-order", reading, trace).round() == np.where(is_x[:, k], 1, -1)).all()
        h = trace["h"][..., [0, 2]]
        sign = np.where(is_x, 1, -1)
        assert (h[-1] * sign > 0.24).all()
        assert off(h[-1], sign / 4) < 0.0099
        early = np.cumsum(texts > 0, axis=1).T < 2
        assert np.abs(h[..., 1][early]).max(initial=0) < 1e-9


def test_hold_200_leak():
    case = puzzle("hold-200").cases[1]
    c = traced("hold-200", np.array([[[float(x)]] for (x,) in case.run.inputs]))["c"][:, 0]
    left = c / c[0]
    assert len(c) == 200
    assert off(left[-1], [0.2628, 0.9910, 0.9999996]) < 5e-5
    assert close_below(1 - left[-1, 2], 4.5e-7)
    assert left[103, 0] > 1 / 2 > left[104, 0]


# --------------------------------------------------------------------------- filters


def test_peak_detector_maximum():
    for chosen in (words(10, 5), drawn_words(10, 300, 1000)):
        x = (chosen + 1) / 100
        trace = traced("peak-detector", bits(x))
        below = np.maximum.accumulate(x.T) - trace["h"][..., 0]
        assert below.min() > 0
        assert close_below(below.max(), 0.00067)
        assert off(trace["i"] + trace["f"], 1) < 1e-15


@pytest.mark.parametrize(("step", "least"), [(1e-4, 0.0102), (1e-3, 0.0987)])
def test_peak_detector_slope(step, least):
    h = traced("peak-detector", bits([np.arange(0.1, 0.01 - step / 2, -step)]))["h"]
    assert round(h[-1, 0, 0], 4) == least


def test_half_gates_halves():
    x = numbers(1 / 4, 2000, 20)
    x[0] = 1 / 4
    trace = traced("half-gates", bits(x))
    assert all((trace[gate] == 1 / 2).all() for gate in "ifo")
    c, expected = np.zeros(2000), []
    for column in x.T:
        c = column / 2 + c / 2
        expected.append(c)
    assert close_below(off(trace["c"][..., 0], expected), 0.0051)
    assert close_below(off(trace["h"][..., 0], np.divide(expected, 2)), 0.005)


def test_log_gates_fractions():
    chosen = words(3, 7) - 1
    trace = traced("log-gates", bits(chosen))
    c, furthest = [F(0)] * len(chosen), F(0)
    for column, found in zip(chosen.T, trace["c"][..., 0], strict=True):
        c = [F(2, 3) * before + F(3, 8) * int(x) for before, x in zip(c, column, strict=True)]
        furthest = max(furthest, *(abs(F(float(y)) - z) for y, z in zip(found, c, strict=True)))
    assert 0 < furthest < F("3e-16")
    assert off(trace["h"], 4 / 5 * np.tanh(trace["c"])) < 3e-16


def test_exponential_smoothing_average():
    x = numbers(1 / 8, 2000, 60)
    x[0] = 1 / 8
    trace = traced("exponential-smoothing", bits(x))
    average, expected = np.zeros(2000), []
    for column in x.T:
        average = 3 / 4 * average + 1 / 4 * column
        expected.append(average)
    assert close_below(off(trace["c"][..., 0], expected), 0.00065)
    assert close_below(off(trace["h"][..., 0], expected), 0.0013)
    assert off(trace["i"] + trace["f"], 1) < 1e-15


# --------------------------------------------------------------------------- letters


def test_last_letter_last():
    texts = words(4, 7)
    h = traced("last-letter", one_hot(texts, 4))["h"]
    last, most = np.zeros(len(texts), int), 0
    for column, found in zip(texts.T, h, strict=True):
        last = np.where(column > 0, column, last)
        expected = np.eye(4)[last][:, 1:]
        assert (found[expected == 1] > 0.24).all()
        most = max(most, found[expected == 0].max())
    assert close_below(most, 4e-9, share=0.8)


def test_echo_echo():
    texts = words(3, 8)
    h = traced("echo", one_hot(texts, 3))["h"]
    now = one_hot(texts, 3)
    before = np.concatenate([np.zeros_like(now[:1]), now[:-1]])
    assert off(h, np.concatenate([0.2401 * now, 0.2314 * before], axis=-1)) < 5e-5
    assert close_below(np.abs(h[np.concatenate([now, before], axis=-1) == 0]).max(), 1e-9)


def test_statquest_companies():
    h = traced("statquest", bits([[0, 0.5, 0.25, 1], [1, 0.5, 0.25, 1]]))["h"][-1, :, 0]
    assert h.round(4).tolist() == [0.0064, 0.9694]


def test_statquest_first_day():
    x = np.tile([0, 0.5, 0.25, 1], (1001, 1))
    x[:, 0] = np.linspace(0, 1, 1001)
    h = traced("statquest", bits(x))["h"][-1, :, 0]
    assert (np.diff(h) > 0).all()
