"""The node tests of LSTM that the installed onnx package has, as they are there."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from lstm_verify.conventions import convention
from lstm_verify.faults.base import Array
from lstm_verify.lstm.network import BIDIRECTIONAL, FORWARD, REVERSE, Network, Place, Run
from lstm_verify.lstm.semantics import Semantics
from lstm_verify.published.replay import Look, Test

OUTPUTS = {"Y": "h", "Y_h": "h_n", "Y_c": "c_n"}
"""Output of ONNX's operator -> what it is here."""

STATES = (("h0", "initial_h"), ("c0", "initial_c"))


def installed() -> str | None:
    """Return the version of the onnx package, or None where there is none."""
    try:
        return version("onnx")
    except PackageNotFoundError:
        return None


def tests() -> list[Test]:
    """Return the node tests of ONNX's LSTM.

    Raises:
        ImportError: the onnx package is not there.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # making the tests of other operators overflows, and is meant to
        from onnx.backend.test.case.node import collect_testcases

        cases = collect_testcases("LSTM")
    nodes = [(case, case.model.graph.node[0]) for case in cases if case.model is not None]
    return [_test(case, node) for case, node in nodes if node.op_type == "LSTM"]


def _test(case: Any, node: Any) -> Test:
    """Read a node test."""
    given, expected = case.data_sets[0]
    tensors = dict(zip([name for name in node.input if name], map(np.asarray, given), strict=True))
    attributes = {a.name: a.s.decode() if a.s else a.i for a in node.attribute}
    direction, batch_first = attributes.get("direction", FORWARD), attributes.get("layout", 0) == 1
    network = _network(tensors, direction)
    x = tensors["X"] if batch_first else tensors["X"].swapaxes(0, 1)
    states = {key: _state(tensors, name, network, len(x), batch_first=batch_first) for key, name in STATES}
    runs = [Run(row, states["h0"][:, k], states["c0"][:, k]) for k, row in enumerate(x)]
    outputs = zip([name for name in node.output if name], map(np.asarray, expected), strict=True)
    looks = [
        look
        for name, array in outputs
        for look in _looks(name, array, case, network, batch_first=batch_first)
    ]
    return Test(case.name, network, runs, looks)


def _network(tensors: dict[str, Array], direction: str) -> Network:
    assert direction in (FORWARD, REVERSE, BIDIRECTIONAL)
    weights: dict[str, Array] = {name: tensors[name].astype(float) for name in tensors if name in "WRBP"}
    directions = 2 if direction == BIDIRECTIONAL else 1
    layers = tuple(convention("onnx").unpack(weights, direction=k) for k in range(directions))
    semantics = Semantics(peephole="new" if "P" in tensors else None)
    units = tensors["R"].shape[-1]
    return Network(tensors["W"].shape[-1], units, layers, "B" in tensors, semantics, 1, direction)


def _state(tensors: dict[str, Array], name: str, network: Network, rows: int, *, batch_first: bool) -> Array:
    """Return an initial state, [directions, rows, units]."""
    if name not in tensors:
        return np.zeros((network.directions, rows, network.hidden_size))
    return tensors[name].swapaxes(0, 1) if batch_first else tensors[name]


def _looks(name: str, array: Array, case: Any, network: Network, *, batch_first: bool) -> Iterator[Look]:
    """Yield what is right of an output, a tensor [rows, steps, n] for each direction."""
    if name == "Y":  # [steps, directions, rows, n], or [rows, steps, directions, n]
        rows_first = array.transpose(0, 2, 1, 3) if batch_first else array.transpose(2, 1, 0, 3)
    else:  # [directions, rows, n], or [rows, directions, n]
        rows_first = (array if batch_first else array.swapaxes(0, 1))[:, :, None]
    for direction in range(network.directions):
        right = rows_first[:, direction].astype(float)
        place = Place(OUTPUTS[name], 0, direction)
        yield Look((place,), right, case.atol + case.rtol * np.abs(right), name)
