"""A check can fail: given something else than the lesson speaks of, it finds another verdict.

Figures are held against what was worked out elsewhere: mpmath, or paper.
"""

import re

import mpmath
import pytest
import torch
from torch import nn

from lstm_verify.backends.scratch.by_hand import Fused, Naive, PublishedPeephole
from lstm_verify.backends.scratch.d2l import D2L, RNNModel
from lstm_verify.lessons import approximations, memory, peephole, scratch, shapes, subjects, timing
from lstm_verify.lessons.ledger import Verdict

HOLDS, CORRECTED, FAILS = Verdict.HOLDS, Verdict.CORRECTED, Verdict.FAILS


def swapped(network, order="ifgo", **options):
    """Give the rows of i to f, and those of f to i."""
    return subjects.cell(network, order=order.translate(str.maketrans("if", "fi")), **options)


class Cell(nn.Module):
    """nn.LSTMCell with another last line, or another state where none is given."""

    def __init__(self, network, hidden=lambda o, c: o * torch.tanh(c), begin=0.0, forget=1.0, feedback=1.0):
        super().__init__()
        self.cell = subjects.cell(network)
        self.size = network.hidden_size
        self.hidden, self.begin, self.forget, self.feedback = hidden, begin, forget, feedback

    def forward(self, x, state=None):
        w = self.cell
        h, c = state or (torch.full((len(x), self.size), self.begin, dtype=x.dtype),) * 2
        z = x @ w.weight_ih.T + h @ (w.weight_hh.T + self.feedback - 1) + w.bias_ih + w.bias_hh
        i, f, g, o = z.chunk(4, dim=-1)
        c = self.forget * torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return self.hidden(torch.sigmoid(o), c), c


def changed(**options):
    return lambda network, **_: Cell(network, **options)


class ChosenLSTM(nn.LSTM):
    """An LSTM whose activation can be set."""

    def __init__(self, *sizes, nonlinearity="tanh"):
        super().__init__(*sizes)
        self.nonlinearity = nonlinearity


@pytest.mark.parametrize(
    ("check", "subject", "verdict"),
    [
        pytest.param(memory.packed_rows, {"make": swapped}, FAILS, id="rows in another order"),
        pytest.param(memory.packed_rows, {"make": changed()}, FAILS, id="no order at all"),
        pytest.param(approximations.sigmoid_table, {"sigmoid": lambda z: z * 0}, FAILS, id="σ is 0"),
        pytest.param(approximations.tanh_table, {"tanh": lambda x: x}, HOLDS, id="tanh x is x, in the table"),
        pytest.param(approximations.tanh_table, {"tanh": lambda x: x / 2}, FAILS, id="tanh x is x/2, there"),
        pytest.param(approximations.tanh_is_x, {"tanh": lambda x: x}, HOLDS, id="tanh x is x"),
        pytest.param(approximations.tanh_is_x, {"tanh": lambda x: x / 2}, FAILS, id="tanh x is x/2"),
        pytest.param(
            memory.tables,
            {"backends": ("torch.cell", "scratch.peephole_published")},
            FAILS,
            id="a wrong layer",
        ),
        pytest.param(
            memory.hidden_formula,
            {"make": changed(hidden=lambda o, c: torch.tanh(o * c))},
            HOLDS,
            id="tanh(o·c)",
        ),
        pytest.param(memory.hidden_formula, {"make": changed(hidden=lambda o, c: o * c)}, FAILS, id="o·c"),
        pytest.param(memory.initial_state, {"make_cell": changed(begin=1.0)}, FAILS, id="begins at one"),
        pytest.param(memory.recurrent_weights, {"make": changed(forget=0.0)}, HOLDS, id="no memory"),
        pytest.param(memory.recurrent_weights, {"make": changed(feedback=2.0)}, FAILS, id="feedback"),
        pytest.param(
            memory.activations, {"classes": {"chosen": ChosenLSTM}}, FAILS, id="activation to be set"
        ),
    ],
)
def test_the_checks_of_the_memory_lesson_can_find_another_verdict(check, subject, verdict):
    assert check(**subject).verdict is verdict


class Wide(D2L):
    """d2l's cell with biases [1, hidden]."""

    def gate(self, num_inputs, num_hiddens):
        x, h, b = super().gate(num_inputs, num_hiddens)
        return x, h, nn.Parameter(b[None].detach())


class Narrow(D2L):
    """d2l's cell whose H is half of it."""

    def forward(self, X, state):
        H, C = super().forward(X, state)
        return H[:, ::2], C


class Uniform(D2L):
    """d2l's cell with uniform weights of the same standard deviation."""

    def gate(self, num_inputs, num_hiddens):
        return tuple(
            nn.Parameter(t.detach().uniform_(-0.0173, 0.0173) * (t.ndim - 1))
            for t in super().gate(num_inputs, num_hiddens)
        )


class Bounded(D2L):
    """d2l's cell that stays below 1."""

    def forward(self, X, state):
        H, C = super().forward(X, state)
        return H.clamp(-0.999, 0.999), C


class Remembering(D2L):
    """d2l's cell with a forget bias of 1."""

    def forward(self, X, state):
        with torch.no_grad():
            self.b_f += 1
        found = super().forward(X, state)
        with torch.no_grad():
            self.b_f -= 1
        return found


class Lenient(RNNModel):
    """d2l's model, which takes letters with an axis of length 1 at the end."""

    def forward(self, inputs, state):
        return super().forward(inputs.reshape(inputs.shape[:2]), state)


class OnesFirst(RNNModel):
    """d2l's model, which begins at one."""

    def begin_state(self, batch_size):
        return tuple(value + 1 for value in super().begin_state(batch_size))


class TextsFirst(RNNModel):
    """d2l's model, whose rows are text by text."""

    def forward(self, inputs, state):
        outputs, state = self.hidden(inputs, state)
        return outputs.transpose(0, 1).reshape(-1, outputs.shape[-1]) @ self.W_hq + self.b_q, state


def around(kind):
    """Make a model of a kind, of the sizes asked for."""

    def make(layers=1, *, bidirectional=False):
        rnn = nn.LSTM(shapes.VOCAB, shapes.HIDDEN, layers, bidirectional=bidirectional)
        return kind(rnn, shapes.VOCAB)

    return make


def sized(kind):
    """Make a cell of a kind, of the book's sizes unless others are asked for."""
    return lambda inputs=shapes.VOCAB, hidden=shapes.HIDDEN: kind(inputs, hidden)


@pytest.mark.parametrize(
    ("check", "subject", "verdict"),
    [
        pytest.param(shapes.variables, {"make": sized(Wide)}, FAILS, id="biases [1, hidden]"),
        pytest.param(shapes.same_size, {"make": sized(Narrow)}, FAILS, id="half an H"),
        pytest.param(shapes.letters_in, {"make": around(Lenient)}, HOLDS, id="takes an axis of length 1"),
        pytest.param(shapes.begin_state, {"make": around(OnesFirst)}, FAILS, id="begins at one"),
        pytest.param(shapes.output, {"make": around(TextsFirst)}, FAILS, id="text by text"),
        pytest.param(shapes.first_weights, {"make": sized(Uniform)}, FAILS, id="uniform"),
        pytest.param(shapes.open_interval, {"make": sized(Bounded)}, HOLDS, id="stays below 1"),
        pytest.param(shapes.concise, {"make": sized(Remembering)}, FAILS, id="forget bias"),
    ],
)
def test_the_checks_of_the_shapes_lesson_can_find_another_verdict(check, subject, verdict):
    assert check(**subject).verdict is verdict


class OtherColumns(Fused):
    """The layer with two products whose columns are those of i, f, o, g."""

    def forward(self, x, state):
        h, c = state
        i, f, o, g = (x @ self.W + h @ self.U + self.bias).chunk(4, dim=1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Forgetful(Naive):
    """The layer with eight products, without a forget gate."""

    def forward(self, x, state):
        h, c = super().forward(x, state)
        return h, c - state[1]


def small(kind):
    """Make a layer of a kind, of the notebooks' sizes."""
    return lambda: kind(*scratch.SIZE)


@pytest.mark.parametrize(
    ("check", "subject", "verdict"),
    [
        pytest.param(scratch.naive_is_built_in, {"make": small(Forgetful)}, FAILS, id="forgets"),
        pytest.param(scratch.fused_is_built_in, {"make": small(OtherColumns)}, FAILS, id="other columns"),
        pytest.param(
            scratch.fused_is_built_in,
            {"backend": "scratch.peephole_published"},
            FAILS,
            id="fails the puzzles",
        ),
        pytest.param(scratch.column_order, {"make": small(OtherColumns)}, HOLDS, id="columns i, f, o, g"),
        pytest.param(scratch.column_order, {"make": small(PublishedPeephole)}, FAILS, id="no order at all"),
        pytest.param(scratch.first_weights, {"make": small(D2L)}, FAILS, id="normal"),
        pytest.param(scratch.learning, {"make": small(PublishedPeephole)}, FAILS, id="another layer"),
        pytest.param(scratch.products, {"make_fused": small(Naive)}, FAILS, id="eight products both"),
        pytest.param(peephole.runs_as_published, {"step": lambda x, _: x}, HOLDS, id="runs"),
        pytest.param(
            peephole.four_points, {"make": peephole.with_peepholes}, HOLDS, id="an LSTM with peepholes"
        ),
        pytest.param(
            peephole.against_built_in,
            {"make": lambda: Fused(*peephole.SIZE).double()},
            HOLDS,
            id="nn.LSTM's equations",
        ),
    ],
)
def test_the_checks_of_the_lesson_from_scratch_can_find_another_verdict(check, subject, verdict):
    assert check(**subject).verdict is verdict


def test_a_cell_that_does_not_give_the_tables_is_told(monkeypatch):
    monkeypatch.setattr(memory, "cell", swapped)

    assert memory.tables().verdict is FAILS


# Figures


def test_the_distances_of_sigmoid_are_those_of_mpmath():
    finding = approximations.sigmoid_table()

    with mpmath.workdps(80):
        for z in (10, 90, 110):
            assert f"{mpmath.nstr(1 / (1 + mpmath.exp(z)), 3)} at z = ±{z}" in finding.figure
    assert len(finding.table.rows) == 6


def test_the_distances_of_tanh_are_those_of_mpmath():
    found = {float(x): float(off) for _, x, off in approximations.tanh_table().table.rows}

    assert set(found) == {0.1, 0.2, 0.25, 0.3}
    for x, off in found.items():
        assert off == pytest.approx(float(x - mpmath.tanh(x)), rel=0.005)


def test_two_decimals_of_tanh_end_at_2486_and_one_at_the_same_kind_of_root():
    figure = approximations.tanh_is_x().figure
    ends = [
        int(10_000 * mpmath.findroot(lambda x, half=half: x - mpmath.tanh(x) - half, 0.3)) / 10_000
        for half in (0.005, 0.05)
    ]

    assert ends[0] == 0.2486
    assert "0.00508 apart" in figure
    assert [float(x) for x in re.findall(r"\|x\| ≤ ([0-9.]+)", figure)] == ends


def test_the_tables_are_right_to_two_decimals_in_c_and_one_in_h():
    finding = memory.tables()

    assert finding.figure.startswith("c is right to 2 decimals (off by 0.003 at most), h to 1 (0.011)")
    assert finding.figure.endswith(" numbers checked, 0 wrong")
    assert ("h, by hand", "0.0000", "0.0000", "0.0000", "0.3000", "0.0000") in finding.table.rows
    assert ("h, nn.LSTM", "0.0000", "0.0000", "0.0000", "0.2886", "0.0000") in finding.table.rows


def test_the_variant_departs_from_an_lstm_with_peepholes_in_four_points():
    figure = peephole.four_points().figure

    assert "in 4 points" in figure
    with mpmath.workdps(20):  # tanh(o·c) and o·tanh(c) for o = 1/2 and c = 4
        assert f"h = {float(mpmath.tanh(2)):.3g} [{float(mpmath.tanh(4) / 2):.3g}]" in figure


def test_the_undefined_names_are_the_published_ones():
    assert peephole.runs_as_published().figure == "NameError: name 'U' is not defined"


def products(run):
    """A clock that counts matrix products and everything else that nn.LSTM does at once."""
    with subjects.watched() as seen:
        run()
    return 1 + sum(name.strip("_") == "matmul" for name, _ in seen)


SIZES = (timing.Size(4, 5, 2, 3), timing.Size(3, 3, 1, 10))


@pytest.mark.parametrize(
    ("clock", "verdict"),
    [
        pytest.param(products, CORRECTED, id="time is products"),
        pytest.param(lambda run: run() and 1.0, FAILS, id="time is one"),
        pytest.param(
            lambda run: products(run) if products(run) < 30 else 1.0, CORRECTED, id="large ones are as fast"
        ),
    ],
)
def test_a_clock_decides_whether_eight_products_are_slower(clock, verdict):
    assert timing.measured(SIZES, clock).verdict is verdict


def test_the_times_are_medians_in_milliseconds_with_their_ratios():
    finding = timing.measured(SIZES[:1], products)

    assert finding.table.headers == (
        "layer",
        "batch",
        "steps",
        "8 (ms)",
        "2 (ms)",
        "nn.LSTM (ms)",
        "8 : 2",
        "2 : nn.LSTM",
    )
    assert finding.table.rows == (("4 → 5", "2", "3", "25000.00", "7000.00", "1000.00", "3.57", "7.00"),)
