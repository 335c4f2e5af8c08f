"""Writing a network's equations with names or with numbers, as a person would."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from lstm_verify.lstm.exact import Exact, Real, exponential, ln
from lstm_verify.lstm.network import Place
from lstm_verify.lstm.numerals import formula, is_short, rounded_up, short
from lstm_verify.lstm.semantics import Activations
from lstm_verify.puzzle.model import Puzzle, Reading

if TYPE_CHECKING:
    from lstm_verify.lstm.arithmetic.hand import Hand

WIDTH = 100
"""Columns of a page."""

LONGEST_SUM = 12
"""A sum of more terms is cut short."""

SYMBOLS = {"sigmoid": "σ", "identity": ""}

Term = tuple[Exact, str]
"""A coefficient, and the name or the value that it multiplies ("" for a constant)."""


def plain(x: Exact) -> str:
    """Write a number with a true minus sign."""
    text = short(x)
    return "−" + text[1:] if text.startswith("-") else text


def factor(x: Exact) -> str:
    """Write a number so that it can stand in a product: negative ones in brackets."""
    text = plain(x)
    return f"({text})" if text.startswith("−") else text


def written_sum(terms: Sequence[Term]) -> str:
    """Write a sum, such as 100·x2 − 10; of a long one the first terms and the last."""
    if len(terms) > LONGEST_SUM:
        last = written_sum(terms[-1:])
        sign = "−" if last.startswith("−") else "+"
        return f"{written_sum(terms[:3])} {sign} … {sign} {last.removeprefix('−')}"
    text = ""
    for coefficient, name in terms:
        written = _coefficient(coefficient, alone=not name)
        size = written.removeprefix("−")
        negative = written != size
        if size == "1" and name and (name, negative) != ("0", True):
            alone = len(terms) == 1 and not negative
            term = name.strip("()") if alone else name
        else:
            term = f"{size}·{name}" if name else size
        if text:
            text += f" {'−' if negative else '+'} {term}"
        else:
            text = f"−{term}" if negative else term
    return text


def equals(value: Hand, *, exact: bool) -> str:
    """Write = or ≈ and an ideal, with the radius where there is one."""
    sign = "=" if is_short(value.ideal) and (exact or value.radius == 0) else "≈"
    radius = f"   (± {rounded_up(value.radius)})" if value.radius > 0 else ""
    return f" {sign} {plain(value.ideal)}{radius}"


def summed(text: str, value: Hand) -> str:
    """Write = 0.25 + 0.5 = 0.75: a sum and what it comes to, once where they are written alike."""
    return ("" if text == plain(value.ideal) else f" = {text}") + equals(value, exact=True)


def together(names: Sequence[str]) -> str:
    """Write names in one line: all of them, or the first ones, how many there are, and the last."""
    return ", ".join(names) if len(names) <= 6 else f"{names[0]}, {names[1]}, …, {names[-1]}"


def _coefficient(x: Exact, *, alone: bool) -> str:
    """Write a weight as what it is, ln(4) or 1/2·ln(3), where that is one product; else as a decimal.

    Args:
        alone: whether it multiplies nothing, so that it may be a sum as well, ln(3) − 1.
    """
    if alone and isinstance(x, Real) and x.constant and (power := exponential(x - x.constant)):
        return written_sum([(ln(power), ""), (x.constant, "")])
    if power := exponential(x):
        return "0" if power == 1 else f"ln({power})" if power > 1 else f"−ln({1 / power})"
    text = formula(x)
    return plain(x) if "ln" not in text or " + " in text else text.replace("-", "−")


def read_off(reading: Reading, names: Mapping[tuple[Place, int], str]) -> str:
    """Write what is read off a state, with names or values put in."""
    terms = [(factor, names[term]) for term, factor in reading.terms.items()]
    return written_sum([*terms, *([(reading.constant, "")] if reading.constant else [])])


def row_terms(row: Sequence[Exact], names: Sequence[str]) -> list[Term]:
    """Return the terms of a row of weights that are not 0."""
    return [(weight, name) for weight, name in zip(row, names, strict=True) if weight != 0]


def affine(row: Sequence[Exact], names: Sequence[str], bias: Exact = Fraction(0)) -> str:
    """Write a row of weights times what it multiplies, and a bias; 0 where nothing is left."""
    return written_sum([*row_terms(row, names), *([(bias, "")] if bias != 0 else [])]) or "0"


def _features(puzzle: Puzzle) -> list[str]:
    """Return the names of the inputs; letters that have no other stand in quotation marks."""
    names = list(puzzle.features)
    return [letter(name) for name in names] if names == list(puzzle.alphabet or "") else names


class Layer:
    """One layer in one direction: its names, and its sums with names or values put in."""

    def __init__(self, puzzle: Puzzle, index: int) -> None:
        """Take a place in the layers of a puzzle's network."""
        network = puzzle.network
        self.puzzle = puzzle
        self.network = network
        self.semantics = network.semantics
        self.weights = network.layers[index]
        self.layer, self.direction = divmod(index, network.directions)
        self.inputs = _features(puzzle) if self.layer == 0 else list(network.input_names(self.layer))

    @property
    def activations(self) -> Activations:
        """The activation in each role."""
        return self.semantics.in_direction(self.direction)

    @property
    def heading(self) -> str:
        """Which layer and direction it is, in words, counted as PyTorch counts: from 0."""
        words = f"layer {self.layer}" if self.network.num_layers > 1 else ""
        backwards = self.network.reversed(self.direction)
        if self.network.directions == 2 or backwards:
            words += (", " if words else "") + ("backwards" if backwards else "forwards")
        return words

    def name(self, quantity: str, unit: int) -> str:
        """C, or c_l1[2]: with its layer where there are several, and its unit."""
        return unit_name(self.puzzle, Place(quantity, self.layer, self.direction), unit)

    def names(self, quantity: str) -> list[str]:
        """Return the names of all units."""
        return [self.name(quantity, unit) for unit in range(self.network.width(quantity))]

    def is_constant(self, gate: str, unit: int) -> bool:
        """Whether neither an input nor a state moves a gate: it is the same at all steps."""
        if self.semantics.layer_norm is not None or gate == (self.semantics.coupled or "")[:1]:
            return False
        rows = self.weights.gate(gate)
        return not any((*rows.weight_ih[unit], *rows.weight_hh[unit], self.peephole(gate, unit)))

    def peephole(self, gate: str, unit: int) -> Exact:
        """Return the weight with which a gate looks at c; 0 where it has no peephole."""
        weights = getattr(self.weights, f"weight_c{gate}", None) if self.semantics.peephole else None
        return weights[unit] if weights else Fraction(0)

    def terms(self, gate: str, unit: int, x: Sequence[str], h: Sequence[str], c: str) -> list[Term]:
        """Return the terms of a pre-activation whose weight is not 0, and the sum of the biases."""
        return [*self.products(gate, unit, x, h), *self.added(gate, unit, c)] or [(Fraction(0), "")]

    def products(self, gate: str, unit: int, x: Sequence[str], h: Sequence[str]) -> list[Term]:
        """Return the terms of W x + U h whose weight is not 0."""
        rows = self.weights.gate(gate)
        return row_terms(rows.weight_ih[unit], x) + row_terms(rows.weight_hh[unit], h)

    def added(self, gate: str, unit: int, c: str) -> list[Term]:
        """Return what is added to the products and is not 0: peephole, both biases as one, forget bias."""
        rows = self.weights.gate(gate)
        terms = [
            (self.peephole(gate, unit), c),
            (rows.bias_ih[unit] + rows.bias_hh[unit], ""),
            (self.semantics.forget_bias if gate == "f" else Fraction(0), ""),
        ]
        return [(coefficient, name) for coefficient, name in terms if coefficient != 0]

    def applied(self, role: str, argument: str) -> str:
        """Write the activation in a role, put to an argument."""
        activation = self.activations.of(role)
        parameters = [plain(x) for x in (activation.alpha, activation.beta) if x is not None]
        symbol = SYMBOLS.get(activation.name, activation.name)
        return f"{symbol}({', '.join([argument, *parameters])})" if symbol else argument


def letter(character: str) -> str:
    """Write a character of a text in quotation marks; one that does not print as Python escapes it."""
    return f"'{character}'" if character.isprintable() else repr(character)


def unit_name(puzzle: Puzzle, place: Place, unit: int) -> str:
    """Write c, c_l1[2], or c[odd] where units have names."""
    names = puzzle.unit_names(place.quantity)
    name = puzzle.network.name(place)
    return f"{name}[{names[unit]}]" if names else numbered(name, unit, puzzle.network.width(place.quantity))


def numbered(name: str, unit: int, width: int) -> str:
    """Put the number of a unit behind a name, where there are several."""
    return name if width == 1 else f"{name}[{unit}]"
