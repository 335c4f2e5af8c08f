"""The lesson that works a memory cell by hand and then asks nn.LSTMCell and nn.LSTM.

Its example is Hung-yi Lee's (lecture on recurrent networks, National Taiwan University) with the
inputs made small: the shipped puzzle `memory`. Lee's own numbers are those of `memory-lee`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import permutations
from typing import Any

from lstm_verify.lessons.approximations import TENTH, sigmoid_table, tanh_is_x, tanh_table
from lstm_verify.lessons.figures import SAME, apart, array, decimals, outcome, short
from lstm_verify.lessons.ledger import UNREAD, Claim, Finding, Lesson, Table, Verdict, judged
from lstm_verify.lessons.subjects import (
    by_hand,
    cell,
    initial,
    layer,
    prefixes,
    puzzle,
    sequence,
    stepped,
    tensor,
)
from lstm_verify.lstm.semantics import GATES

# Rows


def packed_rows(make: Callable[..., Any] = cell) -> Finding:
    """Pack the example's rows in all 24 orders, and see which give its hand tables."""
    network, case = puzzle("memory")
    hands = [[number.value for number in by_hand(case, quantity)] for quantity in "hc"]
    right = []
    for order in permutations(GATES):
        states = stepped(make(network, order="".join(order)), sequence(case), initial(case))
        if all(apart(state, hand) <= TENTH for state, hand in zip(states, hands, strict=True)):
            right.append(", ".join(order))
    figure = f"of the 24 orders, {len(right)} gives the tables worked by hand: {' / '.join(right) or 'none'}"
    return judged(figure, as_said=right == [", ".join(GATES)])


# The tables


def tables(backends: tuple[str, str] = ("torch.cell", "torch.lstm")) -> Finding:
    """Run the example in float32, as the lesson does, and hold c and h against the tables."""
    from lstm_verify.engine import run

    network, case = puzzle("memory")
    inputs, state = sequence(case, "float32"), initial(case, "float32")
    shown = {
        "nn.LSTMCell": stepped(cell(network, dtype="float32"), inputs, state),
        "nn.LSTM": prefixes(layer(network, dtype="float32"), inputs),
    }
    hand = {q: [number.value for number in by_hand(case, q)] for q in "hc"}
    away = {q: max(apart(states["hc".index(q)], hand[q]) for states in shown.values()) for q in "ch"}
    judgement = run("memory", backends)
    figure = (
        f"c is right to {decimals(away['c'])} decimals (off by {short(away['c'])} at most), "
        f"h to {decimals(away['h'])} ({short(away['h'])}), on both; "
        f"judged as float32 arithmetic: {outcome(judgement)}"
    )
    table = Table(
        ("whose", *(f"step {t + 1}" for t in range(case.steps))),
        tuple(
            (f"{q}, {who}", *(f"{x:.4f}" for x in column))
            for q in "ch"
            for who, column in (
                ("by hand", array(hand[q])),
                *((name, array(s["hc".index(q)])) for name, s in shown.items()),
            )
        ),
    )
    right = judgement.exit_code == 0 and all(decimals(d) >= 1 for d in away.values())
    return judged(figure, as_said=right, table=table)


# The formulas


def hidden_formula(make: Callable[..., Any] = cell) -> Finding:
    """Hold what nn.LSTMCell gives against both formulas, on the example and on `tanh-order`."""
    import torch

    away = {}
    for name in ("memory", "tanh-order"):
        network, case = puzzle(name)
        x, (h0, c0) = sequence(case), initial(case)
        h, c = stepped(make(network), x, (h0, c0))
        w, before = network.layers[0].gate("o"), torch.cat([h0[None], h[:-1]])
        bias = tensor(w.bias_ih) + tensor(w.bias_hh)
        o = torch.sigmoid(x @ tensor(w.weight_ih).T + before @ tensor(w.weight_hh).T + bias)
        away[name] = {"o·tanh(c)": apart(h, o * torch.tanh(c)), "tanh(c·o)": apart(h, torch.tanh(c * o))}
    here, other = away["memory"]["tanh(c·o)"], away["tanh-order"]["tanh(c·o)"]
    right = max(distances["o·tanh(c)"] for distances in away.values())
    figure = (
        f"tanh(c·o) is {short(here)} off in the example, which its table does not show, but {short(other)} "
        f"off in the puzzle `tanh-order`, which was made to part the two; o·tanh(c) is {short(right)} off"
    )
    return judged(figure, as_said=other <= SAME, corrected=right <= SAME and here <= TENTH)


def initial_state(make_cell: Callable[..., Any] = cell, make_layer: Callable[..., Any] = layer) -> Finding:
    """Run without a state, from zeros and from ones."""
    import torch

    network, case = puzzle("generic")
    x = sequence(case)
    step, whole = make_cell(network), make_layer(network)
    zero, one = (value(1, network.hidden_size, dtype=x.dtype) for value in (torch.zeros, torch.ones))
    from_zero = max(
        *(apart(a, b) for a, b in zip(step(x[0]), step(x[0], (zero, zero)), strict=True)),
        apart(whole(x)[0], whole(x, (zero[None], zero[None]))[0]),
    )
    from_one = apart(whole(x)[0], whole(x, (one[None], one[None]))[0])
    figure = (
        f"without a state nn.LSTMCell and nn.LSTM are {short(from_zero)} away from what they give from "
        f"zeros, and nn.LSTM {short(from_one)} from what it gives from ones"
    )
    return judged(figure, as_said=from_zero == 0 < from_one)


def recurrent_weights(make: Callable[..., Any] = cell) -> Finding:
    """Make the example's step that puts out the memory after another h, and after another c."""
    network, case = puzzle("memory")
    step, x = make(network), sequence(case)[3]
    zero, memory, other = (tensor([[Fraction(value)]]) for value in ("0", "0.3", "0.9"))
    h, _ = step(x, (zero, memory))
    other_h = max(apart(a, b) for a, b in zip(step(x, (other, memory)), step(x, (zero, memory)), strict=True))
    without_memory, _ = step(x, (zero, zero))
    figure = (
        f"at step 4, with another h before it, nothing changes ({short(other_h)}); with c = 0 before it "
        f"and not 0.3, h is {short(float(without_memory))} and not {short(float(h))}"
    )
    depends = apart(h, without_memory) > SAME
    return judged(figure, as_said=other_h == 0 and not depends, corrected=other_h == 0)


# What PyTorch lets one choose

CHOICES = {
    *(
        "input_size",
        "hidden_size",
        "num_layers",
        "bias",
        "batch_first",
        "dropout",
        "bidirectional",
        "proj_size",
    ),
    *("device", "dtype"),
}
"""What nn.LSTM and nn.LSTMCell can be told; none of it is a function."""

INTERNAL = {"self", "args", "kwargs", "mode", "num_chunks"}
"""What their common base classes are told by them."""


def activations(classes: Mapping[str, Any] | None = None) -> Finding:
    """Look for an argument that chooses a function, and see what becomes of the lecture's own inputs."""
    from torch import nn

    classes = classes or {"nn.LSTM": nn.LSTM, "nn.LSTMCell": nn.LSTMCell}
    new = sorted({name for made in classes.values() for name in _parameters(made)} - CHOICES - INTERNAL)
    refused = [name for name, made in classes.items() if not _takes_nonlinearity(made)]
    network, case = puzzle("memory-lee")
    _, c = stepped(cell(network), sequence(case), initial(case))
    lecture = " ".join(number.text for number in by_hand(case, "c"))
    figure = (
        f"none of their {len(CHOICES)} arguments chooses a function"
        + (f", but {', '.join(new)} may" if new else "")
        + f"; nonlinearity=, which nn.RNN takes, is refused by {' and '.join(refused) or 'none'}. "
        f"On the inputs 3 4 2 1 3 the lecture, without tanh, has c = {lecture}, and nn.LSTMCell c = "
        + " ".join(f"{x:.2f}" for x in array(c))
    )
    return judged(figure, as_said=not new and len(refused) == len(classes))


def _parameters(made: Any) -> list[str]:
    """Return what a class and its bases, up to nn.Module, can be told."""
    from torch import nn

    own = made.__mro__[: made.__mro__.index(nn.Module)]
    return [name for base in own for name in inspect.signature(base.__init__).parameters]


def _takes_nonlinearity(made: Any) -> bool:
    try:
        made(3, 1, nonlinearity="relu")
    except TypeError:
        return False
    return True


LESSON = Lesson(
    name="memory",
    title="An LSTM as a memory cell, worked by hand, on nn.LSTMCell and nn.LSTM",
    url="https://blog.csdn.net/jasminefeng/article/details/110748828",
    read=(
        "The page itself could not be read. The claims are as reported of it; the numbers are "
        "those of the puzzle `memory`, from the same lecture of Hung-yi Lee's."
    ),
    claims=(
        Claim(
            "packed-rows",
            "PyTorch packs the rows of the four gates in the order i, f, g, o.",
            "the example's rows, packed in all 24 orders, on nn.LSTMCell",
            Verdict.HOLDS,
            packed_rows,
        ),
        Claim(
            "sigmoid-table",
            "In the table by hand σ may be taken for 1 or for 0.",
            "σ with proven digits, at every argument that a gate of the example has",
            Verdict.HOLDS,
            sigmoid_table,
        ),
        Claim(
            "tanh-table",
            "In the table by hand tanh x may be taken for x.",
            "tanh with proven digits, at every x1 and every memory of the example",
            Verdict.CORRECTED,
            tanh_table,
            correction="Right to one decimal; 0.25 is written with two, and the second is wrong.",
        ),
        Claim(
            "tables",
            "The c and h by hand, those of nn.LSTMCell and those of nn.LSTM agree to one decimal.",
            "both in float32, against the table and against what correct arithmetic may give",
            Verdict.HOLDS,
            tables,
        ),
        Claim(
            "tanh-is-x",
            "On [−0.25, 0.25] tanh x is x.",
            "tanh with proven digits; the last x by bisection",
            Verdict.CORRECTED,
            tanh_is_x,
            correction="To one decimal it is, and well beyond; to two it is not at the ends.",
        ),
        Claim(
            "hidden-formula",
            "h = tanh(c·o).",
            "what nn.LSTMCell gives, against both formulas, in the example and in the puzzle `tanh-order`",
            Verdict.CORRECTED,
            hidden_formula,
            correction="h = o·tanh(c). In this example the two happen to agree, as o is nearly 0 or 1.",
        ),
        Claim(
            "initial-state",
            "Where no initial state is given, it is zero.",
            "the puzzle `generic`, with no state, from zeros and from ones",
            Verdict.HOLDS,
            initial_state,
        ),
        Claim(
            "recurrent-weights",
            "The recurrent weights may be zero, because what is done depends on the present input alone.",
            "the step that puts out the memory, after another h and after another c",
            Verdict.CORRECTED,
            recurrent_weights,
            correction="They may be zero, as the gates need the present input alone; c carries the past.",
        ),
        Claim(
            "activations",
            "The activations of PyTorch's LSTM cannot be set.",
            "what nn.LSTM and nn.LSTMCell can be told, and the lecture's example, whose tanh are left out",
            Verdict.HOLDS,
            activations,
        ),
        UNREAD,
    ),
)
