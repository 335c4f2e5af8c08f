"""The claims of the puzzles about text."""

from __future__ import annotations

import numpy as np
from traces import one_hot, traced, words

NEXT = {"_": "a", "a": "ab"}
"""What may come after a letter, where that is enough to know; after b it is the count that tells."""


def following(text):
    """Return the letters that may come after a text of words a^n b^n _."""
    surplus = text.count("a") - text.count("b")
    return NEXT.get(text[-1], "b" if surplus else "_")


def texts(length):
    """Return all beginnings, of a length, of texts of such words."""
    found = ["_"]
    for _ in range(length - 1):
        found = [text + letter for text in found for letter in following(text)]
    return found


def letters(found, alphabet):
    """Return texts of one length as the numbers of their letters: [texts, letters]."""
    return np.array([[alphabet.index(letter) for letter in text] for text in found])


def allowed(text):
    """Return for each letter of a text which letters may come after it: [letters, 3]."""
    return [[letter in following(text[: t + 1]) for letter in "ab_"] for t in range(len(text))]


def test_text_anbn_next_letter():
    short = texts(20)
    assert len(short) == 350
    long = [f"_{'a' * n}{'b' * n}_" for n in (5, 50, 500)]
    for group in (short, *([text] for text in long)):
        logits = traced("text-anbn", one_hot(letters(group, "ab_"), 3))["logits"]
        np.testing.assert_array_equal(logits > 0, np.swapaxes([allowed(text) for text in group], 0, 1))
        assert np.abs(logits).min() > 0.49


def test_text_anbn_leak():
    text = f"_{'a' * 2000}{'b' * 2000}_"
    logits = traced("text-anbn", one_hot(letters([text], "ab_"), 3))["logits"][:, 0]
    np.testing.assert_array_equal(logits > 0, allowed(text))
    assert 0.489 < np.abs(logits).min() < 0.49


def _positions(single):
    """Return for each letter whether there is an a before or here, behind or here, and both."""
    before = np.logical_or.accumulate(single, axis=1)
    behind = np.logical_or.accumulate(single[:, ::-1], axis=1)[:, ::-1]
    return np.stack([before, behind, before & behind], axis=-1)


def test_text_between_before_behind_both():
    long = np.ones((3, 1000), int)
    long[0, 0] = long[1, [0, 999]] = long[2, [499, 500]] = 0
    for group in (*(words(2, length) for length in range(1, 11)), long):
        logits = traced("text-between", one_hot(group, 2))["logits"]
        np.testing.assert_array_equal(logits > 0, np.swapaxes(_positions(group == 0), 0, 1))
        assert np.abs(logits).min() > 0.9
