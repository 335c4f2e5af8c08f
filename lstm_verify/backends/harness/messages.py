"""What a harness is asked, and what it answers: one line of JSON each."""

from __future__ import annotations

import json
from dataclasses import fields
from fractions import Fraction
from typing import Any

import numpy as np

from lstm_verify.backends.base import Values
from lstm_verify.backends.errors import Misbehaved, one_line
from lstm_verify.backends.harness.hello import Hello
from lstm_verify.backends.harness.text import described, numbers, parsed, writable
from lstm_verify.lstm.formats import Format
from lstm_verify.lstm.network import Network, Run, Weights, suffix
from lstm_verify.lstm.semantics import AT_THE_END, GATES, PARAMETERS, PYTORCH, ROLES, Activations
from lstm_verify.puzzle.problems import quoted, suggestion

BYTES = 64
"""A number of an answer may take so many bytes, its comma and spaces included."""

BESIDE = 4096
"""And all else in it so many."""


def request(number: int, network: Network, run: Run, form: Format) -> bytes:
    """Write a request: a line.

    Args:
        number: the id that the answer is to have.
        network, run: rounded to the format.
    """
    told = {
        "id": number,
        "dtype": form.name,
        "network": _network(network, form),
        "steps": run.steps,
        **({"length": run.length} if "lengths" in run.features() else {}),
        **({"mask": list(run.mask)} if run.mask and "mask" in run.features() else {}),
        "inputs": shortest(run.inputs, form),
        "h0": writable(shortest(run.h0, form)),  # what an LSTM has shown may be infinite
        "c0": writable(shortest(run.c0, form)),
        "weights": _weights(network, form),
    }
    return json.dumps(told, allow_nan=False).encode() + b"\n"


def shortest(values: Any, form: Format) -> Any:
    """Return nested lists of floats that are written as the shortest decimals which are these numbers.

    Those of float64 are what Python writes. Those of a smaller format are shorter: the nearest float64 to
    such a decimal is what Python writes that way. bfloat16 is a part of float32, and written so.
    """
    array = np.asarray(values, np.float64)
    if form.name == "float64":
        return array.tolist()
    smaller = np.float16 if form.name == "float16" else np.float32
    return array.astype(smaller).astype(str).astype(np.float64).tolist()


def _network(network: Network, form: Format) -> dict[str, Any]:
    """Write the sizes, and of the variant what is other than in PyTorch."""
    semantics = network.semantics
    changed = {
        field.name: value
        for field in fields(semantics)
        if (value := getattr(semantics, field.name)) != getattr(PYTORCH, field.name)
    }
    return {
        "input_size": network.input_size,
        "hidden_size": network.hidden_size,
        "num_layers": network.num_layers,
        "direction": network.direction,
        "proj_size": network.proj_size,
        "bias": network.bias,
        **{name: _plain(value, form) for name, value in changed.items()},
    }


def _plain(value: Any, form: Format) -> Any:
    """Write a field of the semantics: a word, a truth, a number or activations by role."""
    if isinstance(value, Fraction):
        return shortest(form.nearest(value), form)
    if not isinstance(value, Activations):
        return value
    written = {}
    for role in ROLES:
        one = value.of(role)
        given = [one.alpha, one.beta][: len(PARAMETERS[one.name])]
        full = [d if g is None else g for g, d in zip(given, PARAMETERS[one.name], strict=True)]
        parameters = zip(("alpha", "beta"), full, strict=False)
        written[role] = {"name": one.name} | {name: _plain(Fraction(x), form) for name, x in parameters}
    return written


def _weights(network: Network, form: Format) -> dict[str, Any]:
    """Write the tensors by PyTorch's names, those that have a block for each gate by gate."""
    written = {}
    for k, weights in enumerate(network.layers):
        ending = suffix(*divmod(k, network.directions)) if len(network.layers) > 1 else ""
        for name, tensor in weights.items():
            values = shortest(tensor, form)
            written[name + ending] = _by_gate(values) if name in Weights.PACKED else values
    return written


def _by_gate(rows: list[Any]) -> dict[str, Any]:
    size = len(rows) // len(GATES)
    return {gate: rows[k * size : (k + 1) * size] for k, gate in enumerate(GATES)}


def most(network: Network, steps: int, hello: Hello) -> int:
    """Return how many bytes an answer may have."""
    rows = {place: 1 if place.quantity in AT_THE_END else steps for place in network.places(*hello.shows)}
    return BESIDE + BYTES * sum(n * network.width(place.quantity) for place, n in rows.items())


def answer(line: bytes, number: int, network: Network, hello: Hello) -> Values:
    """Read an answer; the shapes of what it shows are not looked at here.

    Raises:
        Misbehaved: it is none to this request, or the harness says that it cannot answer.
    """
    found = parsed(line, "its answer")
    if "id" not in found or isinstance(found["id"], bool) or found["id"] != number:
        said = f"has the id {described(found['id'])}" if "id" in found else "has no id"
        raise Misbehaved(f"its answer {said}; expected {number}, the id of the request")
    if "error" in found:
        raise Misbehaved(f"it says: {one_line(str(found['error']))}")
    places = {network.name(place): place for place in network.places(*hello.shows)}
    for key in found:
        if key not in places and key != "id":
            raise Misbehaved(f"its answer has an unknown key {quoted(key)} ({suggestion(key, places)})")
    shown = {places[key]: numbers(value, key) for key, value in found.items() if key != "id"}
    for quantity in hello.shows:
        if not any(place.quantity == quantity for place in shown):
            names = [name for name, place in places.items() if place.quantity == quantity]
            raise Misbehaved(f"its answer has no {' or '.join(names)}, which its hello says that it shows")
    return {place: array[None] if place.quantity in AT_THE_END else array for place, array in shown.items()}
