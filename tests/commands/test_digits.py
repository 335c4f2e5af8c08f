"""lstm-verify digits: files are changed where a digit is wrong, and nowhere else."""

from __future__ import annotations

import re
import zlib
from fractions import Fraction

import numpy as np
import pytest

from lstm_verify.puzzle.library import shipped
from lstm_verify.puzzle.load import parse
from lstm_verify.verify.filling import Wanted
from lstm_verify.verify.refresh import refresh

PUZZLES = shipped()
DIGITS = re.compile(r"^( *)digits:.*\n(?:\1 .*\n|\n)*", re.MULTILINE)

COUNTER = """\
puzzle: 1
title: Count the ones
network: {input_size: 1, hidden_size: 1}
features: [x]
gates: {i: 30, f: 30, g: x/8, o: 30}
cases:
  three:
    inputs: {x: [1, 0, 1]}
    # before the hand table
    hand:
      c: [1/8, 1/8, 2/8]   # by hand
      # the end of the hand table
    # behind it
"""


def digits_of(text):
    """Return case -> place -> the rows that are written there; None is an open cell."""
    puzzle = parse(text.encode(), "p.yaml")
    return {
        case.name: {
            puzzle.network.name(place): [[n and n.text for n in row] for row in rows]
            for place, rows in case.digits.items()
        }
        for case in puzzle.cases
    }


def refreshed(text, only=None, shown=None, places=None):
    """Return a text with its digits up to date."""
    return refresh(text.encode(), "p.yaml", Wanted(shown, places), only).data.decode()


def spoilt(text, seed):
    """Return a text, some of whose digits are others; and how many."""
    rng, lines = np.random.default_rng(zlib.crc32(seed.encode())), text.split("\n")
    numbers = [
        n
        for case in parse(text.encode(), "p.yaml").cases
        for rows in case.digits.values()
        for row in rows
        for n in row
        if n
    ]
    chosen = [numbers[k] for k in rng.permutation(len(numbers))[:10]]
    for n in chosen:
        line, at = lines[n.line - 1], n.column - 1
        assert line[at : at + len(n.text)] == n.text
        sign, whole, dot, part = re.fullmatch(r"(-?)(\d+)(\.?)(\d*)", n.text).groups()
        others = "".join(str((int(d) + rng.integers(1, 10)) % 10) for d in part)
        wrong = f"{sign}{whole}{dot}{others}" if part else f"{sign}1{whole}"
        lines[n.line - 1] = line[:at] + wrong + line[at + len(n.text) :]
    return "\n".join(lines), len(chosen)


def is_halfway(number, text):
    """Tell whether two decimals are equally near to the number in their middle."""
    return abs(Fraction(number) - Fraction(text)) == Fraction(1, 10 ** len(text.partition(".")[2]))


class TestShipped:
    @pytest.mark.parametrize("name", PUZZLES)
    def test_there_is_nothing_to_change_in_a_shipped_puzzle(self, name, lstm_verify):
        before = PUZZLES[name].read_bytes()

        ended = lstm_verify("digits", PUZZLES[name], "--check")

        assert (ended.status, ended.out) == (0, f"{PUZZLES[name]}: nothing to change\n")
        assert PUZZLES[name].read_bytes() == before

    @pytest.mark.parametrize("name", PUZZLES)
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_spoilt_digits_are_mended_and_every_other_byte_stays(self, name, newline):
        text = PUZZLES[name].read_text(encoding="utf-8")
        wrong, number = spoilt(text, name)
        wrong = wrong.replace("\n", newline)

        found = refresh(wrong.encode(), "p.yaml", Wanted())

        assert sum(len(changes.replaced) for changes in found.changes) == number
        mended = found.data.decode().replace(newline, "\n")
        if mended != text:  # right in two ways
            old, new = re.findall(r"[-\w.]+", text), re.findall(r"[-\w.]+", mended)
            different = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
            assert all(is_halfway(a, b) for a, b in different)
            assert re.sub(r"\d", "", mended) == re.sub(r"\d", "", text)
