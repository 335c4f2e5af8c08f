"""What a shipped puzzle says that it catches, it catches: an LSTM with that fault, run on it, is far off."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction as F
from functools import cache
from itertools import product
from types import MappingProxyType

import faulty
import numpy as np
import pytest

from lstm_verify import engine
from lstm_verify.backends.base import Observation, Part, values_of
from lstm_verify.backends.reference import NUMPY
from lstm_verify.lstm.arithmetic.floats import FloatArithmetic
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.readings import head
from lstm_verify.lstm.semantics import SHOWN, Activation, Activations
from lstm_verify.lstm.unroll import Unroll
from lstm_verify.puzzle.library import shipped
from lstm_verify.verify.compare import compare
from lstm_verify.verify.verdict import rounded

FLOAT64 = FORMATS["float64"]
VISIBLE = 0.02
"""What a person sees at a glance beside a hand table."""

load = cache(engine.load)


# --------------------------------------------------------------------------- wrong cells


class ProjectsBeforeTheGate(Cell):
    """Projects first, and then opens the output gate."""

    def step(self, x, h, c):
        step = super().step(x, h, c)
        late = step.o[..., :1] * self.projection(self.activation("h", step.c))
        return step._replace(h=late)


class ReadsNoOutput(Cell):
    def preactivation(self, gate, x, h, c):
        return super().preactivation(gate, x, 0 * h, c)


class ExchangesPeepholes(Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.peepholes |= {"i": self.peepholes["f"], "f": self.peepholes["i"]}


class LooksAtTheOutput(Cell):
    def preactivation(self, gate, x, h, c):
        return super().preactivation(gate, x, h, h)


class ClipsOnItsWayOut(Cell):
    """Leaves the state as it is, and clips what becomes h."""

    def cell_state(self, i, f, g, c):
        return f * c + i * g

    def hidden_state(self, o, c):
        return super().hidden_state(o, self.clipped(c, self.semantics.clip_cell))


class ClipsOnlySigmoids(Cell):
    def preactivation(self, gate, x, h, c):
        if gate != "g":
            return super().preactivation(gate, x, h, c)
        return self.arithmetic.affine(list(zip(self.matrices[gate], (x, h), strict=True)), self.biases[gate])


class ClipsTheCellAsWell(Cell):
    def cell_state(self, i, f, g, c):
        limit = self.semantics.clip_gates or self.semantics.clip_projection
        return self.clipped(super().cell_state(i, f, g, c), limit)


class AddsTheForgetBiasLate(Cell):
    """Adds it to the gate instead of to its pre-activation."""

    def gate(self, gate, x, h, c):
        addend = float(self.semantics.forget_bias) if gate == "f" else 0
        return addend + self.activation(gate, self.preactivation(gate, x, h, c) - addend)


class AddsTheForgetBiasToAll(Cell):
    def preactivation(self, gate, x, h, c):
        z = super().preactivation(gate, x, h, c)
        return z if gate == "f" else z + float(self.semantics.forget_bias)


class NormalisesTheBias(Cell):
    def preactivation(self, gate, x, h, c):
        z = self.arithmetic.affine(list(zip(self.matrices[gate], (x, h), strict=True)), self.biases[gate])
        return self.normalised(gate, z)


class AddsEpsilonLate(Cell):
    """Divides by the root of the variance, plus ε."""

    def normalised(self, gate, z):
        z = z - z.mean(axis=-1, keepdims=True)
        z /= np.sqrt((z * z).mean(axis=-1, keepdims=True)) + float(self.semantics.layer_norm)
        return self.gains[gate] * z


class HasABias(Cell):
    """Has biases of its own where there are none."""

    def preactivation(self, gate, x, h, c):
        return super().preactivation(gate, x, h, c) + 0.1


class HasTheFirstBias(Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        for biases in self.biases.values():
            del biases[1]


class HasTheSecondBias(Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        for biases in self.biases.values():
            del biases[0]


class HasTheFirstBiasTwice(Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        for biases in self.biases.values():
            biases[1] = biases[0]


class ExchangesASecondBias(Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.biases["i"][1], self.biases["f"][1] = self.biases["f"][1], self.biases["i"][1]


class TakesTheTanhLast(Cell):
    def hidden_state(self, o, c):
        return np.tanh(o * c)


# --------------------------------------------------------------------------- wrong ways through


class HandsUpTheCell(Unroll):
    def outputs(self, layer, directions):
        return super().outputs(layer, [[step._replace(h=step.c) for step in steps] for steps in directions])


class HandsUpOneDirection(Unroll):
    def outputs(self, layer, directions):
        forward, backward = directions
        return super().outputs(layer, [forward, [step._replace(h=0 * step.h) for step in backward]])


class ExchangesStates(Unroll):
    """Takes h0 for c0, and c0 for h0."""

    def initial(self, index, run):
        return super().initial(index, run)[::-1]


class ResetsWhereItSkips(Unroll):
    def skipped(self, h, c):
        return super().skipped(h, 0 * c)


class EndsWithTheLastStep(Unroll):
    def direction(self, index, inputs, run):
        steps, _, _ = super().direction(index, inputs, run)
        return steps, steps[-1].h, steps[-1].c


class ClipsOnlyWhatItShows(Unroll):
    def direction(self, index, inputs, run):
        steps, h, c = super().direction(index, inputs, run)
        return [step._replace(h=np.clip(step.h, -1 / 8, 1 / 8)) for step in steps], h, c


class DropsTheLastLayer(Unroll):
    def outputs(self, layer, directions):
        last = layer == self.network.num_layers - 1
        outputs = super().outputs(layer, directions)
        if last:
            directions[0][:] = [step._replace(h=0 * step.h) for step in directions[0]]
        return outputs


class HalvesTheOutputs(Unroll):
    def dropped(self, inputs):
        return [x / 2 for x in inputs]


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
class Fault:
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


FAULTS = [
    Fault("stacked-memory", unroll=HandsUpTheCell),
    Fault("stacked-memory", unroll=faulty.StartsFromNothing),
    Fault("stacked-memory", unroll=faulty.SharesTheInitialState),
    Fault("bidir-future", unroll=faulty.NeverTurnsRound),
    Fault("bidir-future", unroll=faulty.LeavesTheReverseReversed),
    Fault("bidir-future", semantics={"reverse_from": "buffer"}),
    Fault("bidir-future", unroll=faulty.ReadsThePadding),
    Fault("bidir-future", network=_exchanged(0, 1)),
    Fault("bidir-between", unroll=faulty.SwapsDirections),
    Fault("bidir-between", unroll=HandsUpOneDirection),
    Fault("bidir-between", network=_exchanged(2, 3)),
    Fault("projection", cell=ProjectsBeforeTheGate),
    Fault("projection", cell=ReadsNoOutput),
    Fault("projection", unroll=faulty.StartsFromNothing),
    Fault("varlen-memory", unroll=faulty.ReadsThePadding),
    Fault("varlen-memory", run=_without_lengths),
    Fault("varlen-memory", run=lambda run: _lengths(run, {5: 5, 3: 1, 1: 3})),
    Fault("empty-item", unroll=faulty.ReadsThePadding),
    Fault("empty-item", unroll=faulty.StartsFromNothing),
    Fault("mask-gaps", run=_without_lengths),
    Fault("mask-gaps", run=_mask_as_length),
    Fault("mask-gaps", unroll=faulty.ResetsAtAMask),
    Fault("hold-the-output", semantics={"padded_output": "zero"}),
    Fault("hold-the-output", unroll=ResetsWhereItSkips),
    Fault("reverse-alone", unroll=faulty.NeverTurnsRound),
    Fault("reverse-alone", unroll=faulty.LeavesTheReverseReversed),
    Fault("reverse-alone", unroll=faulty.ReadsThePadding),
    Fault("reverse-from-buffer", semantics={"reverse_from": "valid"}),
    Fault("peephole-timer", semantics={"peephole": "old"}),
    Fault("peephole-timer", cell=faulty.LooksAtNothing),
    Fault("peephole-timer", cell=LooksAtTheOutput),
    Fault("peephole-timer", cell=ExchangesPeepholes),
    Fault("peephole-old", semantics={"peephole": "new"}),
    Fault("cifg-blend", semantics={"coupled": None}),
    Fault("cifg-blend", semantics={"coupled": "i=1-f"}),
    Fault("coupled-input", semantics={"coupled": None}),
    Fault("coupled-input", semantics={"coupled": "f=1-i"}),
    Fault("clip-counter", semantics={"clip_cell": None}),
    Fault("clip-counter", cell=ClipsOnItsWayOut),
    Fault("clip-counter", cell=faulty.ClipsFromAbove),
    Fault("clip-gates", semantics={"clip_gates": None}),
    Fault("clip-gates", cell=ClipsOnlySigmoids),
    Fault("clip-gates", cell=ClipsTheCellAsWell),
    Fault("clip-projection", semantics={"clip_projection": None}),
    Fault("clip-projection", semantics={"clip_projection": None}, unroll=ClipsOnlyWhatItShows),
    Fault("clip-projection", cell=faulty.ClipsFromAbove),
    Fault("clip-projection", cell=ClipsTheCellAsWell),
    Fault("forget-bias", semantics={"forget_bias": F(0)}),
    Fault("forget-bias", cell=AddsTheForgetBiasLate),
    Fault("forget-bias", cell=AddsTheForgetBiasToAll, visible=0.01),
    Fault("hard-sigmoid-fifth", semantics=_slope(F(1, 6)), visible=0.005),
    Fault("hard-sigmoid-fifth", semantics={"activations": Activations()}, visible=0.005),
    Fault("hard-sigmoid-sixth", semantics=_slope(F(1, 5)), visible=0.005),
    Fault("hard-sigmoid-sixth", semantics={"activations": Activations()}, visible=0.005),
    Fault("activations-per-direction", semantics={"reverse_activations": None}),
    Fault("activations-per-direction", network=_reverse_activations_for_both, visible=0.005),
    Fault("layernorm-pair", cell=faulty.TakesTheSampleVariance),
    Fault("layernorm-pair", cell=faulty.HasNoGain),
    Fault("layernorm-pair", cell=NormalisesTheBias),
    Fault("layernorm-pair", cell=AddsEpsilonLate),
    Fault("dropout-eval", unroll=faulty.DropsInEvaluation),
    Fault("dropout-eval", unroll=HalvesTheOutputs),
    Fault("dropout-all", semantics={"training": False}),
    Fault("dropout-all", unroll=DropsTheLastLayer),
    Fault("memory-no-bias", cell=HasABias),
    Fault("memory-two-biases", cell=HasTheFirstBias),
    Fault("memory-two-biases", cell=HasTheSecondBias),
    Fault("memory-two-biases", cell=HasTheFirstBiasTwice),
    Fault("memory-two-biases", cell=ExchangesASecondBias),
    Fault("tanh-order", cell=TakesTheTanhLast, visible=0.89),
    Fault("tanh-order", cell=faulty.ShowsTheCellBare, visible=9),
    Fault("one-step", unroll=faulty.StartsFromNothing),
    Fault("one-step", unroll=ExchangesStates),
    Fault("other-activations", semantics=_other("i", Activation("sigmoid"))),
    Fault("other-activations", semantics=_other("f", Activation("tanh"))),
    Fault("other-activations", semantics=_other("g", Activation("leaky_relu", F(1, 100)))),
    Fault("other-activations", semantics=_other("o", Activation("softsign"))),
    Fault("other-activations", semantics=_other("h", Activation("scaled_tanh", F(1), F(1)))),
    Fault("generic-bidir", unroll=faulty.SwapsDirections),
    Fault("generic-bidir", unroll=faulty.OrdersStatesByDirection),
    Fault("generic-bidir", network=_exchanged(0, 2)),
    Fault("generic-bidir", network=_exchanged(1, 2)),
    Fault("generic-bidir", network=_tensor("weight_hh", _transposed_by_gate)),
    Fault("generic-bidir", run=_without_lengths),
    Fault("generic-projection", network=_tensor("weight_hr", lambda w: w[::-1])),
    Fault("generic-projection", network=_tensor("weight_hr", lambda w: w.T.reshape(w.shape))),
    Fault("generic-projection", unroll=faulty.SharesTheInitialState),
    Fault("generic-peephole", semantics={"peephole": "old"}),
    Fault("generic-peephole", cell=LooksAtTheOutput),
    Fault("generic-peephole", cell=ExchangesPeepholes),
    Fault("generic-peephole", network=_tensor("weight_hh", _transposed_by_gate)),
]


def traced(fault, network, run):
    """Run an LSTM with a fault in float64."""
    if fault.network:
        network = fault.network(network)
    network = replace(network, semantics=replace(network.semantics, **fault.semantics))
    run = fault.run(run) if fault.run else run
    floats = FloatArithmetic("float64")
    cells = [fault.cell(network, floats, k) for k in range(len(network.layers))]
    return values_of(
        network, fault.unroll(network, cells, floats, head(network, floats)).trace(run), quantities=SHOWN
    )


def judged(fault, case):
    """Return how far c and h of a case are off where there is a fault, and the number of numbers outside."""
    network, run = rounded(load(fault.puzzle).network, case.run, FLOAT64)
    right, wrong = traced(Fault(fault.puzzle), network, run), traced(fault, network, run)
    shown = {place: values for place, values in wrong.items() if place in right}
    observation = Observation((Part(shown, fed_back=True),))
    states = network.places("c", "h", "c_n", "h_n")
    off = max(np.abs(wrong[place] - right[place]).max() for place in states)
    return off, compare(network, run, observation, FLOAT64, NUMPY).failures


@pytest.mark.parametrize("name", sorted({fault.puzzle for fault in FAULTS}))
def test_without_a_fault_nothing_is_outside(name):
    for case in load(name).cases:
        assert judged(Fault(name), case) == (0, 0)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fault_is_caught(fault):
    """In at least one case numbers lie outside, and one of them so far that a person sees it."""
    found = [judged(fault, case) for case in load(fault.puzzle).cases]
    off, failures = max(found)
    assert failures > 0
    assert off >= fault.visible


def test_every_puzzle_of_a_feature_has_a_fault():
    """Those that are left out here are looked at elsewhere, or are the first to be shown."""
    elsewhere = {"generic", "memory", "memory-lee"}
    assert {n for n in shipped() if not n.startswith("text-")} - elsewhere == {f.puzzle for f in FAULTS}


@pytest.mark.parametrize("wrong", ["first", "last"])
def test_the_state_at_the_end_is_not_that_of_an_end_of_the_buffer(wrong):
    """h_n and c_n of a row without steps, or read from the end, are no row of the output."""
    name = {"first": "empty-item", "last": "reverse-alone"}[wrong]
    failures = [judged(Fault(name, unroll=EndsWithTheLastStep), case)[1] for case in load(name).cases]
    assert failures[0] > 0


def test_the_order_of_tanh_hardly_shows_in_small_numbers():
    """What tanh-order parts by 0.9, the memory cell's numbers part by less than its own hand rule."""
    (case,) = load("memory").cases
    off, failures = judged(Fault("memory", cell=TakesTheTanhLast), case)
    assert failures > 0
    assert off < 1e-4


def test_the_timers_spike_when_they_say():
    """Unit 0 at 5 and 10, unit 1 at 3, 6 and 9; with the old cell state at 6, and at 4, 7 and 10."""
    spikes = {}
    for name in ("peephole-timer", "peephole-old"):
        network, run = rounded(load(name).network, load(name).cases[0].run, FLOAT64)
        h = next(v for place, v in traced(Fault(name), network, run).items() if place.quantity == "h")
        spikes[name] = [(1 + np.flatnonzero(unit > 0.5)).tolist() for unit in h.T]
    assert spikes == {"peephole-timer": [[5, 10], [3, 6, 9]], "peephole-old": [[6], [4, 7, 10]]}


def _past_and_future(x):
    """Return for each step whether there is a 1 up to it, and from it on."""
    return np.maximum.accumulate(x) > 0, np.maximum.accumulate(x[::-1])[::-1] > 0


def _between(x):
    past, future = _past_and_future(x)
    return past & future, past & ~future


def _edges(x):
    before = np.concatenate([[0], x[:-1]])
    return x > before, x < before


CLAIMS = {
    "bidir-future": ([(Place("h", 0, 1), 0, 1 / 8)], lambda x: _past_and_future(x)[1:]),
    "bidir-between": ([(Place("h", 1, 0), 0, 1 / 8), (Place("h", 1, 1), 0, 1 / 10)], _between),
    "dropout-eval": ([(Place("h", 1), 0, 1 / 8), (Place("h", 1), 1, 1 / 8)], _edges),
}
"""Puzzle -> which unit of what is above which number, and where the claim says so."""


@pytest.mark.parametrize("name", CLAIMS)
def test_a_claim_holds_for_every_string_of_seven(name):
    where, says = CLAIMS[name]
    network, run = rounded(load(name).network, load(name).cases[0].run, FLOAT64)
    for bits in product((0.0, 1.0), repeat=7):
        x = np.array(bits)
        values = traced(Fault(name), network, replace(run, inputs=x[:, None]))
        found = [values[place][:, unit] > limit for place, unit, limit in where]
        np.testing.assert_array_equal(found, says(x), err_msg=str(bits))
