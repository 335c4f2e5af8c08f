"""What the claims are about, made ready to be run: PyTorch's layers with the numbers of the puzzles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from lstm_verify.conventions import Convention, convention
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network, Place, Weights, suffix
from lstm_verify.lstm.semantics import GATES

if TYPE_CHECKING:
    from torch import Tensor, nn

    from lstm_verify.puzzle.model import Case, Number

State = tuple["Tensor", "Tensor"]
"""(h, c)"""

Module = TypeVar("Module", bound="nn.Module")

TORCH = convention("torch")


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


def tensor(values: Any, dtype: str = "float64") -> Tensor:
    """Return numbers, exact ones too, as a tensor."""
    import torch

    return torch.tensor(FORMATS[dtype].rounded(values), dtype=getattr(torch, dtype))


def sequence(case: Case, dtype: str = "float64") -> Tensor:
    """Return the inputs of a case for a batch of one, [steps, 1, inputs]."""
    return tensor(case.run.inputs, dtype)[:, None]


def initial(case: Case, dtype: str = "float64") -> State:
    """Return the initial state of a case for a batch of one, [1, hidden] each."""
    return tensor(case.run.h0, dtype), tensor(case.run.c0, dtype)


def cell(network: Network, *, order: str = GATES, dtype: str = "float64") -> nn.LSTMCell:
    """Return torch.nn.LSTMCell with the weights of a network, the blocks of rows in the given order."""
    import torch

    made = torch.nn.LSTMCell(network.input_size, network.hidden_size, dtype=getattr(torch, dtype))
    return loaded(made.requires_grad_(requires_grad=False), replace(TORCH, order=order), network.layers[0])


def layer(network: Network, *, dtype: str = "float64") -> nn.LSTM:
    """Return torch.nn.LSTM, of one layer and direction, with the weights of a network."""
    import torch

    made = torch.nn.LSTM(network.input_size, network.hidden_size, dtype=getattr(torch, dtype))
    return loaded(made.requires_grad_(requires_grad=False), TORCH, network.layers[0], suffix(0, 0))


def loaded(module: Module, packing: Convention, weights: Weights, ending: str = "") -> Module:
    """Put weights into a module, by the names of a convention with an ending behind each; return it."""
    tensors = packing.pack(weights)
    module.load_state_dict({name + ending: tensor(array) for name, array in tensors.items()})
    return module


def weights_of(module: nn.Module, packing: Convention, ending: str = "") -> Weights:
    """Return the weights of a module that has them as `loaded` puts them; they are copies."""
    tensors = module.state_dict()
    return packing.unpack({name.removesuffix(ending): value.numpy() for name, value in tensors.items()})


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
