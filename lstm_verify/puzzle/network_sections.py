"""The sections about the network: its sizes and variant, its weights or gate rules, its output layer."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from lstm_verify.puzzle.document import MappingNode, Scalar
from lstm_verify.puzzle.leaves import (
    Activation,
    Block,
    Coupled,
    GateRules,
    HandRules,
    Layers,
    Matrix,
    PaddedOutput,
    Peephole,
    ReverseFrom,
    Rows,
    Size,
    Text,
    Truth,
    Value,
    Vector,
)
from lstm_verify.puzzle.section import Section, Suffixed


class RolesSection(Section):
    """The activation in each role; h is the tanh on the way out."""

    i: Activation | None = Field(None, description="Of the input gate; sigmoid if not given.")
    f: Activation | None = Field(None, description="Of the forget gate; sigmoid if not given.")
    g: Activation | None = Field(None, description="Of the candidate; tanh if not given.")
    o: Activation | None = Field(None, description="Of the output gate; sigmoid if not given.")
    h: Activation | None = Field(None, description="Of c on the way out; tanh if not given.")


class ActivationsSection(RolesSection):
    """The activation in each role, and those of the reverse direction where they are others."""

    reverse: RolesSection | None = Field(
        None, description="What is other in the reverse direction of two.", examples=[{"g": "relu"}]
    )


class ClipSection(Section):
    """What is kept within ± a number; each is more than 0."""

    gates: Value | None = Field(None, description="Every pre-activation (ONNX, clip).", examples=[3])
    cell: Value | None = Field(None, description="The cell state (TensorFlow, cell_clip).", examples=[2])
    projection: Value | None = Field(
        None, description="What the projection gives (TensorFlow, proj_clip).", examples=[1]
    )


class DropoutSection(Section):
    """What is dropped between the layers."""

    p: Value = Field(description="The share of a layer's outputs, from 0 to 1.", examples=[0.5])
    training: Truth = Field(
        default=False, description="true: it is dropped, so that p is 0 or 1; false: evaluation, nothing is."
    )


def _share_alone(node: object) -> object:
    """Read `dropout: 0.5` as `dropout: {p: 0.5}`."""
    if not isinstance(node, Scalar) or node.missing:
        return node
    section = MappingNode(p=node)
    section.line, section.column = node.line, node.column
    return section


Dropout = Annotated[DropoutSection, BeforeValidator(_share_alone)]
"""Dropout; its share alone is dropout in evaluation."""


class NetworkSection(Section):
    """The sizes and the variant of the LSTM; the defaults are those of torch.nn.LSTM."""

    input_size: Size = Field(description="The number of features, I.", examples=[3])
    hidden_size: Size = Field(description="The number of units, H.", examples=[1])
    num_layers: Layers = Field(
        default=1, description="The number of layers, one above the other.", examples=[2]
    )
    bidirectional: Truth = Field(default=False, description="true: a second direction runs backwards.")
    reverse: Truth = Field(default=False, description="true: the reverse direction alone.")
    proj_size: Size | None = Field(
        None, description="The width to which h is projected, less than hidden_size.", examples=[2]
    )
    bias: Truth = Field(default=True, description="false: there are no biases.")
    activations: ActivationsSection | None = Field(
        None,
        description="Activations other than PyTorch's, by role.",
        examples=[
            {"g": "identity", "h": "identity"},
            {"i": "hard_sigmoid(1/6)", "o": "hard_sigmoid(1/6, 1/2)"},
        ],
    )
    peephole: Peephole | None = Field(
        None, description="The gates i and f look at the old cell state, and o at the new or old one."
    )
    coupled: Coupled | None = Field(None, description="One gate is made of the other.")
    clip: ClipSection | None = Field(
        None, description="What is kept within ± a number.", examples=[{"gates": 3, "cell": 2}]
    )
    layer_norm: Value | None = Field(
        None, description="The ε of a layer normalisation of W x + U h, before the biases.", examples=["1e-5"]
    )
    forget_bias: Value | None = Field(
        None, description="Added to the forget gate at run time (TensorFlow 1).", examples=[1]
    )
    dropout: Dropout | None = Field(
        None,
        description="Dropout between the layers; its share p alone is dropout in evaluation.",
        examples=[0.5, {"p": 1, "training": True}],
    )
    padded_output: PaddedOutput | None = Field(
        None, description="The output at a step that is skipped: zero (if not given), or hold, the last one."
    )
    reverse_from: ReverseFrom | None = Field(
        None,
        description="Where the reverse direction begins: at the valid end of a sequence (if not given), "
        "or at the end of the buffer, reading the padding.",
    )


class WeightsSection(Suffixed):
    """The tensors of torch.nn.LSTM's state_dict; one that is not given is 0."""

    SUFFIXED: ClassVar[tuple[str, ...]] = (
        "weight_ih",
        "weight_hh",
        "bias_ih",
        "bias_hh",
        "weight_hr",
        "weight_ci",
        "weight_cf",
        "weight_co",
        "weight_ln",
    )
    __pydantic_extra__: dict[str, Block] = Field(init=False)

    layout: Text | None = Field(
        None,
        description="The order of the gates in packed tensors, or who has it; PyTorch's is ifgo.",
        examples=["ifgo", "iofc", "onnx"],
    )
    weight_ih: Block | None = Field(
        None,
        description="From the inputs: per gate H rows of I numbers, or packed 4H rows of I.",
        examples=[{"i": [0, 100, 0], "f": [0, 100, 0], "g": [1, 0, 0], "o": [0, 0, 100]}],
    )
    weight_hh: Block | None = Field(
        None, description="From the last output: per gate H rows of H numbers, or packed 4H rows."
    )
    bias_ih: Block | None = Field(
        None,
        description="Per gate H numbers, or packed 4H numbers.",
        examples=[{"i": -10, "f": 10, "g": 0, "o": -10}],
    )
    bias_hh: Block | None = Field(None, description="As bias_ih; PyTorch has two biases.")
    weight_hr: Matrix | None = Field(None, description="The projection: proj_size rows of H numbers.")
    weight_ci: Vector | None = Field(None, description="The peepholes of the input gate: H numbers.")
    weight_cf: Vector | None = Field(None, description="The peepholes of the forget gate: H numbers.")
    weight_co: Vector | None = Field(None, description="The peepholes of the output gate: H numbers.")
    weight_ln: Block | None = Field(
        None, description="The gain of the layer normalisation, as a bias is given; 1 if not given."
    )


class GatesSection(Suffixed):
    """Gate rules: what each gate's pre-activation is, as an affine expression."""

    SUFFIXED: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o")
    __pydantic_extra__: dict[str, GateRules] = Field(init=False)

    i: GateRules | None = Field(None, description="The input gate.", examples=["100*x2 - 10"])
    f: GateRules | None = Field(None, description="The forget gate.", examples=["2*h[0] - 1"])
    g: GateRules | None = Field(None, description="The candidate.", examples=["x1"])
    o: GateRules | None = Field(None, description="The output gate.", examples=["100*x3 - 10"])


class IdealSection(Suffixed):
    """The hand rule of each activation: step, linear, sign or exact."""

    SUFFIXED: ClassVar[tuple[str, ...]] = ("i", "f", "g", "o", "h")
    __pydantic_extra__: dict[str, HandRules] = Field(init=False)

    i: HandRules | None = Field(None, description="step (if not given) or exact.")
    f: HandRules | None = Field(None, description="step (if not given) or exact.")
    g: HandRules | None = Field(None, description="linear (if not given), sign or exact.")
    o: HandRules | None = Field(None, description="step (if not given) or exact.")
    h: HandRules | None = Field(None, description="linear (if not given), sign or exact.")


class HeadSection(Section):
    """The output layer: logits = weight · h + bias, h being the last layer's, of all directions."""

    weight: Rows = Field(
        description="A row for each logit: the factors of h, the forward direction's first.",
        examples=[[[1, -1], [0, 2]]],
    )
    bias: Vector | None = Field(None, description="A number for each logit; 0 if not given.")
