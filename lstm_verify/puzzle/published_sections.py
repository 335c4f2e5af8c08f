"""The sections about what others have published: a suite's head, its tables, and their tolerance."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from lstm_verify.puzzle.document import MappingNode, Scalar
from lstm_verify.puzzle.leaves import Cells, Length, Slug, Text, Truth, Value, Version
from lstm_verify.puzzle.section import Section
from lstm_verify.puzzle.table_section import TableSection


class ToleranceSection(Section):
    """How far a published number may be from the true one: the sum of what is given here."""

    abs: Value | None = Field(None, description="So much.", examples=["1e-5"])
    rel: Value | None = Field(None, description="So much times the published number.", examples=["1e-3"])
    ulp: Value | None = Field(
        None, description="So many units in the last place of float32, at the published number.", examples=[4]
    )
    decimals: Length | None = Field(
        None, description="Half a unit of this decimal place: the numbers are rounded to it.", examples=[4]
    )
    rms: Value | None = Field(
        None,
        description="Alone: the root mean square of the differences of a whole table, of all rows of the "
        "batch, divided by its largest number.",
        examples=["9.5e-6"],
    )
    largest: Truth = Field(default=False, description="true: the largest of what is given, not the sum.")


def _number_alone(node: object) -> object:
    """Read `tolerance: 1e-5` as `tolerance: {abs: 1e-5}`."""
    if not isinstance(node, Scalar):
        return node
    key = Scalar("abs", node.line, node.column, plain=True, shift=-1)
    section = MappingNode({key: node})
    section.line, section.column = node.line, node.column
    return section


Tolerance = Annotated[ToleranceSection, BeforeValidator(_number_alone)]
"""A tolerance; a number alone is an absolute one."""


class PublishedSection(TableSection):
    """Somebody's numbers, with the tolerance that they are meant to have.

    One that is known to be wrong is {printed: -0.0435, right: -0.0436, why: …}.
    """

    tolerance: Tolerance | None = Field(
        None,
        description="How exact the numbers are meant to be; if not given, the suite's, or else half a unit "
        "of the last digit written.",
        examples=["1e-5", {"abs": "1e-4", "rel": "1e-4"}],
    )
    h_sum: Cells | None = Field(
        None, description="The sum of the last layer's h over both directions, where that is published."
    )


class OriginSection(Section):
    """Where a suite comes from."""

    repo: Text | None = Field(None, description="The repository.", examples=["onnx/onnx"])
    commit: Text | None = Field(None, description="The commit, or what it was read from.")
    path: Text | None = Field(None, description="The file or files in it.")
    url: Text | None = Field(None, description="Where it can be found, if it is in no repository.")
    note: Text | None = Field(None, description="What was taken, and what was changed.")


class SuiteFile(Section):
    """The head of a file of published cases: its first document. The others are puzzles."""

    suite: Version = Field(description="The version of the format, 1; always the first key.")
    title: Text = Field(description="Whose cases they are, in a few words.")
    source: OriginSection | None = Field(None, description="Where they come from.")
    tolerance: Tolerance | None = Field(
        None, description="Of all published numbers whose case has none of its own.", examples=["1e-5"]
    )
    asides: dict[Slug, Text] | None = Field(
        None,
        description="Cases whose numbers no test of the suite looks at, such as those of a comment -> what "
        "they are.",
    )
    left_out: dict[Slug, Text] | None = Field(
        None, description="What is not here, or not all of it: a case's name -> why.", examples=[{"aux": "…"}]
    )
