"""The section `network`: the sizes, the layers and directions, and the variant of the LSTM."""

from __future__ import annotations

import math
from dataclasses import replace

from lstm_verify.lstm.network import BIDIRECTIONAL, FORWARD, REVERSE, Network, Weights
from lstm_verify.puzzle.network_sections import NetworkSection
from lstm_verify.puzzle.problems import Problems
from lstm_verify.puzzle.variant import read_semantics

MAX_NUMBERS = 10**6
"""A network may have this many weights, and a sequence this many inputs."""

NOT_YET = Weights((), (), (), ())
"""Stands for weights that have not been read."""


def read_network(section: NetworkSection, problems: Problems) -> Network | None:
    """Return a network without its weights; None, and a problem, where its sizes make no sense."""
    semantics, direction = read_semantics(section, problems), _direction(section, problems)
    if not _fits(section, problems):
        return None
    network = Network(
        input_size=section.input_size,
        hidden_size=section.hidden_size,
        layers=(),
        bias=section.bias,
        semantics=semantics,
        num_layers=section.num_layers,
        direction=direction,
        proj_size=section.proj_size or 0,
    )
    if not _within_bounds(network, section, problems):
        return None
    return replace(network, layers=(NOT_YET,) * (network.num_layers * network.directions))


def _direction(section: NetworkSection, problems: Problems) -> str:
    if section.bidirectional and section.reverse:
        message = "`reverse` is one direction alone, and `bidirectional` is both: remove one of them"
        problems.add(section.key("reverse"), message)
    if section.bidirectional:
        return BIDIRECTIONAL
    return REVERSE if section.reverse else FORWARD


def _fits(section: NetworkSection, problems: Problems) -> bool:
    """Tell whether the projection, if there is one, is narrower than what is projected."""
    if section.proj_size is None or section.proj_size < section.hidden_size:
        return True
    message = (
        f"proj_size must be less than hidden_size, {section.hidden_size}, as in PyTorch; "
        f"found {section.proj_size}"
    )
    problems.add(section.key("proj_size"), message)
    return False


def _within_bounds(network: Network, section: NetworkSection, problems: Problems) -> bool:
    """Tell whether a network has not too many weights; they are counted, not made."""
    first = network.directions * _weights(network, 0)
    total = first + (network.num_layers - 1) * network.directions * _weights(network, 1)
    if total <= MAX_NUMBERS:
        return True
    key = "hidden_size" if first > MAX_NUMBERS else "num_layers"
    message = f"a network of {total:,} weights, all layers' and biases included; at most {MAX_NUMBERS:,}"
    problems.add(section.key(key), message)
    return False


def _weights(network: Network, layer: int) -> int:
    """Return how many weights one direction of a layer has."""
    return sum(math.prod(shape) for shape in network.shapes(layer).values())
