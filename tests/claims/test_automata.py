"""What latches, toggles and automata claim: held against another account of it, on all short words and on long ones."""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby

import numpy as np
import pytest
from traces import bits, drawn_words, one_hot, traced, words

LONG = 500


def on(name, inputs, off=1e-6, most=0.2402):
    """Return which units are on at each step [steps, sequences, units]: none may lie between on and off."""
    h = traced(name, inputs)["h"]
    found = h > 1 / 8
    assert h[found].min() >= 0.2401
    assert h[found].max() <= most
    assert np.abs(h[~found]).max() < off
    return found


def long_words(letters):
    """Return 500 long words: all but the first, which has no letter but 0, are drawn at random."""
    found = drawn_words(letters, LONG, 500)
    found[0] = 0
    return found


def ones_so_far(chosen):
    """Return how many ones there were, up to each step: [steps, sequences]."""
    return np.cumsum(chosen, axis=1).T


@pytest.fixture(params=["short", "long"])
def chosen(request):
    """All words of 14 bits, and long ones: [sequences, steps]."""
    return {"short": words(2, 14), "long": long_words(2)}[request.param]


# --------------------------------------------------------------------------- latches


@pytest.mark.parametrize("commands", [words(4, 7), long_words(4)], ids=["short", "long"])
def test_jk_latch_flip_flop(commands):
    """Commands 0 to 3: hold, reset, set, flip."""
    q = np.zeros(len(commands), bool)
    expected = np.array([q := np.choose(command, [q, q & False, q | True, ~q]) for command in commands.T])
    inputs = np.stack([commands.T >= 2, commands.T % 2], axis=-1)  # set, reset
    np.testing.assert_array_equal(on("jk-latch", inputs)[..., 0], expected)


def test_sample_and_hold_holds():
    rng = np.random.default_rng(0)
    value, sample = rng.uniform(-1 / 4, 1 / 4, (100, 2000)), drawn_words(2, 100).T
    sample[:, 0] = np.arange(100) == 0  # what leaks most: 1/4, with −1/4 at the door ever after
    value[:, 0] = np.where(sample[:, 0], 1 / 4, -1 / 4)
    held = np.zeros(2000)
    last = np.array([held := np.where(now, v, held) for v, now in zip(value, sample, strict=True)])
    h = traced("sample-and-hold", np.stack([value, sample], axis=-1))["h"][..., 0]
    assert 9e-8 < np.abs(h - np.tanh(np.tanh(last))).max() < 1e-7
    assert 0.0098 < np.abs(h - last).max() < 0.0099


# --------------------------------------------------------------------------- toggles


def test_toggle_parity(chosen):
    np.testing.assert_array_equal(on("toggle", bits(chosen))[..., 0], ones_so_far(chosen) % 2)


def test_toggle_hold():
    flips = np.zeros((2, LONG + 1))
    flips[1, 0] = 1
    zero, one = traced("toggle", bits(flips))["h"][..., 0].T
    assert 1e-7 < zero[-1] - zero[0] < 1e-6
    assert 1e-7 < one[0] - one[-1] < 1e-6


def test_parity_or_nand_parity(chosen):
    h = traced("parity-or-nand", bits(chosen))["h"][..., 0]
    assert np.abs(h - np.tanh(1) * (ones_so_far(chosen) % 2)).max() < 1e-11


def test_parity_or_nand_not_in_c(chosen):
    c = traced("parity-or-nand", bits(chosen))["c"][..., 0]
    before = (ones_so_far(chosen) - chosen.T) % 2
    assert np.abs(c - (chosen.T | before)).max() < 1e-11
    assert (np.rint(c) != ones_so_far(chosen) % 2).any()


def test_counter_2bit_count(chosen):
    found = on("counter-2bit", bits(chosen)) @ [1, 2]
    np.testing.assert_array_equal(found, ones_so_far(chosen) % 4)


def test_mod3_ring_count(chosen):
    found = on("mod3-ring", bits(chosen), most=0.2450)  # c0 is 1/4, and not the tanh of it
    np.testing.assert_array_equal(found, np.eye(3)[ones_so_far(chosen) % 3])


# --------------------------------------------------------------------------- automata


def texts_of(chosen):
    """Return words as texts of 0 and 1."""
    return ["".join(map(str, word)) for word in chosen.tolist()]


def at_each_step(says, chosen):
    """Return what is said of all beginnings of words: [steps, words] and what else it has."""
    texts, known = texts_of(chosen), cache(says)
    return np.array([[known(text[:step]) for text in texts] for step in range(1, chosen.shape[1] + 1)])


def beside(member, seed=0):
    """Return 100 long words of a language and, behind them, the same with one letter exchanged."""
    rng = np.random.default_rng(seed)
    found = np.array([[int(letter) for letter in member(rng)] for _ in range(100)])
    other = found.copy()
    other[np.arange(100), rng.integers(LONG, size=100)] ^= 1
    return np.concatenate([found, other])


def assert_tells(name, says, member, reads=np.asarray, off=1e-7):
    """Hold the units that are on against what is said of a text: all short ones, and the ends of long ones.

    Args:
        member: makes a long word of the language, drawn at random.
        reads: what of the units [steps, words, units] is held against what is said.
    """
    short, long = words(2, 12), beside(member)
    np.testing.assert_array_equal(reads(on(name, one_hot(short, 2), off)), at_each_step(says, short))
    found, expected = reads(on(name, one_hot(long, 2), off))[-1], [says(text) for text in texts_of(long)]
    np.testing.assert_array_equal(found, expected)
    assert len(np.unique(expected, axis=0)) > 1


def some_one(units):
    """Return whether a unit is on, of which there are never two."""
    assert units.sum(axis=-1).max() == 1
    return units.any(axis=-1)


def test_tomita_1_language():
    assert_tells("tomita-1", lambda text: ["0" in text], lambda _: "1" * LONG, off=1e-6)


def test_tomita_2_language():
    def says(text):
        return [bool(re.fullmatch(language, text)) for language in ("(10)*", "(10)*1")]

    assert_tells("tomita-2", says, lambda _: "10" * (LONG // 2))


def test_tomita_3_language():
    def says(text):
        odd = "".join(letter for letter, block in groupby(text) if len(list(block)) % 2)
        return not re.search("1.*0", odd)

    def member(rng):
        before, behind = rng.choice(["11", "0"], rng.integers(LONG // 2)), rng.choice(["00", "1"], LONG)
        return "".join([*before, "01", *behind])[:LONG]

    assert_tells("tomita-3", says, member, lambda units: some_one(units) & ~units[..., 2])


def test_tomita_4_language():
    def says(text):
        zeros = len(text) - len(text.rstrip("0"))
        return ["000" not in text and zeros == number for number in range(3)]

    assert_tells("tomita-4", says, lambda rng: "".join(rng.choice(["1", "01", "001"], LONG))[:LONG])


def test_tomita_5_language():
    def member(rng):
        zeros = 2 * rng.integers(LONG // 2)
        return rng.permutation(list("0" * zeros + "1" * (LONG - zeros)))

    assert_tells("tomita-5", lambda text: [text.count(letter) % 2 for letter in "01"], member, off=1e-6)


def test_tomita_6_language():
    def says(text):
        return [(text.count("1") - text.count("0") - more) % 3 == 0 for more in range(3)]

    def member(rng):
        zeros = LONG // 2 + 3 * rng.integers(-80, 80)
        return rng.permutation(list("0" * zeros + "1" * (LONG - zeros)))

    assert_tells("tomita-6", says, member)


def test_tomita_7_language():
    def member(rng):
        ends = [0, *np.sort(rng.integers(LONG, size=3)), LONG]
        return "".join(letter * block for letter, block in zip("0101", np.diff(ends), strict=True))

    assert_tells("tomita-7", lambda text: bool(re.fullmatch("0*1*0*1*", text)), member, some_one)
