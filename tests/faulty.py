"""LSTMs that are wrong in one way each: a cell, or its way through layers and time, with one method overridden."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lstm_verify.backends.base import Observation, Part, values_of
from lstm_verify.lstm.arithmetic.floats import FloatArithmetic
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.readings import head
from lstm_verify.lstm.semantics import SHOWN, TANH
from lstm_verify.lstm.unroll import Trace, Unroll

# --------------------------------------------------------------------------- wrong cells


class SwapsInputAndForget(Cell):
    def gate(self, gate, x, h, c):
        return super().gate({"i": "f", "f": "i"}.get(gate, gate), x, h, c)


class LosesABias(Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        del self.biases["g"][1]


class ShowsTheCellBare(Cell):
    def hidden_state(self, o, c):
        return o * c


class _Misreads(Cell):
    """Takes the network for one of another variant."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.semantics = self.misread(self.semantics)


class LooksAtTheOtherCell(_Misreads):
    def misread(self, semantics):
        return replace(semantics, peephole={"old": "new", "new": "old"}[semantics.peephole])


class LooksAtNothing(Cell):
    def preactivation(self, gate, x, h, c):
        return super().preactivation(gate, x, h, 0 * c)


class CouplesTheOtherWay(_Misreads):
    def misread(self, semantics):
        return replace(semantics, coupled={"f=1-i": "i=1-f", "i=1-f": "f=1-i"}[semantics.coupled])


class CouplesNothing(Cell):
    def input_and_forget(self, x, h, c):
        return self.gate("i", x, h, c), self.gate("f", x, h, c)


class ClipsNothing(Cell):
    def clipped(self, x, limit):
        return x


class ClipsFromAbove(Cell):
    def clipped(self, x, limit):
        return x if limit is None else np.minimum(x, float(limit))


class AddsNoForgetBias(Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        del self.biases["f"][2]


class HasNoGain(Cell):
    def normalised(self, gate, z):
        return self.arithmetic.normalise(z, self.semantics.layer_norm)


class TakesTheSampleVariance(Cell):
    def normalised(self, gate, z):
        n = z.shape[-1]
        return super().normalised(gate, z) * np.sqrt((n - 1) / n)


class MixesUpActivations(Cell):
    def activation(self, role, z):
        return super().activation({"f": "o", "o": "f"}.get(role, role), z)


class ActsAlikeBothWays(Cell):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.activations = self.semantics.activations


class ForgetsRecurrence(Cell):
    def preactivation(self, gate, x, h, c):
        return super().preactivation(gate, x, 0 * h, c)


class LooksAtTheSquashedCell(Cell):
    def preactivation(self, gate, x, h, c):
        return super().preactivation(gate, x, h, np.tanh(c))


class TanhForSigmoid(Cell):
    def activation(self, role, z):
        return self.arithmetic.activation(role, TANH, z)


class AddsWithoutInputGate(Cell):
    def cell_state(self, i, f, g, c):
        return super().cell_state(i * 0 + 1, f, g, c)


class ProjectsTwice(Cell):
    def projection(self, h):
        return 2 * super().projection(h)


class HiddenOfTheOldCell(Cell):
    def step(self, x, h, c):
        step = super().step(x, h, c)
        return step._replace(h=self.projection(self.hidden_state(step.o, c)))


class ProjectsBeforeTheGate(Cell):
    """Projects first, and then opens the output gate."""

    def step(self, x, h, c):
        step = super().step(x, h, c)
        late = step.o[..., :1] * self.projection(self.activation("h", step.c))
        return step._replace(h=late)


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


class SwapsDirections(Unroll):
    def outputs(self, layer, directions):
        return super().outputs(layer, directions[::-1])


class NeverTurnsRound(Unroll):
    def times(self, index, run):
        return range(run.steps)


class LeavesTheReverseReversed(Unroll):
    def direction(self, index, inputs, run):
        steps, h, c = super().direction(index, inputs, run)
        return steps[::-1] if self.network.reversed(index % self.network.directions) else steps, h, c


class ReadsThePadding(Unroll):
    def counts(self, index, t, run):
        return True


class StartsBackwardsElsewhere(Unroll):
    def counts(self, index, t, run):
        if index % self.network.directions and self.network.semantics.reverse_from == "valid":
            return True
        return run.valid(t)


class ResetsAtAMask(Unroll):
    def advance(self, index, t, x, h, c, run):
        step, h, c = super().advance(index, t, x, h, c, run)
        return (step, h, c) if run.valid(t) else (step, 0 * h, 0 * c)


class EndsAtTheEndOfTheBuffer(Unroll):
    def direction(self, index, inputs, run):
        steps, _, c = super().direction(index, inputs, run)
        return steps, steps[-1].h, c


class StartsFromNothing(Unroll):
    def initial(self, index, run):
        h, c = super().initial(index, run)
        return 0 * h, 0 * c


class SharesTheInitialState(Unroll):
    def initial(self, index, run):
        return super().initial(0, run)


class OrdersStatesByDirection(Unroll):
    def initial(self, index, run):
        layer, direction = divmod(index, self.network.directions)
        return super().initial(direction * self.network.num_layers + layer, run)


class DropsInEvaluation(Unroll):
    def dropped(self, inputs):
        return [0 * x for x in inputs]


class NeverDrops(Unroll):
    def dropped(self, inputs):
        return inputs


class HoldsForZero(Unroll):
    def skipped(self, h, c):
        step = super().skipped(h, c)
        return step._replace(h=0 * h if self.network.semantics.padded_output == "hold" else h)


class SharesTheFirstLayer(Unroll):
    def __init__(self, network, cells, *others):
        super().__init__(network, [cells[0]] * len(cells), *others)


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


class StateOfTheLastStep(Unroll):
    def direction(self, index, inputs, run):
        steps, _, _ = super().direction(index, inputs, run)
        return steps, steps[-1].h, steps[-1].c


class CarriesNoState(Unroll):
    def advance(self, index, t, x, h, c, run):
        return super().advance(index, t, x, h, 0 * c, run)


class FeedsBackTheCell(Unroll):
    def advance(self, index, t, x, h, c, run):
        step, h, c = super().advance(index, t, x, h, c, run)
        return step, c, c


class IgnoresTheMask(Unroll):
    def counts(self, index, t, run):
        return run.length is None or t < run.length


class ForgetsWhereItSkips(Unroll):
    def skipped(self, h, c):
        return super().skipped(h, 0 * c)


class OnesForZeros(Unroll):
    def zeros(self, width):
        return 1 + super().zeros(width)


class HandsUpOneDirection(Unroll):
    def outputs(self, layer, directions):
        forward, backward = directions
        return super().outputs(layer, [forward, [step._replace(h=0 * step.h) for step in backward]])


class ExchangesStates(Unroll):
    """Takes h0 for c0, and c0 for h0."""

    def initial(self, index, run):
        return super().initial(index, run)[::-1]


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


# --------------------------------------------------------------------------- made and run


def led(network, arithmetic, cell=Cell, unroll=Unroll) -> Unroll:
    """Make a network of such cells, led by such a loop."""
    cells = [cell(network, arithmetic, k) for k in range(len(network.layers))]
    return unroll(network, cells, arithmetic, head(network, arithmetic))


def observed(network, run, *, form="float64", **wrong) -> Observation:
    """Run an LSTM made of these classes, and show everything, each step given back what was shown."""
    trace = led(network, FloatArithmetic(form), **wrong).trace(run)
    return Observation((Part(values_of(network, trace, quantities=SHOWN), fed_back=True),))
