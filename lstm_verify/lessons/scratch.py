"""The lesson "Building a LSTM by hand on PyTorch" (Piero Esposito, 2020), and its repository.

The layers themselves are in `backends/scratch/by_hand.py`; the comparisons with nn.LSTM that take
more than a few lines are in `peephole` and `timing`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lstm_verify.conventions import Convention, convention
from lstm_verify.lessons import peephole, timing
from lstm_verify.lessons.figures import SAME, apart, outcome, short
from lstm_verify.lessons.ledger import Claim, Finding, Lesson, Verdict, judged, unchecked
from lstm_verify.lessons.subjects import TORCH, loaded, seeded, stepped, watched, weights_of

if TYPE_CHECKING:
    from torch import Tensor, nn

NAIVE, FUSED = convention("naive"), convention("fused")

SIZE = (32, 32)
"""Inputs and units of the layer in the lesson's notebooks."""

BATCH, STEPS = 8, 70
"""Of texts as long as the notebooks': 70 steps."""

UNIFORM = 1 / math.sqrt(3)
"""The standard deviation of the uniform distribution over ±1."""


def naive(inputs: int = SIZE[0], hidden: int = SIZE[1]) -> Any:
    """Return the layer with eight products a step."""
    from lstm_verify.backends.scratch.by_hand import Naive

    return Naive(inputs, hidden)


def fused(inputs: int = SIZE[0], hidden: int = SIZE[1]) -> Any:
    """Return the layer with two products a step."""
    from lstm_verify.backends.scratch.by_hand import Fused

    return Fused(inputs, hidden)


def built_in() -> nn.LSTMCell:
    """Return torch.nn.LSTMCell of the same size, in float64."""
    import torch

    return torch.nn.LSTMCell(*SIZE, dtype=torch.float64)


def text(inputs: int = SIZE[0]) -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Return inputs [steps, batch, inputs], drawn at random, and a state that begins at zero."""
    import torch

    zero = torch.zeros(BATCH, SIZE[1], dtype=torch.float64)
    return torch.randn(STEPS, BATCH, inputs, dtype=torch.float64), (zero, zero)


def distance(step: Any, packing: Convention) -> float:
    """Return how far h and c of a layer are from those of nn.LSTMCell over a text with the same weights."""
    import torch

    with seeded(), torch.no_grad():
        source = built_in()
        loaded(step, packing, weights_of(source, TORCH))
        x, state = text()
        ours, theirs = stepped(step, x, state), stepped(source, x, state)
    return max(apart(a, b) for a, b in zip(ours, theirs, strict=True))


# The layers against nn.LSTM


def naive_is_built_in(make: Callable[..., Any] = naive, backend: Any = "scratch.naive") -> Finding:
    """Give the layer with eight products the weights of nn.LSTMCell, and run both; then the puzzles."""
    return _same(distance(make().double(), NAIVE), backend)


def fused_is_built_in(make: Callable[..., Any] = fused, backend: Any = "scratch.fused") -> Finding:
    """Give the layer with two products the weights of nn.LSTMCell, and run both; then the puzzles."""
    return _same(distance(make().double(), FUSED), backend)


def _same(away: float, backend: Any) -> Finding:
    from lstm_verify.engine import run

    report = run(["memory", "generic"], [backend])
    figure = (
        f"over {STEPS} steps of {SIZE[1]} units h and c are at most {short(away)} apart, in float64; "
        f"the puzzles `memory` and `generic`: {outcome(report)}"
    )
    return judged(figure, as_said=away <= SAME and report.exit_code == 0)


def column_order(make: Callable[..., Any] = fused) -> Finding:
    """Put the columns of nn.LSTMCell's weights into the layer in the order of the text and of the code."""
    away = {order: distance(make().double(), replace(FUSED, order=order)) for order in ("ifog", "ifgo")}
    figure = (
        f"with the columns of i, f, o, g it is {short(away['ifog'])} away from nn.LSTM, "
        f"with those of i, f, g, o {short(away['ifgo'])}"
    )
    return judged(figure, as_said=away["ifog"] <= SAME, corrected=away["ifgo"] <= SAME)


def first_weights(make: Callable[..., Any] = naive) -> Finding:
    """Draw many layers of both kinds, and measure how their weights, and the biases that they add, spread."""
    import torch
    from torch import nn

    root = math.sqrt(SIZE[1])
    with seeded(), torch.no_grad():
        ours = [list(make().parameters()) for _ in range(50)]
        theirs = [list(nn.LSTM(*SIZE).parameters()) for _ in range(50)]
        weights, bias = (root * _all(ours, axes) for axes in (2, 1))
        their_weights, their_bias = (root * _all(theirs, axes) for axes in (2, 1))
        their_sum = torch.cat([root * (b_ih + b_hh) for *_, b_ih, b_hh in theirs])
    uniform = [_is_uniform(tensor) for tensor in (weights, bias, their_weights, their_bias)]
    figure = (
        f"times √hidden, the standard deviation is {_spread(weights)} (weights) and {_spread(bias)} (biases) "
        f"here, {_spread(their_weights)} and {_spread(their_bias)} in nn.LSTM (uniform over ±1: "
        f"{UNIFORM:.3f}); but nn.LSTM adds two biases, and that of the sum is {_spread(their_sum)}"
    )
    return judged(figure, as_said=all(uniform) and _is_uniform(their_sum), corrected=all(uniform))


def _all(layers: Sequence[Sequence[Tensor]], axes: int) -> Tensor:
    """Return all numbers of the parameters with so many axes."""
    import torch

    return torch.cat([p.flatten() for layer in layers for p in layer if p.ndim == axes])


def _spread(tensor: Tensor) -> str:
    return f"{float(tensor.std()):.3f}"


def _is_uniform(tensor: Tensor) -> bool:
    """Tell whether numbers may come from the uniform distribution over ±1 (Kolmogorov & Smirnov).

    Such numbers fail once in some 100,000 times: the largest distance of the distributions is 2.5/√n.
    """
    import torch

    ordered = tensor.flatten().sort().values
    expected = torch.linspace(0, 1, len(ordered))
    off = float(((ordered + 1) / 2 - expected).abs().max())
    return float(ordered.abs().max()) <= 1 + 1e-6 and off <= 2.5 / math.sqrt(len(ordered))


def learning(make: Callable[..., Any] = fused) -> Finding:
    """Train the same classifier with either layer, from the same weights, for 20 steps of descent."""
    import torch

    with seeded():
        source = built_in()
        x, state = text()
        labels = torch.arange(BATCH) % 2
        head = torch.randn(SIZE[1], 2, dtype=torch.float64)
        one_bias = built_in()
        one_bias.load_state_dict(source.state_dict())
        with torch.no_grad():
            one_bias.bias_ih.add_(one_bias.bias_hh)
            one_bias.bias_hh.zero_()
        one_bias.bias_hh.requires_grad = False
        layers = {
            "ours": loaded(make().double(), FUSED, weights_of(source, TORCH)),
            "theirs": source,
            "one bias": one_bias,
        }
        losses = {name: _losses(layer, x, state, labels, head) for name, layer in layers.items()}
    away = {name: apart(losses["ours"], losses[name]) for name in ("theirs", "one bias")}
    figure = (
        f"over 20 steps of gradient descent the two losses come to be {short(away['theirs'])} apart; "
        f"with one of nn.LSTM's two biases held at 0, {short(away['one bias'])}"
    )
    return judged(figure, as_said=away["theirs"] <= 1e-9, corrected=away["one bias"] <= 1e-9)


def _losses(layer: Any, x: Tensor, state: Any, labels: Tensor, head: Tensor) -> list[float]:
    """Train a layer below a fixed output layer, as the notebooks' classifier: the last h decides."""
    import torch

    trained = [parameter for parameter in layer.parameters() if parameter.requires_grad]
    losses = []
    for _ in range(20):
        h, _ = stepped(layer, x[:20], state)
        loss = torch.nn.functional.cross_entropy(h[-1] @ head, labels)
        with torch.no_grad():
            for parameter, slope in zip(trained, torch.autograd.grad(loss, trained), strict=True):
                parameter.sub_(0.1 * slope)
        losses.append(loss.item())
    return losses


def products(make_naive: Callable[..., Any] = naive, make_fused: Callable[..., Any] = fused) -> Finding:
    """Count the matrix products of one step."""
    counts = []
    for step in (make_naive().double(), make_fused().double()):
        x, state = text()
        with watched() as seen:
            step(x[0], state)
        counts.append(sum(name.strip("_") == "matmul" for name, _ in seen))
    return judged(f"{counts[0]} products a step, and {counts[1]}", as_said=counts == [8, 2])


LESSON = Lesson(
    name="scratch",
    title="An LSTM layer by hand, with eight products a step and with two",
    url="https://github.com/piEsposito/pytorch-lstm-by-hand",
    read=(
        "The repository was read, and of the article's variant with peepholes the code, gist "
        "c8d0b2e1cc8e3cd98266da6fd69d3147 of piEsposito."
    ),
    claims=(
        Claim(
            "naive",
            "The layer with eight products a step computes what nn.LSTM does.",
            "both with the same weights over a text; then the puzzles `memory` and `generic`",
            Verdict.HOLDS,
            naive_is_built_in,
        ),
        Claim(
            "fused",
            "So does the layer with two products a step.",
            "both with the same weights over a text; then the puzzles `memory` and `generic`",
            Verdict.HOLDS,
            fused_is_built_in,
        ),
        Claim(
            "column-order",
            "The columns of its two matrices are those of i, f, o, g.",
            "the columns of nn.LSTM's weights in both orders",
            Verdict.CORRECTED,
            column_order,
            correction="The text beside the code has it so; the code itself, as nn.LSTM, has i, f, g, o.",
        ),
        Claim(
            "first-weights",
            "Its weights begin as PyTorch's do: uniform over ±1/√hidden.",
            "50 layers of each kind, by the test of Kolmogorov and Smirnov",
            Verdict.CORRECTED,
            first_weights,
            correction="Each tensor does; but nn.LSTM has two biases, whose sum reaches ±2/√hidden.",
        ),
        Claim(
            "products",
            "One layer makes eight matrix products a step, the other two.",
            "by counting",
            Verdict.HOLDS,
            products,
        ),
        Claim(
            "slower",
            "Eight products are slower than two.",
            "medians of rounds in which eight, two and nn.LSTM take turns, on one thread",
            Verdict.CORRECTED,
            timing.measured,
            correction="In small layers they are; in large ones, on a CPU, hardly; machines differ.",
            timed=True,
        ),
        Claim(
            "learning",
            "In place of nn.LSTM in a classifier, its layer learns as nn.LSTM does.",
            "the same classifier, data and first weights with either",
            Verdict.CORRECTED,
            learning,
            correction="It learns as an nn.LSTM with one bias. Of two, each moves as far as the one does: "
            "their sum twice as far.",
        ),
        Claim(
            "peephole-runs",
            "The layer runs with peephole=True as it was published.",
            "the line that makes its gates, in its own names",
            Verdict.FAILS,
            peephole.runs_as_published,
            correction="Its step reads U, V and bias; its constructor makes self.W, self.U and self.bias.",
        ),
        Claim(
            "peephole-is-one",
            "With these names mended, it is an LSTM with peepholes.",
            "questions to it and to the LSTM of Gers & Schmidhuber (2000)",
            Verdict.FAILS,
            peephole.four_points,
            correction="(1) Its gates see all of c in place of h. (2) Its candidate does not see h. "
            "(3) σ squashes the candidate, not tanh. (4) h is tanh(o·c), not o·tanh(c).",
        ),
        Claim(
            "peephole-built-in",
            "Mended, it is a layer to use in place of nn.LSTM.",
            "both with the same weights, and an LSTM whose peepholes are 0",
            Verdict.FAILS,
            peephole.against_built_in,
            correction="It computes something else; an LSTM with peepholes of 0 is nn.LSTM.",
        ),
        Claim(
            "reviews",
            "A classifier of reviews learns with each of the three layers (its notebooks).",
            "",
            Verdict.UNCHECKED,
            unchecked(
                "the reviews are a data set that is not here; the notebooks were published without results"
            ),
        ),
    ),
)
