"""Every variable of an LSTM of some sizes: the parameters from the conventions, the rest from the views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from typing import NamedTuple

from lstm_verify.conventions.base import Convention, Parameter
from lstm_verify.conventions.lookup import convention
from lstm_verify.conventions.symbols import value
from lstm_verify.lstm.network import suffix
from lstm_verify.lstm.semantics import GATES
from lstm_verify.shapes.sizes import Sizes
from lstm_verify.shapes.views import VIEWS, Variable, View


class Row(NamedTuple):
    """A variable with its shape.

    Attributes:
        section: where it belongs, such as "input" or "layer 0".
        symbols: its shape in letters.
        shape: its shape in numbers.
        learned: whether it is a parameter.
        field: of a parameter, what it holds: variables of one field and shape are alike.
        layer, direction: of a layer's parameter; direction is None where both are in it.
    """

    section: str
    name: str
    symbols: tuple[str, ...]
    shape: tuple[int, ...]
    what: str
    learned: bool = False
    field: str = ""
    layer: int | None = None
    direction: int | None = None

    @property
    def numbers(self) -> int:
        """How many numbers it has."""
        return prod(self.shape)


def rows(name: str, sizes: Sizes) -> list[Row]:
    """Return every variable in the convention of this name, one of `VIEWS`.

    Raises:
        ValueError: the convention has no place for something that these sizes have.
    """
    used, view = convention(name), VIEWS[name]
    refused = used.refusal(sizes.parts)
    if refused:
        others = [f"--as {other}" for other in VIEWS if not convention(other).refusal(sizes.parts)]
        hint = f"; try {' or '.join(others)}" if others else ""
        raise ValueError(f"{refused}, and this LSTM has{hint}")
    return [
        *_plain("input", view.inputs, sizes),
        *_layers(used, view, sizes),
        *_plain("one step", view.step, sizes),
        *_plain("output", view.outputs, sizes),
        *(_plain("output layer", view.head, sizes) if sizes.vocab else ()),
    ]


def _plain(section: str, variables: Iterable[Variable], sizes: Sizes) -> Iterator[Row]:
    """Yield the variables of a section that there are."""
    there = {
        "": True,
        "one-hot": sizes.vocab == sizes.inputs,
        "embedding": sizes.vocab != sizes.inputs,
        "layers": sizes.layers > 1,
        "projected": sizes.proj > 0,
    }
    for variable in variables:
        tokens = "V" in variable.shape or variable.shape == "B T"
        if there[variable.only] and (sizes.vocab or not (tokens or variable.only == "embedding")):
            symbols = tuple(variable.shape.replace("Y", sizes.output).split())
            row = _row(section, variable.name, symbols, sizes, variable.what)
            yield row._replace(learned=variable.learned)


def _layers(used: Convention, view: View, sizes: Sizes) -> Iterator[Row]:
    """Yield the parameters of every layer and direction."""
    for layer in range(sizes.layers):
        for direction in [None] if view.stacked else range(sizes.directions):
            ending = suffix(layer, direction or 0) if view.suffixed else ""
            for parameter in used.parameters(sizes.parts):
                symbols = tuple(_of_layer(symbol, layer, sizes) for symbol in parameter.shape)
                what, name = _what(used, parameter), parameter.name + ending
                row = _row(_section(layer, direction, sizes), name, symbols, sizes, what)
                field = parameter.pieces[0].field
                yield row._replace(learned=True, field=field, layer=layer, direction=direction)


def _section(layer: int, direction: int | None, sizes: Sizes) -> str:
    """Name a layer, and its direction where there are two apart from each other."""
    if direction is None or sizes.directions == 1:
        return f"layer {layer}"
    return f"layer {layer} {'reverse' if direction else 'forward'}"


def _of_layer(symbol: str, layer: int, sizes: Sizes) -> str:
    """An upper layer's inputs are the outputs of the one below, of all directions."""
    return symbol.replace("I", f"D·{sizes.output}") if layer else symbol


def _row(section: str, name: str, symbols: tuple[str, ...], sizes: Sizes, what: str) -> Row:
    shape = tuple(value(symbol, sizes.symbols) for symbol in symbols)
    return Row(section, name, symbols, shape, what)


def _what(used: Convention, parameter: Parameter) -> str:
    """Say what a parameter is, and the order of the gates in it."""
    fields = [piece.field for piece in parameter.pieces]
    letters = dict(zip(GATES, used.letters, strict=True))
    if fields[0] == "weight_hr":
        return "projection of h"
    gates = ", ".join(letters[gate] for gate in parameter.pieces[0].gates)
    axis = "columns" if used.transposed else "rows"
    alone = len(parameter.pieces[0].gates) == 1
    return {
        "weight_ih": "for x" + ("" if alone else f"; {axis} {gates}"),
        "weight_hh": "for h" + ("" if alone else f"; {axis} {gates}"),
        "peephole": "for c" + ("" if alone else f"; {gates}"),
        "bias_ih": "both biases, in a row" if "bias_hh" in fields else "bias",
        "bias_hh": "bias",
        "weight_ln": "gain of the normalisation",
    }[fields[0]]
