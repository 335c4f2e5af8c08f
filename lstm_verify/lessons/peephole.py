"""The lesson's variant "with peepholes": whether it runs, what it is, and how far it is from an LSTM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lstm_verify.backends.scratch import CELLS
from lstm_verify.conventions import Convention, convention
from lstm_verify.lessons.figures import SAME, apart, short
from lstm_verify.lessons.ledger import Finding, Table, judged
from lstm_verify.lessons.subjects import TORCH, loaded, seeded, stepped, weights_of

if TYPE_CHECKING:
    from torch import Tensor

SIZE = (3, 4)

FUSED = convention("fused")
WITH_PEEPHOLES = next(cell.convention for cell in CELLS if cell.name == "peephole")


def repaired() -> Any:
    """Return the lesson's variant with U, V and bias taken for the layer's own W, U and bias."""
    from lstm_verify.backends.scratch.by_hand import PublishedPeephole

    return PublishedPeephole(*SIZE).double()


def with_peepholes() -> Any:
    """Return an LSTM with peepholes, all of them 0.5 (Gers & Schmidhuber 2000)."""
    import torch

    from lstm_verify.backends.scratch.peephole import Peephole

    made = Peephole(*SIZE).double()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.uniform_(-0.5, 0.5)
        for p in (made.p_i, made.p_f, made.p_o):
            p.fill_(0.5)
    return made


def as_published(x: Tensor, state: tuple[Tensor, Tensor]) -> Tensor:
    """Begin a step as the lesson's code does, in its own names.

    The gist c8d0b2e1cc8e3cd98266da6fd69d3147 of piEsposito makes the gates of U, V and bias; its
    constructor makes self.W, self.U and self.bias, and nothing makes U, V or bias.
    """
    _, c = state
    return x @ U + c @ V + bias  # type: ignore[name-defined]  # noqa: F821 (that is the claim)


def runs_as_published(step: Callable[..., Any] = as_published) -> Finding:
    """Run the first line of a step in the names that it was published with."""
    x, state = _inputs()
    try:
        step(x, state)
    except NameError as error:
        return judged(f"NameError: {error}", as_said=False)
    return judged("it runs", as_said=True)


def _inputs() -> tuple[Tensor, tuple[Tensor, Tensor]]:
    """Return an input of one step and a state, drawn at random; [1, n] each."""
    import torch

    with seeded(1):
        x, h, c = (torch.randn(1, n, dtype=torch.float64) for n in (SIZE[0], SIZE[1], SIZE[1]))
    return x, (h, c)


# Four questions that tell it from an LSTM with peepholes


def biased(step: Any, **biases: float) -> Any:
    """Fill the biases of gates: 40 holds one open whatever else it sees, −40 closed."""
    packing = _packing(step)
    weights = weights_of(step, packing)
    for gate, value in biases.items():
        np.asarray(weights.gate(gate).bias_ih).fill(value)
    return loaded(step, packing, weights)


def _packing(step: Any) -> Convention:
    """Return the convention of a layer with W, U and bias, or of one with a tensor for each gate."""
    return FUSED if hasattr(step, "bias") else WITH_PEEPHOLES


def gate_moved_by_h(step: Any) -> float:
    """Return how far another h moves f, which is the new c where i = 0 and c was 1."""
    x, (h, _) = _inputs()
    one = x.new_ones(1, SIZE[1])
    closed = biased(step, i=-40)
    return apart(closed(x, (h, one))[1], closed(x, (h + 1, one))[1])


def gate_moved_by_others(step: Any) -> float:
    """Return how far another c in the last unit moves f of the first."""
    x, (h, _) = _inputs()
    one = x.new_ones(1, SIZE[1])
    other = one.clone()
    other[0, -1] = 2
    closed = biased(step, i=-40)
    return apart(closed(x, (h, one))[1][0, 0], closed(x, (h, other))[1][0, 0])


def candidate_moved_by_h(step: Any) -> float:
    """Return how far another h moves g, which is the new c where i = 1 and c was 0."""
    x, (h, c) = _inputs()
    opened = biased(step, i=40)
    return apart(opened(x, (h, 0 * c))[1], opened(x, (h + 1, 0 * c))[1])


def least_candidate(step: Any) -> float:
    """Return the least g that 1,000 random inputs give."""
    import torch

    with seeded(2):
        x = torch.randn(1000, SIZE[0], dtype=torch.float64)
    zero = x.new_zeros(1000, SIZE[1])
    return float(biased(step, i=40)(x, (zero, zero))[1].min())


def half_of_four(step: Any) -> float:
    """Return the h of an output gate of one half and a memory of 4."""
    import torch

    with torch.no_grad():
        for parameter in step.parameters():
            parameter.zero_()
        memory = torch.full((1, SIZE[1]), 4.0, dtype=torch.float64)
        return float(biased(step, i=-40, f=40)(memory[:, : SIZE[0]], (0 * memory, memory))[0][0, 0])


class Question(NamedTuple):
    """What is asked of both, the point that it settles, and when two answers are not of the same kind."""

    point: str
    text: str
    ask: Callable[[Any], float]
    unlike: Callable[[float, float], bool]


def _one_is_zero(a: float, b: float) -> bool:
    return (a == 0) is not (b == 0)


QUESTIONS = (
    Question("1", "another h moves its forget gate by", gate_moved_by_h, _one_is_zero),
    Question("1", "another unit's c moves it by", gate_moved_by_others, _one_is_zero),
    Question("2", "another h moves its candidate by", candidate_moved_by_h, _one_is_zero),
    Question("3", "its least candidate is", least_candidate, lambda a, b: (a < 0) is not (b < 0)),
    Question("4", "from o = 1/2 and c = 4 it makes h =", half_of_four, lambda a, b: abs(a - b) > SAME),
)
"""What tells the variant from an LSTM with peepholes: four points."""


def four_points(make: Callable[[], Any] = repaired) -> Finding:
    """Ask the repaired variant, and an LSTM with peepholes, what tells them apart."""
    import torch

    with seeded(), torch.no_grad():
        answers = [(question.ask(make()), question.ask(with_peepholes())) for question in QUESTIONS]
    asked = list(zip(QUESTIONS, answers, strict=True))
    unlike = sorted({question.point for question, (ours, theirs) in asked if question.unlike(ours, theirs)})
    rows = tuple((q.point, q.text, f"{ours:.3g}", f"{theirs:.3g}") for q, (ours, theirs) in asked)
    told = "; ".join(
        f"({point}) " + ", ".join(f"{text} {ours} [{theirs}]" for _, text, ours, theirs in group)
        for point, group in groupby(rows, key=itemgetter(0))
    )
    return judged(
        f"unlike an LSTM with peepholes, in brackets, in {len(unlike)} points: {told}",
        as_said=not unlike,
        table=Table(("point", "question", "the variant", "an LSTM with peepholes"), rows),
    )


def against_built_in(make: Callable[[], Any] = repaired) -> Finding:
    """Give the variant, and an LSTM with peepholes of 0, the weights of nn.LSTMCell, and run all three."""
    import torch
    from torch import nn

    with seeded(), torch.no_grad():
        source = nn.LSTMCell(*SIZE, dtype=torch.float64)
        weights = weights_of(source, TORCH)
        none = np.zeros(SIZE[1])
        of_zero = replace(weights, weight_ci=none, weight_cf=none, weight_co=none)
        without = loaded(with_peepholes(), WITH_PEEPHOLES, of_zero)
        x = torch.randn(20, 1, SIZE[0], dtype=torch.float64)
        zero = x.new_zeros(1, SIZE[1])
        shown = [stepped(step, x, (zero, zero)) for step in (loaded(make(), FUSED, weights), without, source)]
    (h, c), (h_without, _), (h_built_in, c_built_in) = shown
    h_away, c_away = apart(h, h_built_in), apart(c, c_built_in)
    figure = (
        f"over 20 steps with the same weights h is up to {short(h_away)} away from nn.LSTM's, c up to "
        f"{short(c_away)}; an LSTM whose peepholes are 0 is {short(apart(h_without, h_built_in))} away"
    )
    return judged(figure, as_said=max(h_away, c_away) <= SAME)
