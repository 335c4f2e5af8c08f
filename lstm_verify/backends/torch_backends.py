"""PyTorch's nn.LSTMCell, step by step, and nn.LSTM, over the sequence at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lstm_verify.backends.base import Array, Backend, Kind, Observation, Options, Part, beyond
from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.accuracy import UNKNOWN, Accuracy, Error
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Run

if TYPE_CHECKING:
    from torch import Tensor

SHOWN_PREFIXES = 64
"""nn.LSTM shows only the last c, so c is read from runs over prefixes: over at most so many."""

# Measured with torch 2.13 on x86-64: float32 over every float32 of 2^−20 ≤ |x| < 128, float64 by
# sampling (σ ≤ 2.24 ulp, tanh ≤ 0.75 ulp), float16 and bfloat16 over all their numbers. nn.LSTM runs
# other kernels (oneDNN) than nn.LSTMCell; their σ is 0 below z = −86.99, where it should be 1.7e−38.
FLUSHED = 1.7e-38
CELL = {
    "float64": Accuracy(Error(4)),
    "float32": Accuracy(UNKNOWN, {"sigmoid": Error(2.49), "tanh": Error(0.52)}),
    "float16": Accuracy(Error(0.51)),
    "bfloat16": Accuracy(Error(0.51)),
}
LSTM = {
    "float64": Accuracy(Error(4)),
    "float32": Accuracy(UNKNOWN, {"sigmoid": Error(5.72, flushed=FLUSHED), "tanh": Error(1.22)}),
    "float16": Accuracy(Error(0.51)),
    "bfloat16": Accuracy(UNKNOWN, {"sigmoid": Error(0.51, flushed=FLUSHED), "tanh": Error(0.51)}),
}
"""Format -> what nn.LSTMCell, and nn.LSTM, promise of σ and tanh."""


@dataclass(frozen=True)
class TorchBackend:
    """What both have in common; see `Backend`."""

    name: str
    form: Format
    accuracy: Accuracy
    device: str
    threads: int

    def refusal(self, network: Network) -> str | None:
        """Refuse what PyTorch's LSTM cannot express."""
        other = beyond(network)
        return f"PyTorch has no LSTM with the {other}" if other else None

    def _tensor(self, values: Any) -> Tensor:
        import torch

        return torch.tensor(np.asarray(values), dtype=getattr(torch, self.form.name), device=self.device)

    def _load(self, module: Any, network: Network, suffix: str = "") -> Any:
        """Put the weights into a module of PyTorch."""
        names = ["weight_ih", "weight_hh", *(["bias_ih", "bias_hh"] if network.bias else [])]
        state = {name + suffix: self._tensor(getattr(network.weights, name)) for name in names}
        module.load_state_dict(state, strict=True)
        return module.eval()

    def _options(self, network: Network) -> dict[str, Any]:
        import torch

        return {"bias": network.bias, "device": self.device, "dtype": getattr(torch, self.form.name)}


@dataclass(frozen=True)
class TorchCell(TorchBackend):
    """torch.nn.LSTMCell; each step is given the state that the step before returned."""

    def observe(self, network: Network, run: Run) -> Observation:
        """Run all steps on a batch of one."""
        import torch

        with _threads(self.threads), torch.inference_mode():
            cell = torch.nn.LSTMCell(network.input_size, network.hidden_size, **self._options(network))
            self._load(cell, network)
            inputs, h, c = self._tensor(run.inputs), self._tensor(run.h0)[None], self._tensor(run.c0)[None]
            states = []
            for x in inputs:
                h, c = cell(x[None], (h, c))
                states.append((_floats(h[0]), _floats(c[0])))
        values = {"h": np.array([h for h, _ in states]), "c": np.array([c for _, c in states])}
        return Observation((Part(len(states), values),), fed_back=True)


@dataclass(frozen=True)
class TorchLSTM(TorchBackend):
    """torch.nn.LSTM over the whole sequence, and over prefixes of it to see c."""

    def observe(self, network: Network, run: Run) -> Observation:
        """Run over the whole, then over shorter and shorter prefixes: all, or a spread of 64."""
        import torch

        with _threads(self.threads), torch.inference_mode():
            lstm = torch.nn.LSTM(network.input_size, network.hidden_size, **self._options(network))
            self._load(lstm, network, "_l0")
            inputs = self._tensor(run.inputs)
            state = self._tensor(run.h0)[None], self._tensor(run.c0)[None]
            parts = []
            for steps in _spread(len(inputs)):
                h, (_, c) = lstm(inputs[:steps], state)
                parts.append(Part(steps, {"h": _floats(h), "c": _floats(c)}))
        return Observation(tuple(parts))


def _spread(steps: int) -> list[int]:
    """Return the lengths to run over, longest first: all, or 64 from 1 to `steps`."""
    if steps <= SHOWN_PREFIXES:
        return list(range(steps, 0, -1))
    return [round(x) for x in np.linspace(steps, 1, SHOWN_PREFIXES)]


def _floats(tensor: Tensor) -> Array:
    """Return a tensor's numbers as float64, where those of every format are exact."""
    return tensor.double().cpu().numpy()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    """Let PyTorch use so many threads meanwhile; with two, short sequences are thirty times slower."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _make(
    kind: type[TorchCell | TorchLSTM], promises: Mapping[str, Accuracy], name: str, options: Options
) -> Backend:
    form = options.dtype("float32")
    device = options.take("device", "cpu")
    promised = promises[form.name] if device == "cpu" else Accuracy()  # of others nothing was measured
    backend = kind(
        name,
        form,
        options.accuracy(promised),
        device=device,
        threads=options.count("threads", 1),
    )
    _check_device(backend.device)
    return backend


def _check_device(device: str) -> None:
    """Find out whether a device can be used, before any puzzle is run on it."""
    if device == "cpu":
        return
    import torch

    try:
        torch.zeros(1, device=device).cpu()
    except Exception as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)
        raise Unusable(f"device={device} cannot be used: {reason}") from None


KINDS = [
    Kind(
        "torch.cell",
        "torch.nn.LSTMCell, step by step; shows c and h",
        "torch",
        lambda name, _, options: _make(TorchCell, CELL, name, options),
    ),
    Kind(
        "torch.lstm",
        "torch.nn.LSTM over the sequence; shows h, and c from runs over prefixes",
        "torch",
        lambda name, _, options: _make(TorchLSTM, LSTM, name, options),
    ),
]
