"""Fragments of the JSON Schema: what stands in many places of a puzzle file."""

from __future__ import annotations

from typing import Any

from lstm_verify.lstm.semantics import CHOICES, HAND_RULES, PARAMETERS

WORDS = {key: tuple(word for word in words if word) for key, words in CHOICES.items()}
"""Key of `network` -> the words that it may have; what they mean stands in `lstm.semantics`."""

NUMBER_TEXT = r"^[-+( ]*(\.?[0-9]|(ln|tanh|sigmoid) *\()"
_WITH_PARAMETERS = "|".join(name for name, defaults in PARAMETERS.items() if defaults)

NUMBER: dict[str, Any] = {
    "description": "A decimal, a fraction as 1/3, or ln(3); in tables also tanh(1), sigmoid(2).",
    "type": ["number", "string"],
    "pattern": NUMBER_TEXT,
}
CELL: dict[str, Any] = {
    "description": "A number, or ~ for what is not stated.",
    "type": ["number", "string", "null"],
    "pattern": NUMBER_TEXT,
}
MISPRINT: dict[str, Any] = {
    "description": "A number that is known to be wrong where it was published.",
    "type": "object",
    "properties": {
        "printed": {**NUMBER, "description": "As it was published."},
        "right": {**NUMBER, "description": "What is right."},
        "why": {"type": "string", "description": "Why it is thought so."},
    },
    "required": ["printed", "right"],
    "additionalProperties": False,
}
GATE_RULE: dict[str, Any] = {
    "description": "An affine rule such as 100*x2 - 10 or 2*h[0] - 1.",
    "type": ["string", "number"],
}
HAND_RULE: dict[str, Any] = {"enum": list(HAND_RULES)}
ACTIVATION: dict[str, Any] = {
    "description": "An activation, with its parameters alpha and beta where it has any.",
    "anyOf": [
        {"enum": list(PARAMETERS)},
        {"type": "string", "pattern": rf"^({_WITH_PARAMETERS}) *\(.+\)$"},
    ],
}


def many(items: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list."""
    return {"type": "array", "items": items}


def one_or_many(items: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of one thing or a list of it."""
    return {"anyOf": [items, many(items)]}


WEIGHT: dict[str, Any] = {"anyOf": [NUMBER, MISPRINT]}
ROWS: dict[str, Any] = {
    "description": "A number for all, a list, or a list of rows.",
    "anyOf": [NUMBER, MISPRINT, many(WEIGHT), many(many(WEIGHT))],
}
PER_GATE: dict[str, Any] = {
    "type": "object",
    "properties": dict.fromkeys("ifgo", ROWS),
    "required": ["g", "o"],
    "anyOf": [{"required": ["i"]}, {"required": ["f"]}],  # one may be left out where they are coupled
    "additionalProperties": False,
}
INPUTS: dict[str, Any] = {
    "anyOf": [
        {"type": "object", "additionalProperties": one_or_many(NUMBER)},
        many(one_or_many(NUMBER)),
    ]
}
STEPS: dict[str, Any] = many(one_or_many(CELL))
PUBLISHED_CELL: dict[str, Any] = {"anyOf": [CELL, MISPRINT]}
PUBLISHED_STEPS: dict[str, Any] = many(one_or_many(PUBLISHED_CELL))
PUBLISHED: dict[str, str] = {"cell": "publishedCell", "steps": "publishedSteps"}
"""What stands in a table -> what stands in its place in a published one."""

SHARED: dict[str, dict[str, Any]] = {
    "number": NUMBER,
    "cell": CELL,
    "steps": STEPS,
    "rows": ROWS,
    "perGate": PER_GATE,
    "gateRule": GATE_RULE,
    "handRule": HAND_RULE,
    "activation": ACTIVATION,
    "misprint": MISPRINT,
    "publishedCell": PUBLISHED_CELL,
    "publishedSteps": PUBLISHED_STEPS,
}
"""Name -> JSON Schema of what stands in many places."""
