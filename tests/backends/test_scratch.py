"""The published cells, written from their equations: alone, and as backends."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import mpmath
import numpy as np
import pytest
import torch
from torch import nn

import lstm_verify
from lstm_verify.backends.registry import backend
from lstm_verify.backends.scratch.by_hand import Fused, Naive, PublishedPeephole
from lstm_verify.backends.scratch.d2l import D2L, RNNModel
from lstm_verify.backends.scratch.peephole import Peephole
from lstm_verify.lstm.network import BIDIRECTIONAL, FORWARD, REVERSE, Head, Network, Place, Run, Weights
from lstm_verify.lstm.semantics import Semantics
from lstm_verify.verify.verdict import Verdict

PLAIN = ("d2l", "naive", "fused", "peephole")
FORMATS = ("float64", "float32", "float16", "bfloat16")
INPUTS, HIDDEN, BATCH = 3, 4, 5


def filled(module, seed=0):
    """Return a module with all its parameters normal, in float64."""
    torch.manual_seed(seed)
    for parameter in module.parameters():
        nn.init.normal_(parameter)
    return module.double()


def arrays(module):
    """Return a module's parameters as NumPy arrays."""
    return {name: parameter.detach().numpy() for name, parameter in module.named_parameters()}


def inputs_and_state(hidden=HIDDEN):
    """Return an input and a state, h and c, of a batch, in float64."""
    torch.manual_seed(1)
    return torch.randn(BATCH, INPUTS).double(), tuple(torch.randn(2, BATCH, hidden).double())


def shown(states):
    """Return h and c as one NumPy array."""
    return torch.stack(states).detach().numpy()


def same(got, expected):
    """Whether numbers are the same but for the rounding of float64."""
    return np.allclose(got, expected, rtol=0, atol=1e-14)


def sigmoid(z):
    """The logistic function."""
    return 1 / (1 + np.exp(-z))


class TestInitialWeights:
    """How the weights begin, which is part of what was published."""

    @pytest.mark.parametrize("cell", [Fused, PublishedPeephole])
    def test_the_fused_cells_begin_as_pytorchs_from_the_same_seed(self, cell):
        """Uniform over ±1/√hidden, drawn in PyTorch's order: the same numbers, laid out in their own way."""
        torch.manual_seed(7)
        cell = cell(8, 16)
        torch.manual_seed(7)
        theirs = nn.LSTMCell(8, 16)

        pairs = [(cell.W, theirs.weight_ih), (cell.U, theirs.weight_hh), (cell.bias, theirs.bias_ih)]
        assert all(torch.equal(ours.flatten(), other.flatten()) for ours, other in pairs)

    def test_the_naive_cell_begins_uniform_over_one_by_the_root_of_hidden(self):
        """No parameter leaves ±1/√hidden, and together they fill it evenly."""
        torch.manual_seed(7)
        numbers = 5 * torch.cat([p.flatten() for p in Naive(40, 25).parameters()]).detach().numpy()

        assert -1 <= numbers.min() < -0.99
        assert 0.99 < numbers.max() <= 1
        assert numbers.var() == pytest.approx(1 / 3, abs=0.02)  # of the uniform distribution over ±1

    @pytest.mark.parametrize("cell", [D2L, Peephole])
    def test_the_books_cell_begins_normal_with_biases_of_zero(self, cell):
        """The deviation is a hundredth; what is a vector is 0."""
        torch.manual_seed(7)
        parameters = list(cell(40, 25).parameters())
        numbers = torch.cat([p.flatten() for p in parameters if p.dim() == 2]).detach().numpy()

        assert all(torch.count_nonzero(p) == 0 for p in parameters if p.dim() == 1)
        assert numbers.std() == pytest.approx(0.01, rel=0.05)
        assert abs(numbers).max() > 0.025  # which is beyond any uniform distribution of this deviation


class TestPeephole:
    """Gers & Schmidhuber's gates, which look at the cell state."""

    def test_two_steps_are_as_computed_by_hand(self):
        """One unit, decimal weights: worked out with 30 digits, in the order i, f, c, o, h."""
        cell = Peephole(1, 1).double()
        given = {
            "W_xi": "0.5", "W_hi": "-0.3", "b_i": "0.1", "p_i": "0.7",
            "W_xf": "-0.4", "W_hf": "0.2", "b_f": "0.6", "p_f": "-0.9",
            "W_xo": "0.8", "W_ho": "0.25", "b_o": "-0.2", "p_o": "1.1",
            "W_xc": "1.2", "W_hc": "-0.6", "b_c": "0.05",
        }  # fmt: skip
        for name, parameter in cell.named_parameters():
            nn.init.constant_(parameter, float(given[name]))

        with mpmath.workdps(30):
            w = {name: mpmath.mpf(text) for name, text in given.items()}
            h, c = mpmath.mpf("0.3"), mpmath.mpf("-0.5")

            def gate(k, x, h, seen):
                return 1 / (
                    1 + mpmath.exp(-(w[f"W_x{k}"] * x + w[f"W_h{k}"] * h + w[f"p_{k}"] * seen + w[f"b_{k}"]))
                )

            state = torch.tensor([[[0.3]], [[-0.5]]], dtype=torch.float64)
            for text in ("0.9", "-1.5"):
                x = mpmath.mpf(text)
                i, f = gate("i", x, h, c), gate("f", x, h, c)
                c = f * c + i * mpmath.tanh(w["W_xc"] * x + w["W_hc"] * h + w["b_c"])
                h = gate("o", x, h, c) * mpmath.tanh(c)
                state = cell(torch.tensor([[float(text)]], dtype=torch.float64), state)

                assert same(shown(state).flatten(), [float(h), float(c)])

    def test_without_peepholes_it_is_the_plain_cell(self):
        """With p = 0, as it begins, it gives what the same weights give in `D2L`."""
        peephole, plain = Peephole(INPUTS, HIDDEN).double(), D2L(INPUTS, HIDDEN).double()
        plain.load_state_dict(peephole.state_dict(), strict=False)

        assert same(shown(peephole(*inputs_and_state())), shown(plain(*inputs_and_state())))

    @pytest.mark.parametrize("gate", "ifo")
    def test_each_peephole_matters(self, gate):
        """A changed p changes h; that of the output gate leaves c as it was."""
        cell = filled(Peephole(INPUTS, HIDDEN))
        before = shown(cell(*inputs_and_state()))
        nn.init.zeros_(getattr(cell, f"p_{gate}"))
        after = shown(cell(*inputs_and_state()))

        assert not same(before[0], after[0])
        assert same(before[1], after[1]) == (gate == "o")


class TestPublishedPeephole:
    """The article's peepholes, which are none."""

    POINTS = ("gates see c", "candidate sees x only", "candidate by sigmoid", "tanh of the product")

    def form(self, w, x, h, c, points):
        """One step of a fused LSTM that goes wrong in some of the four points."""
        blocks = x @ w["W"] + (c if "gates see c" in points else h) @ w["U"] + w["bias"]
        i, f, _, o = np.split(sigmoid(blocks), 4, axis=1)
        seen = 0 * h if "candidate sees x only" in points else h
        z = np.split(x @ w["W"] + seen @ w["U"] + w["bias"], 4, axis=1)[2]
        c = f * c + i * (sigmoid(z) if "candidate by sigmoid" in points else np.tanh(z))
        return np.stack([np.tanh(o * c) if "tanh of the product" in points else o * np.tanh(c), c])

    def test_it_departs_from_the_lstm_in_these_four_points_and_no_other(self):
        """With all four it is what the cell computes, with fewer it is not, with none it is nn.LSTMCell."""
        cell, fused = filled(PublishedPeephole(INPUTS, HIDDEN)), filled(Fused(INPUTS, HIDDEN))
        x, (h, c) = inputs_and_state()
        computed, plain = shown(cell(x, (h, c))), shown(fused(x, (h, c)))
        weights = arrays(cell)

        for n in range(5):
            for points in combinations(self.POINTS, n):
                formed = self.form(weights, x.numpy(), h.numpy(), c.numpy(), points)
                assert same(formed, computed) == (n == 4)
                assert same(formed, plain) == (n == 0)

    def test_it_never_looks_at_h(self):
        """Whatever h is, the step is the same."""
        cell = filled(PublishedPeephole(INPUTS, HIDDEN))
        x, (h, c) = inputs_and_state()

        assert torch.equal(torch.stack(cell(x, (h, c))), torch.stack(cell(x, (h + 1, c))))


class TestRNNModel:
    """Letters in, logits out."""

    VOCABULARY, OUTPUTS, STEPS = 6, 3, 7

    def model(self, layers, bidirectional):
        """Return a model of random weights, in float64."""
        rnn = nn.LSTM(self.VOCABULARY, HIDDEN, layers, bidirectional=bidirectional)
        return filled(RNNModel(rnn, self.OUTPUTS))

    @pytest.mark.parametrize("bidirectional", [False, True])
    @pytest.mark.parametrize("layers", [1, 2, 3])
    def test_it_is_one_hot_rows_then_an_lstm_then_a_linear_layer(self, layers, bidirectional):
        """The logits of each text are those of nn.LSTM and nn.Linear on its own one-hot rows."""
        model = self.model(layers, bidirectional)
        texts = torch.randint(self.VOCABULARY, (BATCH, self.STEPS))
        logits, (H, C) = model(texts, model.begin_state(BATCH))
        linear = nn.Linear(model.W_hq.shape[0], self.OUTPUTS).double()
        linear.load_state_dict({"weight": model.W_hq.T, "bias": model.b_q})

        assert logits.shape == (self.STEPS * BATCH, self.OUTPUTS)
        for row, text in enumerate(texts):
            rows = torch.tensor(np.eye(self.VOCABULARY)[text])
            outputs, (h_n, c_n) = model.rnn(rows)
            expected = linear(outputs).detach().numpy()
            assert same(logits.view(self.STEPS, BATCH, -1)[:, row].detach().numpy(), expected)
            assert same(shown((H[:, row], C[:, row])), shown((h_n, c_n)))

    @pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
    @pytest.mark.parametrize("bidirectional", [False, True])
    @pytest.mark.parametrize("layers", [1, 3])
    def test_it_begins_with_zeros_for_each_layer_and_direction(self, layers, bidirectional, dtype):
        """begin_state gives (H, C), each [directions · layers, batch, hidden], in the model's format."""
        state = self.model(layers, bidirectional).to(dtype).begin_state(BATCH)

        assert [s.shape for s in state] == [(layers * (1 + bidirectional), BATCH, HIDDEN)] * 2
        assert all(s.dtype == dtype and not s.any() for s in state)

    def test_a_state_is_carried_on(self):
        """Two halves of a text, the second beginning with the state after the first, are the whole text."""
        model = self.model(2, bidirectional=False)
        texts = torch.randint(self.VOCABULARY, (BATCH, 6))
        whole, end = model(texts, model.begin_state(BATCH))
        first, state = model(texts[:, :2], model.begin_state(BATCH))
        second, halves_end = model(texts[:, 2:], state)

        assert same(torch.cat([first, second]).detach().numpy(), whole.detach().numpy())
        assert all(same(shown([a]), shown([b])) for a, b in zip(halves_end, end, strict=True))


def network(layers=1, direction=FORWARD, outputs=0, **given):
    """Return a network of random weights, of as many inputs as the alphabet of a text has letters."""
    rng = np.random.default_rng(2)
    directions = 2 if direction == BIDIRECTIONAL else 1

    def weights(inputs):
        shapes = [(4 * HIDDEN, inputs), (4 * HIDDEN, HIDDEN), 4 * HIDDEN, 4 * HIDDEN]
        return Weights(*(rng.normal(size=shape) for shape in shapes))

    stack = [weights(directions * HIDDEN if k >= directions else INPUTS) for k in range(directions * layers)]
    head = (
        Head(rng.normal(size=(outputs, directions * HIDDEN)), rng.normal(size=outputs)) if outputs else None
    )
    return Network(INPUTS, HIDDEN, tuple(stack), num_layers=layers, direction=direction, head=head, **given)


def text(network, seed, **given):
    """Return a text of seven letters, as one-hot rows, that begins with some state."""
    rng = np.random.default_rng(seed)
    states = rng.normal(size=(2, len(network.layers), HIDDEN))
    return Run(np.eye(INPUTS)[rng.integers(INPUTS, size=7)], *states, **given)


def observed(name, network, runs):
    """Return what a backend shows in float64 of each run: place -> numbers, of the first part."""
    made = backend(f"{name},dtype=float64")
    assert made.refusal(network, runs[0]) is None
    return [observation.parts[0].values for observation in made.observe(network, runs)]


class TestBackends:
    """What the backends show of a network; `torch.cell` and `torch.lstm` are another way to compute it."""

    @pytest.mark.parametrize("direction", [FORWARD, REVERSE, BIDIRECTIONAL])
    @pytest.mark.parametrize("layers", [1, 3])
    @pytest.mark.parametrize("cell", PLAIN)
    def test_a_cell_shows_what_pytorchs_cell_shows(self, cell, layers, direction):
        """In every layer and direction, of texts of several lengths in a batch, with a mask too."""
        net = network(layers, direction)
        masked = (True, False, True, True, True, False, True)
        runs = [text(net, 3), text(net, 4, length=4), text(net, 5, mask=masked)]

        ours, theirs = (observed(name, net, runs) for name in (f"scratch.{cell}", "torch.cell"))
        for row, expected in zip(ours, theirs, strict=True):
            assert row.keys() == expected.keys()
            assert all(np.allclose(row[place], expected[place], rtol=0, atol=1e-13) for place in row)

    @pytest.mark.parametrize("outputs", [0, 2])
    @pytest.mark.parametrize("direction", [FORWARD, BIDIRECTIONAL])
    @pytest.mark.parametrize("layers", [1, 2, 3])
    def test_the_model_shows_what_pytorchs_lstm_shows(self, layers, direction, outputs):
        """h of the last layer, the states at the end, and logits where there is an output layer."""
        net = network(layers, direction, outputs)
        runs = [text(net, seed) for seed in (3, 4)]

        ours, theirs = (observed(name, net, runs) for name in ("scratch.d2l_model", "torch.lstm"))
        for row, expected in zip(ours, theirs, strict=True):
            assert row.keys() == expected.keys()
            assert {place.quantity for place in row} == {"h", "h_n", "c_n"} | (
                {"logits"} if outputs else set()
            )
            assert all(same(row[place], expected[place]) for place in row)

    @pytest.mark.parametrize(
        ("name", "given", "reason"),
        [
            ("d2l", {"semantics": Semantics(peephole="new")}, "scratch.d2l cannot express peepholes"),
            ("peephole_published", {"semantics": Semantics(peephole="new")}, "cannot express peepholes"),
            ("peephole", {"semantics": Semantics(peephole="old")}, "looks at the old cell state"),
            ("naive", {"proj_size": 2}, "scratch.naive cannot express a projection to 2"),
            ("d2l_model", {"direction": REVERSE}, "cannot express the reverse direction alone"),
        ],
    )
    def test_what_a_published_network_cannot_express_is_said(self, name, given, reason):
        """It is refused with the reason, and with no options in its name."""
        net = network(**given)

        assert reason in backend(f"scratch.{name},dtype=float64").refusal(net, text(net, 3))

    def test_peepholes_that_look_at_the_new_cell_state_are_taken(self):
        """The peepholes of a network are p_i, p_f and p_o: each of them changes what is shown."""
        net = network(semantics=Semantics(peephole="new"))
        shown = [observed("scratch.peephole", net, [text(net, 3)])]
        for k in "ifo":
            seen = {f"weight_c{gate}": np.full(HIDDEN, float(gate == k)) for gate in "ifo"}
            changed = replace(net, layers=(replace(net.layers[0], **seen),))
            shown.append(observed("scratch.peephole", changed, [text(net, 3)]))

        finals = [[row[place].tobytes() for row in rows for place in row] for rows in shown]
        assert all(a != b for a, b in combinations(finals, 2))

    @pytest.mark.parametrize("row", [[0.5, 0.5, 0], [0, 0, 0], [1, 1, 0], [0, 2, 0], [-1, 1, 1]])
    def test_the_model_reads_letters_only(self, row):
        """A row that is not 1 in one place and 0 elsewhere is no letter."""
        net = network()
        good = text(net, 3)
        bad = Run(np.vstack([good.inputs, row]), good.h0, good.c0)

        assert backend("scratch.d2l_model").refusal(net, good) is None
        expected = "scratch.d2l_model reads text, and these inputs are no one-hot rows"
        assert backend("scratch.d2l_model").refusal(net, bad) == expected


def verdicts(puzzle, *names):
    """Return the verdicts of backends on the first case of a puzzle."""
    report = lstm_verify.run(puzzle, names)
    assert not report.errors
    return [result.verdict for result in report.cases[0].results]


class TestVerdicts:
    """What comes of it when they are held against puzzles."""

    @pytest.mark.parametrize("dtype", FORMATS)
    @pytest.mark.parametrize("cell", PLAIN)
    def test_the_cells_agree_in_every_format(self, cell, dtype):
        """No number of theirs is where arithmetic of the format cannot put it."""
        report = lstm_verify.run(["memory", "generic"], f"scratch.{cell},dtype={dtype}")

        assert (report.exit_code, report.count(Verdict.AGREE)) == (0, 3)

    def test_the_published_peepholes_fail_as_an_lstm(self):
        """Where every number is different it is wrong from the first step on, in c and h alike."""
        report = lstm_verify.run("generic", "scratch.peephole_published,dtype=float64")

        assert [result.verdict for result in report.results] == [Verdict.FAILED] * 2
        for result in report.results:
            assert all(result.comparison.columns[Place(quantity)].outside[0].all() for quantity in "ch")

    def test_a_puzzle_with_peepholes_is_for_the_true_ones_only(self):
        """They agree; the plain cell, and the variant that only says it has some, cannot express it."""
        names = ("peephole", "d2l", "peephole_published")

        found = verdicts("generic-peephole", *(f"scratch.{name}" for name in names))
        assert found == [Verdict.AGREE, Verdict.SKIPPED, Verdict.SKIPPED]

    def test_the_model_agrees_on_texts_and_skips_all_else(self):
        """The text puzzles show its logits; the inputs of `generic` are no letters."""
        report = lstm_verify.run(["text-anbn", "text-between"], "scratch.d2l_model")

        assert report.exit_code == 0
        assert all(Place("logits") in result.comparison.columns for result in report.results)
        assert verdicts("generic", "scratch.d2l_model") == [Verdict.SKIPPED]
