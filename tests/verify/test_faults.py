"""One wrong method, one fault: every equation and every hook of the network, made wrong, is found outside."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
from fakes import Everything
from networks import drawn

from lstm_verify.lstm.cell import Cell, Step
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.readings import head
from lstm_verify.lstm.semantics import TANH, Semantics
from lstm_verify.lstm.unroll import Trace, Unroll
from lstm_verify.verify.compare import compare


class ForgetsRecurrence(Cell):
    def preactivation(self, gate, x, h, c):
        return super().preactivation(gate, x, 0 * h, c)


class PeepholesSeeH(Cell):
    def preactivation(self, gate, x, h, c):
        return super().preactivation(gate, x, h, np.tanh(c))


class NormalisesWithoutGain(Cell):
    def normalised(self, gate, z):
        return self.arithmetic.normalise(z, self.semantics.layer_norm)


class NeverClips(Cell):
    def clipped(self, x, limit):
        return x


class TanhForSigmoid(Cell):
    def activation(self, role, z):
        return self.arithmetic.activation(role, TANH, z)


class GatesSwapped(Cell):
    def gate(self, gate, x, h, c):
        return super().gate({"i": "f", "f": "i"}.get(gate, gate), x, h, c)


class NeverCouples(Cell):
    def input_and_forget(self, x, h, c):
        return self.gate("i", x, h, c), self.gate("f", x, h, c)


class AddsWithoutInputGate(Cell):
    def cell_state(self, i, f, g, c):
        return super().cell_state(i * 0 + 1, f, g, c)


class ShowsTheCell(Cell):
    def hidden_state(self, o, c):
        return o * c


class ProjectsTwice(Cell):
    def projection(self, h):
        return 2 * super().projection(h)


class OutputSeesTheOldCell(Cell):
    def step(self, x, h, c):
        step = super().step(x, h, c)
        o = self.gate("o", x, h, c)
        return step._replace(o=o, h=self.projection(self.hidden_state(o, step.c)))


class HiddenOfTheOldCell(Cell):
    def step(self, x, h, c):
        step = super().step(x, h, c)
        return step._replace(h=self.projection(self.hidden_state(step.o, c)))


CELLS = [
    (ForgetsRecurrence, "i", {}),
    (PeepholesSeeH, "i", {"semantics": Semantics(peephole="new")}),
    (NormalisesWithoutGain, "i", {"semantics": Semantics(layer_norm=F(1, 1000))}),
    (NeverClips, "i", {"semantics": Semantics(clip_gates=F(1, 10))}),
    (NeverClips, "c", {"semantics": Semantics(clip_cell=F(1, 10))}),
    (NeverClips, "h", {"semantics": Semantics(clip_projection=F(1, 100)), "proj": 2}),
    (TanhForSigmoid, "i", {}),
    (GatesSwapped, "i", {}),
    (NeverCouples, "f", {"semantics": Semantics(coupled="f=1-i")}),
    (NeverCouples, "i", {"semantics": Semantics(coupled="i=1-f")}),
    (AddsWithoutInputGate, "c", {}),
    (ShowsTheCell, "h", {}),
    (ProjectsTwice, "h", {"proj": 2}),
    (OutputSeesTheOldCell, "o", {"semantics": Semantics(peephole="new")}),
    (HiddenOfTheOldCell, "h", {}),
]


class SwapsLastStates(Unroll):
    def trace(self, run):
        trace = super().trace(run)
        return Trace(trace.steps, trace.h_n[::-1], trace.c_n[::-1], trace.logits)


class LogitsOfTheLastStep(Unroll):
    def trace(self, run):
        trace = super().trace(run)
        return Trace(trace.steps, trace.h_n, trace.c_n, trace.logits[::-1])


class ReadsBackwards(Unroll):
    def inputs(self, run):
        return super().inputs(run)[::-1]


class HandsUpTheCell(Unroll):
    def outputs(self, layer, directions):
        return super().outputs(layer, [[step._replace(h=step.c) for step in steps] for steps in directions])


class SwapsHalves(Unroll):
    def outputs(self, layer, directions):
        return super().outputs(layer, directions[::-1])


class DropsNothing(Unroll):
    def dropped(self, inputs):
        return inputs


class DropsInEvaluation(Unroll):
    def dropped(self, inputs):
        return [0 * x for x in inputs]


class StateOfTheLastStep(Unroll):
    def direction(self, index, inputs, run):
        steps, _, _ = super().direction(index, inputs, run)
        return steps, steps[-1].h, steps[-1].c


class NotTurnedBack(Unroll):
    def direction(self, index, inputs, run):
        steps, h, c = super().direction(index, inputs, run)
        return (steps[::-1] if self.network.reversed(index % self.network.directions) else steps), h, c


class CarriesNoState(Unroll):
    def advance(self, index, t, x, h, c, run):
        return super().advance(index, t, x, h, 0 * c, run)


class FeedsBackTheCell(Unroll):
    def advance(self, index, t, x, h, c, run):
        step, h, c = super().advance(index, t, x, h, c, run)
        return step, c, c


class BeginsFromZero(Unroll):
    def initial(self, index, run):
        return tuple(0 * state for state in super().initial(index, run))


class FirstStateForAll(Unroll):
    def initial(self, index, run):
        return super().initial(0, run)


class NeverBackwards(Unroll):
    def times(self, index, run):
        return range(run.steps)


class ReadsThePadding(Unroll):
    def counts(self, index, t, run):
        return True


class BackwardsFromTheBuffer(Unroll):
    def counts(self, index, t, run):
        return super().counts(index, t, run) or self.network.reversed(index % self.network.directions)


class IgnoresTheMask(Unroll):
    def counts(self, index, t, run):
        return run.length is None or t < run.length


class ForgetsWhereItSkips(Unroll):
    def skipped(self, h, c):
        return super().skipped(h, 0 * c)


class ShowsTheLastWhereItSkips(Unroll):
    def skipped(self, h, c):
        return Step(None, None, None, None, c, h)


class OnesForZeros(Unroll):
    def zeros(self, width):
        return 1 + super().zeros(width)


TWO = {"layers": 2}
BOTH = {"direction": "bidirectional"}
ALL_DROPPED = Semantics(dropout=F(1), training=True)
MASK = {"mask": (True, False, True, True, False, True)}
UNROLLS = [
    (SwapsLastStates, Place("c_n", 0), TWO),
    (SwapsLastStates, Place("c_n", 0, 0), BOTH),
    (LogitsOfTheLastStep, Place("logits"), {"outputs": 2}),
    (ReadsBackwards, Place("i"), {}),
    (HandsUpTheCell, Place("i", 1), TWO),
    (SwapsHalves, Place("i", 1, 0), TWO | BOTH),
    (DropsNothing, Place("i", 1), TWO | {"semantics": ALL_DROPPED}),
    (DropsInEvaluation, Place("i", 1), TWO | {"semantics": Semantics(dropout=F(1))}),
    (StateOfTheLastStep, Place("c_n", 0, 1), BOTH),
    (StateOfTheLastStep, Place("h_n"), {"length": 3}),
    (NotTurnedBack, Place("i", 0, 1), BOTH),
    (NotTurnedBack, Place("i"), {"direction": "reverse"}),
    (CarriesNoState, Place("c"), {}),
    (FeedsBackTheCell, Place("i"), {}),
    (BeginsFromZero, Place("i"), {}),
    (FirstStateForAll, Place("i", 1), TWO),
    (FirstStateForAll, Place("i", 0, 1), BOTH),
    (NeverBackwards, Place("i", 0, 1), BOTH),
    (ReadsThePadding, Place("c"), {"length": 3}),
    (BackwardsFromTheBuffer, Place("c", 0, 1), BOTH | {"length": 3}),
    (IgnoresTheMask, Place("c"), MASK),
    (ForgetsWhereItSkips, Place("c"), MASK),
    (ShowsTheLastWhereItSkips, Place("h"), MASK),
    (OnesForZeros, Place("h"), MASK),
    (OnesForZeros, Place("i", 1), TWO | {"semantics": ALL_DROPPED}),
]


def compared(shape, cell=Cell, unroll=Unroll):
    """Run a network made of such cells, led by such a loop, in float64; and compare what it shows."""

    def made(network, floats):
        cells = [cell(network, floats, k) for k in range(len(network.layers))]
        return unroll(network, cells, floats, head(network, floats))

    network, run = drawn(seed=3, **shape)
    backend = Everything(made)
    return compare(network, run, backend.observe(network, [run])[0], backend.form, backend.accuracy)


def id_of(value):
    """Name a row of a table by its class."""
    return value.__name__ if isinstance(value, type) else ""


@pytest.mark.parametrize(("cell", "quantity", "shape"), CELLS, ids=id_of)
def test_a_wrong_equation_is_found_where_it_stands(cell, quantity, shape):
    """The first number outside is the quantity whose equation is wrong; without the fault all is inside."""
    assert compared(shape).failures == 0
    first = compared(shape, cell=cell).first_outside()
    assert first is not None
    assert (first.place.quantity, first.step) == (quantity, 1)
    assert first.ulps > 1e6


@pytest.mark.parametrize(("unroll", "place", "shape"), UNROLLS, ids=id_of)
def test_a_wrong_network_is_found_where_it_goes_wrong(unroll, place, shape):
    """The first number outside is of the layer and direction that the fault reaches first."""
    assert compared(shape).failures == 0
    first = compared(shape, unroll=unroll).first_outside()
    assert first is not None
    assert first.place == place
    assert first.ulps > 1e6


@pytest.mark.parametrize(("base", "table"), [(Cell, CELLS), (Unroll, UNROLLS)])
def test_every_method_has_a_fault(base, table):
    """Whatever a subclass may override is overridden here at least once."""
    hooks = {name for name, value in vars(base).items() if callable(value) and not name.startswith("__")}
    assert {name for fault, *_ in table for name in vars(fault)} >= hooks
