"""Rows of a batch, what is refused, and what is no number: each row has a verdict of its own."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction as F

import numpy as np
import pytest
from cells import right, sequence
from fakes import Everything, Rows, Spoilt
from networks import drawn, judged

from lstm_verify.backends.base import Options
from lstm_verify.backends.python_code import wrap
from lstm_verify.backends.registry import backend
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import Activation, Activations, Semantics
from lstm_verify.verify.verdict import Verdict

DROPPED = Semantics(dropout=F(1), training=True)
DEEP = {"layers": 2, "direction": "bidirectional"}
BATCHED = ("reference", "torch.cell", "torch.lstm")


def batch(count=3, hidden=2, **shape):
    """Draw a network and the rows of a batch."""
    network, _ = drawn(2, hidden, **shape)
    return network, [drawn(2, hidden, seed=10 + k, **shape)[1] for k in range(count)]


class TestRows:
    """The rows of a batch are run together, and judged one by one."""

    @pytest.mark.parametrize("name", BATCHED)
    @pytest.mark.parametrize(
        "shape", [{}, {"layers": 2}, DEEP, {"outputs": 2}, {"layers": 2, "semantics": DROPPED}], ids=str
    )
    def test_rows_agree_each_on_its_own(self, name, shape):
        """Every row is right by its own inputs and states, in its place."""
        network, runs = batch(**shape)
        results = judged(backend(name), network, *runs)
        assert [(r.verdict, r.row, r.case.name) for r in results] == [
            (Verdict.AGREE, k, f"row {k}") for k in range(3)
        ]

    @pytest.mark.parametrize("name", BATCHED)
    @pytest.mark.parametrize("shape", [{}, DEEP], ids=["one", "deep"])
    @pytest.mark.parametrize("lengths", [(4, 6, 1), (2, None, 3), (5, 5, 5)], ids=str)
    def test_rows_of_unequal_lengths_agree(self, name, shape, lengths):
        """A shorter row beside a longer one, in any order, and all shorter than the buffer."""
        network, runs = batch(**shape)
        runs = [replace(run, length=length) for run, length in zip(runs, lengths, strict=True)]
        assert {r.verdict for r in judged(backend(name), network, *runs)} == {Verdict.AGREE}

    @pytest.mark.parametrize("name", ["reference", "torch.cell"])
    @pytest.mark.parametrize("padded", ["zero", "hold"])
    def test_rows_with_masks_agree(self, name, padded):
        """Each row has a mask of its own, or none."""
        network, runs = batch(semantics=Semantics(padded_output=padded), **DEEP)
        masks = [(True, False, True, True, False, True), None, (False, False, True, True, True, True)]
        runs = [replace(run, mask=mask) for run, mask in zip(runs, masks, strict=True)]
        assert {r.verdict for r in judged(backend(name), network, *runs)} == {Verdict.AGREE}

    @pytest.mark.parametrize("name", BATCHED)
    def test_mixed_up_rows_are_caught(self, name):
        """A backend that answers row 1 with row 2, and so on, fails in every row, at its first step."""
        network, runs = batch()
        results = judged(Rows(backend(name), lambda rows: [*rows[1:], rows[0]]), network, *runs)
        assert [r.verdict for r in results] == [Verdict.FAILED] * 3
        assert {r.comparison.first_outside().step for r in results} == {1}

    def test_two_rows_exchanged_leave_the_third_right(self):
        """Only the rows that are exchanged fail."""
        network, runs = batch()
        results = judged(
            Rows(backend("torch.lstm"), lambda rows: [rows[1], rows[0], rows[2]]), network, *runs
        )
        assert [r.verdict for r in results] == [Verdict.FAILED, Verdict.FAILED, Verdict.AGREE]

    @pytest.mark.parametrize("name", BATCHED)
    def test_lengths_of_other_rows_are_caught(self, name):
        """A row that is run to the length of another is wrong, or lacks what it should show."""

        def exchanged(rows):
            lengths = [run.length for run in rows][::-1]
            return [replace(run, length=length) for run, length in zip(rows, lengths, strict=True)]

        network, runs = batch()
        runs = [replace(run, length=length) for run, length in zip(runs, (2, 4, 6), strict=True)]
        results = judged(Rows(backend(name), exchanged), network, *runs)
        verdicts = [r.verdict for r in results]
        assert verdicts[1] is Verdict.AGREE
        assert {verdicts[0], verdicts[2]} <= {Verdict.FAILED, Verdict.ERRORED}

    def test_a_row_that_cannot_be_expressed_is_skipped_alone(self):
        """nn.LSTM knows no sequence of length 0, and no float16 a million; the other rows run."""
        network, runs = batch()
        runs[1] = replace(runs[1], length=0)
        results = judged(backend("torch.lstm"), network, *runs)
        assert [r.verdict for r in results] == [Verdict.AGREE, Verdict.SKIPPED, Verdict.AGREE]
        assert "a sequence of length 0" in results[1].reason
        assert (results[1].checked, results[1].not_checked) == (0, 6 * 4)
        runs[1] = replace(runs[0], inputs=runs[0].inputs + 1e6)
        results = judged(backend("torch.lstm,dtype=float16"), network, *runs)
        assert results[1].verdict is Verdict.SKIPPED
        assert results[1].reason.startswith("inputs has a number beyond the range of float16")
        assert {results[0].verdict, results[2].verdict} == {Verdict.AGREE}

    def test_what_raises_is_the_verdict_on_all_rows(self):
        """Rows are run together: an error is that of each."""

        def raises(x, h, c, w):
            raise RuntimeError("no luck")

        network, runs = batch()
        results = judged(wrap(raises, "mine", Options({})), network, *runs)
        assert [r.verdict for r in results] == [Verdict.ERRORED] * 3
        assert {r.reason.split(" (")[0] for r in results} == {"RuntimeError: no luck"}


class TestNoNumbers:
    """NaN is no answer: the verdict is an error, and says where."""

    @pytest.mark.parametrize(
        ("place", "at", "said"),
        [
            (Place("c", 1, 1), (2, 3), "c_l1_reverse is not a number (NaN) at step 3, unit 3"),
            (Place("h", 0, 0), (0, 1), "h_l0 is not a number (NaN) at step 1, unit 1"),
            (Place("i", 1, 0), (5, 0), "i_l1 is not a number (NaN) at step 6, unit 0"),
            (Place("h_n", 0, 1), (0, 2), "h_n_l0_reverse is not a number (NaN) at step 6, unit 2"),
            (Place("logits"), (4, 1), "logits is not a number (NaN) at step 5, unit 1"),
        ],
    )
    def test_nan_is_told_with_its_place(self, place, at, said):
        """The quantity has the name that PyTorch would give it; only the row that has it is errored."""

        def spoil(row, values):
            if row == 1:
                values[place][at] = np.nan

        network, runs = batch(hidden=4, outputs=2, **DEEP)
        results = judged(Spoilt(Everything(), spoil), network, *runs)
        assert [r.verdict for r in results] == [Verdict.AGREE, Verdict.ERRORED, Verdict.AGREE]
        assert results[1].reason == said

    @pytest.mark.parametrize(
        ("place", "said"),
        [
            (Place("c", 1, 1), "c_l1_reverse has the shape [5, 4]; expected [6, 4]"),
            (Place("h_n", 1), "h_n_l1 has the shape [0, 4]; expected [1, 4]"),
            (Place("logits"), "logits has the shape [5, 2]; expected [6, 2]"),
        ],
    )
    def test_a_wrong_shape_is_told_with_its_place(self, place, said):
        """A backend that shows a step too few is errored, by the name of what is short."""

        def spoil(row, values):
            if row == 1:
                values[place] = values[place][:-1]

        network, runs = batch(hidden=4, outputs=2, **DEEP)
        results = judged(Spoilt(Everything(), spoil), network, *runs)
        assert [r.verdict for r in results] == [Verdict.AGREE, Verdict.ERRORED, Verdict.AGREE]
        assert results[1].reason == said

    def test_a_missing_row_is_told(self):
        """A backend that answers fewer rows than it was given is errored in all: whose answers are they?"""
        network, runs = batch()
        results = judged(Rows(Everything(), lambda rows: rows[:2]), network, *runs)
        assert [r.verdict for r in results] == [Verdict.ERRORED] * 3
        assert {r.reason for r in results} == {"it answered 2 rows of 3"}

    def test_of_one_layer_the_name_is_short(self):
        """Where there is one layer and one direction, c is c."""

        def spoil(row, values):
            values[Place("c")][3, 0] = np.nan

        network, runs = batch(1)
        (result,) = judged(Spoilt(backend("torch.cell"), spoil), network, *runs)
        assert result.reason == "c is not a number (NaN) at step 4, unit 0"


HARD = Activation("hard_sigmoid", F(1, 5), F(1, 2))
BEYOND = [
    ("torch.lstm", {"direction": "reverse"}, "the reverse direction alone"),
    ("torch.lstm", {"mask": (True, True, False, True, True, True)}, "masked steps"),
    ("torch.lstm", {"length": 0}, "a sequence of length 0"),
    ("torch.lstm", {"length": 2, "semantics": {"padded_output": "hold"}}, "outputs at padded steps: hold"),
    ("torch.cell", {"proj": 2}, "a projection to 2"),
    *(
        (name, {"semantics": semantics}, said)
        for name in ("torch.cell", "torch.lstm", "python")
        for semantics, said in [
            ({"peephole": "new"}, "peepholes (the output gate looks at the new cell state)"),
            ({"coupled": "f=1-i"}, "coupled gates f=1-i"),
            ({"clip_gates": F(1, 2)}, "pre-activations clipped at ±1/2"),
            ({"clip_cell": F(3)}, "cell state clipped at ±3"),
            ({"layer_norm": F(1, 8)}, "layer normalisation (ε = 1/8)"),
            ({"forget_bias": F(1)}, "forget bias of 1 added at run time"),
            ({"activations": Activations(i=HARD)}, "activations i = hard_sigmoid(1/5, 1/2)"),
            ({"peephole": "old", "clip_cell": F(1)}, "cell state clipped at ±1"),
        ]
    ),
    ("python", {"proj": 2, "layers": 2}, "a projection to 2"),
]


@pytest.mark.parametrize(("name", "shape", "said"), BEYOND)
def test_what_is_beyond_an_implementation_is_said_in_words(name, shape, said):
    """What cannot be expressed is skipped, and the reason names it; the reference runs it."""
    network, run = drawn(
        2, 2 + ("proj" in shape), **shape | {"semantics": Semantics(**shape.get("semantics", {}))}
    )
    implementation = wrap(right, "mine", Options({})) if name == "python" else backend(name)
    (result,) = judged(implementation, network, run)
    assert result.verdict is Verdict.SKIPPED
    assert said in result.reason
    assert result.reason.startswith(
        "it is taken for a plain LSTM, and this one has " if name == "python" else f"{name} cannot express "
    )
    assert judged(backend("reference"), network, run)[0].verdict is Verdict.AGREE


@pytest.mark.parametrize("unskipped", [{"mask": (True,) * 6}, {"length": 6}], ids=str)
@pytest.mark.parametrize("name", ["torch.lstm", "form=sequence"])
def test_what_skips_no_step_is_asked_of_anyone(name, unskipped):
    """A mask in which all steps count, and a length as long as the buffer, are nothing to be expressed."""
    network, run = drawn(2, 2)
    run = replace(run, **unskipped)
    assert run.features() == {}
    implementation = (
        backend(name) if name == "torch.lstm" else wrap(sequence, "mine", Options({"form": "sequence"}))
    )
    assert judged(implementation, network, run)[0].verdict is Verdict.AGREE


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"layers": 3},
        DEEP,
        {"direction": "reverse"},
        {"length": 3, **DEEP},
        {"length": 0},
        {"mask": (False, True, True, False, True, True)},
        {"length": 2, "direction": "bidirectional", "semantics": Semantics(reverse_from="buffer")},
        {"layers": 2, "semantics": DROPPED},
        {"outputs": 3, **DEEP},
    ],
    ids=str,
)
@pytest.mark.parametrize("name", ["torch.cell", "python"])
def test_one_step_is_enough_for_any_network(name, shape):
    """A cell that only knows one step is led through layers, directions and time."""
    network, run = drawn(2, 2, **shape)
    implementation = wrap(right, "mine", Options({})) if name == "python" else backend(name)
    (result,) = judged(implementation, network, run)
    assert result.verdict is Verdict.AGREE
    own = network.width("logits") if name == "python" else 0  # people's own cell knows of no output layer
    assert result.not_checked == own * run.steps
