"""The claims of the puzzles about lengths, masks and initial states."""

from __future__ import annotations

import numpy as np
from traces import bits, traced, words

NUMBER = 2000


def memory_inputs(steps, seed):
    """Draw sequences for the memory cell: [steps, sequences, 3]."""
    rng = np.random.default_rng(seed)
    shape = steps, NUMBER
    return np.stack(
        [rng.uniform(-1 / 4, 1 / 4, shape), rng.integers(-1, 2, shape), rng.integers(2, size=shape)], axis=-1
    )


def states(seed):
    """Draw a state for each sequence of a network with one unit: [1, sequences, 1]."""
    return np.random.default_rng(seed).uniform(-1, 1, (1, NUMBER, 1))


def test_varlen_memory_padding():
    """Each length in turn: the numbers of the row alone, whatever is behind it."""
    x, other = memory_inputs(5, 0), memory_inputs(5, 1)
    for length in range(1, 6):
        alone = traced("varlen-memory", x[:length])
        padded = traced("varlen-memory", np.concatenate([x[:length], other[length:]]), length=length)
        for name in "ch":
            assert np.array_equal(padded[name][:length], alone[name])
            assert np.array_equal(padded[f"{name}_n"][0], alone[name][-1])
        assert not padded["h"][length:].any()
    read = traced("varlen-memory", np.concatenate([x[:1], other[1:]]))["c_n"]
    off = np.abs(read - traced("varlen-memory", x[:1])["c_n"]) > 0.01
    assert off.mean() > 0.6


def test_empty_item_nothing_read():
    h0, c0 = states(0), states(1)
    found = traced("empty-item", memory_inputs(4, 2), h0=h0, c0=c0, length=0)
    assert np.array_equal(found["h_n"], h0)
    assert np.array_equal(found["c_n"], c0)
    assert not found["h"].any()


def test_mask_gaps_cut_out():
    """All masks of eight steps: what is masked might as well not be there."""
    x = np.random.default_rng(0).uniform(0, 1 / 8, (8, 100, 1))
    for mask in words(2, 8).astype(bool):
        found = traced("mask-gaps", x, mask=tuple(mask))
        assert not found["h"][~mask].any()
        if mask.any():
            cut = traced("mask-gaps", x[mask])
            assert np.array_equal(found["c"][mask], cut["c"])
            assert np.array_equal(found["c_n"][0], cut["c"][-1])
        less = np.sum(1 / 16 + x[mask], axis=0) - found["c_n"][0]
        assert np.all(less >= 0)
        assert np.all(less <= 0.0022 * mask.sum())


def test_hold_the_output_last_row():
    x = np.random.default_rng(0).uniform(-1 / 4, 1 / 4, (8, 100, 1))
    for mask in words(2, 8).astype(bool):
        found = traced("hold-the-output", x, mask=tuple(mask))
        assert np.array_equal(found["h"][-1], found["h_n"][0])
        assert np.abs(found["h_n"][0] - np.tanh(np.sum(np.tanh(x[mask]), axis=0))).max() < 1e-7
        held = np.flatnonzero(~mask[1:]) + 1
        assert np.array_equal(found["h"][held], found["h"][held - 1])


def test_one_step_h0_decides():
    rng = np.random.default_rng(0)
    x, c0 = rng.uniform(-1, 1, (1, NUMBER, 1)), states(1)
    for sign in (-1, 1):
        h0 = sign * rng.uniform(1 / 8, 1, (1, NUMBER, 1))
        found = traced("one-step", x, h0=h0, c0=c0)
        stored, shown = (0, np.tanh(c0)) if sign < 0 else (np.tanh(x / 4), 0)
        assert np.abs(found["c"] - c0 - stored).max() < 3e-9
        assert np.abs(found["h"] - shown).max() < 3e-9


def test_reverse_from_buffer_padding_is_seen():
    """All strings of eight, and all lengths: it is the end of the buffer that counts."""
    x = bits(words(2, 8))
    future = np.maximum.accumulate(x[::-1])[::-1] > 0
    for length in range(1, 9):
        h = traced("reverse-from-buffer", x, length=length)["h_l0_reverse"]
        assert h[future].min() > 0.24
        assert h[~future].max() < 1e-8


def test_varlen_bidir_counts():
    """All strings of eight and all lengths, with the padding as it is and with all of it turned."""
    x = bits(words(2, 8))
    for length in range(1, 9):
        row = x[:length]
        so_far, to_come = np.cumsum(row, axis=0), np.cumsum(row[::-1], axis=0)[::-1]
        found = traced("varlen-bidir", x, length=length)
        for name, unit, count in (("c_l0", 16, so_far), ("c_l0_reverse", 32, to_come)):
            less = count - unit * found[name][:length]
            assert np.all(less >= 0)
            assert np.all(less <= 0.0014 * count)
        turned = traced("varlen-bidir", np.concatenate([row, 1 - x[length:]]), length=length)
        assert all(np.array_equal(turned[name], found[name]) for name in found)
