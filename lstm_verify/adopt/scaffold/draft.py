"""An adapter: a function that keeps a contract of `backends.python_code`, and calls an LSTM of the user's."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lstm_verify.adopt.calling import Calling, Slot
from lstm_verify.adopt.roles import arguments
from lstm_verify.adopt.scaffold.arrays import axes_in_words, given, shown
from lstm_verify.adopt.scaffold.importing import Imported, imported
from lstm_verify.adopt.scaffold.kinds import Writer
from lstm_verify.adopt.scaffold.weights import Filling, alike, orders
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.sorting import Shape
from lstm_verify.lstm.semantics import GATES

MOST = 30
"""So many lines an adapter has at most, empty ones aside; loops fill parameters where there are more."""

WIDTH = 100


@dataclass(frozen=True)
class Draft:
    """What is known of an LSTM.

    Attributes:
        target: what the user named, `file.py:object`.
        form: the format that it computes in.
        writer: how lines are written for it; None where nothing is known of it.
        fillings: what its parameters are filled with; None where that is not known.
        calling: how it is called; None where that is not known.
        sizes: its input_size and hidden_size, where it has been made already.
        lacks, supports: what it has no place for, and what it has more than a plain LSTM.
        found: what was found by trying, and may be otherwise.
        parameters: name -> shape in words.
        takes: what its constructor takes, the method that runs it, and what that takes.
        why: why it could not be made out; "" where it could.
        also: names of the same file that it needs.
    """

    target: str
    form: str
    writer: Writer | None
    fillings: list[Filling] | None = None
    calling: Calling | None = None
    sizes: tuple[int, int] | None = None
    lacks: frozenset[str] = frozenset()
    supports: frozenset[str] = frozenset()
    found: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)
    takes: tuple[str, str, str] = ("", "", "")
    why: str = ""
    also: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether it takes a whole sequence."""
        return self.calling is not None and self.calling.whole

    @property
    def function(self) -> str:
        """The adapter's name."""
        return "lstm" if self.whole else "cell"

    @property
    def names(self) -> dict[str, str]:
        """The names of the arrays that the adapter is given."""
        return {"x": "inputs", "h": "h0", "c": "c0"} if self.whole else {"x": "x", "h": "h", "c": "c"}


def written(draft: Draft) -> str:
    """Return the adapter, in at most 30 lines where that can be."""
    plain = _lines(draft, loops=False)
    return "\n".join(plain if sum(map(bool, plain)) <= MOST else _lines(draft, loops=True)) + "\n"


def _lines(draft: Draft, *, loops: bool) -> list[str]:
    """Return the lines of the adapter."""
    body = list(_body(draft, loops=loops))
    text = "\n".join(body)
    tail = list(_tail(draft))
    known = imported(draft.target, draft.also)
    return [
        *_heading(draft),
        "",
        *_imports(known, text),
        "",
        "",
        *(["@torch.no_grad()"] if "torch." in text else []),
        *_signature(draft),
        *(f"    {line}" for line in [*_sizes(text), *body]),
        *(["", "", *tail] if tail else []),
    ]


def _heading(draft: Draft) -> list[str]:
    check = f"lstm-verify run generic -b python:adapter.py:{draft.function}"
    first = f'"""{draft.target.rpartition(":")[2]} for lstm-verify. Check it: {check}'
    if not draft.why:
        return [f'{first}"""']
    why = textwrap.wrap(f"Not made out: {draft.why}".replace("\\", "/").replace('"""', "'''"), WIDTH)
    return [first, "", *why[:4], '"""']


def _imports(known: Imported, text: str) -> list[str]:
    """Return the imports: the standard library's, others', the user's."""
    kept = ["from functools import cache"] if re.search(r"\bkept\b", text) else []
    standard = [
        *known.standard,
        *kept,
        *(["from types import SimpleNamespace"] if "SimpleNamespace" in text else []),
    ]
    others = [f"import {name}" if name == "torch" else "import numpy as np" for name in _packages(text)]
    return [
        *sorted(standard, key=lambda line: (line.startswith("from"), line)),
        *([""] if standard and others else []),
        *others,
        *([""] if standard or others else []),
        *known.own,
        *(
            ["", f"kept = cache({known.name})  # made once a size: what it keeps between calls is seen"]
            if kept
            else []
        ),
    ]


def _packages(text: str) -> list[str]:
    return [name for name, used in (("numpy", r"\bnp\."), ("torch", r"\btorch\.")) if re.search(used, text)]


def _signature(draft: Draft) -> list[str]:
    if draft.whole:
        return ["def lstm(inputs, h0, c0, w):  # inputs [steps, inputs]; h0, c0 [units]; w: all weights"]
    return ["def cell(x, h, c, w):  # one step: x [inputs]; h, c [units]; w: all weights"]


def _sizes(text: str) -> list[str]:
    """Return the lines that name what the others use: the sizes."""
    used = [name for name in ("hidden_size", "input_size") if re.search(rf"\b{name}\b(?!=)", text)]
    if len(used) == 2:
        return ['hidden_size, input_size = w.gate("i").weight_ih.shape']
    return {
        "": [],
        "hidden_size": ["hidden_size = w.weight_hh.shape[1]"],
        "input_size": ["input_size = w.weight_ih.shape[1]"],
    }["".join(used)]


def _body(draft: Draft, *, loops: bool) -> Iterator[str]:
    """Yield the lines of the function, sizes left out."""
    writer = draft.writer
    if draft.sizes:
        yield from _padding(draft)
    if writer is None:
        yield from _unmade(draft)
    else:
        how = "TODO: see whether these are right" if draft.why else "found by trying; if wrong, change it"
        found = f"{how}: {'; '.join(draft.found)}"
        yield from (f"# {line}" for line in textwrap.wrap(found, WIDTH) if draft.found)
        yield from writer.make()
    yield from _filled(draft, loops=loops)
    if draft.calling is None or writer is None:
        yield from _uncalled(draft)
    else:
        yield from _called(draft, draft.calling, writer)


def _padding(draft: Draft) -> Iterator[str]:
    """Yield the lines that make arrays as large as an instance is: units are added that nothing sees."""
    assert draft.sizes
    inputs, units = draft.sizes
    x, h, c = draft.names.values()
    yield f"units, w = len({h}), w.padded({inputs}, {units})  # yours has {units}: those added see nothing"
    if draft.whole:
        yield f"{x} = np.pad({x}, ((0, 0), (0, {inputs} - {x}.shape[1])))"
    else:
        yield f"{x} = np.pad({x}, (0, {inputs} - len({x})))"
    takes = draft.calling.takes if draft.calling else frozenset("hc")
    states = [name for q, name in (("h", h), ("c", c)) if q in takes]
    for name in states:
        yield f"{name} = np.pad({name}, (0, {units} - units))"


def _filled(draft: Draft, *, loops: bool) -> Iterator[str]:
    """Yield the lines that fill parameters."""
    if draft.fillings is None or draft.writer is None:
        yield from _unfilled(draft)
        return
    looped, others = alike(draft.fillings) if loops else ([], draft.fillings)
    text = "\n".join(draft.writer.fill(looped, others))
    single = [gate for gate in GATES if re.search(rf"\b{gate}\.(weight|bias)", text)]
    if single:
        names = ", ".join(single)
        yield f'{names} = (w.gate(k) for k in "{"".join(single)}")  # gates: input, forget, candidate, output'
    for order in orders(draft.fillings):
        yield f'p = w.packed("{order}")  # your gates stand in the order {", ".join(order)}'
    yield from text.split("\n")


def _called(draft: Draft, calling: Calling, writer: Writer) -> Iterator[str]:
    """Yield the lines that call it, and return what it shows."""
    names = draft.names
    arguments = {s.where: s for s in calling.given if not s.attribute}
    used = [names[q] for q in "xhc" if q == "x" or q in calling.takes]
    if writer.torch:
        listed = ", ".join(used)
        yield (
            f"{listed} = map(torch.tensor, ({listed}))"
            if len(used) > 1
            else f"{listed} = torch.tensor({listed})"
        )
    last_only = calling.whole and not any(_series(s) for s in calling.shown)
    if last_only:
        yield from _beginnings(draft, calling, writer, arguments)
        return
    for slot in calling.given:
        if slot.attribute:
            yield f"net{slot.where} = {given(slot, names, whole=calling.whole, torch=writer.torch)}"
    texts = {
        where: given(slot, names, whole=calling.whole, torch=writer.torch)
        for where, slot in arguments.items()
    }
    words = "; ".join(f"{where}: {axes_in_words(slot)}" for where, slot in arguments.items())
    call = writer.call(calling.method, texts)
    if any(slot.returned for slot in calling.shown if slot.what in ("h", "c", "h|c", "c|h")):
        call = f"out = {call}"
    yield from commented(call, words)
    yield _returned(draft, calling, torch=writer.torch)


def _series(slot: Slot) -> bool:
    return slot.what[0] in "hc" and ("T" in slot.axes or slot.axes.startswith("*"))


def _returned(draft: Draft, calling: Calling, *, torch: bool) -> str:
    """Return the line that returns h and c."""
    cut = ("[:, :units]" if draft.whole else "[:units]") if draft.sizes else ""
    slots = [slot for slot in calling.shown if not calling.whole or _series(slot)]
    found = {}
    for quantity in "hc":
        slot = next((s for s in slots if quantity in s.states), None)
        found[quantity] = shown(slot, quantity, whole=calling.whole, torch=torch) + cut if slot else "None"
    why = "  # h of all steps; no c: it does not show it" if found["c"] == "None" else "  # h, c"
    return f"return {found['h']}, {found['c']}{why}"


def _beginnings(
    draft: Draft, calling: Calling, writer: Writer, arguments: Mapping[str, Slot]
) -> Iterator[str]:
    """Yield the lines that run it on every beginning of the sequence: it shows the last h only."""
    names = {**draft.names, "x": "inputs[:t]"}
    texts = {where: given(slot, names, whole=True, torch=writer.torch) for where, slot in arguments.items()}
    yield "ends = []"
    yield "for t in range(1, len(inputs) + 1):  # it shows the last h only: it is run on every beginning"
    for slot in calling.given:
        if slot.attribute:
            yield f"    net{slot.where} = {given(slot, names, whole=True, torch=writer.torch)}"
    yield f"    out = {writer.call(calling.method, texts)}"
    slots = {slot.what[0]: slot for slot in calling.shown if slot.what in ("h", "c", "h_n", "c_n")}
    parts = [shown(slots[q], q, whole=False, torch=writer.torch) for q in "hc" if q in slots]
    cut = "[:, :units]" if draft.sizes else ""
    if len(parts) == 2:
        yield f"    ends.append(({', '.join(parts)}))"
        yield f"return np.stack([h for h, _ in ends]){cut}, np.stack([c for _, c in ends]){cut}"
    else:
        yield f"    ends.append({parts[0]})"
        yield f"return np.stack(ends){cut}, None  # no c: it does not show it"


def commented(line: str, words: str) -> list[str]:
    """Return a line with a comment, before it where both are too long for one."""
    both = f"{line}  # {words}"
    return [both] if len(both) <= WIDTH else [*(f"# {w}" for w in textwrap.wrap(words, WIDTH)), line]


def _unmade(draft: Draft) -> Iterator[str]:
    name = imported(draft.target).name
    yield f"# TODO: make yours; it takes {draft.takes[0] or 'nothing'}"
    yield f"net = {name}(input_size, hidden_size)"


def _unfilled(draft: Draft) -> Iterator[str]:
    """Yield what stands where parameters are to be filled, and is not known."""
    yield '# TODO: fill its parameters; the rows of w are in the order i, f, g, o, and w.gate("f") has those'
    yield "# of one gate: weight_ih [units, inputs], weight_hh [units, units], bias_ih and bias_hh [units]"
    listed = [f"{name} [{dims}]".replace(" ", "\xa0") for name, dims in draft.parameters.items()]
    words = f"It has {', '.join(listed) or 'none that were found'}"
    yield from (f"# {line}".replace("\xa0", " ") for line in textwrap.wrap(words, WIDTH - 6)[:8])


def _uncalled(draft: Draft) -> Iterator[str]:
    """Yield what stands where it is to be called, and that is not known."""
    method, takes = draft.takes[1:]
    words = "TODO: call it for one step, and take the new h and c, each [units]; it takes"
    yield f"# {words} {takes or 'nothing'}"
    if draft.writer and not draft.writer.make():
        yield f"h, c = {draft.writer.call('', {'x': 'x', 'h': 'h', 'c': 'c'})}"
    else:
        yield f"h, c = net{'.' if method else ''}{method}(x, h, c)"
    yield "return h, c"


def _tail(draft: Draft) -> Iterator[str]:
    """Yield the lines that say what the adapter is."""
    name = draft.function
    if draft.whole:
        yield f'{name}.form = "sequence"  # it takes all steps at once'
    if draft.form != "float64":
        yield f'{name}.dtype = "{draft.form}"  # of the arrays that it is given'
    if draft.lacks:
        listed = ", ".join(f'"{what}"' for what in sorted(draft.lacks))
        yield f"{name}.lacks = {{{listed}}}  # it has no place for these: puzzles that need them are skipped"
    if draft.supports:
        listed = ", ".join(f'"{what}"' for what in sorted(draft.supports))
        yield f"{name}.supports = {{{listed}}}  # what it has beside a plain LSTM's"
    if draft.sizes:
        inputs, units = draft.sizes
        yield f"{name}.largest = ({inputs}, {units})  # its inputs and units: larger puzzles are skipped"


def in_words(shape: Shape, sizes: Sizes, *, fixed: bool) -> str:
    """Return a shape in words: "4 * hidden_size, input_size"; in numbers where it can be no other."""
    i, h = sizes.inputs, sizes.units
    known = {
        i: "input_size", h: "hidden_size", i + h: "input_size + hidden_size",
        i + h + 1: "input_size + hidden_size + 1", 4 * h: "4 * hidden_size", 3 * h: "3 * hidden_size",
    }  # fmt: skip
    return ", ".join(str(n) if fixed else known.get(n, str(n)) for n in shape)


def signature(function: object) -> str:
    """Return what something takes, in words."""
    return ", ".join(str(p) for p in arguments(function) if p.name != "self")  # type: ignore[arg-type]
