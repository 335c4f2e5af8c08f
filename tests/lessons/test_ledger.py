"""The ledger: every claim has a verdict on record, and its check finds it by running."""

import re

import pytest
import torch

from lstm_verify.lessons import NAMES, lesson
from lstm_verify.lessons.ledger import Claim, Finding, Lesson, Verdict, judged, reproduce, unchecked

CLAIMS = [pytest.param(claim, id=f"{name}/{claim.id}") for name in NAMES for claim in lesson(name).claims]
UNTIMED = [param for param in CLAIMS if not param.values[0].timed]


@pytest.mark.parametrize("claim", UNTIMED)
def test_the_verdict_on_record_is_found_and_found_again(claim):
    finding = claim.check()

    assert finding.verdict is claim.record, finding.figure
    assert claim.check() == finding


@pytest.mark.parametrize("name", NAMES)
def test_claims_have_ids_of_their_own(name):
    ids = [claim.id for claim in lesson(name).claims]

    assert lesson(name).name == name
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one) for one in ids)


@pytest.mark.parametrize("claim", CLAIMS)
def test_an_entry_is_complete(claim):
    assert claim.statement.endswith(".")
    assert bool(claim.how) is (claim.record is not Verdict.UNCHECKED)
    assert bool(claim.correction) is (claim.record in {Verdict.CORRECTED, Verdict.FAILS})
    assert not claim.correction or claim.correction.endswith(".")
    assert not claim.how.endswith(".")


@pytest.mark.parametrize(
    ("as_said", "corrected", "verdict"),
    [
        (True, False, Verdict.HOLDS),
        (True, True, Verdict.HOLDS),
        (False, True, Verdict.CORRECTED),
        (False, False, Verdict.FAILS),
    ],
)
def test_what_was_found_makes_the_verdict(as_said, corrected, verdict):
    assert judged("x", as_said=as_said, corrected=corrected).verdict is verdict


def made(*claims):
    return Lesson("made", "Made up", "https://example.org", "", claims)


def claim(record=Verdict.HOLDS, check=None, *, timed=False):
    check = check or (lambda: Finding(Verdict.HOLDS, "1"))
    return Claim("one", "One.", "by looking", record, check, "Two.", timed=timed)


def test_a_verdict_other_than_the_one_on_record_is_a_surprise():
    entries = reproduce([made(claim(), claim(record=Verdict.FAILS))])

    assert [entry.surprising for entry in entries] == [False, True]


def test_what_is_timed_is_run_only_where_that_is_asked_for():
    runs = []

    def check():
        runs.append(1)
        return Finding(Verdict.HOLDS, "1 s")

    one = made(claim(check=check, timed=True))

    (without,) = reproduce([one])
    assert (without.finding, without.surprising, runs) == (None, False, [])
    (with_timing,) = reproduce([one], timing=True)
    assert with_timing.finding == Finding(Verdict.HOLDS, "1 s")


def test_what_cannot_be_checked_says_why():
    assert unchecked("no data")() == Finding(Verdict.UNCHECKED, "no data")


def test_a_check_has_one_thread_of_pytorch_and_leaves_the_others_as_they_were():
    def check():
        return Finding(Verdict.HOLDS, str(torch.get_num_threads()))

    torch.set_num_threads(2)
    try:
        entries = reproduce([made(claim(check=check), claim(check=check))])
        threads = [(entry.finding.figure, torch.get_num_threads()) for entry in entries]
    finally:
        torch.set_num_threads(1)

    assert threads == [("1", 2), ("1", 2)]
