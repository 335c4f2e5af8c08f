"""The leaves of a puzzle file, as pydantic sees them: texts, counts, names, blocks of numbers.

Each leaf is checked by one function, whose message is for the author of the file, and brings
its own JSON Schema, for editors. Numbers stay nodes of the tree here: what they must be depends
on sizes and names, which are known only later.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema

from lstm_verify.lstm.semantics import ACTIVATIONS
from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.problems import nearest, quoted, suggestion

RULES = ("step", "linear", "sign", "exact")
"""The hand rules of activations."""

MAX_SIZE = 10**6
"""No size of a network is larger; its weights are bounded as well."""

_SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
_NUMBER_TEXT = r"^[-+( ]*(\.?[0-9]|(ln|tanh|sigmoid) *\()"

_NUMBER: dict[str, Any] = {
    "description": "A decimal, a fraction as 1/3, or ln(3); in tables also tanh(1), sigmoid(2).",
    "type": ["number", "string"],
    "pattern": _NUMBER_TEXT,
}
_CELL: dict[str, Any] = {
    "description": "A number, or ~ for what is not stated.",
    "type": ["number", "string", "null"],
    "pattern": _NUMBER_TEXT,
}
_GATE_RULE: dict[str, Any] = {
    "description": "An affine rule such as 100*x2 - 10 or 2*h[0] - 1.",
    "type": ["string", "number"],
}
_HAND_RULE: dict[str, Any] = {"enum": list(RULES)}
_ACTIVATION: dict[str, Any] = {"enum": list(ACTIVATIONS)}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _one_or_list(items: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [items, _list(items)]}


_ROWS: dict[str, Any] = {
    "description": "A number for all, a list, or a list of rows.",
    "anyOf": [_NUMBER, _list(_NUMBER), _list(_list(_NUMBER))],
}
_PER_GATE: dict[str, Any] = {
    "type": "object",
    "properties": dict.fromkeys("ifgo", _ROWS),
    "required": list("ifgo"),
    "additionalProperties": False,
}
_INPUTS: dict[str, Any] = {
    "anyOf": [
        {"type": "object", "additionalProperties": _one_or_list(_NUMBER)},
        _list(_one_or_list(_NUMBER)),
    ]
}

SHARED: dict[str, dict[str, Any]] = {
    "number": _NUMBER,
    "cell": _CELL,
    "rows": _ROWS,
    "perGate": _PER_GATE,
    "gateRule": _GATE_RULE,
    "handRule": _HAND_RULE,
    "activation": _ACTIVATION,
}
"""Name -> JSON Schema of what stands in many places."""


def _text(node: object) -> Scalar:
    if not isinstance(node, Scalar) or node.missing or not node.strip():
        raise ValueError(f"expected text, found {kind(node)}")
    return node


def _slug(node: object) -> Scalar:
    text = _text(node)
    if not re.fullmatch(_SLUG, text):
        slug = re.sub("[^a-z0-9]+", "-", text.lower()[:60]).strip("-")
        example = f"; write {quoted(slug)}" if slug else ""
        raise ValueError(f"{quoted(text)} is no name of small letters, digits and hyphens{example}")
    return text


def _size(node: object) -> int:
    text = _text_or_empty(node)
    if not re.fullmatch("0*[0-9]{1,18}", text) or int(text[-18:]) == 0:
        raise ValueError(f"expected a whole number from 1, found {kind(node)}")
    if int(text[-18:]) > MAX_SIZE:
        raise ValueError(f"{text} is too large; at most {MAX_SIZE:,}")
    if text[0] == "0":
        raise ValueError(f"{quoted(text)} begins with 0; write {int(text)}")
    return int(text)


def _truth(node: object) -> bool:
    text = _text_or_empty(node)
    if text not in ("true", "false"):
        raise ValueError(f"expected true or false, found {kind(node)}")
    return text == "true"


def _one_of(*words: str) -> Callable[[object], Scalar]:
    def check(node: object) -> Scalar:
        text = _text(node)
        if text not in words:
            raise ValueError(f"{quoted(text)} is not known here; {_likely(text, words)}")
        return text

    return check


def _likely(text: str, words: tuple[str, ...]) -> str:
    match = nearest(text, words)
    return suggestion(text, words) if match else f"expected {', '.join(words[:-1])} or {words[-1]}"


def _text_or_empty(node: object) -> str:
    return str(node) if isinstance(node, Scalar) else ""


def _scalar_or_list(node: object) -> Scalar | SequenceNode:
    if isinstance(node, Scalar | SequenceNode):
        return node
    raise ValueError(f"expected one or a list, found {kind(node)}")


def _any(node: object) -> Any:
    return node


Version = Annotated[Scalar, PlainValidator(_any), WithJsonSchema({"const": 1})]
"""The version of the format; `structure` looks at it before anything else."""

Text = Annotated[Scalar, PlainValidator(_text), WithJsonSchema({"type": "string"})]
"""Free text."""

Slug = Annotated[Scalar, PlainValidator(_slug), WithJsonSchema({"type": "string", "pattern": _SLUG})]
"""A name of small letters, digits and hyphens."""

Size = Annotated[
    int,
    PlainValidator(_size),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": MAX_SIZE}),
]
"""A whole number from 1."""

Truth = Annotated[bool, PlainValidator(_truth), WithJsonSchema({"type": "boolean"})]
"""true or false."""

Activation = Annotated[Scalar, PlainValidator(_one_of(*ACTIVATIONS)), WithJsonSchema(_ACTIVATION)]
"""The name of an activation."""

HandRules = Annotated[
    Scalar | SequenceNode,
    PlainValidator(_scalar_or_list),
    WithJsonSchema(_one_or_list(_HAND_RULE)),
]
"""One hand rule for all units, or a list with one for each."""

GateRules = Annotated[
    Scalar | SequenceNode,
    PlainValidator(_scalar_or_list),
    WithJsonSchema(_one_or_list(_GATE_RULE)),
]
"""One gate rule for all units, or a list with one for each."""

Value = Annotated[Node, PlainValidator(_any), WithJsonSchema(_NUMBER)]
"""A number."""

Values = Annotated[Node, PlainValidator(_any), WithJsonSchema(_list(_NUMBER))]
"""A list of numbers."""

State = Annotated[Node, PlainValidator(_any), WithJsonSchema(_one_or_list(_NUMBER))]
"""A number for every unit, or a list with one for each."""

Block = Annotated[Node, PlainValidator(_any), WithJsonSchema({"anyOf": [_ROWS, _PER_GATE]})]
"""A block of weights: a number, a list of rows, or a mapping with one block a gate."""

Inputs = Annotated[Node, PlainValidator(_any), WithJsonSchema(_INPUTS)]
"""The inputs: columns by the name of the feature, or a list of rows."""

Cells = Annotated[Node, PlainValidator(_any), WithJsonSchema(_list(_one_or_list(_CELL)))]
"""What a table states about one quantity: a cell or a row of cells for each step."""

Data = Annotated[Node, PlainValidator(_any), WithJsonSchema({})]
"""Anything, kept as it is."""
