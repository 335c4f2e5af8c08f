"""What is written for an LSTM runs as it is, is short, and gets the verdict that the LSTM itself gets."""

from pathlib import Path

import pytest

from lstm_verify.adopt.adopt import adopt
from lstm_verify.adopt.importing import found
from lstm_verify.adopt.kinds import asked, wrap
from lstm_verify.adopt.scaffold.draft import MOST, written
from lstm_verify.adopt.scaffold.making import known
from lstm_verify.adopt.subjects.finding import subject_of
from lstm_verify.backends.base import Options
from lstm_verify.engine import run
from zoo.table import TABLE

HERE = Path(__file__).parent
SLOW = {"SquashedCell", "Regularised", "BatchFirst", "Swapped", "Half", "Activations", "memory_before"}
NOT_MADE_OUT = {
    "CharLSTM",
    "Node",
    "Stepper",
    "HiddenInSelf",
    "lstm_forward",
    "nested",
    "plain_lists",
    "output_gate_last",
    "twelve",
    "pasted",
    "old_peephole",
}
SAMPLE = [animal for animal in TABLE if animal.name not in SLOW | NOT_MADE_OUT]


@pytest.mark.parametrize("animal", SAMPLE, ids=lambda animal: animal.name)
def test_an_adapter_is_short_and_gets_the_same_verdict(animal, tmp_path):
    target = f"{HERE}/{animal.file}:{animal.name}"
    it = found(target)
    wishes, accuracy, told = asked(it, Options({}))
    subject = subject_of(it, target, wishes)
    mapped = adopt(subject, target, wishes.form, accuracy, told)

    text = written(known(target, subject, mapped, wishes))
    (tmp_path / "adapter.py").write_text(text)
    name = "lstm" if "def lstm" in text else "cell"
    adapter = wrap(found(f"{tmp_path}/adapter.py:{name}"), "adapter", Options({}))

    assert sum(map(bool, text.splitlines())) <= MOST
    for puzzle in (animal.puzzle, "memory"):
        for case in run(puzzle, [mapped, adapter]).cases:
            first, second = case.results
            assert first.verdict == second.verdict, f"{puzzle}: {first.reason}; {second.reason}"
