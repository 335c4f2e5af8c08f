"""lstm-verify digits: files are changed where a digit is wrong, and nowhere else."""

from __future__ import annotations

import errno
import re
import zlib
from dataclasses import astuple
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lstm_verify.authoring.filling import Wanted
from lstm_verify.authoring.refresh import refresh
from lstm_verify.puzzle.library import shipped
from lstm_verify.puzzle.load import parse

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
        sign, whole, dot, part, power = re.fullmatch(r"(-?)(\d+)(\.?)(\d*)(e.*)?", n.text).groups("")
        others = "".join(str((int(d) + rng.integers(1, 10)) % 10) for d in part)
        first = whole if part else int(whole) % 9 + 1 if power else f"1{whole}"
        wrong = f"{sign}{first}{dot}{others}{power}"
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
    def test_spoilt_digits_are_mended_and_every_other_byte_stays(self, name):
        newline = "\r\n" if len(name) % 2 else "\n"
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


class TestInPlace:
    def test_comments_quotation_marks_blanks_and_an_open_end_stay(self):
        text = COUNTER.replace(
            "    hand:", "    digits:  # here\n      c: [0.1000 , '0.1244',~ ] # c  \n    hand:"
        )
        text = text.removesuffix("\n")

        fresh = refreshed(text)

        assert fresh == text.replace("0.1000", "0.1244")

    def test_a_byte_order_mark_stays(self):
        data = b"\xef\xbb\xbf" + COUNTER.encode()

        found = refresh(data, "p.yaml", Wanted())

        assert found.data.startswith(b"\xef\xbb\xbfpuzzle: 1\n")
        assert found.data.count(b"\xef\xbb\xbf") == 1

    def test_characters_of_several_bytes_before_a_number_do_not_shift_it(self):
        text = COUNTER.replace("Count", "Zähle 🧮").replace(
            "    hand:", "    title: ½ σ 𝔘\n    digits: {c: [~, 0.2, ~]}  # ← 🧮\n    hand:"
        )

        assert refreshed(text) == text.replace("0.2,", "0.1,")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("1.5e-1", "1.2e-1"),
            ("9.99E-3", "1.24E-1"),
            ("2e-1", "1e-1"),
            ("0.3", "0.1"),
            ("-0.12345678901234567890", "0.12435300177158457157"),
            ("3", "0"),
            ("-0.0", "0.1"),
        ],
    )
    def test_a_number_keeps_the_way_in_which_it_is_written(self, old, new):
        text = COUNTER.replace("    hand:", f"    digits: {{c: [{old}, ~, ~]}}\n    hand:")

        assert refreshed(text) == text.replace(f"[{old},", f"[{new},")

    def test_a_zero_loses_its_minus_sign(self):
        text = COUNTER.replace("[1, 0, 1]", "[-0.0001, 0, 1]")
        text = text.replace("    hand:", "    digits: {c: [-0.00, -0.0e-3, ~]}\n    hand:")

        assert "digits: {c: [0.00, -1.2e-5, ~]}" in refreshed(text)

    def test_a_tiny_number_keeps_its_digits(self, lstm_verify, tmp_path):
        text = COUNTER.replace("i: 30", "i: -90").replace("c: [1/8, 1/8, 2/8]", "c: [0, 0, 0]")
        text = text.replace("    hand:", "    digits: {c: [1.0e-40, 0.0000, 1.00e-40]}\n    hand:")

        assert "digits: {c: [1.0e-40, 0.0000, 2.04e-40]}" in refreshed(text)

    def test_what_is_too_small_for_any_exponent_is_a_zero_that_says_how_small(self):
        text = COUNTER.replace("i: 30", "i: -1e400").replace("c: [1/8, 1/8, 2/8]", "c: [0, 0, 0]")
        text = text.replace("    hand:", "    digits: {c: [1.00e-40, 1.0, 0.0e-99]}\n    hand:")

        assert "digits: {c: [0.00e-40, 0.0, 0.0e-99]}" in refreshed(text)

    def test_with_places_all_decimals_have_so_many(self):
        text = COUNTER.replace("    hand:", "    digits: {c: [0.1244, ~, 2e-1]}\n    hand:")

        assert refreshed(text, places=7) == text.replace("0.1244", "0.1243530")

    def test_a_refreshed_file_has_nothing_to_change(self):
        fresh = refreshed(COUNTER)

        assert not refresh(fresh.encode(), "p.yaml", Wanted()).is_new


class TestNewSection:
    def test_it_follows_the_hand_table_and_its_comments(self):
        fresh = refreshed(COUNTER)

        table = "    digits:\n      c: [0.1244, 0.1244, 0.2487]\n      h: [0.1237, 0.1237, 0.2437]\n"
        assert fresh == COUNTER.replace("    # behind it\n", f"{table}    # behind it\n")

    def test_without_a_hand_table_it_follows_the_inputs_and_precedes_what_is_published(self):
        text = COUNTER.replace("    hand:\n", "    published:\n").replace(
            "    inputs", "    c0: 0\n    inputs"
        )

        fresh = refreshed(text, shown=("h_n", "o"))

        table = "    digits:\n      o: [1.0000, 1.0000, 1.0000]\n      h_n: [0.2437]\n"
        assert fresh == text.replace("[1, 0, 1]}\n", f"[1, 0, 1]}}\n{table}")

    def test_in_braces_it_is_in_braces(self):
        text = COUNTER.partition("cases:")[0] + "cases: {a: {inputs: [1], # one\n  hand: {c: [1/8]}}} # end"

        assert refreshed(text) == text.replace("{c: [1/8]}", "{c: [1/8]}, digits: {c: [0.1244], h: [0.1237]}")

    @pytest.mark.parametrize("empty", ["", " ~", " {}", "   # to be filled in", " {}   # here"])
    def test_an_empty_one_is_filled(self, empty):
        text = COUNTER.replace("    hand:", f"    digits:{empty}\n    hand:")

        comment = empty[empty.find("   #") :] if "#" in empty else ""
        table = (
            f"    digits:{comment}\n      c: [0.1244, 0.1244, 0.2487]\n      h: [0.1237, 0.1237, 0.2437]\n"
        )
        assert refreshed(text) == text.replace(f"    digits:{empty}\n", table)

    def test_the_last_line_of_a_file_may_have_no_end(self):
        text = COUNTER.partition("    # before")[0].removesuffix("\n")

        assert refreshed(text).endswith("\n      h: [0.1237, 0.1237, 0.2437]")

    def test_a_section_is_set_in_as_the_rest_of_the_file(self):
        text = (
            COUNTER.partition("    # before")[0]
            .replace("  three", "    three")
            .replace("    inp", "        inp")
        )

        assert "\n        digits:\n            c: [" in refreshed(text)

    def test_a_long_list_is_broken_and_what_is_added_stays_within_the_line(self):
        text = COUNTER.partition("    # before")[0].replace("[1, 0, 1]", f"[{', '.join('10' * 20)}]")
        longer = refreshed(text).replace("]}", ", 1, 1, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0]}")

        for fresh in (refreshed(text), refreshed(longer)):
            table = fresh.partition("digits:")[2].splitlines()
            assert max(map(len, table)) <= 110
            assert all(line.startswith(" " * 10) for line in table if line and ":" not in line)
        assert len(digits_of(refreshed(longer))["three"]["h"]) == 53

    def test_several_units_have_rows(self):
        text = COUNTER.replace("hidden_size: 1", "hidden_size: 2").partition("    # before")[0]

        c = "      c:\n        - [0.124353, 0.124353]\n        - [0.124353, 0.124353]\n        - [0.248706, 0.248706]\n"
        assert f"    digits:\n{c}      h:\n" in refreshed(text)

    def test_each_layer_and_direction_is_named_and_padding_has_no_gates(self):
        text = COUNTER.replace("hidden_size: 1", "hidden_size: 1, bidirectional: true")
        text = re.sub(r"gates: .*", "weights: {weight_ih_l0: 1, weight_ih_l0_reverse: 2}", text)
        text = text.partition("    # before")[0] + "    length: 2\n"

        stated = digits_of(refreshed(text, shown=("h_n", "i", "c")))["three"]

        assert list(stated) == ["i_l0", "c_l0", "i_l0_reverse", "c_l0_reverse", "h_n_l0", "h_n_l0_reverse"]
        assert stated["i_l0"] == [["0.7311"], ["0.5000"], [None]]
        assert stated["i_l0_reverse"] == [["0.8808"], ["0.5000"], [None]]
        assert stated["c_l0_reverse"][2] == ["0.0000"]

    def test_a_network_with_an_output_layer_states_its_logits(self):
        text = COUNTER.replace("cases:", "head: {weight: [[8], [-8]]}\ncases:").partition("    # before")[0]

        assert "logits:\n        - [0.9897, -0.9897]\n" in refreshed(text)


class TestShape:
    """Inputs and sizes change, and the tables follow; what fits stays where it is."""

    TABLES = """\
    digits:
      c: [0.1, ~, 0.2]  # c
      h:
        - 0.1237  # first
        - ~
        - 0.2437  # last
      h_n: [0.24]
"""

    def test_steps_are_added_in_the_style_of_the_table(self):
        text = COUNTER.partition("    # before")[0].replace("0, 1]", "0, 1, 0, 1]") + self.TABLES

        assert refreshed(text) == text.replace("~, 0.2]", "~, 0.2, 0.2, 0.4]").replace(
            "# last\n", "# last\n        - 0.2437\n        - 0.3567\n"
        ).replace("0.24]", "0.36]")

    def test_steps_are_taken_away_from_the_end(self):
        text = COUNTER.partition("    # before")[0].replace("[1, 0, 1]", "[1, 0]") + self.TABLES

        fresh = refreshed(text)

        assert fresh == text.replace(", 0.2]", "]").replace("        - 0.2437  # last\n", "").replace(
            "0.24]", "0.12]"
        )

    def test_units_are_added_and_taken_away(self):
        one = COUNTER.partition("    # before")[0] + "    digits: {c: [0.1, ~, 0.2], h_n: 0.24}\n"
        two = one.replace("hidden_size: 1", "hidden_size: 2")

        wider = refreshed(two)

        assert wider == two.replace("c: [0.1, ~, 0.2]", "c: [[0.1, 0.1], ~, [0.2, 0.2]]").replace(
            "h_n: 0.24", "h_n: [0.24, 0.24]"
        )
        assert refreshed(wider.replace("hidden_size: 2", "hidden_size: 1")) == one.replace(
            "c: [0.1, ~, 0.2], h_n: 0.24", "c: [[0.1], ~, [0.2]], h_n: [0.24]"
        )

    def test_rows_below_each_other_go_on_below_each_other(self):
        text = COUNTER.replace("hidden_size: 1", "hidden_size: 2").partition("    # before")[0]
        text += "    digits:\n      c: [[0.1, 0.1],\n          [0.1, 0.1]]\n"

        assert refreshed(text) == text.replace(
            "\n          [0.1, 0.1]]", "\n          [0.1, 0.1],\n          [0.2, 0.2]]"
        )

    @pytest.mark.parametrize(
        "value", ["", " ~", " 0.5", " []", " {a: 1}", "\n        a: 0.1\n        b: 0.2"]
    )
    def test_what_is_no_table_is_written_anew(self, value):
        text = COUNTER.partition("    # before")[0] + f"    digits:\n      c:{value}\n      h_n: [0.24]\n"

        table = "[0.1, 0.1, 0.2]" if "0." in value else "[0.12, 0.12, 0.25]"
        assert refreshed(text) == text.replace(f"c:{value}\n", f"c: {table}\n")

    def test_a_gate_that_is_not_computed_any_more_is_left_open(self):
        text = COUNTER.partition("    # before")[0] + "    digits: {i: [1.0, 1.0, '1.0']}\n    length: 2\n"

        assert refreshed(text) == text.replace("'1.0'", "~")

    def test_what_is_no_decimal_becomes_one(self):
        text = COUNTER.partition("    # before")[0] + "    digits: {c: [1/8, 0.124, [1, 2]]}\n"

        assert refreshed(text) == text.replace("1/8, 0.124, [1, 2]", "0.124, 0.124, [0]")

    def test_an_empty_item_is_filled(self):
        text = (
            COUNTER.partition("    # before")[0]
            + "    digits:\n      c:\n        -\n        - 0.124\n        - ~\n"
        )

        assert refreshed(text) == text.replace("        -\n", "        - 0.124\n")

    def test_a_quantity_asked_for_is_added(self):
        text = COUNTER.partition("    # before")[0] + self.TABLES

        assert refreshed(text, shown=("c", "o", "h")) == text.replace(
            "0.24]\n", "0.24]\n      o: [1.0, 1.0, 1.0]\n"
        )


class TestCommand:
    @pytest.fixture
    def counter(self, tmp_path, monkeypatch):
        monkeypatch.chdir(tmp_path)
        path = tmp_path / "counter.yaml"
        path.write_text(
            COUNTER.partition("    # before")[0] + "    digits: {c: [0.1, 0.12, 0.3], h: [0.12, ~]}\n"
        )
        return path

    def test_it_says_what_it_changes(self, counter, lstm_verify):
        ended = lstm_verify("digits", "counter.yaml")

        told = "1 of 4 numbers changed, at 9:29: 0.3 → 0.2; h: 1 step added"
        assert astuple(ended) == (0, f"counter.yaml: case three: {told}\n", "")
        assert "digits: {c: [0.1, 0.12, 0.2], h: [0.12, ~, 0.24]}\n" in counter.read_text()
        assert astuple(lstm_verify("digits", "counter.yaml")) == (0, "counter.yaml: nothing to change\n", "")

    def test_the_case_of_a_puzzle_that_is_wrong_runs_proved_afterwards(self, counter, lstm_verify):
        lstm_verify("digits", "counter.yaml")

        assert "proved: all 5 numbers" in lstm_verify("run", "counter.yaml", "-b", "reference").out

    def test_a_check_writes_nothing_and_fails_where_something_would_change(self, counter, lstm_verify):
        before = counter.read_bytes()

        ended = lstm_verify("digits", "counter.yaml", "memory", "--check")

        assert ended.status == 1
        assert "1 of 4 numbers changed" in ended.out
        assert counter.read_bytes() == before

    def test_only_one_case_is_refreshed(self, counter, lstm_verify):
        counter.write_text(counter.read_text() + "  two: {inputs: [1], digits: {c: [0.5]}}\n")

        lstm_verify("digits", "counter.yaml", "--case", "two")

        assert "c: [0.1, 0.12, 0.3]" in counter.read_text()
        assert "two: {inputs: [1], digits: {c: [0.1]}}" in counter.read_text()

    def test_a_case_that_is_not_there_is_told(self, counter, lstm_verify):
        ended = lstm_verify("digits", "counter.yaml", "--case", "four")

        assert astuple(ended) == (2, "", "counter.yaml: there is no case 'four'; there are: three\n")

    def test_what_else_is_wrong_is_told_in_full_and_nothing_written(self, counter, lstm_verify):
        counter.write_text(counter.read_text().replace("g: x/8", "g: y/8").replace("h: [0.12", "hh: [0.12"))
        before = counter.read_bytes()

        ended = lstm_verify("digits", "counter.yaml")

        assert ended.status == 2
        assert ended.err == lstm_verify("lint", "counter.yaml").out
        assert counter.read_bytes() == before

    def test_an_unknown_quantity_is_told_and_nothing_written(self, counter, lstm_verify):
        counter.write_text(counter.read_text().replace("h: [0.12, ~]", "c_l1: [0.12, ~]"))
        before = counter.read_bytes()

        ended = lstm_verify("digits", "counter.yaml")

        assert astuple(ended) == (
            2,
            "",
            "counter.yaml:9:35: there is no 'c_l1': the network has 1 layer: l0\n",
        )
        assert counter.read_bytes() == before

    @pytest.mark.parametrize("name", ["nothing.yaml", "."])
    def test_a_file_that_is_not_there_is_told_and_the_others_are_refreshed(self, name, counter, lstm_verify):
        counter.rename(counter.parent / "counter.yml")

        ended = lstm_verify("digits", name, "counter.yml")

        assert ended.status == 2
        assert ended.err.startswith(f"{name}: ")
        assert "case three: 1 of 4" in ended.out

    @pytest.mark.parametrize("show", ["", "x", "c,x"])
    def test_what_is_no_quantity_is_refused(self, show, counter, lstm_verify):
        ended = lstm_verify("digits", "counter.yaml", "--show", show)

        assert ended.status == 2
        assert "expected some of i,f,g,o,c,h,logits,h_n,c_n" in ended.err


class TestWriting:
    @pytest.fixture
    def stale(self, tmp_path):
        path = tmp_path / "counter.yaml"
        path.write_text(COUNTER)
        return path

    def test_the_mode_of_a_file_is_kept_and_nothing_lies_beside_it(self, stale, lstm_verify):
        stale.chmod(0o640)

        assert lstm_verify("digits", stale).status == 0

        assert stale.stat().st_mode & 0o777 == 0o640
        assert list(stale.parent.iterdir()) == [stale]

    def test_a_file_that_may_not_be_written_is_left(self, stale, lstm_verify):
        stale.chmod(0o444)

        ended = lstm_verify("digits", stale)

        assert astuple(ended) == (
            2,
            "",
            f"{stale}: no permission to write this file; check its mode and owner\n",
        )
        assert stale.read_text() == COUNTER
        assert list(stale.parent.iterdir()) == [stale]

    def test_a_link_stays_a_link(self, stale, lstm_verify):
        folder = stale.parent / "links"
        folder.mkdir()
        link = folder / "link.yaml"
        link.symlink_to("../counter.yaml")

        assert lstm_verify("digits", link).status == 0

        assert link.is_symlink()
        assert "digits" in stale.read_text()
        assert list(folder.iterdir()) == [link]

    def test_when_the_disk_is_full_the_file_is_as_it_was(self, stale, lstm_verify, monkeypatch):
        def full(self, target):
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(Path, "replace", full)

        ended = lstm_verify("digits", stale)

        assert astuple(ended) == (2, "", f"{stale}: cannot be written: No space left on device\n")
        assert stale.read_text() == COUNTER
        assert list(stale.parent.iterdir()) == [stale]


class TestUnclear:
    """c = f/4 with f = 1/5 is 1/20: with one decimal it lies in the middle, and no ball is narrow enough."""

    TIE = """\
puzzle: 1
title: In the middle
network:
  input_size: 1
  hidden_size: 1
  activations: {i: hard_sigmoid, f: hard_sigmoid, g: identity, o: hard_sigmoid, h: identity}
gates: {i: -5/2, f: -3/2, g: 0, o: 5/2}
cases:
  a:
    c0: 1/4
    inputs: [0, 0]
    digits: {c: [0.2, 0.02]}
"""

    def test_what_cannot_be_told_is_said_and_left(self, tmp_path, lstm_verify):
        path = tmp_path / "tie.yaml"
        path.write_text(self.TIE)

        ended = lstm_verify("digits", path)

        assert ended.status == 1
        assert "case a: c at step 1, left as 0.2: it lies so near the middle of two decimals" in ended.err
        assert path.read_text() == self.TIE.replace("0.02", "0.01")

    def test_in_a_new_table_it_is_left_open(self, tmp_path, lstm_verify):
        path = tmp_path / "tie.yaml"
        path.write_text(self.TIE.replace("    digits: {c: [0.2, 0.02]}\n", ""))

        ended = lstm_verify("digits", path, "--places", "1", "--show", "c")

        assert ended.status == 1
        assert "c at step 1, left open" in ended.err
        assert "      c: [~, 0.0]\n" in path.read_text()

    def test_of_an_exact_middle_either_decimal_is_right_and_stays(self):
        text = self.TIE.replace("f: -3/2", "f: 0").replace("0.2, 0.02", "0.12, 0.1")

        assert refreshed(text) == text.replace("0.1]", "0.1]")
        assert refreshed(text.replace("0.12", "0.13")) == text.replace("0.12", "0.13")
        assert refreshed(text.replace("0.12", "0.14")) == text
