"""lstm-verify exec-check: what is wrong with a harness, and what it is not to be blamed for."""

from __future__ import annotations

import shlex
import subprocess
import sys

import harness
import pytest

WORDS = [sys.executable, "-I", "-S", harness.__file__]


@pytest.fixture
def checked(lstm_verify):
    """Check a harness of a mode, and return the status and check -> its mark and what is said."""

    def check(mode: str, timeout: float = 10):
        ended = lstm_verify("exec-check", "--timeout", timeout, *WORDS, mode)
        found, last = {}, None
        for line in ended.out.partition("\n\n")[0].splitlines():
            if line[:1] != " ":
                last = line[7:23].strip()
                found[last] = (line[:6].strip(), line[24:])
            else:
                found[last] = (found[last][0], f"{found[last][1]} {line.strip()}")
        assert max(map(len, ended.out.splitlines())) <= 100 + len(shlex.join(WORDS))
        return ended.status, found

    return check


@pytest.mark.parametrize("mode", ["right", "step", "zero", "float32", "both", "ends"])
def test_one_that_is_in_order(checked, mode):
    """Whatever it shows, and however it is asked."""
    status, found = checked(mode)

    assert status == 0
    assert {mark for mark, _ in found.values()} == ({"ok", "?"} if mode == "zero" else {"ok"})
    assert len(found) == 11


@pytest.mark.parametrize(
    ("mode", "check", "said"),
    [
        ("never", "hello", "it gave no hello within 2 s"),
        ("at-once", "hello", "it ended its process with status 1, and gave no hello"),
        ("no-hello", "hello", "its hello is no JSON: 'loading …'"),
        ("future", "hello", "its hello: protocol is 2; expected 1"),
        ("strange", "hello", "its hello: it has no version; name is"),
        ("unasked", "one answer", ""),
        (
            "mixed!",
            "one answer",
            "its answer is no JSON: 'step 1'; what is printed for people goes to standard error",
        ),
        (
            "nothing!",
            "one answer",
            "it gave no answer within 2 s (--timeout); it is to read one line at a time",
        ),
        ("bare-nan!", "one answer", "its answer is no JSON: "),
        ("wide!", "one answer", "h has the shape [4, 3]; expected [4, 2], for 4 steps of 2 units"),
        ("nan!", "one answer", "h is not finite, though no weight and no input exceeds 1: does it read"),
        (
            "one-shot!",
            "smallest",
            "it ended its process with status 0, and gave no answer; a harness goes on",
        ),
        ("dies", "long lines", "it ended its process with status 3"),
        (
            "left-over",
            "networks",
            "asked again after another network, it answers otherwise: something is left",
        ),
        ("random", "twice", "the same request has two answers: is something drawn at random, or left over?"),
        ("alone", "waiting", "it gave no answer within 2 s"),
        (
            "one-bias",
            "reads all",
            "whatever stands in bias_hh, the answer is the same; where its LSTM has one bias, that is the sum",
        ),
        (
            "stateless",
            "reads all",
            'whatever stands in h0, c0, the answer is the same; does it give that to its LSTM? if it cannot, its hello is to say "initial_state": false',
        ),
        (
            "deaf-to-all",
            "reads all",
            "whatever stands in inputs, weight_ih, h0, the answer is the same; does it read that, and give it to",
        ),
        (
            "rounded!",
            "digits",
            "in float64, c was given as 0.33333333333333331 and came back as 0.33333299999999999; digits are lost",
        ),
        ("goes-on", "quits", "it goes on when its standard input is closed, and had to be killed"),
    ],
)
def test_its_mistake_is_named_by_the_check_that_is_for_it(checked, monkeypatch, mode, check, said):
    """The first check that finds something is the one that is to find it."""
    monkeypatch.setattr("lstm_verify.backends.harness.line.CLOSING", 0.5)
    status, found = checked(mode, 2 if mode in ("never", "nothing!", "alone") else 10)

    assert status == 1
    assert next(name for name, (mark, _) in found.items() if mark == "found") == check
    assert found[check][1].startswith(said)


def test_a_gate_that_is_not_quite_open_is_no_loss_of_digits(checked):
    """All numbers are smaller by the same share: that is its LSTM, and not how it writes them."""
    status, found = checked("almost-open!")

    assert status == 0
    assert found["digits"][0] == "?"


def test_what_was_found_stands_though_nobody_reads_on(command):
    """Into a closed pipe: the checks are made, and their status is that of the command."""
    for mode, status in [("right", 0), ("rounded!", 1)]:
        with subprocess.Popen([*command, "exec-check", *WORDS, mode], stdout=subprocess.PIPE) as ended:
            ended.stdout.close()

        assert ended.returncode == status


def test_one_without_an_answer_is_asked_no_more(checked):
    """What follows would say the same nine times."""
    _, found = checked("mixed!")

    assert list(found) == ["hello", "what it says", "one answer"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["./no-such"], "Error: ./no-such cannot be started: there is no program ./no-such"),
        (["exec:./no-such"], "Error: ./no-such cannot be started"),
        (["'x"], "Error: exec:'x cannot be split into words as a shell would: No closing quotation"),
        ([""], "Error: exec: names no command"),
        (["--timeout", "0", "x"], "Invalid value for '--timeout': expected seconds"),
        ([], "Missing argument 'COMMAND...'"),
    ],
)
def test_a_command_that_cannot_be_used(process, given, said):
    ended = process("exec-check", *given)

    assert said in ended.stderr
    assert ended.returncode == 2


def test_one_argument_is_a_command_and_several_are_its_words(lstm_verify):
    """As after exec:, or as after any other program; its options are its own."""
    one = lstm_verify("exec-check", f"exec:{shlex.join(WORDS)} right")
    several = lstm_verify("exec-check", *WORDS, "right")

    assert one.status == several.status == 0
    assert one.out.splitlines()[-1] == several.out.splitlines()[-1]
    assert shlex.split(one.out.splitlines()[-1])[-1] == f"exec:{shlex.join([*WORDS, 'right'])}"
