"""What people's own code says of itself: what it supports, what it lacks, and what it takes for a state."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from lstm_verify.backends.base import UNROLLED
from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network, Run
from lstm_verify.lstm.semantics import FEATURES
from lstm_verify.puzzle.problems import quoted, suggestion

LACKING = {
    "h0": "it cannot be given h0, and here that is not 0",
    "c0": "it cannot be given c0, and here that is not 0",
    "bias": "it has no bias, and here there is one",
}
"""What code may have no place for -> what is said of a puzzle that has it."""


def supported(function: Any, name: str) -> frozenset[str]:
    """Return the features that code says it supports beside a plain LSTM's.

    Raises:
        Unusable: it is no set of names, or one of them is not known.
    """
    supports = getattr(function, "supports", ())
    if isinstance(supports, str) or not isinstance(supports, Iterable):
        raise Unusable(f"{name}.supports is {supports!r}; expected a set of features, such as {{'peephole'}}")
    known = (*FEATURES, "proj_size")
    for feature in map(str, supports):
        if feature not in (*known, *UNROLLED):
            raise Unusable(
                f"{name}.supports: unknown feature {quoted(feature)}; {suggestion(feature, known)}"
            )
    return frozenset(map(str, supports))


def default_state(function: Callable[..., Any]) -> tuple[Any, ...]:
    """Return the defaults of a function's second and third parameter, h and c; nothing where one has none."""
    try:
        parameters = list(inspect.signature(function).parameters.values())[1:3]
    except (TypeError, ValueError):  # of what is not written in Python, little is known
        return ()
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    defaults = [p.default for p in parameters if p.kind in positional and p.default is not p.empty]
    return tuple(defaults) if len(defaults) == len("hc") else ()


def lacking(function: Any, name: str) -> frozenset[str]:
    """Return what code says it has no place for: `cell.lacks = {"h0", "c0"}`.

    Raises:
        Unusable: it is no set of names, or one of them is not known.
    """
    lacks = getattr(function, "lacks", ())
    expected = f"expected some of {', '.join(LACKING)}"
    if isinstance(lacks, str) or not isinstance(lacks, Iterable):
        raise Unusable(f"{name}.lacks is {lacks!r}; {expected}")
    for what in map(str, lacks):
        if what not in LACKING:
            raise Unusable(f"{name}.lacks: unknown {quoted(what)}; {expected}")
    return frozenset(map(str, lacks))


def largest(function: Any, name: str) -> tuple[int, int] | None:
    """Return the input_size and hidden_size that code says it has, `cell.largest = (3, 5)`; None of any.

    Raises:
        Unusable: it is something else.
    """
    sizes = getattr(function, "largest", None)
    if sizes is None:
        return None
    match sizes:
        case (int(inputs), int(units)):
            return inputs, units
    raise Unusable(f"{name}.largest is {sizes!r}; expected a pair, (input_size, hidden_size)")


def dtype(function: Any) -> str:
    """Return the format that code says it computes in, `cell.dtype = "float32"`; float64 of any other."""
    said = getattr(function, "dtype", None)
    return said if isinstance(said, str) and said in FORMATS else "float64"


def no_place(network: Network, run: Run, lacks: Iterable[str], sizes: tuple[int, int] | None) -> str | None:
    """Say what an implementation has no place for, and is to be given; None where there is nothing.

    Args:
        lacks: what it lacks, of `LACKING`.
        sizes: the input_size and hidden_size that it has; None where it has any.
    """
    biases = [b for w in network.layers for b in (w.bias_ih, w.bias_hh)]
    for what, given in (("h0", run.h0), ("c0", run.c0), ("bias", biases)):
        if what in lacks and any(np.any(tensor) for tensor in given):
            return LACKING[what]
    inputs = max(network.layer_inputs(layer) for layer in range(network.num_layers))
    if sizes and (inputs > sizes[0] or network.hidden_size > sizes[1]):
        asked = f"input_size {inputs} and hidden_size {network.hidden_size}"
        return f"it has been made with {sizes[0]} inputs and {sizes[1]} units; here are {asked}"
    return None
