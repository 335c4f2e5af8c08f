"""Faults of the state: how it comes in, goes out, and is kept between calls."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lstm_verify.faults import chance
from lstm_verify.faults.base import Array, Fault, Form, Shown, Unseen, cell, fault, network
from lstm_verify.faults.outputs import ends, halves, outputs, processed, with_ends
from lstm_verify.faults.sessions import (
    FirstAgain,
    OneBuffer,
    RandomStart,
    SecondRowReset,
    Stateful,
    StatefulUnlessGiven,
    ZeroLater,
)
from lstm_verify.lstm.cell import Cell, Step
from lstm_verify.lstm.network import BIDIRECTIONAL, Network, Run
from lstm_verify.lstm.unroll import Unroll


def starts(change: Callable[[Any, Any], tuple[Any, Any]], words: str = "") -> Form:
    """Make a form that begins with another state than the one that is given."""
    return network(words, initial=lambda self, index, run: change(*Unroll.initial(self, index, run)))


def layers_start(index_of: Callable[[Network, int], int], words: str) -> Form:
    """Make a form where a layer and direction begins with the state of another."""
    return network(
        words, initial=lambda self, index, run: Unroll.initial(self, index_of(self.network, index), run)
    )


def returns(change: Callable[[Step[Any], Any, Any], Step[Any]], words: str) -> Form:
    """Make a form where a step returns another state than it computes.

    Args:
        change: from the step, and the h and c before it.
    """
    return cell(words, step=lambda self, x, h, c: change(Cell.step(self, x, h, c), h, c))


def _c_from_h_alone(self: Unroll[Any], index: int, run: Run) -> tuple[Any, Any]:
    """Begin with h0 for both, where there is no c0."""
    h, c = Unroll.initial(self, index, run)
    return h, c if np.any(run.c0) else h


def _c_from_memory(_: Network, runs: Sequence[Run]) -> list[Run]:
    """Put unknown numbers in the place of c0, where there is none."""
    random = chance.unknown()
    return [run if np.any(run.c0) else replace(run, c0=random.normal(size=np.shape(run.c0))) for run in runs]


def _swapped_ends(network: Network, _: Sequence[Run], found: Shown) -> Shown:
    turned = with_ends(network, found, "h_n", ends(network, found, "c_n"))
    return with_ends(network, turned, "c_n", ends(network, found, "h_n"))


def _h_twice(network: Network, _: Sequence[Run], found: Shown) -> Shown:
    return with_ends(network, found, "c_n", ends(network, found, "h_n"))


def _the_given_state(network: Network, runs: Sequence[Run], found: Shown) -> Shown:
    found = with_ends(network, found, "h_n", np.stack([run.h0 for run in runs]))
    return with_ends(network, found, "c_n", np.stack([run.c0 for run in runs]))


def _zeros_at_the_end(network: Network, _: Sequence[Run], found: Shown) -> Shown:
    return found | {place: 0 * found[place] for place in network.places("h_n", "c_n")}


def _c_of_last_layer(network: Network, runs: Sequence[Run], found: Shown) -> Array:
    """The output, made of c; where a step is skipped it is 0 all the same, or held."""
    made = []
    for place in halves(network):
        h, c = found[place], found[place._replace(quantity="c")]
        computed = [processed(network, run, place.direction) for run in runs]
        counts = np.array([[t in steps for t in range(runs[0].steps)] for steps in computed])
        holds = network.semantics.padded_output == "hold"
        made.append(np.where(counts[..., None] | holds, c, h))
    return np.concatenate(made, axis=-1)


def _reset_late(self: Unroll[Any], index: int, t: int, step: Step[Any], run: Run) -> tuple[Any, Any]:
    """The reset that belongs before the first step comes behind it."""
    first = next(t for t in self.times(index, run) if self.counts(index, t, run))
    return (0 * step.h, 0 * step.c) if t == first else (step.h, step.c)


def _of_first_row(_: Network, runs: Sequence[Run]) -> list[Run]:
    return [replace(run, h0=runs[0].h0, c0=runs[0].c0) for run in runs]


FAULTS: list[Fault | Unseen] = [
    fault(
        "initial-state-ignored",
        "begins with zeros, whatever h0 and c0 are given",
        starts(lambda h, c: (0 * h, 0 * c)),
        starts(lambda h, c: (h, 0 * c), "of the cell state alone"),
        starts(lambda h, c: (0 * h, c), "of the hidden state alone"),
        mend="begin with the h0 and c0 that are given",
        shows="an initial state that is not 0",
        cites=(
            "neulab/xnmt#223",
            "ARM-software/CMSIS-NN#219",
            "apple/coremltools#263 (kin)",
            "PaddlePaddle/PARL#17 (kin)",
            "nyu-dl/dl4mt-tutorial#65 (kin)",
        ),
        needs=("state",),
    ),
    fault(
        "initial-c-wrong-when-only-h-given",
        "begins with a c other than 0 where only h0 is given",
        network("h0", initial=_c_from_h_alone),
        Form("unknown numbers", given=_c_from_memory, unknown=True),
        mend="begin with c = 0 where no c0 is given",
        shows="an h0 that is not 0, and no c0",
        cites=("onnx/onnx-tensorflow#408", "onnx/onnx-tensorflow#410"),
        needs=("h0_alone", "no_projection"),
    ),
    fault(
        "c0-set-from-h0",
        "begins with c = h0",
        starts(lambda h, c: (h, h)),
        mend="begin with c = c0",
        shows="an initial state whose h and c differ",
        cites=(
            "joeynmt/joeynmt#51 (near miss)",
            "joeynmt/joeynmt#13 (documentation)",
            "microsoft/IRNet#30 (kin)",
        ),
        needs=("state", "no_projection"),
    ),
    fault(
        "h0-c0-swapped",
        "takes h for c and c for h on the way in",
        replace(starts(lambda h, c: (c, h), "at the start"), needs=("state",)),
        cell("at every step", step=lambda self, x, h, c: Cell.step(self, x, c, h)),
        mend="exchange h and c where the state is unpacked: PyTorch's order is (h, c)",
        shows="an initial state whose h and c differ",
        cites=(
            "neulab/xnmt#223",
            "asyml/texar-pytorch#198 (documentation)",
            "pytorch/pytorch#534 (documentation)",
        ),
        needs=("no_projection",),
    ),
    fault(
        "hn-cn-swapped-in-return",
        "returns (c, h) where (h, c) is due",
        Form("at the end", presentation=_swapped_ends),
        returns(lambda step, h, c: step._replace(h=step.c, c=step.h), "by every step"),
        mend="return (h, c)",
        shows="a state at the end whose h and c differ",
        cites=("microsoft/nni#2839", "microsoft/nni#2842", "asyml/texar-pytorch#198 (documentation)"),
        needs=("no_projection",),
    ),
    fault(
        "cn-replaced-by-hn",
        "returns h twice, and never c",
        Form("at the end", presentation=_h_twice),
        returns(lambda step, h, c: step._replace(c=step.h), "by every step"),
        mend="return (h, c)",
        shows="a state at the end whose h and c differ",
        cites=("salesforce/decaNLP#9",),
        needs=("no_projection",),
    ),
    fault(
        "output-is-c",
        "returns c as the output of every step",
        *outputs(_c_of_last_layer),
        mend="return h as the output",
        shows="steps whose h and c differ",
        cites=("microsoft/nni#2839", "pytorch/examples#222"),
        needs=("no_projection",),
        plan={"outputs": 2},
    ),
    fault(
        "final-state-not-updated",
        "returns a state that has never been written: the one that it was given, or zeros",
        Form("the given state", presentation=_the_given_state),
        Form("zeros", presentation=_zeros_at_the_end),
        returns(lambda step, h, c: step._replace(h=h, c=c), "every step the state it was given"),
        mend="return the h and c of the last step",
        shows="a state at the end that is not the initial one",
        cites=(
            "livekit/agents-js#944",
            "apple/coremltools#263",
            "apache/mxnet#3063 (kin)",
            "onnx/onnx#7664 (kin)",
        ),
    ),
    fault(
        "state-carried-between-calls",
        "begins a call with the state that the call before ended with",
        Form("whatever is given", session=Stateful),
        Form("where none is given", session=StatefulUnlessGiven, plan={"state": False}),
        mend="begin every call with the state that is given, or with zeros",
        shows="the same call twice",
        cites=(
            "nyu-mll/jiant#345",
            "JulesBelveze/text-summarizer#8",
            "FluxML/Flux.jl#811 (documentation)",
            "loliverhennigh/Convolutional-LSTM-in-Tensorflow#3 (kin)",
        ),
        protocol="twice",
    ),
    fault(
        "state-lost-between-chunks",
        "begins every call anew, though it is given the state that the call before ended with",
        Form("from zeros", session=ZeroLater),
        Form("from the state of the first call", session=FirstAgain),
        mend="pass the state at the end of a chunk on to the next",
        shows="a sequence in two calls",
        cites=("livekit/agents-js#944", "ggml-org/whisper.cpp#3677 (kin)", "ARM-software/CMSIS-NN#219"),
        protocol="chunks",
    ),
    fault(
        "state-reset-wrong-index",
        "takes the mask of rows that are done, 0 or 1 each, for indices: where all are, only row 1 is reset",
        Form(session=SecondRowReset),
        mend="make the mask Boolean before it selects rows",
        shows="a batch whose rows all begin anew in a second call",
        cites=("leggedrobotics/rsl_rl#28",),
        needs=("batch",),
        protocol="twice",
    ),
    fault(
        "state-reset-late",
        "resets the state one step late: behind the first step of a sequence, not before it",
        network(carried=_reset_late),
        mend="reset the state before the first step",
        shows="two steps",
        cites=("paxcema/KerasGRU4Rec#1 (kin)", "junhyukoh/caffe-lstm#7"),
    ),
    fault(
        "reset-states-noop",
        "resets nothing between two calls, where there are two directions",
        Form(session=StatefulUnlessGiven),
        mend="reset the state of both directions",
        shows="the same call twice, with a reset between them",
        cites=("tensorflow/tensorflow#38403",),
        needs=("bidirectional", "no_state"),
        protocol="twice",
    ),
    fault(
        "initial-state-shared-across-layers",
        "begins every layer with the state of the first",
        layers_start(lambda network, index: index % network.directions, "of its own direction"),
        layers_start(lambda network, index: 0, "and direction"),
        mend="begin layer k, direction d, with h0[k · directions + d]",
        shows="two layers whose initial states differ",
        cites=("pclucas14/GansFallingShort#2", "pytorch/pytorch#95137"),
        needs=("layers", "state"),
        plan={"direction": BIDIRECTIONAL},
    ),
    fault(
        "initial-state-batch0-broadcast",
        "begins every row of a batch with the state of the first",
        Form(given=_of_first_row),
        mend="begin row b with h0[:, b]",
        shows="two rows whose initial states differ",
        cites=("myscience/x-lstm#4 (kin)", "ARM-software/CMSIS-NN#219 (kin)"),
        needs=("batch", "state"),
    ),
    fault(
        "random-default-state",
        "draws h0 and c0 at random where none are given",
        Form(session=RandomStart, unknown=True),
        mend="begin with zeros where no state is given",
        shows="a call without a state",
        cites=("survey of 92 public hand-written LSTMs, 2026: 3 implementations",),
        needs=("no_state",),
        protocol="omitted",
    ),
    fault(
        "returned-state-aliased",
        "returns its own buffer as the state: the next call overwrites it",
        Form(session=OneBuffer),
        mend="return a copy of the state",
        shows="a state that is kept over another call",
        cites=("survey of 92 public hand-written LSTMs, 2026: 2 implementations",),
        protocol="chunks",
    ),
]
