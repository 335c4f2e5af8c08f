"""The leaves of a puzzle file, as pydantic sees them: texts, counts, names, blocks of numbers.

Each leaf is checked by one function, whose message is for the author of the file, and brings
its own JSON Schema, for editors. Numbers and words that depend on each other stay nodes of the
tree here: what they must be depends on sizes and names, which are known only later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.fragments import (
    ACTIVATION,
    CELL,
    GATE_RULE,
    HAND_RULE,
    INPUTS,
    NUMBER,
    PER_GATE,
    ROWS,
    STEPS,
    WORDS,
    many,
    one_or_many,
)
from lstm_verify.puzzle.problems import quoted

MAX_SIZE = 10**6
"""No size of a network is larger; its weights are bounded as well."""

MAX_LAYERS = 1000
"""A network has no more layers."""

_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _text(node: object) -> Scalar:
    if not isinstance(node, Scalar) or node.missing or not node.strip():
        raise ValueError(f"expected text, found {kind(node)}")
    return node


def slug(node: object) -> Scalar:
    """Return a name of small letters, digits and hyphens; ValueError where it is none."""
    text = _text(node)
    if not re.fullmatch(_SLUG, text):
        mended = re.sub("[^a-z0-9]+", "-", text.lower()[:60]).strip("-")
        example = f"; write {quoted(mended)}" if mended else ""
        raise ValueError(f"{quoted(text)} is no name of small letters, digits and hyphens{example}")
    return text


def _size(most: int) -> Callable[[object], int]:
    def check(node: object) -> int:
        text = _text_or_empty(node)
        if not re.fullmatch("0*[0-9]{1,18}", text) or int(text[-18:]) == 0:
            raise ValueError(f"expected a whole number from 1, found {kind(node)}")
        if int(text[-18:]) > most:
            raise ValueError(f"{text} is too large; at most {most:,}")
        if text[0] == "0":
            raise ValueError(f"{quoted(text)} begins with 0; write {int(text)}")
        return int(text)

    return check


def _truth(node: object) -> bool:
    text = _text_or_empty(node)
    if text not in ("true", "false"):
        raise ValueError(f"expected true or false, found {kind(node)}")
    return text == "true"


def _text_or_empty(node: object) -> str:
    return str(node) if isinstance(node, Scalar) else ""


def _scalar_or_list(node: object) -> Scalar | SequenceNode:
    if isinstance(node, Scalar | SequenceNode):
        return node
    raise ValueError(f"expected one or a list, found {kind(node)}")


def _any(node: object) -> Any:
    return node


def _word(key: str) -> WithJsonSchema:
    return WithJsonSchema({"enum": list(WORDS[key])})


Version = Annotated[Scalar, PlainValidator(_any), WithJsonSchema({"const": 1})]
"""The version of the format; `structure` looks at it before anything else."""

Text = Annotated[Scalar, PlainValidator(_text), WithJsonSchema({"type": "string"})]
"""Free text."""

Characters = Annotated[Node, PlainValidator(_any), WithJsonSchema({"type": ["string", "number", "boolean"]})]
"""Text of which each character counts, blanks too."""

Slug = Annotated[Scalar, PlainValidator(slug), WithJsonSchema({"type": "string", "pattern": _SLUG})]
"""A name of small letters, digits and hyphens."""

Size = Annotated[
    int,
    PlainValidator(_size(MAX_SIZE)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_SIZE}),
]
"""A whole number from 1."""

Layers = Annotated[
    int,
    PlainValidator(_size(MAX_LAYERS)),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_LAYERS}),
]
"""A number of layers."""

Length = Annotated[Node, PlainValidator(_any), WithJsonSchema({"type": "integer", "minimum": 0})]
"""A number of steps."""

Truth = Annotated[bool, PlainValidator(_truth), WithJsonSchema({"type": "boolean"})]
"""true or false."""

Peephole = Annotated[Node, PlainValidator(_any), _word("peephole")]
"""Which cell state the output gate looks at."""

Coupled = Annotated[Node, PlainValidator(_any), _word("coupled")]
"""Which gate is made of the other."""

PaddedOutput = Annotated[Node, PlainValidator(_any), _word("padded_output")]
"""What the output is where a step is skipped."""

ReverseFrom = Annotated[Node, PlainValidator(_any), _word("reverse_from")]
"""Where the reverse direction begins."""

Activation = Annotated[Node, PlainValidator(_any), WithJsonSchema(ACTIVATION)]
"""An activation: its name, with parameters in parentheses where it has any."""

HandRules = Annotated[
    Scalar | SequenceNode,
    PlainValidator(_scalar_or_list),
    WithJsonSchema(one_or_many(HAND_RULE)),
]
"""One hand rule for all units, or a list with one for each."""

GateRules = Annotated[
    Scalar | SequenceNode,
    PlainValidator(_scalar_or_list),
    WithJsonSchema(one_or_many(GATE_RULE)),
]
"""One gate rule for all units, or a list with one for each."""

Value = Annotated[Node, PlainValidator(_any), WithJsonSchema(NUMBER)]
"""A number."""

Values = Annotated[Node, PlainValidator(_any), WithJsonSchema(many(NUMBER))]
"""A list of numbers."""

Rows = Annotated[Node, PlainValidator(_any), WithJsonSchema(many(many(NUMBER)))]
"""A list of rows of numbers."""

Vector = Annotated[Node, PlainValidator(_any), WithJsonSchema(one_or_many(NUMBER))]
"""A number for every unit, or a list with one for each."""

Matrix = Annotated[Node, PlainValidator(_any), WithJsonSchema(ROWS)]
"""A block of weights: a number, or a list of rows."""

Block = Annotated[Node, PlainValidator(_any), WithJsonSchema({"anyOf": [ROWS, PER_GATE]})]
"""A block of weights with rows for each gate: as a matrix, or a mapping with one block a gate."""

Inputs = Annotated[Node, PlainValidator(_any), WithJsonSchema(INPUTS)]
"""The inputs: columns by the name of the feature, or a list of rows."""

Mask = Annotated[Node, PlainValidator(_any), WithJsonSchema(many({"enum": [0, 1, False, True]}))]
"""For each step whether it counts."""

Cells = Annotated[Node, PlainValidator(_any), WithJsonSchema(STEPS)]
"""What a table states about one quantity: a cell or a row of cells for each step."""

CellsOfUnits = Annotated[Node, PlainValidator(_any), WithJsonSchema(one_or_many(CELL))]
"""What a table states about a state at the end: a cell for each unit."""

Data = Annotated[Node, PlainValidator(_any), WithJsonSchema({})]
"""Anything, kept as it is."""
