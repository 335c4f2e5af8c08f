"""What the claims are about, made ready to be run: PyTorch's layers with the numbers of the puzzles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lstm_verify.lstm.network import Network, Place
from lstm_verify.lstm.semantics import GATES
from lstm_verify.verify.verdict import Verdict

if TYPE_CHECKING:
    from torch import Tensor, nn

    from lstm_verify.puzzle.model import Case, Number
    from lstm_verify.verify.report import Report

State = tuple["Tensor", "Tensor"]
"""(h, c)"""

SAME = 1e-12
"""Numbers of float64 that are so near to each other differ by rounding only."""


def puzzle(name: str) -> tuple[Network, Case]:
    """Return the network of a shipped puzzle, and its first case."""
    from lstm_verify.engine import load

    loaded = load(name)
    return loaded.network, loaded.cases[0]


def by_hand(case: Case, quantity: str) -> list[Number]:
    """Return a column of a hand table, of a network with one unit."""
    return [number for row in case.hand[Place(quantity)] for number in row if number is not None]


@contextmanager
def seeded(seed: int = 0) -> Iterator[None]:
    """Draw the same random numbers each time meanwhile, and leave PyTorch's own as they were."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield


@contextmanager
def one_thread() -> Iterator[None]:
    """Let PyTorch use one thread meanwhile: with more, small layers take much longer."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def tensor(values: Any, dtype: str = "float64") -> Tensor:
    """Return numbers, exact ones too, as a tensor."""
    import torch

    return torch.tensor(np.array(values, dtype=np.float64), dtype=getattr(torch, dtype))


def sequence(case: Case, dtype: str = "float64") -> Tensor:
    """Return the inputs of a case for a batch of one, [steps, 1, inputs]."""
    return tensor(case.run.inputs, dtype)[:, None]


def initial(case: Case, dtype: str = "float64") -> State:
    """Return the initial state of a case for a batch of one, [1, hidden] each."""
    return tensor(case.run.h0, dtype), tensor(case.run.c0, dtype)


def cell(network: Network, *, order: str = GATES, dtype: str = "float64") -> nn.LSTMCell:
    """Return torch.nn.LSTMCell with the weights of a network, the blocks of rows in the given order."""
    from torch import nn

    return _filled(nn.LSTMCell(network.input_size, network.hidden_size), network, order, "", dtype)


def layer(network: Network, *, dtype: str = "float64") -> nn.LSTM:
    """Return torch.nn.LSTM, of one layer and direction, with the weights of a network."""
    from torch import nn

    return _filled(nn.LSTM(network.input_size, network.hidden_size), network, GATES, "_l0", dtype)


def _filled(module: Any, network: Network, order: str, suffix: str, dtype: str) -> Any:
    import torch

    blocks = [network.layers[0].gate(gate) for gate in order]
    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    packed = {name: [row for block in blocks for row in getattr(block, name)] for name in names}
    module.to(getattr(torch, dtype))
    module.load_state_dict({name + suffix: tensor(rows, dtype) for name, rows in packed.items()})
    return module.requires_grad_(requires_grad=False)


def stepped(step: Callable[[Tensor, State], State], inputs: Tensor, state: State) -> tuple[Tensor, Tensor]:
    """Run a cell over a sequence and return every h and every c, [steps, batch, hidden] each.

    Args:
        inputs: [steps, batch, inputs]
        state: (h, c), each [batch, hidden], that the first step begins with.
    """
    import torch

    states = []
    for x in inputs:
        state = step(x, state)
        states.append(state)
    hs, cs = zip(*states, strict=True)
    return torch.stack(hs), torch.stack(cs)


def prefixes(whole: Callable[[Tensor], Any], inputs: Tensor) -> tuple[Tensor, Tensor]:
    """Run a layer over every prefix of a sequence; return the last h and c of each, as `stepped` does."""
    import torch

    ends = [whole(inputs[: steps + 1])[1] for steps in range(len(inputs))]
    hs, cs = zip(*ends, strict=True)
    return torch.cat(hs), torch.cat(cs)


def array(values: Any) -> NDArray[np.float64]:
    """Return a tensor, or exact numbers, as an array of float64 without axes of length 1."""
    if hasattr(values, "detach"):
        values = values.detach().numpy()
    return np.squeeze(np.asarray(values, dtype=np.float64))


def apart(got: Any, wanted: Any) -> float:
    """Return the largest distance between two arrays or tensors."""
    return float(np.max(np.abs(array(got) - array(wanted))))


def outcome(report: Report) -> str:
    """Say what a run over puzzles found: how many numbers are where correct arithmetic puts them."""
    checked = sum(result.checked for result in report.results)
    wrong = sum(result.comparison.failures for result in report.results if result.comparison)
    errors = len(report.errors) + sum(result.verdict is Verdict.ERRORED for result in report.results)
    return f"{checked} numbers checked, {wrong} wrong" + (f", {errors} errors" if errors else "")


def decimals(distance: float) -> int:
    """Return to how many decimals two numbers agree: they are at most half a unit of the last one apart."""
    places = 0
    while places < 15 and distance <= 0.5 * 10.0 ** -(places + 1):
        places += 1
    return places


def short(x: float) -> str:
    """Write a distance with two digits."""
    text = f"{x:.2g}"
    return text.replace("e-0", "e-").replace("e+0", "e+")


@contextmanager
def watched() -> Iterator[list[tuple[str, Tensor]]]:
    """Note every function of PyTorch that returns a tensor meanwhile: its name and the tensor."""
    import torch
    from torch.overrides import TorchFunctionMode

    seen: list[tuple[str, Tensor]] = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = func(*args, **(kwargs or {}))
            if isinstance(result, torch.Tensor):
                seen.append((func.__name__, result))
            return result

    with Watch():
        yield seen


def same_weights(target: Any, source: nn.LSTMCell, names: tuple[str, str, str]) -> Any:
    """Copy the weights of nn.LSTMCell into a cell with three tensors for each gate, i, f, c and o.

    Args:
        names: of the weights of x, of h, and of the bias, which becomes the sum of the two, with {}
            for the gate; matrices are [inputs, hidden], the transpose of PyTorch's.
    """
    import torch

    packed = source.weight_ih.T, source.weight_hh.T, source.bias_ih + source.bias_hh
    with torch.no_grad():
        for name, tensors in zip(names, packed, strict=True):
            for gate, block in zip("ifco", tensors.chunk(4, dim=-1), strict=True):
                getattr(target, name.format(gate)).copy_(block)
    return target


def columns(target: Any, source: nn.LSTMCell, order: str = GATES) -> Any:
    """Copy the weights of nn.LSTMCell into a cell with W, U and bias, the gates' columns in an order."""
    import torch

    packed = {"W": source.weight_ih.T, "U": source.weight_hh.T, "bias": source.bias_ih + source.bias_hh}
    with torch.no_grad():
        for name, tensor in packed.items():
            block = dict(zip(GATES, tensor.chunk(4, dim=-1), strict=True))
            getattr(target, name).copy_(torch.cat([block[gate] for gate in order], dim=-1))
    return target
