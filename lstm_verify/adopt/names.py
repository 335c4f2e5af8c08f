"""What names tell: which parameters belong together, and which gate each of them is of.

A name alone tells little: `W_i` may be an input gate's weights or an input's. Four names that differ in
one place, and have there what people call the four gates, tell which is which.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product

SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "i": ("i", "in", "input", "update", "u", "ig", "inp"),
    "f": ("f", "forget", "fg", "forgot"),
    "g": (
        *("g", "c", "cell", "candidate", "cand", "a", "z", "u", "j", "update", "new", "n", "m", "memory"),
        *("modulation", "tilde", "c_tilde", "ctilde", "c_hat", "c_bar", "cbar", "cg", "content"),
    ),
    "o": ("o", "out", "output", "og"),
}
"""Gate -> what people call it, the usual first; "u" and "update" are the input gate's or the candidate's."""

_ALL = sorted({word for words in SPELLINGS.values() for word in words}, key=len, reverse=True)
_SPELLED = re.compile(f"(?=({'|'.join(_ALL)}))", re.IGNORECASE)


@dataclass(frozen=True)
class Group:
    """Parameters that are the same thing for each gate.

    Attributes:
        template: what their names have in common, "W_{}".
        names: gate -> name, in the order in which they were met; of three, one gate has none.
    """

    template: str
    names: Mapping[str, str]


def groups(names: Iterable[str]) -> list[Group]:
    """Return the groups among names, the largest first; a name is in one group at most.

    A group has all four gates, or only three: peepholes have no candidate, and of coupled gates one
    has no weights.
    """
    templates: dict[str, dict[str, str]] = {}
    for name in names:
        for template, word in _templates(name):
            templates.setdefault(template, {}).setdefault(word, name)
    found = [Group(t, gates) for t, words in templates.items() if (gates := _gates(words))]
    taken: set[str] = set()
    chosen = []
    for group in sorted(found, key=_likeliness):
        if taken.isdisjoint(group.names.values()):
            chosen.append(group)
            taken |= set(group.names.values())
    return chosen


def _likeliness(group: Group) -> tuple[int, int, str]:
    """Sort groups of four before those of three, and gates' usual names before others."""
    usual = sum(SPELLINGS[gate].index(_word(group, gate)) for gate in group.names)
    return -len(group.names), usual, group.template


def _word(group: Group, gate: str) -> str:
    before, after = group.template.split("{}")
    name = group.names[gate]
    return name[len(before) : len(name) - len(after)].lower()


def _templates(name: str) -> Iterator[tuple[str, str]]:
    """Yield each way in which a name may have a gate's name in it: the rest, and the gate's name."""
    for match in _SPELLED.finditer(name):
        longest = match[1].lower()
        for word in _ALL:
            if longest.startswith(word):
                start = match.start()
                yield f"{name[:start]}{{}}{name[start + len(word) :]}", word


def _gates(words: Mapping[str, str]) -> dict[str, str]:
    """Return gate -> name, where these words are what the gates are called; nothing where they are not."""
    if len(words) < 3:
        return {}
    for wanted in ("ifgo", "ifo", "fgo", "igo"):
        for spelled in product(*([word for word in SPELLINGS[gate] if word in words] for gate in wanted)):
            if len({*spelled}) == len(wanted) and len({words[word] for word in spelled}) == len(wanted):
                return {gate: words[word] for gate, word in zip(wanted, spelled, strict=True)}
    return {}


def is_bias(name: str) -> bool:
    """Tell whether a name is that of a bias: b, b_f, bf, bias_f, x2i.bias, b[f], but not w_b or U_f."""
    return any(_BIAS.match(part) or "bias" in part.lower() for part in re.split(r"[.\[\]]+", name))


_BIAS = re.compile(r"_*b(?![a-z]{3})", re.IGNORECASE)


def is_peephole(name: str) -> bool:
    """Tell whether a name is that of a peephole: p_i, W_ci, w_peephole_f, but not W_c."""
    last = re.split(r"[.\[\]'\"]+", name)[-1].lower()
    return bool(re.match(r"_*p(?!ar)|.*peep|w_?c_?[ifo]$|v_?c?_?[ifo]$", last))
