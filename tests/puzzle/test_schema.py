"""The JSON Schema that editors use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from lstm_verify.puzzle import schema
from lstm_verify.puzzle.load import load

PUZZLES = Path(__file__).parents[2] / "puzzles"
VALIDATOR = jsonschema.Draft7Validator(schema.schema())


def test_up_to_date() -> None:
    """puzzles/puzzle.schema.json is what the program writes; if not, write it anew."""
    path = PUZZLES / "puzzle.schema.json"
    assert path.read_text(encoding="utf-8") == schema.text(), f"lstm-verify schema > {path}"


def test_draft_7() -> None:
    """It is a draft 7 schema: no words of later dialects."""
    jsonschema.Draft7Validator.check_schema(schema.schema())
    for word in ("$defs", "prefixItems", '"null"\n        }', "unevaluated"):
        assert word not in schema.text()


def test_every_key_has_a_description() -> None:
    """An editor has something to show for every key of every section."""
    sections = [schema.schema(), *schema.schema()["definitions"].values()]
    missing = [
        key
        for section in sections
        if section.get("additionalProperties") is False and "description" in section
        for key, value in section["properties"].items()
        if "description" not in value
    ]
    assert missing == []


@pytest.mark.parametrize("path", sorted(PUZZLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_puzzles(path: Path) -> None:
    """Every shipped puzzle can be read and fits the schema."""
    load(path)
    VALIDATOR.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


BASE = {
    "puzzle": 1,
    "title": "t",
    "network": {"input_size": 1, "hidden_size": 1},
    "gates": {"i": "x1", "f": 20, "g": ["2*h[0]"], "o": 20},
    "cases": {"one": {"inputs": {"x1": [1, "1/3"]}, "hand": {"c": [None, "tanh(1)"]}}},
}


def test_base() -> None:
    """The file that the bad ones are made from fits."""
    VALIDATOR.validate(BASE)


@pytest.mark.parametrize(
    "change",
    [
        {"puzzle": 2},
        {"titel": "t"},
        {"weights": {}},
        {"network": {"input_size": 1, "hidden_size": 0}},
        {"network": {"input_size": 1}},
        {"network": {"input_size": 1, "hidden_size": 1, "activations": {"g": "Tanh"}}},
        {"gates": {"i": "x1", "f": 20, "g": 1}},
        {"cases": {}},
        {"cases": {"One": {"inputs": [1]}}},
        {"cases": {"one": {"hand": {}}}},
        {"cases": {"one": {"inputs": ["on"]}}},
        {"cases": {"one": {"inputs": [1], "hand": {"c": [True]}}}},
        {"ideal": {"g": "lineer"}},
        {"domain": {"x1": {"form": 1}}},
        {"features": None},
    ],
    ids=str,
)
def test_bad(change: dict[str, Any]) -> None:
    """A file that is not in order does not fit."""
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate({**BASE, **change})
