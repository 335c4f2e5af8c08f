"""The sections of a puzzle file: which keys there are, and which must be there.

The models say what stands where, for pydantic and for the JSON Schema that editors use; what
the numbers must be is checked by the modules that read them.
"""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from lstm_verify.puzzle.leaves import (
    Characters,
    Data,
    Inputs,
    Length,
    Mask,
    Slug,
    Text,
    Value,
    Values,
    Vector,
    Version,
)
from lstm_verify.puzzle.network_sections import (
    GatesSection,
    HeadSection,
    IdealSection,
    NetworkSection,
    WeightsSection,
)
from lstm_verify.puzzle.published_sections import PublishedSection
from lstm_verify.puzzle.section import Section, Suffixed
from lstm_verify.puzzle.table_section import TableSection


class SourceSection(Section):
    """Where a puzzle comes from."""

    title: Text | None = Field(None, description="Author and work.")
    url: Text | None = Field(None, description="Where it can be found.")
    note: Text | None = Field(None, description="What was taken, and what was changed.")


class CaseSection(Suffixed):
    """One input sequence, and what is known about it."""

    SUFFIXED: ClassVar[tuple[str, ...]] = ("h0", "c0")
    __pydantic_extra__: dict[str, Vector] = Field(init=False)

    title: Text | None = Field(None, description="What happens in it.")
    batch: Slug | None = Field(
        None, description="The cases of one batch are run together, as its rows.", examples=["pair"]
    )
    inputs: Inputs | None = Field(
        None,
        description="Columns by the name of the feature, or a list of rows, one a step; or give `text`.",
        examples=[{"x1": [0.2, 0.1], "x2": [1, 0]}],
    )
    text: Characters | None = Field(
        None, description="The inputs as characters of the alphabet, one a step.", examples=["ab_a"]
    )
    length: Length | None = Field(
        None, description="How many steps are valid, from the first; the rest is padding.", examples=[2]
    )
    mask: Mask | None = Field(
        None, description="For each step 1, or 0 where the state is held.", examples=[[1, 1, 0, 1]]
    )
    h0: Vector | None = Field(None, description="The initial output; 0 if not given.")
    c0: Vector | None = Field(None, description="The initial cell state; 0 if not given.")
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
    published: PublishedSection | None = Field(
        None, description="Somebody's numbers, with their own tolerance."
    )


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
    family: Slug | None = Field(
        None, description="The kind of puzzle that it is: where `list` puts it.", examples=["memory"]
    )
    tags: list[Slug] | None = Field(None, description="Groups to which it belongs.")
    exposes: list[Text] | None = Field(None, description="Ids of the faults that it finds.")
    network: NetworkSection = Field(description="The sizes and the variant of the LSTM.")
    alphabet: Characters | None = Field(
        None,
        description="The characters that stand for the inputs, in their order; cases may then give `text`.",
        examples=["ab_"],
    )
    features: list[Text] | None = Field(
        None,
        description="Names for the inputs' columns; the alphabet's characters, or x1, x2, …, if not given.",
        examples=[["x1", "x2", "x3"]],
    )
    units: list[Text] | None = Field(
        None,
        description="Names for the units of each layer; rules may then say h[even] for h[0].",
        examples=[["even", "odd"]],
    )
    weights: WeightsSection | None = Field(None, description="The weights; or give `gates`.")
    gates: GatesSection | None = Field(
        None,
        description="Gate rules, compiled to weights; `weights` then has weight_hr and weight_ln only.",
        examples=[{"i": "100*x2 - 10", "f": "100*x2 + 10", "g": "x1", "o": "100*x3 - 10"}],
    )
    head: HeadSection | None = Field(
        None,
        description="An output layer, which makes logits of the last layer's h.",
        examples=[{"weight": [[1, -1], [0, 2]], "bias": [0, 1]}],
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
    reads: dict[Text, Text] | None = Field(
        None,
        description="What a person reads off c and h at each step: numbers by name.",
        examples=[{"count": "16*c[0]"}],
    )
    claims: dict[Slug, Data] | None = Field(
        None,
        description="What holds over the domain: sentences by name.",
        examples=[{"parity": "h > 1/8 exactly where the number of ones so far is odd."}],
        json_schema_extra={"additionalProperties": False},
    )
