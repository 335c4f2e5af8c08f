"""Faults of the biases: lost, counted twice, or added in the wrong place."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from lstm_verify.backends.base import Call
from lstm_verify.faults.base import Array, Fault, Form, Shown, Unseen, fault, network, variant, weights
from lstm_verify.faults.groups.packed import BIASES, by_gate, initialised, rows, tensors
from lstm_verify.faults.simulate import Session, shown
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.network import Network, Run, Weights
from lstm_verify.lstm.unroll import Unroll


def _forget_bias_more(by: int) -> Form:
    """Make a form that adds more to the forget gate's pre-activation."""

    def changed(network: Network) -> Network:
        old = network.semantics
        return replace(network, semantics=replace(old, forget_bias=old.forget_bias + by))

    return Form(weights=changed)


class _ForgetBiasLate(Cell[Any]):
    """The forget gate, and the forget bias added to what it gives."""

    def __init__(self, network: Network, arithmetic: Any, index: int = 0) -> None:
        variant = replace(network.semantics, forget_bias=Fraction(0))
        super().__init__(replace(network, semantics=variant), arithmetic, index)
        self.addend = arithmetic.vector([network.semantics.forget_bias] * network.hidden_size)

    def gate(self, gate: str, x: Any, h: Any, c: Any) -> Any:
        """The forget gate is up to 1 + forget bias."""
        value = super().gate(gate, x, h, c)
        return value + self.addend if gate == "f" else value


def _without_candidate(tensor: Array) -> Array:
    """Take the candidate's block for 0."""
    kept = np.array([1, 1, 0, 1])[:, None]
    return (by_gate(tensor) * kept).reshape(tensor.shape)


def _first_unit(tensor: Array) -> Array:
    """Give all units of a gate the bias of its first."""
    return np.repeat(by_gate(tensor)[:, 0], by_gate(tensor).shape[1])


def _hidden_branch_late(
    self: Unroll[Any], index: int, t: int, x: Any, h: Any, c: Any, run: Run
) -> tuple[Any, Any, Any]:
    """Take the first step without U h and bias_hh; h is 0 there."""
    first = next((s for s in self.times(index, run) if self.counts(index, s, run)), None)
    if t != first:
        return Unroll.advance(self, index, t, x, h, c, run)
    cell: Any = copy(self.cells[index])
    cell.biases = {gate: [ours, *others] for gate, (ours, _theirs, *others) in cell.biases.items()}
    once = copy(self)
    once.cells = [*self.cells[:index], cell, *self.cells[index + 1 :]]
    return Unroll.advance(once, index, t, x, h, c, run)


BRANCH_LATE = network(advance=_hidden_branch_late)


class _HiddenBranch(Session):
    """Code with a branch for the hidden state, which it enters where it has one."""

    def call(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:
        """Where no state is given, the branch is entered from the second step on."""
        return shown(self.form if call.state else BRANCH_LATE, network, runs)


class _KeptBiases(Session):
    """Code that keeps what it has built for a network, and finds it again by sizes alone."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.built: dict[tuple[Any, ...], Network] = {}

    def call(self, network: Network, runs: Sequence[Run], call: Call) -> Shown:  # noqa: ARG002
        """What was built with biases adds them to a network that has none, and the other way round."""
        sizes = vars(replace(network, layers=(), head=None, bias=True)).values()
        built = self.built.setdefault(tuple(sizes), network)
        if built.bias != network.bias:
            pairs = zip(network.layers, built.layers, strict=True)
            kept = (replace(own, bias_ih=old.bias_ih, bias_hh=old.bias_hh) for own, old in pairs)
            network = replace(network, layers=tuple(kept))
        return shown(self.form, network, runs)


def _ones(layer: Weights) -> Weights:
    """Begin the biases as Keras does: 1 for the forget gate, else 0."""
    begun = np.zeros_like(np.asarray(layer.bias_ih, dtype=np.float64))
    by_gate(begun)[1] = 1
    return replace(layer, bias_ih=begun)


FAULTS: list[Fault | Unseen] = [
    fault(
        "bias-hh-dropped",
        "adds bias_ih alone, not bias_hh",
        tensors(("bias_hh",), np.zeros_like),
        mend="add both biases, or fold bias_hh into bias_ih where there is room for one",
        shows="a bias_hh that is not 0",
        cites=("intel/torch-xpu-ops#3770", "PINTO0309/onnx2tf#291 (kin)", "google/flax#3746 (documentation)"),
        needs=("bias",),
    ),
    fault(
        "bias-ih-dropped",
        "adds bias_hh alone: bias_ih is left out, or overwritten with 0",
        tensors(("bias_ih",), np.zeros_like),
        mend="add bias_ih too",
        shows="a bias_ih that is not 0",
        cites=("pytorch/pytorch#94889",),
        needs=("bias",),
    ),
    fault(
        "bias-double-counted",
        "adds a bias to the product with all inputs, and again at each step",
        tensors(BIASES, lambda bias: 2 * bias, "both biases"),
        tensors(("bias_ih",), lambda bias: 2 * bias, "bias_ih"),
        mend="add the bias in one of the two places",
        shows="a bias that is not 0, of a gate that is not saturated",
        cites=(
            "lisa-lab/DeepLearningTutorials#81",
            "kelvinxu/arctic-captions#7",
            "Element-Research/rnn#14 (kin)",
        ),
        needs=("bias",),
    ),
    fault(
        "r-bias-not-zeroed",
        "writes the one bias of its source to bias_ih, and lets bias_hh be the same again, or anything",
        weights(lambda layer: replace(layer, bias_hh=layer.bias_ih), "the same again"),
        initialised("anything", lambda _, name: name == "bias_hh"),
        mend="set bias_hh to 0",
        shows="a bias that is not 0, of a gate that is not saturated",
        cites=("onnx/keras-onnx#98", "onnx/keras-onnx#103"),
        needs=("bias",),
    ),
    fault(
        "forget-bias-missing",
        "lacks the 1 that the source (TensorFlow 1, DyNet, Haiku) adds to the forget gate at run time",
        _forget_bias_more(-1),
        mend="add 1 to the forget gate's bias when importing from there",
        shows="a forget gate that is not saturated, and two steps or a c0",
        cites=(
            "mozilla/DeepSpeech#2405 (kin)",
            "tensorflow/tensorflow#14223 (documentation)",
            "clab/dynet#1097 (documentation)",
            "clab/dynet#1646 (symptom)",
            "NVIDIA/TensorRT#371 (symptom)",
        ),
        needs=("bias", "forget_gate"),
    ),
    fault(
        "forget-bias-twice",
        "adds 1 to the forget gate at run time, though its bias holds that already",
        _forget_bias_more(1),
        mend="set forget_bias to 0 where the bias has been trained with it",
        shows="a forget gate that is not saturated, and two steps or a c0",
        cites=(
            "mozilla/DeepSpeech#2405",
            "tyliupku/wiki2bio#2 (kin)",
            "apache/mxnet#5395 (documentation)",
        ),
        needs=("bias", "forget_gate"),
    ),
    fault(
        "forget-bias-after-sigmoid",
        "adds the forget bias to σ(z) instead of to z",
        Form(cell=_ForgetBiasLate),
        mend="f = σ(z + forget_bias)",
        shows="a forget bias, and two steps or a c0",
        cites=("apache/tvm#3410",),
        needs=("forget_bias",),
    ),
    fault(
        "forget-bias-param-ignored",
        "takes a forget_bias, and does not add it",
        variant(forget_bias=Fraction(0)),
        mend="add forget_bias to the forget gate's pre-activation, or to its bias",
        shows="a forget bias, a forget gate that is not saturated, and two steps or a c0",
        cites=("apple/coremltools#309",),
        needs=("forget_bias",),
        plan={"forget_bias": Fraction(3, 2)},
    ),
    fault(
        "bias-gate-copy-paste",
        "adds the output gate's bias to the input and forget gates",
        rows(BIASES, {"i": "o", "f": "o"}, "both"),
        rows(BIASES, {"i": "o"}, "the input gate"),
        rows(BIASES, {"f": "o"}, "the forget gate"),
        mend="give each gate its own bias",
        shows="biases of i, f and o that differ",
        cites=("ddbourgin/numpy-ml#42 (kin: in the backward pass)",),
        needs=("bias",),
    ),
    fault(
        "candidate-bias-dropped",
        "computes the candidate without a bias",
        tensors(BIASES, _without_candidate),
        mend="g = tanh(W x + U h + b)",
        shows="a candidate's bias that is not 0",
        cites=(),
        needs=("bias",),
    ),
    fault(
        "hidden-none-skips-hh-bias",
        "skips all that concerns h where no state is given, bias_hh too, at the first step",
        Form(session=_HiddenBranch),
        mend="begin with an h of zeros, and take every step alike",
        shows="a call without a state, and a bias_hh that is not 0",
        cites=("ml-explore/mlx#3249 (kin)",),
        needs=("bias", "no_state"),
        protocol="omitted",
    ),
    fault(
        "bias-false-served-with-bias",
        "runs a network without biases with what it has kept of one of the same sizes that has them",
        Form(session=_KeptBiases),
        mend="make the bias flag part of the key of the cache",
        shows="two networks of the same sizes one after the other, first one with biases, then one without",
        cites=("pytorch/pytorch#95563",),
        protocol="bias",
    ),
    fault(
        "bias-missing-everywhere",
        "has no biases at all",
        tensors(BIASES, np.zeros_like),
        mend="add a bias to each gate's pre-activation",
        shows="a bias that is not 0",
        cites=("survey of 92 public hand-written LSTMs, 2026: 6 implementations",),
        needs=("bias",),
    ),
    fault(
        "bias-scalar-broadcast",
        "has one number a gate for a bias, that of its first unit, and adds it to all units",
        tensors(BIASES, _first_unit),
        mend="make each gate's bias a vector of hidden_size numbers",
        shows="two units with biases that differ",
        cites=("survey of 92 public hand-written LSTMs, 2026: 1 implementation",),
        needs=("bias",),
    ),
    fault(
        "bias-flag-not-forwarded",
        "builds its cell with biases where it is told to have none: they stay as they were initialised",
        weights(_ones, "1 for the forget gate, else 0"),
        initialised("random", lambda _, name: name in BIASES),
        mend="pass bias=False on to the cell",
        shows="a network without biases",
        cites=("survey of 92 public hand-written LSTMs, 2026: 1 implementation",),
        needs=("no_bias",),
    ),
]
