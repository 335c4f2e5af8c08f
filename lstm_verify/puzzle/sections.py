"""The sections of a puzzle file: which keys there are, and which must be there.

The models say what stands where, for pydantic and for the JSON Schema that editors use; what
the numbers must be is checked by the modules that read them.
"""

from __future__ import annotations

from typing import Any, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from lstm_verify.puzzle.document import MappingNode, Scalar
from lstm_verify.puzzle.leaves import (
    Activation,
    Block,
    Cells,
    Data,
    GateRules,
    HandRules,
    Inputs,
    Size,
    Slug,
    State,
    Text,
    Truth,
    Value,
    Values,
    Version,
)
from lstm_verify.puzzle.problems import Problems, nearest, quoted, suggestion

LATER = (
    "num_layers",
    "bidirectional",
    "proj_size",
    "peephole",
    "coupled",
    "clip",
)
"""Keys of the format that this version does not read yet."""


class Section(BaseModel):
    """A mapping of known keys.

    An unknown key is noted, and then taken for the nearest known one. To validate, pass the
    `Problems` as context.
    """

    model_config = ConfigDict(extra="forbid")
    _node: MappingNode = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, node: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if isinstance(node, MappingNode) and info.context is not None:
            _mend(node, cls.keys(), info.context)
        section = handler(node)
        section._node = node  # noqa: SLF001 - its own
        return section

    @classmethod
    def keys(cls) -> list[str]:
        """Return the keys that this section may have."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    def key(self, name: str) -> Scalar:
        """Return a key as it stands in the file."""
        return self._node.key(name)

    def given(self) -> dict[str, Any]:
        """Return key -> value for the keys that stand in the file, in their order there."""
        names = {field.alias or name: name for name, field in type(self).model_fields.items()}
        return {key: getattr(self, names[key]) for key in self._node}

    @property
    def node(self) -> MappingNode:
        """The section as it stands in the file."""
        return self._node


def _mend(node: MappingNode, known: list[str], problems: Problems) -> None:
    """Note the keys that are unknown, and rename or remove them."""
    entries = list(node.items())
    node.clear()
    for key, value in entries:
        if key in known:
            node[key] = value
            continue
        assert isinstance(key, Scalar)
        problems.add(key, _unknown(key, known))
        match = nearest(key, known)
        if match and match not in node and all(match != other for other, _ in entries):
            node[Scalar(match, key.line, key.column, plain=True, shift=-1)] = value


def _unknown(key: str, known: list[str]) -> str:
    if key in LATER:
        return f"{quoted(key)} is not supported yet by this version"
    if ":" in key:
        return f"unknown key {quoted(key)}; is a space missing after the colon?"
    return f"unknown key {quoted(key)}; {suggestion(key, known)}"


class SourceSection(Section):
    """Where a puzzle comes from."""

    title: Text | None = Field(None, description="Author and work.")
    url: Text | None = Field(None, description="Where it can be found.")
    note: Text | None = Field(None, description="What was taken, and what was changed.")


class ActivationsSection(Section):
    """The activation in each role; h is the tanh on the way out."""

    i: Activation | None = Field(None, description="Of the input gate; sigmoid if not given.")
    f: Activation | None = Field(None, description="Of the forget gate; sigmoid if not given.")
    g: Activation | None = Field(None, description="Of the candidate; tanh if not given.")
    o: Activation | None = Field(None, description="Of the output gate; sigmoid if not given.")
    h: Activation | None = Field(None, description="Of c on the way out; tanh if not given.")


class NetworkSection(Section):
    """The sizes and the variant of the LSTM; the defaults are those of torch.nn.LSTM."""

    input_size: Size = Field(description="The number of features, I.", examples=[3])
    hidden_size: Size = Field(description="The number of units, H.", examples=[1])
    bias: Truth = Field(default=True, description="false: there are no biases.")
    activations: ActivationsSection | None = Field(
        None,
        description="Activations other than PyTorch's, by role.",
        examples=[{"g": "identity", "h": "identity"}],
    )


class WeightsSection(Section):
    """The tensors of torch.nn.LSTM's state_dict; one that is not given is 0."""

    layout: Text | None = Field(
        None,
        description="The order of the gates in packed tensors; PyTorch's is ifgo.",
        examples=["ifgo", "iofc"],
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
    weight_ih_l0: Block | None = Field(None, description="Another name for weight_ih.")
    weight_hh_l0: Block | None = Field(None, description="Another name for weight_hh.")
    bias_ih_l0: Block | None = Field(None, description="Another name for bias_ih.")
    bias_hh_l0: Block | None = Field(None, description="Another name for bias_hh.")


class GatesSection(Section):
    """Gate rules: what each gate's pre-activation is, as an affine expression."""

    i: GateRules = Field(description="The input gate.", examples=["100*x2 - 10"])
    f: GateRules = Field(description="The forget gate.", examples=["2*h[0] - 1"])
    g: GateRules = Field(description="The candidate.", examples=["x1"])
    o: GateRules = Field(description="The output gate.", examples=["100*x3 - 10"])


class IdealSection(Section):
    """The hand rule of each activation: step, linear, sign or exact."""

    i: HandRules | None = Field(None, description="step (if not given) or exact.")
    f: HandRules | None = Field(None, description="step (if not given) or exact.")
    g: HandRules | None = Field(None, description="linear (if not given), sign or exact.")
    o: HandRules | None = Field(None, description="step (if not given) or exact.")
    h: HandRules | None = Field(None, description="linear (if not given), sign or exact.")


class TableSection(Section):
    """What is stated about a run: a cell for each step (a row of cells for several units)."""

    i: Cells | None = Field(None, description="The input gate.")
    f: Cells | None = Field(None, description="The forget gate.")
    g: Cells | None = Field(None, description="The candidate.")
    o: Cells | None = Field(None, description="The output gate.")
    c: Cells | None = Field(None, description="The cell state.")
    h: Cells | None = Field(None, description="The output.")


class PublishedSection(TableSection):
    """Somebody's numbers; kept, and not yet judged."""

    tolerance: Value | None = Field(None, description="How exact the numbers are meant to be.")


class CaseSection(Section):
    """One input sequence, and what is known about it."""

    title: Text | None = Field(None, description="What happens in it.")
    inputs: Inputs = Field(
        description="Columns by the name of the feature, or a list of rows, one a step.",
        examples=[{"x1": [0.2, 0.1], "x2": [1, 0]}],
    )
    h0: State | None = Field(None, description="The initial output; 0 if not given.")
    c0: State | None = Field(None, description="The initial cell state; 0 if not given.")
    hand: TableSection | None = Field(
        None,
        description="What the hand rules give, exactly. ~ leaves a cell open.",
        examples=[{"c": [0.2, 0.3], "h": [0, 0.3]}],
    )
    digits: TableSection | None = Field(
        None,
        description="The true trace, to half a unit of the last digit written.",
        examples=[{"c": [0.1974, 0.2970]}],
    )
    published: PublishedSection | None = Field(None, description="Somebody's numbers.")


class DomainSection(Section):
    """What a feature may be: an interval, or one of some values."""

    low: Value | None = Field(None, alias="from", description="The least value.")
    high: Value | None = Field(None, alias="to", description="The greatest value.")
    choice: Values | None = Field(None, alias="in", description="The values it may have.")


class PuzzleFile(Section):
    """A puzzle: a small LSTM with hand-set weights, and input sequences with their tables."""

    puzzle: Version = Field(description="The version of the format, 1; always the first key.")
    title: Text = Field(description="What the network does, in a few words.")
    source: SourceSection | None = Field(None, description="Where it comes from.")
    why: Text | None = Field(None, description="What this puzzle finds that others do not.")
    tags: list[Slug] | None = Field(None, description="Groups to which it belongs.")
    exposes: list[Slug] | None = Field(None, description="Ids of the faults that it finds.")
    network: NetworkSection = Field(description="The sizes and the variant of the LSTM.")
    features: list[Text] | None = Field(
        None,
        description="Names for the inputs' columns; x1, x2, … if not given.",
        examples=[["x1", "x2", "x3"]],
    )
    weights: WeightsSection | None = Field(None, description="The weights; or give `gates`.")
    gates: GatesSection | None = Field(
        None,
        description="Gate rules, compiled to weights; or give `weights`.",
        examples=[{"i": "100*x2 - 10", "f": "100*x2 + 10", "g": "x1", "o": "100*x3 - 10"}],
    )
    ideal: IdealSection | None = Field(
        None,
        description="The hand rules, by role.",
        examples=[{"i": "step", "f": "step", "g": "linear", "o": "step", "h": "linear"}],
    )
    cases: dict[Slug, CaseSection] = Field(
        description="Input sequences, by name.",
        json_schema_extra={"minProperties": 1, "additionalProperties": False},
    )
    domain: dict[Text, DomainSection] | None = Field(
        None,
        description="What the features may be.",
        examples=[{"x1": {"from": "-1/4", "to": "1/4"}, "x2": {"in": [-1, 0, 1]}}],
    )
    claims: list[Data] | None = Field(None, description="What holds over the domain.")
