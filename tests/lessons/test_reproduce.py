"""lstm-verify reproduce, as it is used."""

import json

import pytest

from lstm_verify import cli
from lstm_verify.commands import reproduce as command
from lstm_verify.lessons import NAMES, lesson
from lstm_verify.lessons.ledger import Claim, Finding, Lesson, Verdict


@pytest.fixture
def reproduce(capsys):
    """Run the command; return its exit status, standard output and standard error."""

    def run(*arguments):
        capsys.readouterr()
        status = cli._run(["reproduce", *arguments])
        return status, *capsys.readouterr()

    return run


@pytest.fixture
def made(monkeypatch):
    """Put a lesson in the place of all: one claim that holds, one that is other than on record, one timed."""
    claims = (
        Claim("good", "It holds.", "by looking", Verdict.HOLDS, lambda: Finding(Verdict.HOLDS, "1")),
        Claim(
            "bad", "It fails.", "by looking", Verdict.FAILS, lambda: Finding(Verdict.HOLDS, "2"), "It is 3."
        ),
        Claim(
            "slow",
            "It is slow.",
            "by the clock",
            Verdict.HOLDS,
            lambda: Finding(Verdict.HOLDS, "4"),
            timed=True,
        ),
    )
    monkeypatch.setattr(
        "lstm_verify.lessons.lesson",
        lambda name: Lesson(name, "Made up", "https://example.org", "Read.", claims),
    )


def test_all_lessons_come_out_as_on_record(reproduce):
    status, out, err = reproduce()

    assert (status, err) == (0, "")
    assert out.splitlines()[-1].startswith("Every verdict found is the one on record (torch ")
    heads = [line for line in out.splitlines() if line.startswith(tuple(f"{name}: " for name in NAMES))]
    assert [head.partition(":")[0] for head in heads] == list(NAMES)
    ids = [line.split()[0] for line in out.splitlines() if line.startswith("  ") and line[2:3].strip()]
    assert ids == [claim.id for name in NAMES for claim in lesson(name).claims]


def test_no_line_is_longer_than_100_columns(reproduce):
    _, out, _ = reproduce("--details")

    assert max(map(len, out.splitlines())) <= 100


def test_a_claim_stands_beside_its_verdict_with_what_was_found_and_what_is_right(reproduce):
    _, out, _ = reproduce("--lesson", "memory")

    assert (
        "holds with a correction  On [−0.25, 0.25] tanh x is x.\n"
        "  tanh-is-x              Found: at ±0.25 they are 0.00508 apart. Two decimals (0.005 apart) are\n"
        "                         right for |x| ≤ 0.2486, one (0.05 apart) for |x| ≤ 0.552.\n"
        "                         Correction: To one decimal it is, and well beyond; to two it is not at the\n"
    ) in out
    assert "not checkable here       What else the page may claim.\n  the-rest               Why: " in out


def test_details_show_how_and_the_numbers(reproduce):
    _, plain, _ = reproduce("--lesson", "memory")
    _, out, _ = reproduce("--lesson", "memory", "--details")

    assert "Checked: tanh with proven digits; the last x by bisection.\n" in out
    assert "σ(−110)  0           1.69e-48" in out
    assert "Checked:" not in plain
    assert "σ(−110)" not in plain


def test_lessons_can_be_chosen_and_come_once_and_in_their_order(reproduce):
    _, out, _ = reproduce(
        "--lesson", "shapes", "--lesson", "memory", "--lesson", "shapes", "--output", "json"
    )

    assert [one["name"] for one in json.loads(out)["lessons"]] == ["memory", "shapes"]
    assert {claim["lesson"] for claim in json.loads(out)["claims"]} == {"memory", "shapes"}


def test_a_lesson_that_is_none_cannot_be_used(reproduce):
    status, out, err = reproduce("--lesson", "memmory")

    assert (status, out) == (2, "")
    assert "'memmory' is not one of 'memory', 'shapes', 'scratch'" in err


def test_a_verdict_other_than_on_record_is_named_and_is_exit_1(reproduce, made):
    status, out, _ = reproduce("--lesson", "memory")

    assert status == 1
    assert "memory/bad: found 'holds', on record 'fails'\n" in out
    assert "On record it fails.\n" in out
    assert "memory/good" not in out
    assert "Every verdict" not in out


def test_what_was_not_run_says_nothing_of_what_is_on_record(reproduce, made):
    _, out, _ = reproduce("--lesson", "memory")

    assert (
        "not run                  It is slow.\n  slow                   Its check takes seconds: --timing runs it."
        in out
    )
    assert out.splitlines()[-2].endswith(": 2 hold, 1 not run.")


def test_timing_runs_it(reproduce, made):
    _, out, _ = reproduce("--lesson", "memory", "--timing")

    assert "  slow                   Found: 4.\n" in out


def test_json_has_every_entry_with_its_figure(reproduce, made):
    status, out, err = reproduce("--lesson", "memory", "--output", "json")
    report = json.loads(out)

    assert (status, err) == (1, "")
    assert report["lessons"] == [
        {"name": "memory", "title": "Made up", "url": "https://example.org", "read": "Read."}
    ]
    good, bad, slow = report["claims"]
    assert good == {
        "lesson": "memory",
        "id": "good",
        "statement": "It holds.",
        "how": "by looking",
        "verdict": "holds",
        "record": "holds",
        "as_recorded": True,
        "figure": "1",
        "correction": None,
        "table": None,
    }
    assert (bad["verdict"], bad["record"], bad["as_recorded"]) == ("holds", "fails", False)
    assert (slow["verdict"], slow["figure"], slow["as_recorded"]) == (None, None, None)
    assert report["summary"]["holds"] == 2
    assert report["summary"]["not run"] == 1


def test_json_has_the_numbers_behind_a_figure(reproduce):
    _, out, _ = reproduce("--lesson", "scratch", "--output", "json")
    (points,) = (claim for claim in json.loads(out)["claims"] if claim["id"] == "peephole-is-one")

    assert [row["point"] for row in points["table"]] == ["1", "1", "2", "3", "4"]


def test_without_torch_nothing_can_be_checked(reproduce, monkeypatch):
    monkeypatch.setattr("lstm_verify.backends.registry.missing", lambda kind: f"{kind.name} needs torch")

    status, out, err = reproduce()

    assert (status, out) == (2, "")
    assert "torch.lstm needs torch" in err


def test_every_verdict_has_a_colour_and_a_word_for_the_sum():
    assert set(command.OUTCOMES) == {*Verdict, "not run"}


def test_neither_a_shape_nor_an_equation_is_broken_over_two_lines():
    words = ["x" * 70, "[3, 32, 256]", "y" * 70, "c = 3"]

    assert command._wrapped(" ".join(words)) == words
