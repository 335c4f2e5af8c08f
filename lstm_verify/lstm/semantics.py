"""What may legitimately differ between LSTMs, as data. The defaults are torch.nn.LSTM."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import NamedTuple

GATES = "ifgo"
"""The gates in PyTorch's order: input, forget, candidate (cell) and output."""

ROLES = (*GATES, "h")
"""Where an activation stands: the four gates, and h, the tanh on the way out."""

QUANTITIES = (*GATES, "c", "h")
"""What a step computes, in this order: the gates, the cell state and the hidden state."""

AT_THE_END = ("h_n", "c_n")
"""The states at the end of the sequence: one vector each, where all else has one a step."""

SHOWN = (*QUANTITIES, "logits", *AT_THE_END)
"""Everything that an implementation may show, and a table may state."""

PEEPHOLES = "ifo"
"""The gates that may look at the cell state."""

PARAMETERS: Mapping[str, tuple[Fraction, ...]] = {
    "sigmoid": (),
    "tanh": (),
    "identity": (),
    "relu": (),
    "hard_tanh": (),
    "softsign": (),
    "hard_sigmoid": (Fraction(1, 5), Fraction(1, 2)),
    "leaky_relu": (Fraction(1, 100),),
    "scaled_tanh": (Fraction(1), Fraction(1)),
}
"""Name of an activation -> the defaults of its parameters alpha and beta, as in ONNX.

What they are stands in `activations`.
"""


class Activation(NamedTuple):
    """An activation: its name, and its parameters alpha and beta where it has any."""

    name: str
    alpha: Fraction | None = None
    beta: Fraction | None = None

    def __str__(self) -> str:
        given = ", ".join(str(x) for x in (self.alpha, self.beta) if x is not None)
        return f"{self.name}({given})" if given else self.name


SIGMOID, TANH = Activation("sigmoid"), Activation("tanh")


@dataclass(frozen=True)
class Activations:
    """The activation in each role; torch.nn.LSTM has σ, σ, tanh, σ and, for h, tanh."""

    i: Activation = SIGMOID
    f: Activation = SIGMOID
    g: Activation = TANH
    o: Activation = SIGMOID
    h: Activation = TANH

    def of(self, role: str) -> Activation:
        """Return the activation in a role: i, f, g, o or h."""
        return vars(self)[role]

    def __str__(self) -> str:
        """Say which are other than PyTorch's, such as "g = identity, h = identity"."""
        return ", ".join(f"{r} = {self.of(r)}" for r in ROLES if self.of(r) != vars(_PYTORCH)[r])


_PYTORCH = Activations()


@dataclass(frozen=True)
class Semantics:
    """The variant of the LSTM: one field for each thing that may legitimately differ.

    Attributes:
        activations: by role.
        reverse_activations: those of the reverse direction of two, where they are others.
        peephole: "new" or "old", where the gates i, f and o look at the cell state (Gers &
            Schmidhuber 2000): i and f at the old one, o at the one named here.
        coupled: "f=1-i" or "i=1-f", where one gate is made of the other (Greff et al. 2017).
        clip_gates: every pre-activation is kept within ± this (ONNX, `clip`).
        clip_cell: so is the cell state (Sak et al. 2014; TensorFlow, `cell_clip`).
        clip_projection: so is what the projection gives (TensorFlow, `proj_clip`).
        layer_norm: the ε of a layer normalisation of W x + U h, before the biases (Ba et al. 2016).
        forget_bias: added to the forget gate's pre-activation at run time (TensorFlow 1).
        dropout: the share of a layer's outputs that is dropped before the next layer.
        training: whether it is dropped at all; in evaluation it is not.
        padded_output: what the output is at a step that is skipped: "zero", or "hold", the last one.
        reverse_from: where the reverse direction begins: at the "valid" end of a sequence, or at
            the end of the "buffer", reading the padding.
    """

    activations: Activations = _PYTORCH
    reverse_activations: Activations | None = None
    peephole: str | None = None
    coupled: str | None = None
    clip_gates: Fraction | None = None
    clip_cell: Fraction | None = None
    clip_projection: Fraction | None = None
    layer_norm: Fraction | None = None
    forget_bias: Fraction = Fraction(0)
    dropout: Fraction = Fraction(0)
    training: bool = False
    padded_output: str = "zero"
    reverse_from: str = "valid"

    def __post_init__(self) -> None:
        if self.training and self.dropout not in (0, 1):
            raise ValueError(f"dropout of {self.dropout} in training is random; only 0 and 1 are not")

    def departures(self) -> dict[str, str]:
        """Return in what it departs from PyTorch's defaults: feature -> the departure in words."""
        changed = {name for name, value in vars(self).items() if value != _DEFAULTS[name]}
        return {feature: _in_words(self, feature) for feature in _FEATURES if feature in changed}


_DEFAULTS = {field.name: field.default for field in fields(Semantics)}

_FEATURES = {
    "activations": "activations {}",
    "reverse_activations": "activations of the reverse direction {}",
    "peephole": "peepholes (the output gate looks at the {} cell state)",
    "coupled": "coupled gates {}",
    "clip_gates": "pre-activations clipped at ±{}",
    "clip_cell": "cell state clipped at ±{}",
    "clip_projection": "projection clipped at ±{}",
    "layer_norm": "layer normalisation (ε = {})",
    "forget_bias": "forget bias of {} added at run time",
    "dropout": "dropout of {}",
    "padded_output": "outputs at padded steps: {}",
    "reverse_from": "reverse direction that begins at the end of the {}",
}
"""Feature -> the departure in words, to go behind "an LSTM with "; `training` is part of `dropout`."""


def _in_words(semantics: Semantics, feature: str) -> str:
    return _FEATURES[feature].format(getattr(semantics, feature))


PYTORCH = Semantics()
"""The LSTM of torch.nn.LSTM, equations as in its documentation."""
