"""From PyTorch's packing of one layer and direction to a convention's, and back.

In between, weights are blocks: field -> gate -> the rows of that gate.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm_verify.conventions.base import MATRICES, Convention, Parameter
from lstm_verify.conventions.symbols import letter, shown, value
from lstm_verify.lstm.network import Tensor, Weights
from lstm_verify.lstm.semantics import GATES, PEEPHOLES

Array: TypeAlias = NDArray[Any]
Blocks: TypeAlias = dict[str, dict[str, Array]]


def pack(convention: Convention, weights: Weights) -> dict[str, Array]:
    """Return a convention's tensors that hold these weights; see `Convention.pack`."""
    blocks = _blocks(convention, weights)
    units = len(weights.bias_ih) // len(GATES)
    inputs = {"I": len(weights.weight_ih[0]), "P": len(weights.weight_hh[0])}
    sizes = {"H": units, "D": 1, "L": 1} | inputs
    packed = {}
    for parameter in convention.parameters(blocks):
        parts = [_joined(blocks[piece.field], piece.gates) for piece in parameter.pieces]
        turned = [part.T for part in parts] if convention.transposed else parts
        shape = [value(symbol, sizes) for symbol in parameter.shape]
        packed[parameter.name] = np.concatenate(turned, axis=_axis(convention)).reshape(shape)
    return packed


def unpack(convention: Convention, tensors: Mapping[str, Tensor], index: Mapping[str, int]) -> Weights:
    """Return the weights that a convention's tensors hold; see `Convention.unpack`."""
    arrays = {name: np.asarray(tensor) for name, tensor in tensors.items()}
    parameters = _found(convention, arrays)
    sizes = _sizes(convention, parameters, arrays)
    blocks: Blocks = {}
    for parameter in parameters:
        array = _one_of_several(arrays[parameter.name], parameter.name, convention, index)
        flat = array.reshape([value(symbol, sizes) for symbol in parameter.flat])
        cuts = list(accumulate(value(piece.width, sizes) for piece in parameter.pieces))[:-1]
        parts = np.split(flat, cuts, axis=_axis(convention))
        for piece, part in zip(parameter.pieces, parts, strict=True):
            rows = np.split(part.T if convention.transposed else part, len(piece.gates))
            blocks.setdefault(piece.field, {}).update(zip(piece.gates, rows, strict=True))
    return _weights(convention, blocks)


def _one_of_several(
    array: NDArray[Any], name: str, convention: Convention, index: Mapping[str, int]
) -> NDArray[Any]:
    """Return the part of a tensor that is of one layer and direction.

    Raises:
        ValueError: it has no such layer or direction.
    """
    for axis, length in zip(convention.leading, array.shape, strict=False):
        if not 0 <= index[axis] < length:
            what = {"L": "layer", "D": "direction"}[axis]
            raise ValueError(
                f"{name} has {length} along the axis of {what}s: there is no {what} {index[axis]}"
            )
    for axis, number in index.items():
        if number and axis not in convention.leading:
            what = {"L": "layers", "D": "directions"}[axis]
            raise ValueError(
                f"{convention.title} has no axis for {what}: give the tensors of the one you mean"
            )
    return array[tuple(index[axis] for axis in convention.leading)]


def _blocks(convention: Convention, weights: Weights) -> Blocks:
    """Return the blocks that a convention has: one bias is the sum of both, and less the forget bias."""
    blocks = {
        name: dict(zip(GATES, np.split(np.asarray(tensor), len(GATES)), strict=True))
        for name, tensor in weights.items()
        if name in Weights.PACKED
    }
    peepholes = {gate: getattr(weights, f"weight_c{gate}") for gate in PEEPHOLES}
    if any(peephole is not None for peephole in peepholes.values()):
        none = np.zeros_like(blocks["bias_ih"]["i"])
        blocks["peephole"] = {
            gate: none if peephole is None else np.asarray(peephole) for gate, peephole in peepholes.items()
        }
    if weights.weight_hr is not None:
        blocks["weight_hr"] = {"h": np.asarray(weights.weight_hr)}
    refused = convention.refusal(blocks)
    if refused:
        raise ValueError(f"{refused}, and these weights have")
    biases = [field for field in ("bias_ih", "bias_hh") if field in convention.names]
    if len(biases) == 1:
        blocks[biases[0]] = {gate: blocks["bias_ih"][gate] + blocks["bias_hh"][gate] for gate in GATES}
    blocks[biases[0]]["f"] = blocks[biases[0]]["f"] - convention.forget_bias
    return blocks


def _weights(convention: Convention, blocks: Blocks) -> Weights:
    """Return the weights that are made of these blocks; missing biases are 0."""
    gateless = np.zeros_like(blocks["weight_hh"]["i"][:, 0])
    for bias in ("bias_ih", "bias_hh"):
        blocks.setdefault(bias, dict.fromkeys(GATES, gateless))
    first = "bias_ih" if "bias_ih" in convention.names else "bias_hh"
    blocks[first]["f"] = blocks[first]["f"] + convention.forget_bias
    peepholes = blocks.pop("peephole", {})
    projection = blocks.pop("weight_hr", {})
    return Weights(
        **{field: _joined(gates, GATES) for field, gates in blocks.items()},
        **{f"weight_c{gate}": np.array(rows) for gate, rows in peepholes.items()},
        **({"weight_hr": _joined(projection, "h")} if projection else {}),
    )


def _joined(gates: Mapping[str, Array], order: str) -> Array:
    return np.concatenate([gates[gate] for gate in order])


def _axis(convention: Convention) -> int:
    """Return the axis along which pieces stand behind each other: the inputs', or a vector's only one."""
    return 0 if convention.transposed else -1


def _found(convention: Convention, arrays: Mapping[str, Array]) -> list[Parameter]:
    """Return the parameters that these arrays are, by their names."""
    fields = {
        piece.field
        for parameter in convention.parameters(convention.names)
        for piece in parameter.pieces
        if parameter.name in arrays
    }
    parameters = convention.parameters({*MATRICES, *fields})
    names = [parameter.name for parameter in parameters]
    missing = [f"{name} is missing" for name in names if name not in arrays]
    known = ", ".join(parameter.name for parameter in convention.parameters(convention.names))
    unknown = [f"'{name}' is not known, only {known}" for name in arrays if name not in names]
    if missing or unknown:
        raise ValueError(f"{convention.title}: {'; '.join(missing + unknown)}")
    return parameters


def _sizes(
    convention: Convention, parameters: list[Parameter], arrays: Mapping[str, Array]
) -> dict[str, int]:
    """Find the sizes from the arrays' shapes, and make sure that all shapes have them."""
    sizes: dict[str, int] = {}
    unknown = dict.fromkeys("IHPDL", 0)
    shapes = [(parameter, arrays[parameter.name].shape) for parameter in parameters]
    fitting = [pair for pair in shapes if len(pair[0].shape) == len(pair[1])]
    for _ in unknown:  # each pass may find what the next one needs
        for parameter, shape in fitting:
            for symbol, number in zip(parameter.shape, shape, strict=True):
                found = letter(symbol, number, sizes)
                sizes |= dict([found] if found else [])
    wrong = [
        f"{parameter.name} has the shape {shape}, expected {shown(parameter.shape)}"
        for parameter, shape in shapes
        if list(shape) != [value(symbol, unknown | sizes) for symbol in parameter.shape]
    ]
    if wrong:
        known = ", ".join(f"{name} = {size}" for name, size in sizes.items())
        raise ValueError(f"{convention.title}: {'; '.join(wrong)}" + (f", where {known}" if known else ""))
    return sizes
