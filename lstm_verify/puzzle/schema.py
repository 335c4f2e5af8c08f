"""The JSON Schema of puzzle files and of suites, for editors.

pydantic writes the dialect 2020-12; editors (yaml-language-server) read draft 7.
"""

from __future__ import annotations

import json
from typing import Any

from lstm_verify.puzzle.fragments import PUBLISHED, SHARED
from lstm_verify.puzzle.names import SUFFIX_PATTERN
from lstm_verify.puzzle.published_sections import SuiteFile
from lstm_verify.puzzle.section import Section
from lstm_verify.puzzle.sections import PuzzleFile
from lstm_verify.puzzle.structure import BESIDE_GATES

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The dialect that is written."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema of a puzzle file, in draft 7."""
    written, sections = _sections(PuzzleFile)
    top = {"$schema": DIALECT, "title": "lstm-verify puzzle", **written, **_weights_or_gates()}
    _or_number(sections["NetworkSection"]["properties"]["dropout"])
    sections["GatesSection"] |= _every_gate()
    sections["CaseSection"]["oneOf"] = [{"required": ["inputs"]}, {"required": ["text"]}]
    sections["PublishedSection"] = _with_misprints(sections["PublishedSection"])
    _or_number(sections["PublishedSection"]["properties"]["tolerance"])
    top["definitions"] = {**{n: _inside(leaf) for n, leaf in SHARED.items()}, **sections}
    return top


def suite_schema() -> dict[str, Any]:
    """Return the JSON Schema of each document of a suite: its head, or a puzzle."""
    puzzle = schema()
    head, sections = _sections(SuiteFile)
    _or_number(head["properties"]["tolerance"])
    definitions = {**sections, **puzzle.pop("definitions"), "head": head}
    dialect = puzzle.pop("$schema")
    return {
        "$schema": dialect,
        "title": "lstm-verify suite",
        "if": {"required": ["suite"]},
        "then": {"$ref": "#/definitions/head"},
        "else": {"$ref": "#/definitions/puzzle"},
        "definitions": {**definitions, "puzzle": puzzle},
    }


def text(*, suite: bool = False) -> str:
    """Return the JSON Schema as it is written to puzzles/puzzle.schema.json.

    Args:
        suite: that of suites instead, as in puzzles/published/suite.schema.json.
    """
    return json.dumps(suite_schema() if suite else schema(), indent=2, ensure_ascii=False) + "\n"


def _sections(model: type[Section]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what pydantic makes of a file and of its sections, in draft 7."""
    written = model.model_json_schema(ref_template="#/definitions/{model}")
    definitions = written.pop("$defs")
    return _draft7(written), {
        name: _shared(_suffixed(name, _draft7(section))) for name, section in definitions.items()
    }


def _with_misprints(node: Any) -> Any:
    """Let a number that is known to be wrong stand wherever a cell of a table does."""
    if isinstance(node, dict):
        name = str(node.get("$ref", "")).rpartition("/")[2]
        if name in PUBLISHED:
            return {"$ref": f"#/definitions/{PUBLISHED[name]}"}
        return {key: _with_misprints(value) for key, value in node.items()}
    return [_with_misprints(value) for value in node] if isinstance(node, list) else node


def _weights_or_gates() -> dict[str, Any]:
    """Require one of the two; beside gates there may be the weights that no rule gives."""
    beside = f"^(layout|({'|'.join(BESIDE_GATES)})({SUFFIX_PATTERN})?)$"
    return {
        "anyOf": [{"required": ["weights"]}, {"required": ["gates"]}],
        "if": {"required": ["weights", "gates"]},
        "then": {"properties": {"weights": {"propertyNames": {"pattern": beside}}}},
    }


def _or_number(value: dict[str, Any]) -> None:
    """Let a number stand for a section."""
    value["anyOf"] = [{"$ref": "#/definitions/number"}, *value.pop("allOf")]


def _every_gate() -> dict[str, Any]:
    """Require a rule for each gate; one of i and f may be left out, where it is made of the other."""

    def named(gate: str) -> list[dict[str, Any]]:
        return [{"required": [gate]}, {"required": [f"{gate}_l0"]}]

    return {"allOf": [{"anyOf": [*named("i"), *named("f")]}, {"anyOf": named("g")}, {"anyOf": named("o")}]}


def _draft7(model: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a mapping; its properties are what pydantic makes of our models."""
    model = {key: value for key, value in model.items() if key != "title"}
    model["properties"] = {name: _property(value) for name, value in model["properties"].items()}
    return model


def _suffixed(section: str, model: dict[str, Any]) -> dict[str, Any]:
    """Say which keys may have a suffix: what is with it is as it is without."""
    names = model.pop("suffixed", ())
    if names:
        model["patternProperties"] = {
            f"^{name}{SUFFIX_PATTERN}$": {"$ref": f"#/definitions/{section}/properties/{name}"}
            for name in names
        }
        model["additionalProperties"] = False
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
