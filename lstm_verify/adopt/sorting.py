"""What parameters are, as their names and shapes tell: weights, biases, peepholes, of which gate; or none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lstm_verify.adopt.names import SPELLINGS, Group, groups, is_bias, is_peephole, is_recurrent, numbered
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.lstm.semantics import GATES, PEEPHOLES

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Sort:
    """Parameters of one sort: one packed one, or one for each gate.

    Attributes:
        what: "ih", "hh", "joined", "joined with bias" or "vector".
        gates: gate -> name; "" of one that has all gates; "0" to "3" where nothing says which gate it is.
        turned: "rows" or "columns" as the shape tells, None where it is square; of a vector with two axes
            "column" or "row".
    """

    what: str
    gates: Mapping[str, str]
    turned: str | None = None

    @property
    def packed(self) -> bool:
        """Whether all gates are in one."""
        return "" in self.gates

    @property
    def ordered(self) -> bool:
        """Whether nothing but an order says which gate is which."""
        return self.packed or "0" in self.gates

    @property
    def names(self) -> list[str]:
        """The names of its parameters."""
        return list(self.gates.values())


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
        _take(_completed(group, left), found, left, sizes)
    for group in numbered(left):
        _take(group, found, left, sizes)
    for name, shape in left.items():
        one = _sort(Group(name, {"": name}), shape, sizes, 4) or _peepholes_of(name, shape, sizes)
        if one and (one.what != "vector" or is_bias(name)):
            found.known.setdefault(one.what, []).append(one)
        elif all(n in (1, sizes.inputs, sizes.units, sizes.inputs + sizes.units) for n in shape) and shape:
            found.unknown[name] = shape
        else:
            found.others.append(name)
    if sizes.inputs == sizes.units:
        _part_by_names(found.known)
    found.problem = _problem(found, shapes, sizes)
    return found


def _take(group: Group, found: Sorted, left: dict[str, Shape], sizes: Sizes) -> None:
    """Move a group from what is left to what is known, where it is a part of an LSTM."""
    alike = {left.get(name) for name in group.names.values()}
    shape = alike.pop() if len(alike) == 1 else None
    one = _sort(group, shape, sizes, 1) if shape is not None else None
    if one and (one.what != "vector" or _is_vector(one)):
        found.known.setdefault(one.what, []).append(one)
        for name in one.names:
            left.pop(name)


def _part_by_names(known: dict[str, list[Sort]]) -> None:
    """Tell what h is multiplied with from what x is, where both have one shape and a name tells it."""
    alike = known.get("ih", [])
    recurrent = [one for one in alike if any(map(is_recurrent, one.names))]
    if len(alike) == 2 and len(recurrent) == 1:
        known["hh"] = recurrent
        known["ih"] = [one for one in alike if one is not recurrent[0]]


def _sort(group: Group, shape: Shape, sizes: Sizes, blocks: int) -> Sort | None:
    """Tell what parameters of a shape are; None where they are nothing that is known."""
    rows = blocks * sizes.units
    named = next(iter(group.names.values()))
    vector = is_bias(named) or is_peephole(named)
    flat = shape if len(shape) == 2 and not vector else _flat(shape, sizes, blocks) or (1,)  # I or H may be 1
    widths = {
        "ih": sizes.inputs,
        "hh": sizes.units,
        "joined": sizes.inputs + sizes.units,
        "joined with bias": sizes.inputs + sizes.units + 1,
    }
    if flat == (rows,):
        return Sort("vector", group.names, None if len(shape) == 1 else "column" if shape[-1] == 1 else "row")
    for what, width in widths.items():
        turned = [
            way for way, wanted in (("rows", (rows, width)), ("columns", (width, rows))) if flat == wanted
        ]
        if turned:
            return Sort(what, group.names, turned[0] if len(turned) == 1 else None)
    return None


def _completed(group: Group, left: Mapping[str, Shape]) -> Group:
    """Add the candidate to three gates where it is called otherwise: one parameter has that shape."""
    if len(group.names) == len(GATES) or "g" in group.names:
        return group
    shape = left.get(group.names["i"])
    others = [
        name
        for name, own in left.items()
        if own == shape and name not in group.names.values() and is_bias(name) == is_bias(group.names["i"])
    ]
    words = [word for word in SPELLINGS["g"] if len(word) > 1]
    named = [name for name in others if any(word in name.lower() for word in words)]
    found = others if len(others) == 1 else named
    return Group(group.template, {**group.names, "g": found[0]}) if len(found) == 1 else group


def _is_vector(one: Sort) -> bool:
    """Tell whether vectors are parameters: a state, or the gates that an object keeps, are none."""
    return any(is_bias(name) for name in one.names) or are_peepholes(one)


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
        return f"{'; '.join(several)} ({ONE_LAYER})"
    alone = [*known.get("ih", []), *known.get("hh", [])]
    if joined and alone:
        both, one = "/".join(joined[0].names), "/".join(alone[0].names)
        return f"{both} could be what [x, h] is multiplied with, and there is {one} beside it"
    lacking = [
        s
        for s in (*known.get("ih", []), *known.get("hh", []), *joined)
        if not s.ordered and "g" not in s.gates
    ]
    if lacking:
        others = ", ".join([*found.unknown, *found.others]) or "there is no other"
        return f"beside {'/'.join(lacking[0].names)} the candidate's is missing; it could be: {others}"
    if joined or ("ih" in known and "hh" in known):
        return None
    return _no_lstm(shapes, sizes)


ONE_LAYER = "one layer in one direction can be made out; say which it is: weights=…"

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


def are_peepholes(one: Sort) -> bool:
    """Tell whether vectors are peepholes: by their names, and the candidate has none."""
    return not one.ordered and "g" not in one.gates and any(is_peephole(name) for name in one.names)
