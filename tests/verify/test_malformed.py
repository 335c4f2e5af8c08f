"""A backend that breaks the contract of what it shows is errored in words; and what is counted as checked."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from lstm_verify import load
from lstm_verify.backends.base import Observation, Part
from lstm_verify.backends.reference import NUMPY
from lstm_verify.backends.registry import backend
from lstm_verify.engine import run
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network, Place, Run
from lstm_verify.verify.compare import compare
from lstm_verify.verify.verdict import Verdict, rounded


@dataclass
class Fake:
    """Shows what it is told to show, whatever it is run on."""

    part: Part
    name: str = "fake"
    form: object = field(default=FORMATS["float64"])
    accuracy: object = NUMPY

    def refusal(self, network, run):
        return None

    def observe(self, network, runs):
        return [Observation((self.part,)) for _ in runs]


def zeros(rows=5, width=1):
    return np.zeros((rows, width))


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Part({Place("h"): zeros(4)}), "h has the shape [4, 1]; expected [5, 1]"),
        (Part({Place("h", 7): zeros()}), "it shows h of layer 7, direction 0; there is none"),
        (Part({Place("z"): zeros()}), "it shows z of layer 0, direction 0; there is none"),
        (Part({Place("logits"): zeros()}), "it shows logits of layer 0, direction 0; there is none"),
        (Part({Place("h"): zeros()}, fed_back=True), "does not show c"),
        (Part({Place("h_n"): zeros()}), "h_n has the shape [5, 1]; expected [1, 1]"),
    ],
)
def test_a_broken_contract_is_said(part, said):
    (result,) = run("memory", Fake(part)).results

    assert result.verdict is Verdict.ERRORED
    assert said in result.reason


def test_one_that_shows_nothing_is_skipped_and_the_reason_is_not_rounding():
    (result,) = run("memory", Fake(Part({}))).results

    assert (result.verdict, result.reason) == (
        Verdict.SKIPPED,
        "nothing could be checked: it shows nothing",
    )


def test_a_number_with_a_narrow_interval_takes_the_place_of_one_with_a_wide_one():
    """In float16 the whole run's c is carried too far to be checked; the run step by step shows it."""
    random = np.random.default_rng(5)
    weights = load("generic").network.layers[0]
    network = Network(2, 3, (weights.map(lambda t: random.uniform(-2, 2, np.shape(t))),))
    given = Run(random.uniform(-1, 1, (60, 2)), np.zeros((1, 3)), np.zeros((1, 3)))
    tested = backend("torch.lstm,dtype=float16")
    network, given = rounded(network, given, tested.form)
    (shown,) = tested.observe(network, [given])

    def too_wide(*parts):
        return compare(network, given, Observation(parts), tested.form, tested.accuracy).too_wide

    whole, stepwise = shown.parts
    assert too_wide(whole) > too_wide(stepwise)
    ends = sum(v.size for place, v in whole.values.items() if place.quantity in ("h_n", "c_n"))
    assert too_wide(whole, stepwise) <= too_wide(stepwise) + ends


def test_a_case_that_cannot_be_worked_leaves_the_others_of_its_batch(tmp_path):
    file = tmp_path / "softsign.yaml"
    file.write_text(
        "puzzle: 1\ntitle: T\nnetwork: {input_size: 1, hidden_size: 1, activations: {h: softsign}}\n"
        "gates: {i: 30, f: 30, g: x1, o: 30}\nideal: {g: exact}\ncases:\n"
        "  bad: {batch: both, inputs: {x1: [1]}, hand: {c: [tanh(1)]}}\n"
        "  good: {batch: both, inputs: {x1: [0]}, hand: {c: [0]}}\n"
    )

    report = run(str(file), "reference")

    assert [r.case.name for r in report.results] == ["good"]
    assert report.results[0].verdict is Verdict.AGREE
    assert [e.line for e in report.errors] == [7]
    assert "case bad" in str(report.errors[0])
