"""From what parameters are to the ways of filling them: what shapes leave open is stated, or tried."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

from lstm_verify.adopt.expressions import Expression, Part
from lstm_verify.adopt.sorting import Sort, Sorted, are_peepholes
from lstm_verify.conventions.base import Convention
from lstm_verify.conventions.lookup import convention
from lstm_verify.conventions.orders import gate_order
from lstm_verify.lstm.semantics import GATES, PEEPHOLES

TELLING = ("torch", "keras", "mxnet")
"""Conventions whose names for the packed matrices are theirs alone, and so tell the order of the gates."""

ORDERS = tuple("".join(order) for order in permutations(GATES))
"""Every order of the gates, PyTorch's first."""


@dataclass(frozen=True)
class Layout:
    """What a shape leaves open; None where it is not stated.

    Attributes:
        order: of the gates in a packed parameter.
        turned: whether a gate's units are "rows" or "columns" of a square matrix.
        joined: what a matrix over both is multiplied with: "xh", [x, h], or "hx".
    """

    order: str | None = None
    turned: str | None = None
    joined: str | None = None

    def __str__(self) -> str:
        return "/".join(part for part in (self.order, self.turned, self.joined) if part)


@dataclass(frozen=True)
class Mapped:
    """One way of filling all parameters.

    Attributes:
        expressions: name -> what it is filled with.
        layout: what was chosen where the shapes leave it open.
        conditions: what was chosen without being told, in words to go behind "if".
    """

    expressions: Mapping[str, Expression]
    layout: Layout = Layout()
    conditions: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "; ".join(f"{name}={expression}" for name, expression in self.expressions.items())

    @property
    def fields(self) -> frozenset[str]:
        """Everything of an LSTM that has a place."""
        return frozenset().union(*(e.fields for e in self.expressions.values()))


def stated(text: str) -> Layout:
    """Read a layout: "figo/columns/hx", any part of it, in any order; a convention's name is an order.

    Raises:
        ValueError: a part is not known, or given twice.
    """
    made = Layout()
    for part in (part.strip() for part in text.split("/") if part.strip()):
        key = "turned" if part in ("rows", "columns") else "joined" if part in ("xh", "hx") else "order"
        if getattr(made, key):
            raise ValueError(f"layout={text}: '{getattr(made, key)}' and '{part}' cannot both be")
        try:
            value = gate_order(part) if key == "order" else part
        except ValueError as error:
            expected = "an order of the gates such as figo, rows or columns, xh or hx"
            raise ValueError(f"layout={text}: {error}; expected {expected}, parted by /") from None
        made = replace(made, **{key: value})
    return made


def candidates(found: Sorted, stated: Layout) -> Iterator[Mapped]:
    """Yield the ways of filling parameters that their names and shapes allow, the likeliest first.

    Args:
        stated: what is known of the layout; else it is left to be tried.
    """
    known = found.known
    sorts = [s for many in known.values() for s in many]
    told = _told(sorts)
    packed = any(s.ordered for s in sorts)
    joined = "joined" in known or "joined with bias" in known
    orders: Iterable[str] = [stated.order or (told.order if told else None) or ""]
    if packed and orders == [""]:
        orders = ORDERS
    turned = next((s.turned for s in known.get("ih", []) if s.turned), None)
    square = any(s.turned is None for s in known.get("hh", []))
    ways = (
        [stated.turned]
        if stated.turned
        else [turned, *(way for way in ("rows", "columns") if way != turned)]
        if square
        else [None]
    )
    both = [stated.joined] if stated.joined else ["xh", "hx"] if joined else [None]
    for pair, way, order in product(both, ways, orders):
        layout = Layout(order or None, way, pair)
        conditions = _conditions(
            layout,
            packed=next((s.turned or "rows" for s in sorts if s.packed and s.turned), "gates")
            if packed and not stated.order and not told
            else None,
            turned=("recurrent matrices" if turned else "matrices")
            if square and not stated.turned and way != turned
            else None,
            joined=joined and not stated.joined,
        )
        yield Mapped(_expressions(found, layout), layout, conditions)


def _told(sorts: Sequence[Sort]) -> Convention | None:
    """Return the convention that the names of packed matrices tell, if they do."""
    packed = {s.what: s for s in sorts if s.packed}
    if not {"ih", "hh"} <= packed.keys():
        return None
    leaves = {what: _leaf(packed[what].gates[""]) for what in ("ih", "hh")}
    for name in TELLING:
        entry = convention(name)
        if leaves == {"ih": entry.names["weight_ih"], "hh": entry.names["weight_hh"]} and packed[
            "ih"
        ].turned == ("columns" if entry.transposed else "rows"):
            return entry
    return None


def _leaf(name: str) -> str:
    """Return the last part of a name, without the number of a layer: cell.weight_ih_l0 -> weight_ih."""
    return name.replace("/", ".").rpartition(".")[2].removesuffix("_l0")


def _conditions(layout: Layout, *, packed: str | None, turned: str | None, joined: bool) -> tuple[str, ...]:
    """Say what was chosen without being told.

    Args:
        packed: whether the order was, and of what: "rows", "columns", or "gates" that are numbered.
        turned: whether that was, and of what.
        joined: whether that was.
    """
    said = []
    if packed:
        said.append(f"its {packed} are {', '.join(layout.order or GATES)}")
    if joined:
        said.append(f"its matrices are those of [{', '.join(layout.joined or '')}]")
    if turned:
        said.append(f"its {turned} have a gate's units in {layout.turned}")
    return tuple(said)


def _expressions(found: Sorted, layout: Layout) -> dict[str, Expression]:
    """Return what each parameter is filled with."""
    known = found.known
    made: dict[str, Expression] = {}
    order = layout.order or GATES
    pair = ["ih", "hh"] if layout.joined == "xh" else ["hh", "ih"]
    fields = {"ih": ["ih"], "hh": ["hh"], "joined": pair, "joined with bias": ["bias", *pair]}
    for what, parts in fields.items():
        for one in known.get(what, []):
            turned = "T" if (one.turned or layout.turned) == "columns" else ""
            made |= _each(one, parts, order, turned)
    for one in known.get("peepholes", []):
        made |= _each(one, ["c"], PEEPHOLES, "")
    for one, what in _vectors(known):
        made |= _each(one, [what], order, one.turned or "")
    return made


def _each(one: Sort, fields: Sequence[str], order: str, turned: str) -> dict[str, Expression]:
    return {
        name: Expression(tuple(Part(_gates(gate, order), what) for what in fields), turned)
        for gate, name in one.gates.items()
    }


def _gates(gate: str, order: str) -> str:
    """Return the gates of a parameter that has one, all, or one by its number."""
    return order[int(gate)] if gate.isdigit() else gate or order


def _vectors(known: Mapping[str, Sequence[Sort]]) -> Iterator[tuple[Sort, str]]:
    """Tell biases from peepholes, and one of two biases from the other."""
    vectors = known.get("vector", [])
    peepholes = [v for v in vectors if not v.packed and are_peepholes(v)]
    yield from ((v, "c") for v in peepholes)
    biases = [v for v in vectors if v not in peepholes]
    if len(biases) == 1:
        yield biases[0], "bias"
    elif len(biases) >= 2:
        first, second, *_ = sorted(biases, key=lambda v: _side(v, known))
        yield first, "bias_ih"
        yield second, "bias_hh"


def _side(bias: Sort, known: Mapping[str, Sequence[Sort]]) -> int:
    """Return 1 for the bias that stands with the recurrent weights, 0 for the other."""
    name = next(iter(bias.names))
    stem = name.lower().replace("bias", "")
    recurrent = [weight.lower().replace("weight", "") for one in known.get("hh", []) for weight in one.names]
    return int(stem in recurrent or "hh" in stem or "_h" in stem or stem.startswith("bh"))
