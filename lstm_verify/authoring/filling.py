"""Where the digits of a case stand in its file's text, and what is to stand there instead."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeGuard

import yaml

from lstm_verify.authoring.layout import Layout, flow
from lstm_verify.authoring.proven import Decimals, Form, Scientific, Truth, form
from lstm_verify.authoring.splice import Splicer, entry
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import AT_THE_END
from lstm_verify.puzzle.model import Case, Puzzle
from lstm_verify.puzzle.names import missing, split
from lstm_verify.puzzle.problems import count
from lstm_verify.puzzle.table_section import TableSection
from lstm_verify.verify.stated import Spot

DEFAULT = ("c", "h", "logits")
"""The quantities of a new section."""

FEW, MANY = 4, 6
"""Decimals of a new table; many where there are several units, and no hand table to compare them with."""

_OPEN = ("~", "null", "Null", "NULL")


@dataclass(frozen=True)
class Wanted:
    """What is asked for.

    Attributes:
        shown: the quantities that each case is to have; None: `DEFAULT` for one without digits.
        places: decimals; None: as many as there are now.
    """

    shown: tuple[str, ...] | None = None
    places: int | None = None


@dataclass
class Changes:
    """What is new in the digits of a case.

    Attributes:
        case: its name.
        numbers: how many numbers were looked at.
        replaced: those that are others now: line, column, what stood there, what is to stand there.
        notes: all else that is new, in words.
        unclear: the cells whose last digit balls cannot tell, in words: numbers are left as they are,
            and of new tables the cell is left open.
        kept: how many of these are numbers.
    """

    case: str
    numbers: int = 0
    replaced: list[tuple[int, int, str, str]] = field(default_factory=list)
    notes: dict[str, None] = field(default_factory=dict)
    unclear: list[str] = field(default_factory=list)
    kept: int = 0

    def __str__(self) -> str:
        """Say in a line what is new."""
        said = []
        if self.replaced:
            line, column, old, new = self.replaced[0]
            where = "the first at" if len(self.replaced) > 1 else "at"
            total = count(self.numbers, "number")
            said.append(f"{len(self.replaced)} of {total} changed, {where} {line}:{column}: {old} → {new}")
        return f"case {self.case}: " + "; ".join([*said, *self.notes])


class Filling:
    """Brings the proven digits of a case into its file's text.

    Attributes:
        changes: what is new, for people.
    """

    def __init__(self, into: Splicer, puzzle: Puzzle, case: Case, wanted: Wanted) -> None:
        """Prepare to fill in what is wanted of a case.

        Args:
            into: takes the edits.
        """
        self.changes = Changes(case.name)
        self._into, self._network, self._wanted = into, puzzle.network, wanted
        self._steps = case.steps
        self._truth = Truth(puzzle.network, case.run)
        several = puzzle.network.hidden_size > 1
        self._form = self._wished(Decimals(MANY if several and not case.hand else FEW))
        self._layout = Layout(into.newline)

    def fill(self, name: yaml.Node, node: yaml.MappingNode) -> None:
        """Refresh the section of a case, or give it one.

        Args:
            name, node: the case as it stands in the file: its key and its value.
        """
        step = max(node.start_mark.column - name.start_mark.column, 1)
        self._layout = Layout(self._into.newline, step, flow=bool(node.flow_style))
        found = entry(node, "digits")
        if found is None:
            after = entry(node, "hand") or [e for e in node.value if e[0].value != "published"][-1]
            self._into.add_entry(node, after, f"digits:{self._new_section(node.start_mark.column)}")
        elif isinstance(found[1], yaml.MappingNode) and found[1].value:
            self._refresh(found[1])
        else:
            self._into.write(*found, self._new_section(node.start_mark.column))

    def _new_section(self, indent: int) -> str:
        places = self._asked(self._wanted.shown or DEFAULT)
        inner = indent + self._layout.step
        entries = [(self._network.name(p), self._quantity_text(p, self._form, inner)) for p in places]
        numbers = sum(self._network.width(p.quantity) * self._rows(p) for p in places)
        names = ", ".join(name for name, _ in entries)
        self.changes.notes[f"digits of {names} written, {count(numbers, 'number')}"] = None
        return self._layout.section(entries, indent)

    def _refresh(self, section: yaml.MappingNode) -> None:
        """Bring a section up to date, and add to it what is asked for and not in it."""
        self._layout = replace(self._layout, flow=bool(section.flow_style))
        usual = self._usual(section, self._form)
        stated = set()
        for key, value in section.value:
            place = self._place(key.value)
            if place is not None:
                stated.add(place)
                self._quantity(key, value, place, self._usual(value, usual))
        for place in self._asked(self._wanted.shown or ()):
            if place not in stated:
                name, indent = self._network.name(place), section.start_mark.column
                text = self._quantity_text(place, usual, indent)
                self._into.add_entry(section, section.value[-1], f"{name}:{text}")
                self.changes.notes[f"{name} written"] = None

    def _asked(self, quantities: Sequence[str]) -> list[Place]:
        """Return the places of quantities as a table has them: the states at the end come last."""
        ends = [quantity for quantity in quantities if quantity in AT_THE_END]
        each_step = [quantity for quantity in quantities if quantity not in AT_THE_END]
        return self._network.places(*each_step) + self._network.places(*ends)

    def _place(self, key: str) -> Place | None:
        """Return the place that a key speaks of; None where it is no key of a table."""
        name, suffix = split(key)
        if key == "logits":
            return Place(key) if self._network.head else None
        if name not in TableSection.SUFFIXED or (suffix is None and len(self._network.layers) > 1):
            return None
        return None if suffix and missing(*suffix, self._network) else Place(name, *(suffix or ()))

    def _usual(self, node: yaml.Node, otherwise: Form) -> Form:
        """Return how most numbers within a node are written; whole ones, such as a bare 0, do not count."""
        found = (form(scalar.value.strip()) for scalar in _scalars(node))
        forms = Counter(f for f in found if f and f != Decimals(0))
        return self._wished(forms.most_common(1)[0][0]) if forms else self._wished(otherwise)

    def _wished(self, form: Form) -> Form:
        places = self._wanted.places
        return form if places is None or isinstance(form, Scientific) else Decimals(places)

    # A quantity

    def _quantity(self, key: yaml.Node, value: yaml.Node, place: Place, usual: Form) -> None:
        """Refresh what a table states of a quantity."""
        at_the_end = place.quantity in AT_THE_END
        if at_the_end and (_is_list(value) or _is_open(value) or self._is_cell(value, place)):
            self._row(value, place, 0, usual)
        elif _is_list(value) and not at_the_end:
            self._each_step(value, place, usual)
        else:
            self._into.write(key, value, self._quantity_text(place, usual, key.start_mark.column))
            self.changes.notes[f"{key.value} written"] = None

    def _each_step(self, node: yaml.SequenceNode, place: Place, usual: Form) -> None:
        rows = node.value[: self._steps]
        for t, row in enumerate(rows):
            self._row(row, place, t, usual)
        fresh = [self._row_text(place, t, usual, rows[-1]) for t in range(len(rows), self._steps)]
        self._into.fit(node, self._steps, fresh)
        surplus = len(node.value) - self._steps
        if surplus:
            steps = f"{count(abs(surplus), 'step')} {'added' if surplus < 0 else 'taken away'}"
            self.changes.notes[f"{self._network.name(place)}: {steps}"] = None

    def _row(self, node: yaml.Node, place: Place, row: int, usual: Form) -> None:
        """Refresh a row: a cell for each unit, or of one unit the cell alone."""
        width = self._network.width(place.quantity)
        if _is_open(node):
            return
        if self._is_cell(node, place):
            self._cell(node, place, row, 0, usual)
            return
        if _is_list(node):
            for unit, cell in enumerate(node.value[:width]):
                self._cell(cell, place, row, unit, usual)
            fresh = [self._digits(place, row, unit, usual) for unit in range(len(node.value), width)]
            self._into.fit(node, width, fresh)
            if len(node.value) == width:
                return
        else:
            self._into.put(node, self._row_text(place, row, usual))
        self.changes.notes[f"{self._network.name(place)}: rows of {count(width, 'number')}"] = None

    def _is_cell(self, node: yaml.Node, place: Place) -> bool:
        return isinstance(node, yaml.ScalarNode) and self._network.width(place.quantity) == 1

    def _cell(self, node: yaml.Node, place: Place, row: int, unit: int, usual: Form) -> None:
        """Refresh a number, unless it is left open."""
        if _is_open(node):
            return
        old = node.value.strip() if isinstance(node, yaml.ScalarNode) else ""
        own = form(old)
        wished = self._wished(own or usual)
        self.changes.numbers += 1
        new = self._digits(place, row, unit, wished, old if own else None, stays=own == wished)
        if new != old:
            mark = node.start_mark
            self.changes.replaced.append((mark.line + 1, mark.column + 1, old or "nothing", new))
            self._into.put(node, new)

    # Numbers

    def _digits(
        self, place: Place, row: int, unit: int, form: Form, old: str | None = None, *, stays: bool = False
    ) -> str:
        """Return a number's proven digits; what cannot be told is left as it is, or else open.

        Args:
            stays: whether the old text stays where it is right, too.
        """
        if not self._truth.is_computed(place, row):
            return "~"
        found = self._truth.digits(place, row, unit, form, old if stays else None)
        if found is None:
            spot = Spot(self._network, place, row, unit)
            self.changes.unclear.append(f"{spot}, left {'open' if old is None else f'as {old}'}")
            self.changes.kept += old is not None
        return found or old or "~"

    def _rows(self, place: Place) -> int:
        return 1 if place.quantity in AT_THE_END else self._steps

    def _quantity_text(self, place: Place, form: Form, indent: int) -> str:
        """Return what follows the name of a quantity that is written anew, at an indent."""
        width = self._network.width(place.quantity)
        rows = [[self._digits(place, t, k, form) for k in range(width)] for t in range(self._rows(place))]
        flat = width == 1 or place.quantity in AT_THE_END
        return self._layout.quantity(self._network.name(place), rows, indent, flat=flat)

    def _row_text(self, place: Place, row: int, form: Form, like: yaml.Node | None = None) -> str:
        """Return a row that is written anew, such as others of its table."""
        width = self._network.width(place.quantity)
        texts = [self._digits(place, row, unit, form) for unit in range(width)]
        return texts[0] if width == 1 and not isinstance(like, yaml.SequenceNode) else flow(texts)


def _is_list(node: yaml.Node) -> TypeGuard[yaml.SequenceNode]:
    return isinstance(node, yaml.SequenceNode) and bool(node.value)


def _is_open(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in _OPEN


def _scalars(node: yaml.Node) -> Iterator[yaml.ScalarNode]:
    """Yield the values of a table, and of its lists."""
    if isinstance(node, yaml.ScalarNode):
        yield node
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            yield from _scalars(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _scalars(item)
