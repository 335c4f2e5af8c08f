"""The steps of a case: how many there are, and which of them are skipped."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_verify.lstm.network import Network
from lstm_verify.puzzle.document import Node, Scalar, SequenceNode, kind
from lstm_verify.puzzle.number import whole
from lstm_verify.puzzle.problems import Problems, count
from lstm_verify.puzzle.sections import CaseSection

_TRUTH = {"1": True, "true": True, "0": False, "false": False}


@dataclass(frozen=True)
class Steps:
    """The steps of a sequence.

    Attributes:
        count: how many there are, padding included; None where the inputs could not be read.
        length: how many are valid; None: all.
        mask: for each step whether it counts; None: all do.
    """

    count: int | None
    length: int | None = None
    mask: tuple[bool, ...] | None = None

    def skipped(self, step: int, direction: int, network: Network) -> str | None:
        """Say why nothing is computed at a step, from 0, in a direction; None where it is."""
        if self.mask is not None and step < len(self.mask) and not self.mask[step]:
            return "which the mask skips"
        reads_padding = network.reversed(direction) and network.semantics.reverse_from == "buffer"
        if self.length is not None and step >= self.length and not reads_padding:
            return "which is padding"
        return None


def read_steps(section: CaseSection, steps: int | None, problems: Problems) -> Steps:
    """Read length and mask of a case."""
    length = mask = None
    if section.length is not None:
        length = whole(section.length, 10**6 if steps is None else steps, "length", problems)
    if section.mask is not None:
        mask = _mask(section.mask, steps, problems)
    return Steps(steps, length, mask)


def _mask(node: Node, steps: int | None, problems: Problems) -> tuple[bool, ...] | None:
    if not isinstance(node, SequenceNode):
        problems.add(node, f"mask is a list with 0 or 1 for each step, found {kind(node)}")
        return None
    if steps is not None and len(node) != steps:
        problems.add(node, f"mask has {count(len(node), 'step')}, the sequence has {steps}")
    for item in node:
        if not isinstance(item, Scalar) or item not in _TRUTH:
            problems.add(item, f"expected 1 or 0, found {kind(item)}")
    return tuple(_TRUTH.get(str(item), True) for item in node)
