"""What the counters, the languages that are counted and the stacked networks claim."""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import pytest
import torch
from traces import bits, drawn_words, one_hot, puzzle, traced, words

ONE = np.tanh(np.tanh(1 / 4))
"""What h is for a logical one: 0.2401."""


def digits_of(h, zero=1e-7):
    """Read logical ones and zeros off h; nothing may lie between."""
    ones = np.abs(h - ONE) < 1e-4
    assert np.all(ones | (np.abs(h) < zero))
    return ones


def pairs_of(chosen):
    """Give words over 0 to 3 to a network with two inputs, which are their binary digits."""
    chosen = np.asarray(chosen).T
    return np.stack([chosen // 2, chosen % 2], axis=-1)


# --------------------------------------------------------------------------- counters

UPS = np.ones((1, 100), int) * 2


@pytest.mark.parametrize("chosen", [words(4, 8), drawn_words(4, 100), UPS], ids=["all", "drawn", "ups"])
def test_up_down_counter_count(chosen):
    inputs = pairs_of(chosen)
    counts = np.cumsum(inputs[..., 0] - inputs[..., 1], axis=0)
    np.testing.assert_allclose(traced("up-down-counter", inputs)["c"][..., 0], counts, atol=1e-9)


def test_up_down_counter_h_is_no_counter():
    formats = ("float64", "float32")
    h = {dtype: traced("up-down-counter", pairs_of(UPS), dtype)["h"][:, 0, 0] for dtype in formats}
    steps = np.diff(h["float64"])
    assert 1e-7 < steps[7] < 2e-7  # from 8 to 9
    assert steps[6] > 2e-7
    assert np.all(h["float32"][:9] < 1)
    assert np.all(h["float32"][9:] == 1)


AND_PAUSES = np.concatenate([np.zeros((1, 200), int), drawn_words(4, 200, 1999)])


@pytest.mark.parametrize("chosen", [words(4, 8), AND_PAUSES], ids=["all", "drawn"])
def test_saturating_counter_count_to_three(chosen):
    inputs = pairs_of(chosen)
    count, counts = np.zeros(inputs.shape[1], int), []
    for tick, reset in inputs.swapaxes(1, 2):
        count = np.where(reset, 0, np.minimum(count + tick, 3))
        counts.append(count)
    found = digits_of(traced("saturating-counter", inputs)["h"], zero=2e-7)
    np.testing.assert_array_equal(found, np.array(counts)[..., None] >= [1, 2, 3])


@pytest.mark.parametrize("chosen", [words(2, 13), drawn_words(2, 101)], ids=["all", "drawn"])
def test_majority_majority(chosen):
    h = traced("majority", bits(chosen))["h"][-1, :, 0]
    assert np.all(np.abs(h) > 0.76)
    np.testing.assert_array_equal(h > 0, chosen.mean(axis=1) > 1 / 2)


def test_majority_tie():
    chosen = words(2, 12)
    h = traced("majority", bits(chosen))["h"][-1, :, 0]
    ties = np.abs(h) < 1e-11
    np.testing.assert_array_equal(ties, chosen.sum(axis=1) == 6)
    assert ties.sum() == 924
    assert {-1, 1} <= set(np.sign(h[ties]))  # the leak decides, one way or the other


# --------------------------------------------------------------------------- a format that stands still


def counted(start, steps, dtype):
    """Count ones in a format, in NumPy."""
    inputs = np.ones((steps, 1, 1))
    trace = traced("stalled-counter", inputs, dtype, c0=((start,),))
    return trace["c"][:, 0, 0], trace["h"][:, 0, 0]


def counted_in_torch(start, steps, dtype):
    """Count ones in a format, in torch.nn.LSTMCell."""
    (given,) = puzzle("stalled-counter").network.layers
    cell = torch.nn.LSTMCell(1, 1, dtype=dtype)
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    cell.load_state_dict(
        {name: torch.tensor(np.array(getattr(given, name), float), dtype=dtype) for name in names}
    )
    h, c, counts = torch.zeros(1, 1, dtype=dtype), torch.full((1, 1), start, dtype=dtype), []
    with torch.no_grad():
        for _ in range(steps):
            h, c = cell(torch.ones(1, 1, dtype=dtype), (h, c))
            counts.append(c.item())
    return counts


def up_to(last, start, steps):
    """Return what a counter shows that stands still at `last`."""
    return [min(start + step, last) for step in range(1, steps + 1)]


def test_stalled_counter_float16_stalls():
    assert counted(2040, 16, "float16")[0].tolist() == up_to(2048, 2040, 16)
    assert counted_in_torch(2040, 16, torch.float16) == up_to(2048, 2040, 16)


def test_stalled_counter_bfloat16_stalls():
    assert counted_in_torch(252, 8, torch.bfloat16) == up_to(256, 252, 8)
    assert counted_in_torch(2040, 16, torch.bfloat16) == [2040] * 16


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_stalled_counter_float32_goes_on(dtype):
    for start, steps in [(2040, 16), (0, 3000)]:
        counts = counted(start, steps, dtype)[0]
        np.testing.assert_allclose(counts, start + np.arange(1, steps + 1), rtol=0, atol=1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_stalled_counter_h_is_no_counter(dtype):
    h = counted(0, 3000, dtype)[1].astype(float)
    assert np.all(h[19:] == h[19])
    assert abs(h[19] - 1) < 1e-12
    assert np.all(np.diff(h[:8]) > 0)


# --------------------------------------------------------------------------- languages

LONGEST = 500


@cache
def golden():
    """Run the golden network on # a^n b^(n + 1), for all n, filled up at the end with more b.

    Returns:
        The words, as the letters 0 to 2 [words, steps], and c and h [steps, words, units].
    """
    n, steps = np.ogrid[1 : LONGEST + 1, : 2 * LONGEST + 2]
    chosen = np.where(steps == 0, 0, np.where(steps <= n, 1, 2))
    trace = traced("anbn-golden", one_hot(chosen, 3))
    return chosen, trace["c"], trace["h"]


def after_n_a(states):
    """Return c or h after # a^n b^m: [n, m, units]."""
    n, m = np.ogrid[1 : LONGEST + 1, : LONGEST + 2]
    return states[n + m, n - 1]


def after_b():
    """Return n and m of the words of the claim: m b, from the first to one too many."""
    n, m = np.ogrid[1 : LONGEST + 1, : LONGEST + 2]
    return n, m, (m >= 1) & (m <= n + 1)


def test_anbn_golden_complete():
    n, m, valid = after_b()
    h = after_n_a(golden()[2])
    largest = np.abs(h).max(axis=-1)
    np.testing.assert_array_equal((largest < 1e-49)[valid], (n == m)[valid])
    assert np.all((largest > 0.76)[valid & (n != m)])
    np.testing.assert_allclose(h[..., 2][valid], np.tanh(n - m)[valid], rtol=1e-15)


def test_anbn_golden_whole_numbers():
    n, m, valid = after_b()
    c = after_n_a(golden()[1])[valid]
    assert np.all(c[:, :2] == 1)
    np.testing.assert_array_equal(c[:, 2], (n - m)[valid])


def test_anbn_golden_one_at_a_time():
    chosen, _, h = golden()
    others = chosen.T[..., None] != np.arange(3)
    assert np.all(np.abs(h[others]) < 1e-55)


@pytest.mark.parametrize("length", range(1, 10))
def test_anbncn_counters_equal_numbers(length):
    chosen = words(3, length)
    c = traced("anbncn-counters", one_hot(chosen, 3))["c"][-1]
    numbers = np.stack([(chosen == letter).sum(axis=1) for letter in range(3)])
    np.testing.assert_array_equal(
        np.all(np.abs(c) < 1 / 2, axis=1), numbers.min(axis=0) == numbers.max(axis=0)
    )


def test_anbncn_counters_long_words():
    """Shorter words are filled up in front with a step without a letter, which counts nothing."""
    n, near = 300, range(297, 304)
    steps = n + 2 * max(near)
    inputs = np.zeros((steps, len(near) ** 2, 3))
    for row, (m, k) in enumerate(product(near, near)):
        letters = np.repeat([0, 1, 2], [n, m, k])
        inputs[np.arange(steps - len(letters), steps), row, letters] = 1
    c = np.abs(traced("anbncn-counters", inputs)["c"][-1]).max(axis=1)
    in_the_language = np.array([m == k == n for m, k in product(near, near)])
    assert in_the_language.sum() == 1
    assert np.all(c[in_the_language] < 1e-7)
    assert np.all(c[~in_the_language] > 0.99)


def test_anbncn_counters_order_is_not_checked():
    chosen = words(3, 6)
    c, in_order = (
        traced("anbncn-counters", one_hot(w, 3))["c"][-1] for w in (chosen, np.sort(chosen, axis=1))
    )
    np.testing.assert_allclose(c, in_order, rtol=0, atol=1e-11)


def depths(chosen):
    """Return how many brackets (0 opens, 1 closes) are open: [words, steps]."""
    return np.cumsum(1 - 2 * np.asarray(chosen), axis=1)


def test_dyck1_depth_balanced():
    for length in range(1, 13):
        chosen = words(2, length)
        trace = traced("dyck1-depth", one_hot(chosen, 2))
        found = (np.abs(trace["c"][-1, :, 0]) < 1 / 2) & (trace["h"][-1, :, 1] < 0.1)
        depth = depths(chosen)
        np.testing.assert_array_equal(found, (depth.min(axis=1) >= 0) & (depth[:, -1] == 0))
    assert found.sum() == 132


def test_dyck1_depth_depth():
    chosen = words(2, 12)
    c = traced("dyck1-depth", one_hot(chosen, 2))["c"][..., 0]
    np.testing.assert_allclose(c, depths(chosen).T, rtol=0, atol=1e-11)


def test_dyck1_depth_error():
    chosen = words(2, 12)
    found = digits_of(traced("dyck1-depth", one_hot(chosen, 2))["h"][..., 1])
    np.testing.assert_array_equal(found, np.minimum.accumulate(depths(chosen), axis=1).T < 0)


KINDS, CLOSES, END = {"(": 0, "[": 1}, {"(": ")", "[": "]"}, "."


def beginnings(length):
    """Return all beginnings of a length of words of depth 2 or less, each with its open brackets."""
    if not length:
        return [("", "")]
    longer = [(word + b, stack + b) for word, stack in beginnings(length - 1) if len(stack) < 2 for b in "(["]
    shorter = [(w + CLOSES[stack[-1]], stack[:-1]) for w, stack in beginnings(length - 1) if stack]
    return longer + shorter


@cache
def stacked():
    """Run the stack on all beginnings of 1 to 8 brackets: what is open after each, and the last c, h and logits."""
    stacks, last = [], []
    for length in range(1, 9):
        chosen, found = zip(*beginnings(length), strict=True)
        trace = traced("dyck-2-2", one_hot([["([)].".index(b) for b in word] for word in chosen], 5))
        stacks += found
        last.append([trace[name][-1] for name in ("c", "h", "logits")])
    return stacks, *(np.concatenate(values) for values in zip(*last, strict=True))


def test_dyck_2_2_top_of_the_stack():
    stacks, c, h, _ = stacked()
    assert len(stacks) == 680
    open_brackets, top = np.zeros((2, len(stacks), 4))
    for row, stack in enumerate(stacks):
        for level, bracket in enumerate(stack):
            unit = 2 * level + KINDS[bracket]
            open_brackets[row, unit] = 1
            top[row] = np.tanh(1) * (np.arange(4) == unit)
    np.testing.assert_allclose(c, open_brackets, rtol=0, atol=1e-15)
    np.testing.assert_allclose(h, top, rtol=0, atol=1e-15)


def test_dyck_2_2_what_may_come_next():
    stacks, _, _, logits = stacked()
    assert np.all(np.abs(logits) > 3800)
    for stack, row in zip(stacks, logits, strict=True):
        may = ("([" if len(stack) < 2 else "") + (CLOSES[stack[-1]] if stack else END)
        assert [letter for letter, logit in zip("([)].", row, strict=True) if logit > 0] == sorted(
            may, key="([)].".index
        )


# --------------------------------------------------------------------------- networks

SEQUENCES = [words(2, 8), drawn_words(2, 31, 1000), drawn_words(2, 100, 1000)]


def binary(counts):
    """Return the last three binary digits of numbers, the least first."""
    return np.stack([counts >> k & 1 for k in range(3)])


@pytest.mark.parametrize("chosen", SEQUENCES, ids=["8", "31", "100"])
def test_ripple_counter_3_modulo_eight(chosen):
    trace = traced("ripple-counter-3", bits(chosen))
    found = np.array([digits_of(trace[f"h_l{layer}"][..., 0]) for layer in range(3)])
    np.testing.assert_array_equal(found, binary(np.cumsum(chosen, axis=1).T))


@pytest.mark.parametrize("chosen", SEQUENCES, ids=["8", "31", "100"])
def test_ripple_counter_3_last_h(chosen):
    """PyTorch says it too: h_n has a row a layer."""
    network = puzzle("ripple-counter-3").network
    lstm = torch.nn.LSTM(1, 2, num_layers=3, dtype=torch.float64)
    lstm.load_state_dict(
        {
            f"{name}_l{layer}": torch.tensor(np.array(getattr(given, name), float))
            for layer, given in enumerate(network.layers)
            for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        }
    )
    with torch.no_grad():
        _, (h_n, _) = lstm(torch.tensor(bits(chosen)))
    np.testing.assert_array_equal(digits_of(h_n[..., 0].numpy()), binary(chosen.sum(axis=1)))


@pytest.mark.parametrize("chosen", [words(2, 12), drawn_words(2, 100, 1000)], ids=["all", "drawn"])
def test_stacked_edge_edges(chosen):
    change = np.diff(chosen, axis=1, prepend=0).T
    found = digits_of(traced("stacked-edge", bits(chosen))["h_l1"])
    np.testing.assert_array_equal(found, np.stack([change > 0, change < 0], axis=-1))
