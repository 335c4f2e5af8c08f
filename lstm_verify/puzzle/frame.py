"""What the rest of a file is read against: the network, and the names of its inputs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from lstm_verify.lstm.network import Network
from lstm_verify.puzzle.document import Node, Scalar, kind
from lstm_verify.puzzle.expression import FUNCTIONS, State
from lstm_verify.puzzle.problems import Problems, count, quoted
from lstm_verify.puzzle.sections import PuzzleFile

_IDENTIFIER = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Frame:
    """The network, the names of its inputs, and where to note problems.

    Attributes:
        network: sizes and variant; its weights are empty until they have been read.
        features: the names of the inputs' columns.
        alphabet: the characters that stand for the inputs, or None; "" where they cannot be read.
        units: the names of the units of each layer, or none.
        needless: the gates that need no weights and no rule: the one that is made of the other, or
            both of these where `coupled` cannot be read.
    """

    network: Network
    features: tuple[str, ...]
    alphabet: str | None
    problems: Problems
    units: tuple[str, ...] = ()
    needless: str = ""

    @cached_property
    def names(self) -> dict[str, None]:
        """The features in their order, to look names up."""
        return dict.fromkeys(self.features)

    @cached_property
    def rule_names(self) -> dict[str, None]:
        """Those that a rule may use; a character of the alphabet need not be a name."""
        return dict.fromkeys(name for name in self.features if _is_name(name, self.network))

    def state(self, quantity: str) -> State:
        """Return what may be named of h or c: the units of h have no names where it is projected."""
        if quantity == "h" and self.network.proj_size:
            return State(self.network.output_size, "proj_size")
        return State(self.network.hidden_size, "hidden_size", self.units)


def read_frame(file: PuzzleFile, network: Network, problems: Problems) -> Frame:
    """Read the names of the inputs of a network."""
    alphabet = _alphabet(file, network, problems)
    features = tuple(alphabet or network.input_names(0))
    if file.features is not None:
        features = _features(file, file.features, network, problems)
    units = _units(file, file.units, network, problems) if file.units is not None else ()
    return Frame(network, features, alphabet, problems, units, _needless(file, network))


def _needless(file: PuzzleFile, network: Network) -> str:
    if file.network.coupled is None:
        return ""
    return network.semantics.coupled[0] if network.semantics.coupled else "if"


def check_names(names: Sequence[Scalar], what: str, example: str, problems: Problems) -> None:
    """Note what is no name, or stands there twice."""
    seen: set[str] = set()
    for name in names:
        if not _IDENTIFIER.fullmatch(name):
            message = f"is no name; write a letter and then letters, digits or _, as in {example}"
            problems.add(name, f"{quoted(name)} {message}")
        elif name in seen:
            problems.add(name, f"the {what} {quoted(name)} stands here twice")
        seen.add(name)


def _is_name(text: str, network: Network) -> bool:
    return _IDENTIFIER.fullmatch(text) is not None and text not in _reserved(network)


def _reserved(network: Network) -> tuple[str, ...]:
    """Return the names that have a meaning in rules."""
    return ("h", *FUNCTIONS) + (("c",) if network.semantics.peephole else ())


def characters(node: Node, problems: Problems) -> Scalar | None:
    """Return a text of which each character counts; None, and a problem, where it is none."""
    if isinstance(node, Scalar) and not node.missing:
        return node
    problems.add(node, f"expected characters, found {kind(node)}; put them in quotation marks")
    return None


def _alphabet(file: PuzzleFile, network: Network, problems: Problems) -> str | None:
    if file.alphabet is None:
        return None
    node = characters(file.alphabet, problems)
    if node is None:
        return ""
    seen: set[str] = set()
    for k, character in enumerate(node):
        if character in seen:
            column = node.column + (node.shift + k if node.shift >= 0 else 0)
            message = f"the character {quoted(character)} stands in the alphabet twice"
            problems.add_at(node.line, column, message)
        seen.add(character)
    if len(node) != network.input_size:
        has = f"the alphabet has {count(len(node), 'character')}"
        problems.add(file.key("alphabet"), f"{has}, but input_size is {network.input_size}")
    return str(node)


def _features(file: PuzzleFile, names: list[Scalar], network: Network, problems: Problems) -> tuple[str, ...]:
    for name in names:
        if name in _reserved(network):
            problems.add(name, f"{quoted(name)} has a meaning in rules; give the feature another name")
    check_names(names, "feature", "x1", problems)
    if len(names) != network.input_size:
        named = f"{count(len(names), 'feature')} named"
        problems.add(file.key("features"), f"{named}, but input_size is {network.input_size}")
    return tuple(str(name) for name in names)


def _units(file: PuzzleFile, names: list[Scalar], network: Network, problems: Problems) -> tuple[str, ...]:
    check_names(names, "unit", "even", problems)
    if len(names) != network.hidden_size:
        named = f"{count(len(names), 'unit')} named"
        problems.add(file.key("units"), f"{named}, but hidden_size is {network.hidden_size}")
    return tuple(str(name) for name in names)
