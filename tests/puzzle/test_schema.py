"""The JSON Schema that editors use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from lstm_verify.puzzle import schema
from lstm_verify.puzzle.load import load, parse
from lstm_verify.puzzle.model import PuzzleError

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


SIZES = {"input_size": 1, "hidden_size": 2}
CASE = {"inputs": [1, 2]}


def changed(**changes: Any) -> dict[str, Any]:
    """Return the good file with other sections; what is None is left out."""
    return {key: value for key, value in {**BASE, **changes}.items() if value is not None}


def network(**keys: Any) -> dict[str, Any]:
    """Return a file without weights, whose network has these keys."""
    return changed(network={**SIZES, **keys}, gates=None, weights={}, cases={"one": CASE})


GOOD: dict[str, dict[str, Any]] = {
    "layers and directions": network(num_layers=2, bidirectional=True, proj_size=1),
    "reverse": network(reverse=True, reverse_from="buffer", padded_output="hold"),
    "activations": network(
        activations={"g": "relu", "i": "hard_sigmoid(1/6, 1/2)", "o": "scaled_tanh(beta=2)"}
    ),
    "reverse activations": network(bidirectional=True, activations={"reverse": {"g": "leaky_relu(0)"}}),
    "variant": network(peephole="old", coupled="i=1-f", clip={"gates": 3, "cell": "1/2"}, layer_norm=1e-5),
    "clip of the projection": network(proj_size=1, clip={"projection": 1}),
    "forget_bias": network(forget_bias=1),
    "dropout alone": network(num_layers=2, dropout=0.5),
    "dropout": network(num_layers=2, dropout={"p": 1, "training": True}),
    "suffixed weights": changed(
        network={**SIZES, "bidirectional": True},
        gates=None,
        weights={"layout": "onnx", "weight_ih_l0": 0, "bias_hh_l0_reverse": {"i": 1, "f": 2, "g": 3, "o": 4}},
        cases={"one": {**CASE, "h0_l0": 1, "c0_l0_reverse": [1, 2]}},
    ),
    "weights of variants": changed(
        network={**SIZES, "proj_size": 1, "peephole": "new", "layer_norm": 1},
        gates=None,
        weights={
            "weight_hr": [[1, 2]],
            "weight_ci": [1, 2],
            "weight_cf": 3,
            "weight_co_l0": 4,
            "weight_ln": 5,
        },
        cases={"one": CASE},
    ),
    "coupled gates": changed(
        network={**SIZES, "coupled": "f=1-i"}, gates={"i": "x1", "g": "x1", "o": 1}, cases={"one": CASE}
    ),
    "coupled weights": changed(
        network={**SIZES, "coupled": "i=1-f"},
        gates=None,
        weights={"bias_ih": {"f": 1, "g": 2, "o": 3}},
        cases={"one": CASE},
    ),
    "gates of layers": changed(
        network={**SIZES, "num_layers": 2},
        gates={f"{gate}_l{k}": ["h[0]", 20] for gate in "ifgo" for k in (0, 1)},
        ideal={"g": "sign", "h_l1": ["exact", "linear"]},
        cases={"one": CASE},
    ),
    "weights beside gates": changed(
        network={**SIZES, "proj_size": 1, "layer_norm": 1},
        weights={"weight_hr": [[1, 2]], "weight_ln_l0": 1},
        gates={"i": "h[0]", "f": 20, "g": "x1", "o": 20},
        cases={"one": CASE},
    ),
    "head": changed(
        network={**SIZES},
        head={"weight": [[1, -1], ["1/2", 0]], "bias": [0, 1]},
        gates={"i": "h[0]", "f": 20, "g": "x1", "o": 20},
        cases={"one": {**CASE, "digits": {"logits": [[0.1, 0.2], None]}}},
    ),
    "text": changed(alphabet="a", gates=None, weights={}, cases={"one": {"text": "aaa"}}),
    "batch, length and mask": network()
    | {"cases": {k: {**CASE, "batch": "pair", "length": 1, "mask": [1, False]} for k in ("a", "b")}},
    "tables of layers": network(num_layers=2)
    | {
        "cases": {
            "one": {
                **CASE,
                "hand": {"c_l1": [[0, None], None], "h_n_l0": [0, None], "c_n_l1": None},
                "digits": {"i_l0": [None, [0.5, 0.5]]},
                "published": {"h_l1": [[0, 0], [0, 0]], "tolerance": 0.1},
            }
        }
    },
}


@pytest.mark.parametrize("file", GOOD.values(), ids=GOOD)
def test_good(file: dict[str, Any]) -> None:
    """A file in order fits, whatever it uses, and the program can read it (JSON is YAML)."""
    VALIDATOR.validate(file)
    parse(json.dumps(file).encode(), "good.yaml")


def test_every_key_is_used() -> None:
    """The good files, and the shipped ones, use every key that a network or a case may have."""
    used = [*GOOD.values(), *(yaml.safe_load(path.read_text("utf-8")) for path in PUZZLES.glob("*.yaml"))]
    networks = {key for file in used for key in file["network"]}
    cases = {key for file in used for one in file["cases"].values() for key in one}
    definitions = schema.schema()["definitions"]
    assert set(definitions["NetworkSection"]["properties"]) - {"bias"} <= networks
    assert set(definitions["CaseSection"]["properties"]) <= cases | {"h0", "c0"}


@pytest.mark.parametrize(
    "change",
    [
        {"puzzle": 2},
        {"titel": "t"},
        {"weights": {"weight_ih": 0}},
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
        {"network": {**SIZES, "num_layers": 0}},
        {"network": {**SIZES, "num_layers": 1001}},
        {"network": {**SIZES, "bidirectional": "yes"}},
        {"network": {**SIZES, "reverse": 1}},
        {"network": {**SIZES, "proj_size": 0}},
        {"network": {**SIZES, "activations": {"g": "tanh(1)"}}},
        {"network": {**SIZES, "activations": {"g": "hard_sigmoid()"}}},
        {"network": {**SIZES, "activations": {"reverse": {"k": "relu"}}}},
        {"network": {**SIZES, "peephole": True}},
        {"network": {**SIZES, "coupled": "f=i"}},
        {"network": {**SIZES, "clip": 3}},
        {"network": {**SIZES, "clip": {"gate": 3}}},
        {"network": {**SIZES, "layer_norm": True}},
        {"network": {**SIZES, "forget_bias": [1]}},
        {"network": {**SIZES, "dropout": {"training": True}}},
        {"network": {**SIZES, "dropout": {"p": 1, "trainig": True}}},
        {"network": {**SIZES, "padded_output": "last"}},
        {"network": {**SIZES, "reverse_from": "end"}},
        {"alphabet": ["a"]},
        {"head": {"weight": 1}},
        {"head": {"weight": [1]}},
        {"head": {"bias": 1}},
        {"weights": {"bias_ih": 1}},
        {"gates": None, "weights": {"bias_ih_l01": 1}},
        {"gates": None, "weights": {"bias_ih_reverse": 1}},
        {"gates": None, "weights": {"bias_ih_l0_reversed": 1}},
        {"gates": None, "weights": {"weight_ci": {"i": 1}}},
        {"gates": None, "weights": {"layout_l0": "ifgo"}},
        {"gates": {"i_l0": 1, "f_l0": 1, "g_l0": 1}},
        {"gates": {"g": 1, "o": 1}},
        {"gates": {"i": 1, "f": 1, "g": 1, "o": 1, "c_l0": 1}},
        {"ideal": {"g_l1": "lineer"}},
        {"ideal": {"c_l1": "exact"}},
        {"cases": {"one": {"inputs": [1], "text": "a"}}},
        {"cases": {"one": {"title": "nothing"}}},
        {"cases": {"one": {"inputs": [1], "batch": "Big One"}}},
        {"cases": {"one": {"inputs": [1], "length": -1}}},
        {"cases": {"one": {"inputs": [1], "length": 0.5}}},
        {"cases": {"one": {"inputs": [1], "mask": 1}}},
        {"cases": {"one": {"inputs": [1], "mask": [2]}}},
        {"cases": {"one": {"inputs": [1], "h0_l0_rev": 1}}},
        {"cases": {"one": {"inputs": [1], "hand": {"logits_l0": [1]}}}},
        {"cases": {"one": {"inputs": [1], "hand": {"h_n": [[1]]}}}},
        {"cases": {"one": {"inputs": [1], "hand": {"c_l0": 1}}}},
        {"cases": {"one": {"inputs": [1], "hand": {"tolerance_l0": 1}}}},
    ],
    ids=str,
)
def test_bad(change: dict[str, Any]) -> None:
    """A file that is not in order does not fit, and the program refuses it as well."""
    file = {**BASE, **change}
    if "gates" in change and change["gates"] is None:
        del file["gates"]
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(file)
    with pytest.raises(PuzzleError):
        parse(json.dumps(file).encode(), "bad.yaml")
