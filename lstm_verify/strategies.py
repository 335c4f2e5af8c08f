"""Hypothesis strategies for LSTMs: networks, what they run on, and sequences that a puzzle allows.

In Hypothesis's own style: arguments are keyword-only, and each is a strategy. By default a network
is one layer with PyTorch's equations and a run has no padding; `variants` draws every kind.

    from hypothesis import given
    from lstm_verify import load, strategies

    @given(strategies.sequences(load("memory")))
    def test_memory(rows): ...
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from lstm_verify.lstm.network import BIDIRECTIONAL, FORWARD, REVERSE, Head, Network, Run, Weights
from lstm_verify.lstm.semantics import (
    PARAMETERS,
    PYTORCH,
    ROLES,
    Activation,
    Activations,
    Semantics,
)
from lstm_verify.puzzle.model import Choice, Interval, Puzzle

_SEEDS = st.integers(0, 2**32 - 1)
_SIZES = st.integers(1, 8)
_SCALES = st.floats(0.01, 5)
_DENSITIES = st.sampled_from([1.0, 1.0, 0.5])

Tensors = Callable[..., Any]
"""What gives a random tensor of a shape."""

# ------------------------------------------------------------------------------- the variant


def _hundredths(low: int, high: int) -> st.SearchStrategy[Fraction]:
    return st.integers(low, high).map(lambda n: Fraction(n, 100))


_ACTIVATIONS = [
    *(Activation(name, *parameters) for name, parameters in PARAMETERS.items()),
    Activation("hard_sigmoid", Fraction(1, 6), Fraction(1, 2)),
    Activation("leaky_relu", Fraction(3, 10)),
    Activation("scaled_tanh", Fraction(17159, 10000), Fraction(2, 3)),  # LeCun et al. 1998, section 4.4
]


def activations(
    *, kinds: st.SearchStrategy[Activation] = st.sampled_from(_ACTIVATIONS)
) -> st.SearchStrategy[Activations]:
    """Draw an activation for each role.

    Args:
        kinds: one activation; each that there is, with the usual parameters and with others.
    """
    return st.tuples(*[kinds] * len(ROLES)).map(lambda drawn: Activations(*drawn))


def _or(usual: Any, *others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(usual), *others)


_LIMITS = _or(None, st.none(), _hundredths(10, 400))
_ROLES = _or(Activations(), activations())

_FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "activations": _ROLES,
    "reverse_activations": _or(None, _ROLES),
    "peephole": st.sampled_from([None, "new", "old"]),
    "coupled": st.sampled_from([None, None, "f=1-i", "i=1-f"]),
    "clip_gates": _LIMITS,
    "clip_cell": _LIMITS,
    "clip_projection": _LIMITS,
    "layer_norm": _or(None, st.sampled_from([Fraction(1, 10**k) for k in (5, 3, 12)])),
    "forget_bias": _or(Fraction(0), _hundredths(-200, 200)),
    "dropout": st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1)]),
    "training": st.booleans(),
    "padded_output": st.sampled_from(["zero", "hold"]),
    "reverse_from": st.sampled_from(["valid", "buffer"]),
}


def semantics(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Semantics]:
    """Draw a variant of the LSTM; an argument is the strategy of the field of `Semantics` of its name.

    Where dropout is in force it drops everything or nothing, so that the network is a function.

    Raises:
        InvalidArgument: there is no such field.
    """
    for name in fields.keys() - _FIELDS.keys():
        raise InvalidArgument(f"Semantics has no field {name!r}; it has {', '.join(_FIELDS)}")
    drawn = st.fixed_dictionaries(_FIELDS | fields)
    functions = drawn.filter(lambda given: not given["training"] or given["dropout"] in {0, 1})
    return functions.map(_semantics)


def _semantics(given: dict[str, Any]) -> Semantics:
    """Make the variant; a forget gate that is 1 − i has no bias to add to."""
    return Semantics(**given | ({"forget_bias": Fraction(0)} if given["coupled"] == "f=1-i" else {}))


# ------------------------------------------------------------------------------- the network


@st.composite
def weights(
    draw: st.DrawFn,
    /,
    *,
    input_sizes: st.SearchStrategy[int] = _SIZES,
    hidden_sizes: st.SearchStrategy[int] = _SIZES,
    proj_sizes: st.SearchStrategy[int] = st.just(0),
    biases: st.SearchStrategy[bool] = st.just(True),
    semantics: st.SearchStrategy[Semantics] = st.just(PYTORCH),
    scales: st.SearchStrategy[float] = _SCALES,
    densities: st.SearchStrategy[float] = _DENSITIES,
) -> Weights:
    """Draw the weights of one layer in one direction, float64 numbers spread evenly over ± a scale.

    Args:
        biases: whether the biases are drawn too (else they are 0).
        semantics: with peepholes and layer normalisation there are tensors for them.
        scales: the largest absolute weight.
        densities: the share of weights that are not 0.
    """
    inputs, hidden, projected = draw(input_sizes), draw(hidden_sizes), draw(proj_sizes)
    if inputs < 1 or hidden < 1:
        raise InvalidArgument(f"{inputs=} and {hidden=} must be at least 1")
    network = Network(inputs, hidden, (), draw(biases), draw(semantics), proj_size=projected)
    return _layer(network, 0, _tensors(draw, _random(draw), scales, densities))


def _random(draw: st.DrawFn, stream: int = 0) -> np.random.Generator:
    """Return a source of random numbers; two streams are never alike, even where the seeds drawn are."""
    return np.random.default_rng([stream, draw(_SEEDS)])


def _tensors(
    draw: st.DrawFn,
    random: np.random.Generator,
    scales: st.SearchStrategy[float],
    densities: st.SearchStrategy[float],
) -> Tensors:
    scale, density = draw(scales), draw(densities)
    return lambda *shape: random.uniform(-scale, scale, shape) * (random.random(shape) < density)


def _layer(network: Network, layer: int, tensor: Tensors) -> Weights:
    """Return the weights of a layer in one direction, of the sizes and the variant of a network."""
    drawn = {name: tensor(*shape) for name, shape in network.shapes(layer).items()}
    none = {} if network.bias else {name: 0 * drawn[name] for name in ("bias_ih", "bias_hh")}
    return Weights(**drawn | none)


@st.composite
def networks(
    draw: st.DrawFn,
    /,
    *,
    input_sizes: st.SearchStrategy[int] = _SIZES,
    hidden_sizes: st.SearchStrategy[int] = _SIZES,
    proj_sizes: st.SearchStrategy[int] = st.just(0),
    biases: st.SearchStrategy[bool] = st.booleans(),
    semantics: st.SearchStrategy[Semantics] = st.just(PYTORCH),
    num_layers: st.SearchStrategy[int] = st.just(1),
    directions: st.SearchStrategy[str] = st.just(FORWARD),
    outputs: st.SearchStrategy[int] = st.just(0),
    scales: st.SearchStrategy[float] = _SCALES,
    densities: st.SearchStrategy[float] = _DENSITIES,
) -> Network:
    """Draw an LSTM; by default it has a single layer and PyTorch's equations.

    Args:
        proj_sizes: the width of the projection, or 0 for none; one that is not less than
            hidden_size, as PyTorch wants it, is cut.
        semantics: what in it needs a projection, a reverse direction or a next layer is left out
            where there is none.
        directions: "forward", "reverse" or "bidirectional".
        outputs: the width of an output layer, or 0 for none.
        scales, densities: of each layer and direction; see `weights`.
    """
    inputs, hidden, count = draw(input_sizes), draw(hidden_sizes), draw(num_layers)
    projected, bias, variant = min(draw(proj_sizes), hidden - 1), draw(biases), draw(semantics)
    direction = draw(directions)
    variant = _fitted(variant, count, direction, projected)
    empty = Network(inputs, hidden, (), bias, variant, count, direction, projected)
    random = _random(draw)
    layers = tuple(
        _layer(empty, layer, _tensors(draw, random, scales, densities))
        for layer in range(count)
        for _ in range(empty.directions)
    )
    head, shown = None, draw(outputs)
    if shown:
        tensor = _tensors(draw, random, scales, densities)
        head = Head(tensor(shown, empty.directions * empty.output_size), tensor(shown))
    return replace(empty, layers=layers, head=head)


def _fitted(variant: Semantics, num_layers: int, direction: str, proj_size: int) -> Semantics:
    """Take back the fields that say something of what the network has not."""
    fields: dict[str, Any] = {} if proj_size else {"clip_projection": None}
    if direction != BIDIRECTIONAL:
        fields["reverse_activations"] = None
    if direction == FORWARD:
        fields["reverse_from"] = PYTORCH.reverse_from
    if num_layers == 1:
        fields |= {"dropout": PYTORCH.dropout, "training": PYTORCH.training}
    return replace(variant, **fields)


def variants(**others: st.SearchStrategy[Any]) -> st.SearchStrategy[Network]:
    """Draw an LSTM of any kind; the arguments are those of `networks`."""
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "input_sizes": st.integers(1, 4),
        "hidden_sizes": st.integers(1, 5),
        "proj_sizes": st.integers(0, 3),
        "semantics": semantics(),
        "num_layers": st.integers(1, 3),
        "directions": st.sampled_from([FORWARD, REVERSE, BIDIRECTIONAL]),
        "outputs": st.integers(0, 3),
    }
    return networks(**(kinds | others))


# ------------------------------------------------------------------------------- what it is run on


@st.composite
def runs(
    draw: st.DrawFn,
    /,
    network: Network,
    *,
    steps: st.SearchStrategy[int] = st.integers(1, 12),
    scales: st.SearchStrategy[float] = st.floats(0.01, 3),
    states: st.SearchStrategy[bool] = st.booleans(),
    lengths: st.SearchStrategy[bool] = st.just(False),
    masks: st.SearchStrategy[bool] = st.just(False),
) -> Run:
    """Draw a sequence and an initial state for a network; what stands in its padding is as random.

    Args:
        steps: the number of steps, padding included.
        scales: the largest absolute input.
        states: whether h0 (within ±1) and c0 (within ±2) are drawn (else they are 0).
        lengths: whether a length is drawn, from 0 up to the number of steps.
        masks: whether a mask is drawn.
    """
    count, scale, given = draw(steps), draw(scales), draw(states)
    random = _random(draw, stream=1)
    several = len(network.layers)
    return Run(
        inputs=random.uniform(-scale, scale, (count, network.input_size)),
        h0=given * random.uniform(-1, 1, (several, network.output_size)),
        c0=given * random.uniform(-2, 2, (several, network.hidden_size)),
        length=draw(st.integers(0, count)) if draw(lengths) else None,
        mask=draw(st.tuples(*[st.booleans()] * count)) if draw(masks) else None,
    )


def sequences(
    puzzle: Puzzle, *, steps: st.SearchStrategy[int] = st.integers(1, 12)
) -> st.SearchStrategy[tuple[tuple[Fraction, ...], ...]]:
    """Draw sequences that a puzzle's domain allows: rows [steps][input_size] of exact numbers.

    Raises:
        InvalidArgument: the domain of a feature is not stated.
    """
    missing = [name for name in puzzle.features if name not in puzzle.domain]
    if missing:
        raise InvalidArgument(f"{puzzle.name} states no domain for {', '.join(missing)}")
    row = st.tuples(*(_feature(puzzle.domain[name]) for name in puzzle.features))
    return steps.flatmap(lambda n: st.lists(row, min_size=n, max_size=n)).map(tuple)


def _feature(domain: Interval | Choice) -> st.SearchStrategy[Fraction]:
    if isinstance(domain, Choice):
        return st.sampled_from(domain.values)
    width = domain.high - domain.low
    return st.integers(0, 10**6).map(lambda k: domain.low + width * Fraction(k, 10**6))
