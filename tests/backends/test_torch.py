"""The torch backends, and the table of all backends."""

from __future__ import annotations

from fractions import Fraction

import networks
import numpy as np
import pytest

import lstm_verify.backends
from lstm_verify.backends import registry
from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.registry import backend, kinds
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import Activation, Activations, Semantics
from lstm_verify.verify.verdict import Verdict

KINDS = ("torch.cell", "torch.lstm")
FORMATS = ("float64", "float32", "float16", "bfloat16")
C, H = Place("c"), Place("h")


@pytest.fixture
def torch():
    """PyTorch, imported when it is needed."""
    return pytest.importorskip("torch")


def judged(name, **shape):
    """Hold a backend against a drawn network, whose weights are small enough for bfloat16 to mean something."""
    drawn = networks.drawn(2, 3, **{"scale": 0.5 if "bfloat16" in name else 1, **shape})
    return networks.judged(backend(name), *drawn)[0]


class TestTorch:
    """torch.cell and torch.lstm."""

    @pytest.mark.parametrize("dtype", FORMATS)
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_format_agrees_and_shows_its_own_numbers(self, torch, kind, dtype):
        """Each agrees in each format; what it shows are numbers of that format."""
        result = judged(f"{kind},dtype={dtype}")

        assert (result.verdict, result.backend.form.name) == (Verdict.AGREE, dtype)
        shown = result.comparison.columns[H].got
        assert np.array_equal(torch.tensor(shown).to(getattr(torch, dtype)).double().numpy(), shown)
        assert result.checked > 0

    @pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
    @pytest.mark.parametrize(
        ("kind", "shape"),
        [
            *((kind, shape) for kind in KINDS for shape in (
                {"layers": 2},
                {"direction": "bidirectional"},
                {"layers": 3, "direction": "bidirectional", "bias": False},
                {"layers": 2, "length": 3, "direction": "bidirectional"},
                {"layers": 2, "semantics": Semantics(dropout=Fraction(1), training=True)},
                {"layers": 2, "semantics": Semantics(dropout=Fraction(1, 2))},
                {"layers": 2, "outputs": 4},
            )),
            ("torch.lstm", {"proj": 2}),
            ("torch.lstm", {"layers": 2, "proj": 2, "direction": "bidirectional", "length": 4}),
        ],
    )  # fmt: skip
    def test_what_pytorch_can_express_agrees(self, kind, shape, dtype):
        """Layers, directions, projections, lengths, dropout and an output layer agree.

        In two formats here; `properties/test_every_kind.py` draws such networks in all of them.
        """
        assert judged(f"{kind},dtype={dtype}", **shape).verdict is Verdict.AGREE

    def test_the_formats_are_really_used(self):
        """The formats are really used: float64 shows other numbers than float32."""
        single, double = (
            judged(f"torch.lstm,dtype={d}").comparison.columns[H].got for d in ("float32", "float64")
        )

        assert not np.array_equal(single, double)
        assert np.allclose(single, double, atol=1e-6)

    @pytest.mark.parametrize("kind", KINDS)
    def test_threads_are_set_and_restored(self, torch, monkeypatch, kind):
        """So many threads are used meanwhile, one unless asked, and the old number is restored, errors or not."""
        before, used = torch.get_num_threads(), []
        loaded = lstm_verify.backends.torch_backends.TorchBackend.loaded

        def spy(self, module, state):
            used.append(torch.get_num_threads())
            if len(used) > 2:
                raise RuntimeError("no luck")
            return loaded(self, module, state)

        monkeypatch.setattr(lstm_verify.backends.torch_backends.TorchBackend, "loaded", spy)
        torch.set_num_threads(3)
        try:
            verdicts = [judged(name).verdict for name in (kind, f"{kind},threads=2", f"{kind},threads=2")]
            after = torch.get_num_threads()
        finally:
            torch.set_num_threads(before)

        assert used == [1, 2, 2]
        assert verdicts == [Verdict.AGREE, Verdict.AGREE, Verdict.ERRORED]
        assert after == 3

    @pytest.mark.parametrize("kind", KINDS)
    def test_accuracy_sets_the_width_of_the_envelope(self, kind):
        """accuracy= sets how wide the envelope is."""
        given, default = judged(f"{kind},accuracy=50ulp+2u"), judged(kind)

        assert str(given.backend.accuracy) == "σ and tanh to 50 ulp + 2 roundoffs"
        widths = [
            np.nanmax(r.comparison.columns[H].high - r.comparison.columns[H].low) for r in (given, default)
        ]
        assert widths[0] > 3 * widths[1]

    @pytest.mark.parametrize(
        ("shape", "hidden"),
        [
            ({}, 0),
            ({"layers": 2, "steps": 100}, 0),
            ({"direction": "bidirectional"}, 6 * 6),
            ({"layers": 2, "direction": "bidirectional"}, 6 * 6 * 2 + 6 * 6),
        ],
    )
    def test_nn_lstm_shows_c_where_it_runs_forwards(self, shape, hidden):
        """Forwards it is run step by step too, and shows all; in two directions c, and inner h, are not shown."""
        result = judged("torch.lstm", **shape)

        assert (result.verdict, result.not_checked) == (Verdict.AGREE, hidden)
        assert result.comparison.columns[Place("h", shape.get("layers", 1) - 1)].shown.all()
        assert all(
            column.shown.all() for p, column in result.comparison.columns.items() if p.quantity == "c_n"
        )

    def test_both_ways_of_running_are_really_run(self):
        """nn.LSTM is run over the whole, which shows the states at the end, and once more for each step."""
        network, run = networks.drawn(2, 3, layers=2)
        whole, stepwise = backend("torch.lstm").observe(network, [run])[0].parts

        assert set(whole.values) == {Place("h", 1), *network.places("h_n", "c_n")}
        assert set(stepwise.values) == set(network.places("h", "c"))
        assert (whole.fed_back, stepwise.fed_back) == (False, True)

    @pytest.mark.parametrize("kind", KINDS)
    def test_other_activations_are_skipped_and_named(self, kind):
        """Other activations than PyTorch's cannot be expressed, and are named."""
        identity = Activation("identity")
        result = judged(kind, semantics=Semantics(Activations(g=identity, h=identity)))

        assert result.verdict is Verdict.SKIPPED
        assert result.reason.endswith("cannot express activations g = identity, h = identity")

    def test_a_wrong_kernel_is_caught(self, torch, monkeypatch):
        """An nn.LSTMCell whose results are off by one part in a million fails."""
        cell = torch.nn.LSTMCell.forward
        monkeypatch.setattr(torch.nn.LSTMCell, "forward", lambda *a: [v * (1 + 1e-6) for v in cell(*a)])

        assert judged("torch.cell", scale=2).verdict is Verdict.FAILED

    @pytest.mark.parametrize("returned", [0, 1, 2], ids=["output", "h_n", "c_n"])
    def test_a_wrong_answer_of_nn_lstm_is_caught(self, torch, monkeypatch, returned):
        """An nn.LSTM one of whose three answers is off by one part in a hundred thousand fails, and there."""
        lstm = torch.nn.LSTM.forward

        def wrong(*arguments):
            output, (h, c) = lstm(*arguments)
            answers = [output, h, c]
            answers[returned] = answers[returned] * (1 + 1e-5)
            return answers[0], tuple(answers[1:])

        monkeypatch.setattr(torch.nn.LSTM, "forward", wrong)
        result = judged("torch.lstm", direction="bidirectional", scale=2)

        assert result.verdict is Verdict.FAILED
        assert result.comparison.first_outside().place.quantity == ("h", "h_n", "c_n")[returned]

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            (
                "torch.lstm,thread=2",
                "torch.lstm has no option 'thread'; it has accuracy, device, dtype, threads",
            ),
            ("torch.lstm,threads=0", "threads=0: expected a whole number from 1 to 4096"),
            ("torch.lstm,threads=two", "threads=two: expected a whole number"),
            ("torch.lstm,dtype=float8", "dtype=float8: expected one of float64, float32, float16, bfloat16"),
            ("torch.cell,device=nowhere", "device=nowhere cannot be used: "),
            ("torch.cell:x", "'torch.cell:x' is no backend; expected 'torch.cell' alone"),
        ],
    )
    def test_a_wrong_option_is_refused_in_one_line(self, name, said):
        """A wrong option is refused before anything runs, in one line."""
        with pytest.raises(Unusable) as caught:
            backend(name)

        assert str(caught.value).startswith(said)
        assert "\n" not in str(caught.value)

    def test_cuda_is_refused_where_there_is_none(self, torch):
        """Where there is no CUDA, device=cuda is refused in one line."""
        if torch.cuda.is_available():
            pytest.skip("there is CUDA here")

        with pytest.raises(Unusable, match=r"^device=cuda cannot be used: [^\n]+$"):
            backend("torch.lstm,device=cuda")


class TestRegistry:
    """A backend is a file in `backends/`."""

    @pytest.fixture
    def _dropped(self, tmp_path, monkeypatch):
        (tmp_path / "zero.py").write_text(
            "from lstm_verify.backends.base import Kind\n"
            "KINDS = [Kind('zero', 'always 0', None, lambda name, target, options: (name, options.take('n', '1'))),\n"
            "         Kind('needy', 'needs much', 'no_such_package', None)]\n"
        )
        monkeypatch.setattr(lstm_verify.backends, "__path__", [*lstm_verify.backends.__path__, str(tmp_path)])
        kinds.cache_clear()
        yield
        kinds.cache_clear()

    @pytest.mark.usefixtures("_dropped")
    def test_a_file_dropped_in_is_found(self):
        """What a new file lists as KINDS can be run, takes options, and is suggested for a near name."""
        assert backend("zero,n=3") == ("zero,n=3", "3")
        with pytest.raises(Unusable, match="did you mean 'zero'"):
            backend("zeros")
        with pytest.raises(Unusable, match="zero has no option 'm'; it has n"):
            backend("zero,m=3")

    @pytest.mark.usefixtures("_dropped")
    def test_a_missing_package_is_told_with_its_command(self):
        """A kind whose package is not installed is listed, and refused with the command that installs it."""
        assert "needy" in kinds()
        with pytest.raises(
            Unusable, match="needy needs no_such_package, which is not installed: pip install"
        ):
            backend("needy")

    def test_the_kinds_are_listed_by_name(self):
        """The kinds that have been there from the start, in the order of their names."""
        names = list(registry.kinds())
        assert {"python", "reference", "torch.cell", "torch.lstm"} <= set(names)
        assert names == sorted(names)
