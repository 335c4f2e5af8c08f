"""The JSON Schema of puzzle files, for editors.

pydantic writes the dialect 2020-12; editors (yaml-language-server) read draft 7.
"""

from __future__ import annotations

import json
from typing import Any

from lstm_verify.puzzle.leaves import SHARED
from lstm_verify.puzzle.sections import PuzzleFile

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The dialect that is written."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a puzzle file, in draft 7."""
    written = PuzzleFile.model_json_schema(ref_template="#/definitions/{model}")
    definitions = written.pop("$defs")
    top = {"$schema": DIALECT, "title": "lstm-verify puzzle", **_draft7(written)}
    top["oneOf"] = [{"required": ["weights"]}, {"required": ["gates"]}]
    sections = {name: _shared(_draft7(model)) for name, model in definitions.items()}
    top["definitions"] = {**{n: _inside(leaf) for n, leaf in SHARED.items()}, **sections}
    return top


def text() -> str:
    """Return the JSON Schema as it is written to puzzles/puzzle.schema.json."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _draft7(model: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a mapping; its properties are what pydantic makes of our models."""
    model = {key: value for key, value in model.items() if key != "title"}
    model["properties"] = {name: _property(value) for name, value in model["properties"].items()}
    return model


def _property(value: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a value.

    A key is left out, never null; and beside a $ref draft 7 reads nothing else.
    """
    about: dict[str, Any] = {key: value[key] for key in ("description", "examples") if key in value}
    rest = {k: v for k, v in value.items() if k not in (*about, "title", "default")}
    choices = [_shared(choice) for choice in rest.get("anyOf", []) if choice != {"type": "null"}]
    if choices:
        rest = choices[0] if len(choices) == 1 else {"anyOf": choices}
    if "$ref" in rest:
        rest = {"allOf": [rest]}
    return {**about, **rest}


def _shared(node: Any) -> Any:
    """Return a schema with references to `SHARED` wherever one of these stands in it."""
    for name, schema_ in SHARED.items():
        if node == schema_:
            return {"$ref": f"#/definitions/{name}"}
    return _inside(node)


def _inside(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _shared(value) for key, value in node.items()}
    return [_shared(value) for value in node] if isinstance(node, list) else node
