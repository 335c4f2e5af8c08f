"""A puzzle file from what its author says of it: a network of one layer, and one case."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lstm_verify.authoring.layout import WIDTH, Layout
from lstm_verify.lstm.semantics import FITTING, GATES, PYTORCH, ROLES
from lstm_verify.puzzle.document import Scalar, SequenceNode, compose
from lstm_verify.puzzle.families import FAMILIES
from lstm_verify.puzzle.problems import Problems

RULES = {role: FITTING[PYTORCH.activations.of(role).name][0] for role in ROLES}
"""The hand rules, where nothing else is said."""


@dataclass(frozen=True)
class Draft:
    """What a puzzle is to be; numbers and rules are texts, as they were typed.

    Attributes:
        features: the names of the inputs; of an alphabet, its characters.
        units: the names of the units; empty where they have none.
        gates: gate -> a rule for all units, or one for each.
        columns: feature -> its numbers, a single one being a constant; empty where there is a text.
        h0, c0: a number for all units, or one for each; empty where they are 0.
        ideal: role -> a hand rule for all units, or one for each.
    """

    title: str
    features: Sequence[str]
    hidden: int
    gates: Mapping[str, Sequence[str]]
    columns: Mapping[str, Sequence[str]]
    alphabet: str | None = None
    text: str | None = None
    units: Sequence[str] = ()
    case: str = "first"
    h0: Sequence[str] = ()
    c0: Sequence[str] = ()
    ideal: Mapping[str, Sequence[str]] = field(default_factory=dict)
    why: str = ""
    family: str = ""
    source: str = ""

    @property
    def network(self) -> str:
        """The section `network`."""
        return f"{{input_size: {len(self.features)}, hidden_size: {self.hidden}}}"

    @property
    def rules(self) -> dict[str, Sequence[str]]:
        """The hand rule of each role."""
        return {role: self.ideal.get(role, (RULES[role],)) for role in ROLES}

    def is_constant(self, feature: str) -> bool:
        """Tell whether a feature has one number for all steps."""
        return len(self.columns[feature]) == 1 and any(len(c) > 1 for c in self.columns.values())

    @property
    def in_fractions(self) -> bool:
        """Whether its author writes fractions, such as 1/4, and not decimals."""
        texts = [*self.gates.values(), *self.columns.values(), self.h0, self.c0]
        return any("/" in text for given in texts for text in given)

    def states(self) -> dict[str, Sequence[str]]:
        """Return the initial states that are given."""
        return {name: given for name, given in (("h0", self.h0), ("c0", self.c0)) if given}

    def file(self, hand: str = "") -> str:
        """Return the puzzle file, with an empty table of digits.

        Args:
            hand: what follows the key of the hand table; "" where there is none.
        """
        return "\n".join([*_head(self), *_body(self, hand), *_tail(self)]) + "\n"


def scalar(text: str, *, flow: bool = False) -> str:
    """Write a text so that YAML reads it as it is: in quotation marks where it must be."""
    problems = Problems("")
    root = compose(f"[{text}]" if flow else f"- {text}", problems)
    node = root[0] if isinstance(root, SequenceNode) and len(root) == 1 else None
    plain = isinstance(node, Scalar) and node == text and node.plain and not node.missing
    return text if plain and not problems else json.dumps(text, ensure_ascii=False)


def _head(draft: Draft) -> Iterator[str]:
    """Yield what stands before the network."""
    yield "# yaml-language-server: $schema=./puzzle.schema.json"
    yield "puzzle: 1"
    yield f"title: {scalar(draft.title)}"
    if draft.source:
        yield f"source:\n  title: {scalar(draft.source)}"
    else:
        yield "# source: {title: author and work, url: where it is, note: what was taken and changed}"
    yield _folded("why", draft.why) if draft.why else "# why: what this puzzle finds that others do not"
    yield f"family: {scalar(draft.family)}" if draft.family else f"# family: {', '.join(FAMILIES)}"


def _folded(key: str, text: str) -> str:
    """Return a key with a sentence, broken where it is long."""
    line = f"{key}: {scalar(text)}"
    if len(line) <= WIDTH:
        return line
    lines = textwrap.wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "\n  ".join([f"{key}: >-", *lines])


def _body(draft: Draft, hand: str) -> Iterator[str]:
    """Yield the network and the case."""
    yield "# tags: [state, batch]"
    yield f"network: {draft.network}"
    if draft.alphabet is None:
        yield f"features: {_list(draft.features)}"
    else:
        yield f"alphabet: {scalar(draft.alphabet)}"
    if draft.units:
        yield f"units: {_list(draft.units)}"
    yield "gates:                  # what each gate computes, before its σ or tanh"
    for gate in GATES:
        yield from _rules(gate, draft.gates[gate])
    rules = [f"{role}: {_one_or_list(rules)}" for role, rules in draft.rules.items()]
    yield f"ideal: {{{', '.join(rules)}}}"
    yield "cases:"
    yield f"  {scalar(draft.case)}:"
    yield "    # title: what happens in it"
    for name, numbers in draft.states().items():
        yield f"    {name}: {_one_or_list(numbers)}"
    if draft.text is not None:
        yield f"    text: {scalar(draft.text)}"
    else:
        yield "    inputs:"
        for feature, numbers in draft.columns.items():
            key = f"      {scalar(feature)}: "
            constant = draft.is_constant(feature)
            yield key + (_one_or_list(numbers) if constant else _list(numbers, len(key)))
    if hand:
        yield f"    hand:               # what the hand rules give, exactly{hand}"
    yield "    digits:             # the true trace, proven; `lstm-verify digits` refreshes it"


def _tail(draft: Draft) -> Iterator[str]:
    """Yield examples of what may be added."""
    example = f"#   {scalar(draft.features[0])}: {{in: [0, 1]}}"
    yield "# domain:               # what each input may be, when something is claimed of all such inputs"
    yield f"{example.ljust(23)} # or {{from: -1/4, to: 1/4}}"
    yield "# claims:               # what holds then: sentences by name"
    yield "#   name: What is always so, in a sentence."


def _rules(gate: str, rules: Sequence[str]) -> Iterator[str]:
    """Yield a gate's rules: on its line where they fit there, or one a line."""
    if len(rules) == 1:
        yield f"  {gate}: {scalar(rules[0])}"
        return
    line = f"  {gate}: [{', '.join(scalar(rule, flow=True) for rule in rules)}]"
    if len(line) <= WIDTH and '"' not in line:
        yield line
        return
    yield f"  {gate}:"
    for rule in rules:
        yield f"    - {scalar(rule)}"


def _list(texts: Sequence[str], column: int = 0) -> str:
    return Layout().broken([scalar(text, flow=True) for text in texts], column)


def _one_or_list(texts: Sequence[str]) -> str:
    return scalar(texts[0], flow=True) if len(texts) == 1 else _list(texts)
