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


def numbered(names: Iterable[str]) -> list[Group]:
    """Return the groups of four names that differ in a number, 0 to 3 or 1 to 4; in a group, "0" to "3"."""
    templates: dict[str, dict[int, str]] = {}
    for name in names:
        for match in re.finditer(r"\d+", name):
            template = f"{name[: match.start()]}{{}}{name[match.end() :]}"
            templates.setdefault(template, {})[int(match[0])] = name
    return [
        Group(template, {str(k): name for k, (_, name) in enumerate(sorted(found.items()))})
        for template, found in templates.items()
        if sorted(found) in ([0, 1, 2, 3], [1, 2, 3, 4])
    ]


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
    """Tell whether a name is that of a bias: b, b_f, bforget, bias_f, x2i.bias, b[f], but not w_b or U_f."""
    return any(_BIAS.match(part) or "bias" in part.lower() for part in re.split(r"[.\[\]]+", name))


_BIAS = re.compile(rf"_*b(?:(?![a-z]{{3}})|all|gates|lstm|(?:{'|'.join(_ALL)})(?![a-z]))", re.IGNORECASE)


def is_recurrent(name: str) -> bool:
    """Tell whether h is multiplied with it, as its name says: weight_hh, Wh, W_hf, h2h, recurrent_kernel."""
    return bool(_RECURRENT.search(name.lower().removesuffix("_l0")))


_RECURRENT = re.compile(r"hh|recur|(?<![a-z0-9])[wu]?_?h(?!id)|(?<![xi2])h$")


def is_peephole(name: str) -> bool:
    """Tell whether a name is that of a peephole: p_i, W_ci, w_peephole_f, but not W_c."""
    last = re.split(r"[.\[\]'\"]+", name)[-1].lower()
    return bool(re.match(r"_*p(?!ar)|.*peep|w_?c_?[ifo]$|v_?c?_?[ifo]$", last))
