"""What a parameter is filled with, as NumPy: `np.hstack([f.weight_hh, f.weight_ih])`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from lstm_verify.adopt.expressions import FIELDS, Expression, Part
from lstm_verify.lstm.semantics import GATES

Shape = tuple[int, ...]

_TURNED = {"": "", "T": ".T", "column": "[:, None]", "row": "[None]"}


@dataclass(frozen=True)
class Filling:
    """What one parameter is filled with.

    Attributes:
        name: its own.
        expression: what it is filled with.
        shape, natural: its shape, and that of what it is filled with; None for zeros.
        dims: its shape in words, "4 * hidden_size, input_size".
    """

    name: str
    expression: Expression
    shape: Shape
    natural: Shape | None
    dims: str

    @property
    def gate(self) -> str:
        """The gate of which it is; "" where it is of several, or of none that `w.gate` has."""
        gates = {part.gates for part in self.expression.parts}
        fields = self.expression.fields
        return gates.pop() if len(gates) == 1 and fields.isdisjoint({"c", "hr"}) and _single(gates) else ""

    def text(self, part: str = "") -> str:
        """Return it as NumPy.

        Args:
            part: the name of the weights of its gate; "" for the gate's own letter.
        """
        if self.natural is None:
            return f"np.zeros(({self.dims}))" if "," in self.dims else f"np.zeros({self.dims})"
        parts = [_part(one, part) for one in self.expression.parts]
        text = parts[0]
        if len(parts) > 1:
            vectors = any(p.field.startswith(("bias", "c", "ln")) for p in self.expression.parts)
            text = f"np.{'column_stack' if vectors else 'hstack'}([{', '.join(parts)}])"
        after = _TURNED[self.expression.turned] + self._reshaped()
        return f"({text}){after}" if after and " + " in text and len(parts) == 1 else text + after

    def _reshaped(self) -> str:
        natural = self.natural or ()
        if natural == self.shape:
            return ""
        if self.shape == (*natural, 1) and len(natural) == 1:
            return "[:, None]"
        if self.shape == (1, *natural):
            return "[None]"
        return f".reshape({self.dims})"


def _single(gates: set[str]) -> bool:
    return all(len(gate) == 1 for gate in gates)


def _part(part: Part, holder: str) -> str:
    if part.field == "hr":
        return "w.weight_hr"
    if part.field == "c":
        arrays = [f"w.weight_c{gate}" for gate in part.gates]
    elif len(part.gates) == len(GATES):
        arrays = [_field(part.field, "w" if part.gates == GATES else "p")]
    else:
        arrays = [_field(part.field, holder or gate) for gate in part.gates]
    return arrays[0] if len(arrays) == 1 else f"np.concatenate([{', '.join(arrays)}])"


def _field(field: str, holder: str) -> str:
    if field == "bias":
        return f"{holder}.bias_ih + {holder}.bias_hh"
    return f"{holder}.{FIELDS[field]}"


def orders(fillings: Sequence[Filling]) -> list[str]:
    """Return the orders of packed gates, other than PyTorch's."""
    found = {part.gates: None for one in fillings for part in one.expression.parts}
    return [gates for gates in found if len(gates) == len(GATES) and gates != GATES]


@dataclass(frozen=True)
class Alike:
    """Parameters that are the same for each gate.

    Attributes:
        words: gate -> what their names call it, in a template such as "W{}.weight".
        fillings: template -> the filling of one gate's.
    """

    words: Mapping[str, str]
    fillings: Mapping[str, Filling]

    @property
    def loop(self) -> list[str]:
        """The lines that go through the gates: `k` is the gate's name there, `part` has its weights."""
        same = all(word in (gate, "c" if gate == "g" else gate) for gate, word in self.words.items())
        if same:
            return [f'for k in "{"".join(self.words.values())}":', "    part = w.gate(k)"]
        pairs = ", ".join(f'"{gate}": "{word}"' for gate, word in self.words.items())
        return [f"for gate, k in {{{pairs}}}.items():", "    part = w.gate(gate)"]


def alike(fillings: Sequence[Filling]) -> tuple[list[Alike], list[Filling]]:
    """Return what can be filled gate by gate in a loop, and all others."""
    sets: dict[tuple[str, Shape], dict[str, Filling]] = {}
    for one in fillings:
        if one.gate:
            sets.setdefault((one.text("part"), one.shape), {}).setdefault(one.gate, one)
    loops: dict[tuple[tuple[str, str], ...], Alike] = {}
    for gates in sets.values():
        if len(gates) < len("ifo"):
            continue
        before, words, after = _template({gate: one.name for gate, one in gates.items()})
        key = tuple(words.items())
        template, first = f"{before}{{}}{after}", next(iter(gates.values()))
        loop = loops.get(key, Alike(words, {}))
        loops[key] = replace(loop, fillings={**loop.fillings, template: first})
    looped = {name for loop in loops.values() for name in _names(loop)}
    return list(loops.values()), [one for one in fillings if one.name not in looped]


def _names(loop: Alike) -> Iterator[str]:
    for template in loop.fillings:
        before, after = template.split("{}")
        yield from (f"{before}{word}{after}" for word in loop.words.values())


def _template(names: Mapping[str, str]) -> tuple[str, dict[str, str], str]:
    """Return what names have in common before and behind what each of them calls its gate."""
    before = _beginning(names.values())
    rests = {gate: name[len(before) :] for gate, name in names.items()}
    after = _beginning(rest[::-1] for rest in rests.values())[::-1]
    after = re.sub(r"^[a-zA-Z]+", "", after)
    return before, {gate: rest[: len(rest) - len(after)] for gate, rest in rests.items()}, after


def _beginning(words: Iterable[str]) -> str:
    """Return what all begin with."""
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*words, strict=False))
    return "".join(letters[0] for letters in same)
