"""What may legitimately differ between LSTMs, as data. The defaults are torch.nn.LSTM."""

from __future__ import annotations

from collections.abc import Callable, Mapping
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

CHOICES: Mapping[str, tuple[str | None, ...]] = {
    "peephole": (None, "new", "old"),
    "coupled": (None, "f=1-i", "i=1-f"),
    "padded_output": ("zero", "hold"),
    "reverse_from": ("valid", "buffer"),
}
"""Field of `Semantics` -> the words that it may be."""

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


class Bound(NamedTuple):
    """What a number must be, in words and as a condition."""

    words: str
    holds: Callable[[Fraction], bool]


POSITIVE = Bound("more than 0", lambda x: x > 0)
SHARE = Bound("from 0 to 1", lambda x: 0 <= x <= 1)

BOUNDS: Mapping[str, tuple[Bound, ...]] = {
    "hard_sigmoid": (POSITIVE, SHARE),
    "leaky_relu": (SHARE,),
    "scaled_tanh": (POSITIVE, POSITIVE),
}
"""Name of an activation -> what its parameters must be; else it falls, or rises more than it is taken to."""

HAND_RULES = ("step", "linear", "sign", "exact")
"""What may be taken for an activation when a puzzle is worked by hand; `exact` is the activation itself."""

FITTING: Mapping[str, tuple[str, ...]] = {
    "sigmoid": ("step", "exact"),
    "tanh": ("linear", "sign", "exact"),
    "scaled_tanh": ("exact",),
}
"""Name of an activation -> its hand rules, the default first; the others are rational, so exact anyway."""


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
        for name, words in CHOICES.items():
            if getattr(self, name) not in words:
                raise ValueError(f"{name} is {getattr(self, name)!r}; expected one of {words}")
        for name in ("clip_gates", "clip_cell", "clip_projection"):
            limit = getattr(self, name)
            if limit is not None and limit <= 0:
                raise ValueError(f"{name} is {limit}; a limit is more than 0")
        if self.layer_norm is not None and self.layer_norm < 0:
            raise ValueError(f"layer_norm, the ε, is {self.layer_norm}; expected 0 or more")
        if not 0 <= self.dropout <= 1:
            raise ValueError(f"dropout is {self.dropout}; a share is from 0 to 1")
        if self.training and self.dropout not in (0, 1):
            raise ValueError(f"dropout of {self.dropout} in training is random; only 0 and 1 are not")
        if self.forget_bias and self.coupled == "f=1-i":
            raise ValueError("forget_bias: the forget gate is 1 − i, and has nothing to add it to")

    def in_direction(self, direction: int) -> Activations:
        """Return the activations of a direction: 0 is forwards, or the only one."""
        return (direction and self.reverse_activations) or self.activations

    def all_activations(self) -> set[Activation]:
        """Return the activations of all roles and directions."""
        return {self.in_direction(direction).of(role) for direction in (0, 1) for role in ROLES}

    def departures(self) -> dict[str, str]:
        """Return in what it departs from PyTorch's defaults: feature -> the departure in words."""
        changed = {name: value for name, value in vars(self).items() if value != _DEFAULTS[name]}
        return {
            _OTHER_FORMS.get((name, changed[name]), name): words.format(changed[name])
            for name, words in _WORDS.items()
            if name in changed
        }


_DEFAULTS = {field.name: field.default for field in fields(Semantics)}

_WORDS = {
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
"""Field -> the departure in words, to go behind "an LSTM with "; `training` is part of `dropout`."""

_OTHER_FORMS = {("peephole", "old"): "peephole_old", ("coupled", "i=1-f"): "coupled_input"}
"""Field and value -> the feature, where one field has two forms: who can do one need not do the other."""

FEATURES = (*_WORDS, *_OTHER_FORMS.values())
"""Everything in which an LSTM may depart from PyTorch's; most are the names of fields."""


PYTORCH = Semantics()
"""The LSTM of torch.nn.LSTM, equations as in its documentation."""
