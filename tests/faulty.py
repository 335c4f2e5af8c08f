"""LSTMs that are wrong in one way each: a cell, or its way through layers and time, with one method overridden."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from lstm_verify.backends.base import Observation, Part, values_of
from lstm_verify.lstm.arithmetic.floats import FloatArithmetic
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.readings import head
from lstm_verify.lstm.semantics import SHOWN, Activation, Activations, Semantics
from lstm_verify.lstm.unroll import Trace, Unroll

# --------------------------------------------------------------------------- wrong cells


class SwapsInputAndForget(Cell):
    def preactivation(self, gate, x, h, c):
        return super().preactivation({"i": "f", "f": "i"}.get(gate, gate), x, h, c)


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


class CouplesNothing(_Misreads):
    def misread(self, semantics):
        return replace(semantics, coupled=None)


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


@dataclass(frozen=True)
class Fault:
    """A fault, what a network must have for it to matter, and where it shows first.

    Attributes:
        wrong: a subclass of Cell or of Unroll.
        first: the quantities in which the first wrong number may stand.
        needs: fields of `Network`.
        run: "lengths" or "masks", where what it is run on must have them.
    """

    wrong: type
    first: str
    needs: dict
    run: str | None = None

    def __str__(self) -> str:
        return "-".join([self.wrong.__name__, *map(str, self.needs), *filter(None, [self.run])])


def _variant(**fields):
    return {"semantics": Semantics(**fields)}


_HALF, _BIT = Fraction(1, 2), Fraction(1, 100)
_TWO, _BOTH, _BACK = {"num_layers": 2}, {"direction": "bidirectional"}, {"direction": "reverse"}
_MIXED = Activations(f=Activation("hard_sigmoid", _HALF, _HALF), o=Activation("softsign"))

FAULTS = [
    Fault(SwapsInputAndForget, "i", {}),
    Fault(LosesABias, "g", {}),
    Fault(ShowsTheCellBare, "h", {}),
    Fault(LooksAtTheOtherCell, "o", _variant(peephole="new")),
    Fault(LooksAtTheOtherCell, "o", _variant(peephole="old")),
    Fault(LooksAtNothing, "if", _variant(peephole="new")),
    Fault(CouplesTheOtherWay, "if", _variant(coupled="f=1-i")),
    Fault(CouplesTheOtherWay, "if", _variant(coupled="i=1-f")),
    Fault(CouplesNothing, "f", _variant(coupled="f=1-i")),
    Fault(CouplesNothing, "i", _variant(coupled="i=1-f")),
    Fault(ClipsNothing, "ifgo", _variant(clip_gates=_BIT)),
    Fault(ClipsNothing, "c", _variant(clip_cell=_BIT)),
    Fault(ClipsNothing, "h", _variant(clip_projection=Fraction(1, 1000)) | {"proj_size": 2}),
    Fault(ClipsFromAbove, "ifgo", _variant(clip_gates=_BIT)),
    Fault(AddsNoForgetBias, "f", _variant(forget_bias=Fraction(1))),
    Fault(HasNoGain, "ifgo", _variant(layer_norm=_BIT)),
    Fault(TakesTheSampleVariance, "ifgo", _variant(layer_norm=_BIT)),
    Fault(MixesUpActivations, "fo", _variant(activations=_MIXED)),
    Fault(ActsAlikeBothWays, "fo", _variant(reverse_activations=_MIXED) | _BOTH),
    Fault(SwapsDirections, "ifgo", _TWO | _BOTH),
    Fault(NeverTurnsRound, "ifgo", _BACK),
    Fault(NeverTurnsRound, "ifgo", _BOTH),
    Fault(LeavesTheReverseReversed, "ifgo", _BACK),
    Fault(LeavesTheReverseReversed, "ifgo", _BOTH),
    Fault(ReadsThePadding, "ch", {}, "lengths"),
    Fault(ReadsThePadding, "ch", {}, "masks"),
    Fault(StartsBackwardsElsewhere, "ifgo", _variant(reverse_from="buffer") | _BOTH, "lengths"),
    Fault(StartsBackwardsElsewhere, "ch", _BOTH, "lengths"),
    Fault(ResetsAtAMask, "ifgoc", {}, "masks"),
    Fault(EndsAtTheEndOfTheBuffer, "h_n", {}, "lengths"),
    Fault(StartsFromNothing, "ifgo", {}),
    Fault(SharesTheInitialState, "ifgo", _TWO),
    Fault(OrdersStatesByDirection, "ifgo", _TWO | _BOTH),
    Fault(DropsInEvaluation, "ifgo", _variant(dropout=_HALF) | _TWO),
    Fault(NeverDrops, "ifgo", _variant(dropout=Fraction(1), training=True) | _TWO),
    Fault(HoldsForZero, "h", {}, "lengths"),
    Fault(HoldsForZero, "h", _variant(padded_output="hold"), "lengths"),
    Fault(SharesTheFirstLayer, "ifgo", _TWO),
]
"""The faults; see `Fault`."""


def observed(network, run, *, cell=Cell, unroll=Unroll, form="float64") -> Observation:
    """Run an LSTM made of these classes, and show everything, each step given back what was shown."""
    arithmetic = FloatArithmetic(form)
    cells = [cell(network, arithmetic, k) for k in range(len(network.layers))]
    trace: Trace = unroll(network, cells, arithmetic, head(network, arithmetic)).trace(run)
    return Observation((Part(values_of(network, trace, quantities=SHOWN), fed_back=True),))
