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
SAMPLE = [
    "trained",
    "InputAndHidden",
    "OneLinear",
    "EightLinears",
    "WithDecoder",
    "GateByGate",
    "TwoBiases",
    "Peephole",
    "NoBias",
    "ZeroCell",
    "Chunks",
    "Packed",
    "LikePyTorch",
    "LastOnly",
    "CellFirst",
    "PerGate",
    "CharLSTM",
    "Node",
    "OnesColumn",
    "NoBiases",
    "Stepper",
    "HiddenInSelf",
    "Forgetful",
    "lstm_cell_forward",
    "nested",
    "one_matrix",
    "plain_lists",
    "lstm_step_forward",
    "keywords",
    "twelve",
    "coupled",
]
"""Of every kind of thing, and of every way of calling it; most are quickly made out."""


@pytest.mark.parametrize("animal", [a for a in TABLE if a.name in SAMPLE], ids=lambda animal: animal.name)
def test_an_adapter_is_short_and_gets_the_same_verdict(animal, tmp_path):
    target = f"{HERE}/{animal.file}:{animal.name}"
    it = found(target)
    key, _, value = animal.options.partition("=")
    wishes, accuracy, told = asked(it, Options({key: value} if key else {}))
    subject = subject_of(it, wishes)
    mapped = adopt(subject, target, wishes.form, accuracy, told)

    text = written(known(target, subject, mapped, wishes))
    (tmp_path / "adapter.py").write_text(text)
    name = "lstm" if "def lstm" in text else "cell"
    adapter = wrap(found(f"{tmp_path}/adapter.py:{name}"), "adapter", Options({}))

    assert sum(map(bool, text.splitlines())) <= MOST
    for puzzle in (animal.puzzle,) if key == "semantics" else (animal.puzzle, "memory"):
        for case in run(puzzle, [mapped, adapter]).cases:
            first, second = case.results
            assert first.verdict == second.verdict, f"{puzzle}: {first.reason}; {second.reason}"
