"""From the names and shapes of an implementation's parameters to what each is filled with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations, product

from lstm_verify.adopt.expressions import Expression, Part
from lstm_verify.adopt.names import SPELLINGS, Group, groups, is_bias, is_peephole
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.conventions.base import Convention
from lstm_verify.conventions.lookup import convention
from lstm_verify.conventions.orders import gate_order
from lstm_verify.lstm.semantics import GATES, PEEPHOLES

Shape = tuple[int, ...]

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
class Sort:
    """Parameters of one sort: one packed one, or one for each gate.

    Attributes:
        what: "ih", "hh", "joined", "joined with bias" or "vector".
        gates: gate -> name; "" of one that has all gates.
        turned: "rows" or "columns" as the shape tells; None where it is square.
    """

    what: str
    gates: Mapping[str, str]
    turned: str | None = None

    @property
    def packed(self) -> bool:
        """Whether all gates are in one."""
        return "" in self.gates

    @property
    def names(self) -> list[str]:
        """The names of its parameters."""
        return list(self.gates.values())


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


@dataclass
class Sorted:
    """What parameters are, as far as their names and shapes tell.

    Attributes:
        known: sort by sort.
        unknown: name -> shape of what could be a part of an LSTM, and is none that is known.
        others: names of what is none: its sizes are others.
        problem: why there is no way of filling them, with the parameters concerned; None where there is.
    """

    known: dict[str, list[Sort]] = field(default_factory=dict)
    unknown: dict[str, Shape] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    problem: str | None = None


def sort(shapes: Mapping[str, Shape], sizes: Sizes) -> Sorted:
    """Sort parameters by their shapes, and by gates where their names tell these."""
    found = Sorted()
    left = dict(shapes)
    for group in groups(shapes):
        alike = {shapes[name] for name in group.names.values()}
        one = _sort(_completed(group, left), alike.pop(), sizes, 1) if len(alike) == 1 else None
        if one and (one.what != "vector" or _is_vector(one)):
            found.known.setdefault(one.what, []).append(one)
            for name in one.names:
                left.pop(name)
    for name, shape in left.items():
        one = _sort(Group(name, {"": name}), shape, sizes, 4) or _peepholes_of(name, shape, sizes)
        if one and (one.what != "vector" or is_bias(name)):
            found.known.setdefault(one.what, []).append(one)
        elif all(n in (1, sizes.inputs, sizes.units, sizes.inputs + sizes.units) for n in shape) and shape:
            found.unknown[name] = shape
        else:
            found.others.append(name)
    found.problem = _problem(found, shapes, sizes)
    return found


def _sort(group: Group, shape: Shape, sizes: Sizes, blocks: int) -> Sort | None:
    """Tell what parameters of a shape are; None where they are nothing that is known."""
    rows = blocks * sizes.units
    flat = _flat(shape, sizes, blocks)
    widths = {
        "ih": sizes.inputs,
        "hh": sizes.units,
        "joined": sizes.inputs + sizes.units,
        "joined with bias": sizes.inputs + sizes.units + 1,
    }
    if flat == (rows,):
        return Sort("vector", group.names)
    for what, width in widths.items():
        turned = [
            way for way, wanted in (("rows", (rows, width)), ("columns", (width, rows))) if flat == wanted
        ]
        if turned:
            return Sort(what, group.names, turned[0] if len(turned) == 1 else None)
    return None


def _completed(group: Group, left: Mapping[str, Shape]) -> Group:
    """Add the candidate to three gates, where it is called otherwise: there is one parameter of that shape."""
    if len(group.names) == len(GATES) or "g" in group.names:
        return group
    shape = left.get(group.names["i"])
    others = [
        name
        for name, own in left.items()
        if own == shape and name not in group.names.values() and is_bias(name) == is_bias(group.names["i"])
    ]
    named = [name for name in others if any(word in name.lower() for word in SPELLINGS["g"] if len(word) > 1)]
    found = others if len(others) == 1 else named
    return Group(group.template, {**group.names, "g": found[0]}) if len(found) == 1 else group


def _is_vector(one: Sort) -> bool:
    """Tell whether vectors are parameters: a state, or the gates that an object keeps, are none."""
    return any(is_bias(name) for name in one.names) or _peepholes(one)


def _peepholes_of(name: str, shape: Shape, sizes: Sizes) -> Sort | None:
    """Tell whether a vector is that of all three peepholes."""
    flat = tuple(n for n in shape if n != 1)
    return (
        Sort("peepholes", {"": name})
        if flat == (len(PEEPHOLES) * sizes.units,) and is_peephole(name)
        else None
    )


def _flat(shape: Shape, sizes: Sizes, blocks: int) -> Shape:
    """Return a shape without axes of length 1, and with the gates' own axis joined to that of the units."""
    flat = [n for n in shape if n != 1]
    if blocks == len(GATES):
        for k in range(len(flat) - 1):
            if (flat[k], flat[k + 1]) == (blocks, sizes.units):
                flat[k : k + 2] = [blocks * sizes.units]
                break
    return tuple(flat)


def _problem(found: Sorted, shapes: Mapping[str, Shape], sizes: Sizes) -> str | None:
    """Say why parameters are no LSTM's, or could be one's in several ways."""
    known = found.known
    joined = [*known.get("joined", []), *known.get("joined with bias", [])]
    several = [
        f"{' and '.join('/'.join(s.names) for s in sorts)} could each be {words}"
        for words, sorts in (
            ("what x is multiplied with", known.get("ih", [])),
            ("what h is multiplied with", known.get("hh", [])),
            ("what [x, h] is multiplied with", joined),
        )
        if len(sorts) > 1
    ]
    if several:
        return "; ".join(several)
    lacking = [
        s
        for s in (*known.get("ih", []), *known.get("hh", []), *joined)
        if not s.packed and "g" not in s.gates
    ]
    if lacking:
        others = ", ".join([*found.unknown, *found.others]) or "there is no other"
        return f"beside {'/'.join(lacking[0].names)} the candidate's is missing; it could be: {others}"
    if joined or ("ih" in known and "hh" in known):
        return None
    return _no_lstm(shapes, sizes)


BLOCKS = {1: "a plain recurrent network has one", 3: "a GRU has three"}


def _no_lstm(shapes: Mapping[str, Shape], sizes: Sizes) -> str:
    """Say what parameters are that are no LSTM's."""
    listed = ", ".join(f"{name} {list(shape)}" for name, shape in list(shapes.items())[:8])
    for blocks, words in BLOCKS.items():
        rows = blocks * sizes.units
        pairs = ((rows, sizes.inputs), (sizes.inputs, rows)), ((rows, sizes.units), (sizes.units, rows))
        if all(any(shape in pair for shape in shapes.values()) for pair in pairs):
            return f"an LSTM has four blocks of {sizes.units} units, and {words}: {listed}"
    if not shapes:
        return "it has no parameters"
    return f"of its parameters, none is what an LSTM multiplies x and h with: {listed}"


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
    packed = any(s.packed for s in sorts)
    joined = "joined" in known or "joined with bias" in known
    orders: Iterable[str] = [stated.order or (told.order if told else None) or ""]
    if packed and orders == [""]:
        orders = ORDERS
    turned = next((s.turned for s in known.get("ih", []) if s.turned), None)
    square = any(s.turned is None for s in known.get("hh", []))
    ways = (
        [stated.turned]
        if stated.turned
        else [turned, *({"rows", "columns"} - {turned})]
        if square
        else [None]
    )
    both = [stated.joined] if stated.joined else ["xh", "hx"] if joined else [None]
    for pair, way, order in product(both, ways, orders):
        layout = Layout(order or None, way, pair)
        conditions = _conditions(
            layout,
            packed=next((s.turned or "rows" for s in sorts if s.packed and s.turned), None)
            if packed and not stated.order and not told
            else None,
            turned=square and not stated.turned and way != turned,
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


def _conditions(layout: Layout, *, packed: str | None, turned: bool, joined: bool) -> tuple[str, ...]:
    """Say what was chosen without being told.

    Args:
        packed: whether the order was, and whether the gates stand in "rows" or "columns".
        turned, joined: whether these were.
    """
    said = []
    if packed:
        said.append(f"its {packed} are {', '.join(layout.order or GATES)}")
    if joined:
        said.append(f"its matrices are those of [{', '.join(layout.joined or '')}]")
    if turned:
        said.append(f"its recurrent matrices have a gate's units in {layout.turned}")
    return tuple(said)


def _expressions(found: Sorted, layout: Layout) -> dict[str, Expression]:
    """Return what each parameter is filled with."""
    known = found.known
    made: dict[str, Expression] = {}
    order = layout.order or GATES
    for what in ("ih", "hh"):
        for one in known.get(what, []):
            made |= _each(one, [what], order, (one.turned or layout.turned) == "columns")
    pair = ["ih", "hh"] if layout.joined == "xh" else ["hh", "ih"]
    for one in known.get("joined", []):
        made |= _each(one, pair, order, one.turned == "columns")
    for one in known.get("joined with bias", []):
        made |= _each(one, ["bias", *pair], order, one.turned == "columns")
    for one in known.get("peepholes", []):
        made |= _each(one, ["c"], PEEPHOLES, turned=False)
    for one, what in _vectors(known):
        made |= _each(one, [what], order, turned=False)
    return made


def _each(one: Sort, fields: Sequence[str], order: str, turned: bool) -> dict[str, Expression]:  # noqa: FBT001
    return {
        name: Expression(tuple(Part(gate or order, what) for what in fields), "T" if turned else "")
        for gate, name in one.gates.items()
    }


def _vectors(known: Mapping[str, Sequence[Sort]]) -> Iterator[tuple[Sort, str]]:
    """Tell biases from peepholes, and one of two biases from the other."""
    vectors = known.get("vector", [])
    peepholes = [v for v in vectors if not v.packed and _peepholes(v)]
    yield from ((v, "c") for v in peepholes)
    biases = [v for v in vectors if v not in peepholes]
    if "joined with bias" in known:
        biases = [replace(v) for v in biases]
    if len(biases) == 1:
        yield biases[0], "bias"
    elif len(biases) >= 2:
        first, second, *_ = sorted(biases, key=lambda v: _side(v, known))
        yield first, "bias_ih"
        yield second, "bias_hh"


def _peepholes(one: Sort) -> bool:
    return "g" not in one.gates and any(is_peephole(name) for name in one.names)


def _side(bias: Sort, known: Mapping[str, Sequence[Sort]]) -> int:
    """Return 1 for the bias that stands with the recurrent weights, 0 for the other."""
    name = next(iter(bias.names))
    stem = name.lower().replace("bias", "")
    recurrent = [weight.lower().replace("weight", "") for one in known.get("hh", []) for weight in one.names]
    return int(stem in recurrent or "hh" in stem or "_h" in stem or stem.startswith("bh"))
