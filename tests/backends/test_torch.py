"""The torch backends, and the table of all backends."""

from __future__ import annotations

import numpy as np
import pytest

import lstm_verify.backends
from lstm_verify import load
from lstm_verify.backends import registry
from lstm_verify.backends.errors import Unusable
from lstm_verify.backends.registry import backend, kinds
from lstm_verify.puzzle.load import parse
from lstm_verify.verify.verdict import Verdict, judge

KINDS = ("torch.cell", "torch.lstm")
FORMATS = ("float64", "float32", "float16", "bfloat16")


@pytest.fixture
def torch():
    """PyTorch, imported when it is needed."""
    return pytest.importorskip("torch")


def judged(name, puzzle="generic"):
    """Hold a backend against the first case of a puzzle."""
    loaded = load(puzzle) if isinstance(puzzle, str) else puzzle
    return judge(loaded, loaded.cases[0], backend(name))


def long(steps):
    """A puzzle of one unit that runs over so many steps."""
    rows = "\n".join(f"      - [{t % 3 - 1}]" for t in range(steps))
    text = (
        "puzzle: 1\ntitle: Long\nnetwork: {input_size: 1, hidden_size: 1}\n"
        f"weights: {{weight_ih: 0.5, weight_hh: 0.25}}\ncases:\n  one:\n    inputs:\n{rows}\n"
    )
    return parse(text.encode(), "long.yaml")


class TestTorch:
    """torch.cell and torch.lstm."""

    @pytest.mark.parametrize("dtype", FORMATS)
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_format_agrees_and_shows_its_own_numbers(self, torch, kind, dtype):
        """Each agrees in each format; what it shows are numbers of that format."""
        result = judged(f"{kind},dtype={dtype}")

        assert (result.verdict, result.backend.form.name) == (Verdict.AGREE, dtype)
        shown = result.comparison.columns["h"].got
        assert np.array_equal(torch.tensor(shown).to(getattr(torch, dtype)).double().numpy(), shown)
        assert result.checked > 0

    def test_the_formats_are_really_used(self):
        """The formats are really used: float64 shows other numbers than float32."""
        single, double = (
            judged(f"torch.lstm,dtype={d}").comparison.columns["h"].got for d in ("float32", "float64")
        )

        assert not np.array_equal(single, double)
        assert np.allclose(single, double, atol=1e-6)

    @pytest.mark.parametrize("kind", KINDS)
    def test_threads_are_set_and_restored(self, torch, monkeypatch, kind):
        """So many threads are used meanwhile, one unless asked, and the old number is restored, errors or not."""
        before, used = torch.get_num_threads(), []
        load_weights = lstm_verify.backends.torch_backends.TorchBackend._load

        def spy(self, module, network, suffix=""):
            used.append(torch.get_num_threads())
            if len(used) > 2:
                raise RuntimeError("no luck")
            return load_weights(self, module, network, suffix)

        monkeypatch.setattr(lstm_verify.backends.torch_backends.TorchBackend, "_load", spy)
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
            np.nanmax(r.comparison.columns["h"].high - r.comparison.columns["h"].low)
            for r in (given, default)
        ]
        assert widths[0] > 3 * widths[1]

    @pytest.mark.parametrize(("steps", "hidden"), [(64, 0), (65, 1), (200, 136)])
    def test_c_is_shown_at_up_to_64_steps(self, steps, hidden):
        """nn.LSTM shows c at every step of up to 64; beyond that at a spread of 64, and the rest is counted."""
        whole, cell = judged("torch.lstm", long(steps)), judged("torch.cell", long(steps))

        assert (whole.verdict, whole.checked, whole.not_checked) == (
            Verdict.AGREE,
            2 * steps - hidden,
            hidden,
        )
        assert (cell.verdict, cell.checked, cell.not_checked) == (Verdict.AGREE, 2 * steps, 0)
        shown = whole.comparison.columns["c"].shown
        assert shown[0]
        assert shown[-1]
        assert whole.comparison.columns["h"].shown.all()

    @pytest.mark.parametrize("kind", KINDS)
    def test_other_activations_are_skipped_and_named(self, kind):
        """Other activations than PyTorch's cannot be expressed, and are named."""
        result = judged(kind, "memory-lee")

        assert result.verdict is Verdict.SKIPPED
        assert result.reason.endswith("with the activations g = identity, h = identity")

    def test_a_wrong_kernel_is_caught(self, torch, monkeypatch):
        """An nn.LSTMCell whose results are off by one part in a million fails."""
        cell = torch.nn.LSTMCell.forward
        monkeypatch.setattr(torch.nn.LSTMCell, "forward", lambda *a: [v * (1 + 1e-6) for v in cell(*a)])

        assert judged("torch.cell").verdict is Verdict.FAILED

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

    def test_there_are_four_kinds(self):
        """The four kinds that there are."""
        assert list(registry.kinds()) == ["python", "reference", "torch.cell", "torch.lstm"]
