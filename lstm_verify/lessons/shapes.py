"""The lesson on the shape of every variable of "Dive into Deep Learning"'s LSTM.

It goes through the book's scratch LSTM and its RNNModel (Zhang, Lipton, Li & Smola, d2l.ai, sections
"Long Short-Term Memory" and "Concise Implementation of Recurrent Neural Networks"). Here they are run
with the book's own sizes, no two of which are equal.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING, Any

from lstm_verify.conventions import convention
from lstm_verify.lessons.figures import SAME, apart, digits, short
from lstm_verify.lessons.ledger import UNREAD, Claim, Finding, Lesson, Table, Verdict, judged
from lstm_verify.lessons.subjects import TORCH, loaded, seeded, stepped, watched, weights_of
from lstm_verify.lstm import exact
from lstm_verify.lstm.network import suffix

if TYPE_CHECKING:
    from torch import Tensor

BATCH, STEPS, VOCAB, HIDDEN = 32, 35, 28, 256
"""The book's sizes: texts in a batch, letters in each, kinds of letters, units."""

D2L = convention("d2l")


def scratch(inputs: int = VOCAB, hidden: int = HIDDEN) -> Any:
    """Return the book's scratch cell."""
    from lstm_verify.backends.scratch.d2l import D2L

    return D2L(inputs, hidden)


def model(layers: int = 1, *, bidirectional: bool = False) -> Any:
    """Return the book's RNNModel around torch.nn.LSTM."""
    from torch import nn

    from lstm_verify.backends.scratch.d2l import RNNModel

    return RNNModel(nn.LSTM(VOCAB, HIDDEN, layers, bidirectional=bidirectional), VOCAB)


def letters(*shape: int) -> Tensor:
    """Return letters, numbers from 0 to 27."""
    import torch

    return torch.arange(torch.tensor(shape).prod().item()).reshape(shape) % VOCAB


def one_hot(text: Tensor) -> Tensor:
    """Turn letters [batch, steps] into X [steps, batch, vocab], as the book does: one_hot(inputs.T)."""
    from torch.nn import functional

    return functional.one_hot(text.permute(*reversed(range(text.ndim))), VOCAB).float()


def written(shapes: Iterable[Sequence[int]]) -> str:
    """Write shapes, each once: "[32, 256] and [28, 256]"."""
    return " and ".join(dict.fromkeys(str(list(shape)) for shape in shapes))


# Shapes


def variables(make: Callable[[], Any] = scratch, make_model: Callable[[], Any] = model) -> Finding:
    """Run one step and the whole model, and read the shape of everything that occurs."""
    import torch

    step, whole = make(), make_model()
    with torch.no_grad(), watched() as seen:
        Y, _ = whole(letters(BATCH, STEPS), whole.begin_state(BATCH))
    (X,) = _results(seen, "one_hot")
    zero = Y.new_zeros(BATCH, HIDDEN)
    with watched() as seen:
        H, C = step(X[0].float(), (zero, zero))
    gates, (candidate, _) = _results(seen, "sigmoid"), _results(seen, "tanh")
    expected: list[tuple[str, str, tuple[int, ...], list[Tensor]]] = [
        ("X, the whole", "steps, batch, vocab", (STEPS, BATCH, VOCAB), [X]),
        ("X of one step", "batch, vocab", (BATCH, VOCAB), [X[0]]),
        ("W_xi W_xf W_xo W_xc", "vocab, hidden", (VOCAB, HIDDEN), _of(step, "weight_ih")),
        ("W_hi W_hf W_ho W_hc", "hidden, hidden", (HIDDEN, HIDDEN), _of(step, "weight_hh")),
        ("b_i b_f b_o b_c", "hidden", (HIDDEN,), _of(step, "bias_ih")),
        ("I F O", "batch, hidden", (BATCH, HIDDEN), gates),
        ("the candidate C̃", "batch, hidden", (BATCH, HIDDEN), [candidate]),
        ("H C", "batch, hidden", (BATCH, HIDDEN), [H, C]),
        ("W_hq", "hidden, vocab", (HIDDEN, VOCAB), [whole.W_hq]),
        ("b_q", "vocab", (VOCAB,), [whole.b_q]),
        ("Y, the whole", "steps · batch, vocab", (STEPS * BATCH, VOCAB), [Y]),
    ]
    wrong = [name for name, _, shape, tensors in expected if any(tuple(t.shape) != shape for t in tensors)]
    count = sum(len(tensors) for *_, tensors in expected)
    table = Table(
        ("variable", "shape", "found"),
        tuple((name, said, written(t.shape for t in tensors)) for name, said, _, tensors in expected),
    )
    sizes = f"with batch = {BATCH}, seq = {STEPS}, vocab = {VOCAB} and hidden = {HIDDEN}"
    figure = f"all {count} tensors are so, {sizes}" if not wrong else f"not so, {sizes}: {', '.join(wrong)}"
    return judged(figure, as_said=not wrong, table=table)


def _results(seen: Iterable[tuple[str, Tensor]], name: str) -> list[Tensor]:
    """Return what a function of PyTorch gave, each time that it was called."""
    return [value for called, value in seen if called == name]


def _of(step: Any, *fields: str) -> list[Tensor]:
    """Return the book's tensors of a field, or several, those of all gates."""
    return [getattr(step, parameter.name) for parameter in D2L.parameters(fields)]


def same_size(make: Callable[[], Any] = scratch) -> Finding:
    """Compare H and C of the scratch cell and of nn.LSTM; a projection is what parts them."""
    import torch
    from torch import nn

    X = one_hot(letters(BATCH, 2)).double()
    zero = X.new_zeros(BATCH, HIDDEN)
    with torch.no_grad():
        H, C = make().double()(X[0], (zero, zero))
        _, (h, c) = nn.LSTM(VOCAB, HIDDEN).double()(X)
        _, (projected, unprojected) = nn.LSTM(VOCAB, HIDDEN, proj_size=HIDDEN // 4).double()(X)
    figure = (
        f"{written([H.shape, C.shape])} in the book's, {written([h.shape, c.shape])} in nn.LSTM; only with "
        f"proj_size={HIDDEN // 4}, of which the lesson does not speak, h is {written([projected.shape])} "
        f"and c {written([unprojected.shape])}"
    )
    return judged(figure, as_said=H.shape == C.shape and h.shape == c.shape)


def letters_in(make: Callable[[], Any] = model, make_step: Callable[[], Any] = scratch) -> Finding:
    """Give the models letters with an axis of length 1 at the end, and letters without."""
    import torch

    whole = make()
    with_axis, told = _read(whole, letters(BATCH, STEPS, 1))
    without, _ = _read(whole, letters(BATCH, STEPS))
    with torch.no_grad():
        hs, _ = stepped(make_step(), one_hot(letters(BATCH, STEPS, 1)), whole.begin_state(BATCH))
    figure = (
        f"[32, 35, 1] becomes {with_axis} and is {told}; the scratch loop takes it for {len(hs)} step of "
        f"35 × 32 sequences and says nothing. [32, 35] becomes {without}"
    )
    wanted = str([STEPS, BATCH, VOCAB])
    return judged(figure, as_said=with_axis == wanted and told == "read", corrected=without == wanted)


def _read(whole: Any, text: Tensor) -> tuple[str, str]:
    """Give a model letters; return the shape of its one-hot X, and whether it was read or why not."""
    import torch

    with torch.no_grad(), warnings.catch_warnings(), watched() as seen:
        warnings.simplefilter("ignore")  # that .T of three axes goes out of use
        try:
            whole(text, whole.begin_state(BATCH))
            told = "read"
        except (RuntimeError, ValueError) as error:
            told = f"refused ({str(error).rstrip('.')})"
    return written(value.shape for value in _results(seen, "one_hot")) or "nothing", told


def begin_state(make: Callable[..., Any] = model) -> Finding:
    """Ask for the initial state of 1 to 3 layers in 1 and 2 directions, and give it to nn.LSTM."""
    import torch

    rows, right = [], []
    for directions, layers in product((1, 2), (1, 2, 3)):
        whole = make(layers, bidirectional=directions == 2)
        state = whole.begin_state(BATCH)
        with torch.no_grad():
            _, after = whole(letters(BATCH, 2), state)
        shapes = {tuple(value.shape) for value in (*state, *after)}
        right.append(shapes == {(directions * layers, BATCH, HIDDEN)} and not torch.cat(state).any())
        rows.append((str(layers), str(directions), written(shapes)))
    figure = "layers × directions: " + ", ".join(f"{l}×{d} {shape}" for l, d, shape in rows)
    return judged(figure, as_said=all(right), table=Table(("layers", "directions", "H and C"), tuple(rows)))


def output(make: Callable[..., Any] = model) -> Finding:
    """Run the model in 1 and 2 directions, and look where the logits of a step and a text stand."""
    import torch

    shapes, right = [], []
    for bidirectional in (False, True):
        whole = make(bidirectional=bidirectional)
        with torch.no_grad():
            Y, _ = whole(letters(BATCH, STEPS), whole.begin_state(BATCH))
            H, _ = whole.hidden(letters(BATCH, STEPS), whole.begin_state(BATCH))
            row = H[4, 7] @ whole.W_hq + whole.b_q
        shapes.append(Y.shape)
        right.append(Y.shape == (STEPS * BATCH, VOCAB) and apart(row, Y[4 * BATCH + 7]) < 1e-5)
    figure = f"{written(shapes)} with 1 direction and with 2; row 4·32 + 7 is step 4 of text 7, both from 0"
    return judged(figure, as_said=all(right))


# The book's, which the lesson follows


def first_weights(make: Callable[[], Any] = scratch) -> Finding:
    """Draw the scratch cell's weights, and measure how they are spread."""
    import torch

    with seeded():
        step = make()
    weights = torch.cat([tensor.detach().flatten() for tensor in _of(step, "weight_ih", "weight_hh")])
    biases = torch.cat(_of(step, "bias_ih")).detach()
    mean, spread = float(weights.mean()), float(weights.std())
    within = float((weights.abs() < 0.01).float().mean())
    figure = (
        f"{len(weights)} weights: mean {short(mean)}, standard deviation {spread:.5f}, "
        f"{within:.1%} within ±0.01 (normal: 68.3%); biases {short(float(biases.abs().max()))}"
    )
    normal = abs(mean) < 1e-4 and abs(spread / 0.01 - 1) < 0.01 and abs(within - 0.6827) < 0.005
    return judged(figure, as_said=normal and not biases.any())


def open_interval(make: Callable[..., Any] = scratch) -> Finding:
    """Open the output gate as wide as biases of 30 do, on a memory of 20."""
    import torch

    step = make(1, 1)
    with torch.no_grad():
        for parameter in step.parameters():
            parameter.zero_()
        step.b_f.fill_(30)
        step.b_o.fill_(30)
        H, _ = step(torch.zeros(1, 1), (torch.zeros(1, 1), torch.full((1, 1), 20.0)))
    truth = 1 - exact.tanh(Fraction(20)) + (1 - exact.sigmoid(Fraction(30)))
    figure = (
        f"with o = σ(30) and C = 20, H is {float(H)!r} in float32; in truth it is {digits(truth)} below 1"
    )
    return judged(figure, as_said=float(H.abs().max()) < 1, corrected=float(H.abs().max()) == 1)


def concise(make: Callable[[], Any] = scratch) -> Finding:
    """Give the scratch cell the weights of nn.LSTM, and run both over a text."""
    import torch
    from torch import nn

    with seeded(), torch.no_grad():
        whole = nn.LSTM(VOCAB, HIDDEN, dtype=torch.float64)
        step = loaded(make().double(), D2L, weights_of(whole, TORCH, suffix(0, 0)))
        X = one_hot(letters(BATCH, STEPS)).double()
        zero = X.new_zeros(BATCH, HIDDEN)
        hs, cs = stepped(step, X, (zero, zero))
        outputs, (_, c) = whole(X)
    away = max(apart(hs, outputs), apart(cs[-1], c))
    return judged(
        f"H and C are at most {short(away)} apart over 35 steps of 256 units, in float64",
        as_said=away <= SAME,
    )


LESSON = Lesson(
    name="shapes",
    title="The shape of every variable of an LSTM written from scratch",
    url="https://www.lryc.cn/news/575821.html",
    read=(
        "The page itself could not be read, and its claims are as reported of it. It goes through the "
        "code of Dive into Deep Learning (d2l.ai), which was read, and from which come those marked (d2l)."
    ),
    claims=(
        Claim(
            "variables",
            "The shapes are: X of a step [batch, vocab], W_x [vocab, hidden], W_h [hidden, hidden], "
            "b [hidden], gates, candidate, C and H [batch, hidden], W_hq [hidden, vocab], b_q [vocab].",
            "one step, and the whole model over a batch of texts",
            Verdict.HOLDS,
            variables,
        ),
        Claim(
            "same-size",
            "The memory cell C has the size of the hidden state H.",
            "the scratch LSTM and nn.LSTM",
            Verdict.HOLDS,
            same_size,
        ),
        Claim(
            "letters-in",
            "The input goes from [batch, seq, 1] to [seq, batch, vocab].",
            "one_hot(inputs.T), and both models on what it gives",
            Verdict.CORRECTED,
            letters_in,
            correction="It goes from [batch, seq] to [seq, batch, vocab]: there is no last axis of length 1.",
        ),
        Claim(
            "begin-state",
            "begin_state gives H and C as [directions · layers, batch, hidden] each, all zero.",
            "the model with 1, 2 and 3 layers in 1 and 2 directions, run from what it gives",
            Verdict.HOLDS,
            begin_state,
        ),
        Claim(
            "output",
            "The output is [seq · batch, vocab].",
            "the model in 1 and 2 directions",
            Verdict.HOLDS,
            output,
        ),
        Claim(
            "first-weights",
            "Weights are drawn from a normal distribution of standard deviation 0.01, biases are 0 (d2l).",
            "the scratch LSTM's, as drawn",
            Verdict.HOLDS,
            first_weights,
        ),
        Claim(
            "open-interval",
            "H always lies strictly between −1 and 1 (d2l).",
            "one step with an output gate as good as open and a large memory",
            Verdict.CORRECTED,
            open_interval,
            correction="In exact numbers it does; in floating point σ and tanh round to 1, and H can be 1.",
        ),
        Claim(
            "concise",
            "nn.LSTM is the same LSTM as the one written from scratch (d2l).",
            "both with the same weights over a text",
            Verdict.HOLDS,
            concise,
        ),
        UNREAD,
    ),
)
