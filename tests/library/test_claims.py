"""What a shipped puzzle says that it catches, it catches: an LSTM with that fault, run on it, is far off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction as F
from functools import cache
from types import MappingProxyType

import faulty
import faulty_loops
import numpy as np
import pytest

from lstm_verify import engine
from lstm_verify.backends.base import Observation, Part
from lstm_verify.backends.reference import NUMPY
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.semantics import Activation, Activations
from lstm_verify.lstm.unroll import Unroll
from lstm_verify.verify.compare import compare
from lstm_verify.verify.verdict import rounded

FLOAT64 = FORMATS["float64"]
VISIBLE = 0.02
"""What a person sees at a glance beside a hand table."""

load = cache(engine.load)


# --------------------------------------------------------------------------- wrong readings


def _lengths(run, lengths):
    return replace(run, length=lengths[run.length])


def _mask_as_length(run):
    return replace(run, mask=None, length=sum(run.mask))


def _without_lengths(run):
    return replace(run, length=None, mask=None)


def _layers(change):
    return lambda network: replace(network, layers=tuple(change(list(network.layers))))


def _exchanged(first, second):
    def change(layers):
        layers[first], layers[second] = layers[second], layers[first]
        return layers

    return _layers(change)


def _tensor(name, change):
    return _layers(
        lambda layers: [replace(w, **{name: change(np.asarray(getattr(w, name)))}) for w in layers]
    )


def _transposed_by_gate(weight):
    return np.concatenate([block.T for block in np.split(weight, 4)])


def _reverse_activations_for_both(network):
    semantics = network.semantics
    return replace(network, semantics=replace(semantics, activations=semantics.reverse_activations))


def _other(role, activation):
    return {
        "activations": replace(load("other-activations").network.semantics.activations, **{role: activation})
    }


def _slope(slope):
    hard = Activation("hard_sigmoid", slope, F(1, 2))
    return {"activations": Activations(i=hard, f=hard, o=hard)}


@dataclass(frozen=True)
class Caught:
    """A puzzle, and an LSTM with a fault that it catches.

    Attributes:
        cell, unroll: the classes that the LSTM is made of.
        semantics: the fields of another variant that it takes the network for.
        network, run: what it makes of the network, and of what it is run on.
        visible: how far off c or h is at least, somewhere.
    """

    puzzle: str
    cell: type = Cell
    unroll: type = Unroll
    semantics: dict = field(default_factory=lambda: MappingProxyType({}))
    network: object = None
    run: object = None
    visible: float = VISIBLE

    def __str__(self) -> str:
        names = [t.__name__ for t in (self.cell, self.unroll) if t not in {Cell, Unroll}]
        return "-".join(
            [
                self.puzzle,
                *names,
                *self.semantics,
                *(["run"] if self.run else []),
                *(["network"] if self.network else []),
            ]
        )


CAUGHT = [
    Caught("stacked-memory", unroll=faulty_loops.HandsUpTheCell),
    Caught("stacked-memory", unroll=faulty_loops.StartsFromNothing),
    Caught("stacked-memory", unroll=faulty_loops.SharesTheInitialState),
    Caught("bidir-future", unroll=faulty_loops.NeverTurnsRound),
    Caught("bidir-future", unroll=faulty_loops.LeavesTheReverseReversed),
    Caught("bidir-future", semantics={"reverse_from": "buffer"}),
    Caught("bidir-future", unroll=faulty_loops.ReadsThePadding),
    Caught("bidir-future", network=_exchanged(0, 1)),
    Caught("bidir-between", unroll=faulty_loops.SwapsDirections),
    Caught("bidir-between", unroll=faulty_loops.HandsUpOneDirection),
    Caught("bidir-between", network=_exchanged(2, 3)),
    Caught("projection", cell=faulty.ProjectsBeforeTheGate),
    Caught("projection", cell=faulty.ForgetsRecurrence),
    Caught("projection", unroll=faulty_loops.StartsFromNothing),
    Caught("varlen-memory", unroll=faulty_loops.ReadsThePadding),
    Caught("varlen-memory", run=_without_lengths),
    Caught("varlen-memory", run=lambda run: _lengths(run, {5: 5, 3: 1, 1: 3})),
    Caught("varlen-bidir", unroll=faulty_loops.ReadsThePadding),
    Caught("varlen-bidir", run=lambda run: _lengths(run, {2: 3, 5: 2, 3: 5})),
    Caught("varlen-bidir", semantics={"reverse_from": "buffer"}),
    Caught("varlen-bidir", network=_exchanged(0, 1)),
    Caught("empty-item", unroll=faulty_loops.ReadsThePadding),
    Caught("empty-item", unroll=faulty_loops.StartsFromNothing),
    Caught("mask-gaps", run=_without_lengths),
    Caught("mask-gaps", run=_mask_as_length),
    Caught("mask-gaps", unroll=faulty_loops.ResetsAtAMask),
    Caught("hold-the-output", semantics={"padded_output": "zero"}),
    Caught("hold-the-output", unroll=faulty_loops.ForgetsWhereItSkips),
    Caught("reverse-alone", unroll=faulty_loops.NeverTurnsRound),
    Caught("reverse-alone", unroll=faulty_loops.LeavesTheReverseReversed),
    Caught("reverse-alone", unroll=faulty_loops.ReadsThePadding),
    Caught("reverse-from-buffer", semantics={"reverse_from": "valid"}),
    Caught("peephole-timer", semantics={"peephole": "old"}),
    Caught("peephole-timer", cell=faulty.LooksAtNothing),
    Caught("peephole-timer", cell=faulty.LooksAtTheOutput),
    Caught("peephole-timer", cell=faulty.ExchangesPeepholes),
    Caught("peephole-old", semantics={"peephole": "new"}),
    Caught("cifg-blend", semantics={"coupled": None}),
    Caught("cifg-blend", semantics={"coupled": "i=1-f"}),
    Caught("coupled-input", semantics={"coupled": None}),
    Caught("coupled-input", semantics={"coupled": "f=1-i"}),
    Caught("clip-counter", semantics={"clip_cell": None}),
    Caught("clip-counter", cell=faulty.ClipsOnItsWayOut),
    Caught("clip-counter", cell=faulty.ClipsFromAbove),
    Caught("clip-gates", semantics={"clip_gates": None}),
    Caught("clip-gates", cell=faulty.ClipsOnlySigmoids),
    Caught("clip-gates", cell=faulty.ClipsTheCellAsWell),
    Caught("clip-projection", semantics={"clip_projection": None}),
    Caught("clip-projection", semantics={"clip_projection": None}, unroll=faulty_loops.ClipsOnlyWhatItShows),
    Caught("clip-projection", cell=faulty.ClipsFromAbove),
    Caught("clip-projection", cell=faulty.ClipsTheCellAsWell),
    Caught("forget-bias", semantics={"forget_bias": F(0)}),
    Caught("forget-bias", cell=faulty.AddsTheForgetBiasLate),
    Caught("forget-bias", cell=faulty.AddsTheForgetBiasToAll, visible=0.01),
    Caught("hard-sigmoid-fifth", semantics=_slope(F(1, 6)), visible=0.005),
    Caught("hard-sigmoid-fifth", semantics={"activations": Activations()}, visible=0.005),
    Caught("hard-sigmoid-sixth", semantics=_slope(F(1, 5)), visible=0.005),
    Caught("hard-sigmoid-sixth", semantics={"activations": Activations()}, visible=0.005),
    Caught("activations-per-direction", semantics={"reverse_activations": None}),
    Caught("activations-per-direction", network=_reverse_activations_for_both, visible=0.005),
    Caught("layernorm-pair", cell=faulty.TakesTheSampleVariance),
    Caught("layernorm-pair", cell=faulty.HasNoGain),
    Caught("layernorm-pair", cell=faulty.NormalisesTheBias),
    Caught("layernorm-pair", cell=faulty.AddsEpsilonLate),
    Caught("generic-layernorm", cell=faulty.NormalisesApart),
    Caught("generic-layernorm", cell=faulty.NormalisesTheBias),
    Caught("dropout-eval", unroll=faulty_loops.DropsInEvaluation),
    Caught("dropout-eval", unroll=faulty_loops.HalvesTheOutputs),
    Caught("dropout-all", semantics={"training": False}),
    Caught("dropout-all", unroll=faulty_loops.DropsTheLastLayer),
    Caught("memory-no-bias", cell=faulty.HasABias),
    Caught("memory-two-biases", cell=faulty.HasTheFirstBias),
    Caught("memory-two-biases", cell=faulty.HasTheSecondBias),
    Caught("memory-two-biases", cell=faulty.HasTheFirstBiasTwice),
    Caught("memory-two-biases", cell=faulty.ExchangesASecondBias),
    Caught("tanh-order", cell=faulty.TakesTheTanhLast, visible=0.89),
    Caught("tanh-order", cell=faulty.ShowsTheCellBare, visible=9),
    Caught("overflow", cell=faulty.OverflowsInSigmoid),
    Caught("almost-shut", cell=faulty.ClipsWhatSigmoidIsGiven),
    Caught("almost-shut", cell=faulty.ClipsItAt500),
    Caught("wide", cell=faulty.StopsAfterABlock, visible=0.001),
    Caught("sigmoid-shape", semantics=_slope(F(1, 5))),
    Caught("sigmoid-shape", semantics=_slope(F(1, 6)), visible=0.01),
    Caught("tanh-shape", semantics={"activations": Activations(g=Activation("hard_tanh"))}),
    Caught("tanh-shape", cell=faulty.ShowsTheCellBare),
    Caught("int8-exact", network=_tensor("weight_hh", lambda w: w.astype(float) + 0.15)),
    Caught("tiny-numbers", cell=faulty.ForgetsRecurrence),
    Caught("one-step", unroll=faulty_loops.StartsFromNothing),
    Caught("one-step", unroll=faulty_loops.ExchangesStates),
    Caught("other-activations", semantics=_other("i", Activation("sigmoid"))),
    Caught("other-activations", semantics=_other("f", Activation("tanh"))),
    Caught("other-activations", semantics=_other("g", Activation("leaky_relu", F(1, 100)))),
    Caught("other-activations", semantics=_other("o", Activation("softsign"))),
    Caught("other-activations", semantics=_other("h", Activation("scaled_tanh", F(1), F(1)))),
    Caught("generic-bidir", unroll=faulty_loops.SwapsDirections),
    Caught("generic-bidir", unroll=faulty_loops.OrdersStatesByDirection),
    Caught("generic-bidir", network=_exchanged(0, 2)),
    Caught("generic-bidir", network=_exchanged(1, 2)),
    Caught("generic-bidir", network=_tensor("weight_hh", _transposed_by_gate)),
    Caught("generic-bidir", run=_without_lengths),
    Caught("generic-square", network=_exchanged(0, 1)),
    Caught("generic-square", network=_tensor("weight_ih", _transposed_by_gate)),
    Caught("generic-square", network=_tensor("weight_hh", _transposed_by_gate)),
    Caught("generic-projection", network=_tensor("weight_hr", lambda w: w[::-1])),
    Caught("generic-projection", network=_tensor("weight_hr", lambda w: w.T.reshape(w.shape))),
    Caught("generic-projection", unroll=faulty_loops.SharesTheInitialState),
    Caught("generic-peephole", semantics={"peephole": "old"}),
    Caught("generic-peephole", cell=faulty.LooksAtTheOutput),
    Caught("generic-peephole", cell=faulty.ExchangesPeepholes),
    Caught("generic-peephole", network=_tensor("weight_hh", _transposed_by_gate)),
]


def traced(fault, network, run):
    """Run an LSTM with a fault in float64."""
    if fault.network:
        network = fault.network(network)
    network = replace(network, semantics=replace(network.semantics, **fault.semantics))
    run = fault.run(run) if fault.run else run
    (part,) = faulty.observed(network, run, cell=fault.cell, unroll=fault.unroll).parts
    return part.values


@cache
def right_of(puzzle, case):
    """Run an LSTM without a fault on a case."""
    (run,) = (c.run for c in load(puzzle).cases if c.name == case)
    return traced(Caught(puzzle), *rounded(load(puzzle).network, run, FLOAT64))


def judged(fault, case):
    """Return how far c and h of a case are off where there is a fault, and the number of numbers outside."""
    network, run = rounded(load(fault.puzzle).network, case.run, FLOAT64)
    right, wrong = right_of(fault.puzzle, case.name), traced(fault, network, run)
    shown = {place: values for place, values in wrong.items() if place in right}
    observation = Observation((Part(shown, fed_back=True),))
    states = network.places("c", "h", "c_n", "h_n")
    off = max(np.abs(wrong[place] - right[place]).max() for place in states)
    return off, compare(network, run, observation, FLOAT64, NUMPY).failures


@pytest.mark.parametrize("name", sorted({fault.puzzle for fault in CAUGHT}))
def test_without_a_fault_nothing_is_outside(name):
    for case in load(name).cases:
        assert judged(Caught(name), case) == (0, 0)


@pytest.mark.parametrize("fault", CAUGHT, ids=str)
def test_a_fault_is_caught(fault):
    """In at least one case numbers lie outside, and one of them so far that a person sees it."""
    found = [judged(fault, case) for case in load(fault.puzzle).cases]
    off, failures = max(found)
    assert failures > 0
    assert off >= fault.visible


@pytest.mark.parametrize("wrong", ["first", "last"])
def test_the_state_at_the_end_is_not_that_of_an_end_of_the_buffer(wrong):
    """h_n and c_n of a row without steps, or read from the end, are no row of the output."""
    name = {"first": "empty-item", "last": "reverse-alone"}[wrong]
    failures = [
        judged(Caught(name, unroll=faulty_loops.StateOfTheLastStep), case)[1] for case in load(name).cases
    ]
    assert failures[0] > 0


def test_the_order_of_tanh_hardly_shows_in_small_numbers():
    """What tanh-order parts by 0.9, the memory cell's numbers part by less than its own hand rule."""
    (case,) = load("memory").cases
    off, failures = judged(Caught("memory", cell=faulty.TakesTheTanhLast), case)
    assert failures > 0
    assert off < 1e-4
