"""The faults of the catalogue that a sighting matches; and pairs of faults of the parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import permutations, product

from lstm_verify.faults.base import Fault, Form
from lstm_verify.faults.catalogue import faults
from lstm_verify.faults.diagnosis.sighting import Sighting
from lstm_verify.faults.groups.layout import order
from lstm_verify.faults.needs import missing
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network
from lstm_verify.lstm.semantics import GATES

SINGLE = FORMATS["float32"]

IN_SINGLE = "dtype-silently-changed"
"""The fault of computing in float32 where float64 was asked for."""

NEAR = 1e-3
"""What is farther from what code with a fault shows does not match it."""

NEARER = 30
"""And it must be so many times nearer to that than to what correct code shows."""

AS_GOOD = 100
"""Of two that match, one that is so many times nearer rules out the other."""


@dataclass(frozen=True)
class Match:
    """A fault, or a pair of faults, that what was shown looks like.

    Attributes:
        faults: the id; of a pair both.
        form: the form of it that comes nearest.
        distance: how far what was shown is from it.
        inside: whether all that was shown lies in its own envelope.
    """

    faults: tuple[str, ...]
    form: Form
    distance: float
    inside: bool

    @property
    def name(self) -> str:
        """The ids, as in reports: "a+b"."""
        return "+".join(self.faults)


Candidate = tuple[tuple[str, ...], Form]
"""The ids of a fault, or of several together, and one form of it."""


def matches(sighting: Sighting) -> list[Match]:
    """Return the faults that match, the nearest first; where there is none, pairs of faults."""
    return (
        chosen(matching(sighting, singles(sighting)))
        or list(in_single_precision(sighting))
        or chosen(matching(sighting, pairs(sighting)))
    )


def in_single_precision(sighting: Sighting) -> Iterator[Match]:
    """Match what is right in float32, and has its numbers alone, where float64 was asked for.

    How such code rounds depends on the order in which it sums: no form of the fault comes nearer to it than
    correct numbers do.
    """
    if sighting.right_as(SINGLE):
        yield Match((IN_SINGLE,), faults()[IN_SINGLE].forms[0], sighting.wrong, inside=True)


def matching(sighting: Sighting, candidates: Iterable[Candidate]) -> list[Match]:
    """Return the candidates that come near."""
    enough = min(NEAR, sighting.wrong / NEARER)
    found = []
    for names, form in candidates:
        distance = sighting.distance(form, NEAR)
        if distance <= NEAR:
            inside = sighting.inside(form)
            if inside or distance <= enough:
                found.append(Match(names, form, distance, inside))
    return found


def chosen(found: Sequence[Match]) -> list[Match]:
    """Return the best form of each fault, without those that another rules out; the nearest first.

    Where what was shown lies in the envelope of one, that rules out those in whose envelopes it does not
    lie; of those that have none their distance decides.
    """
    ordered = sorted(found, key=lambda match: (not match.inside, match.distance))
    limit = AS_GOOD * max(min((match.distance for match in found), default=0), 1e-13)
    enclosed = any(match.inside for match in found)
    best: dict[tuple[str, ...], Match] = {}
    for match in ordered:
        outside = enclosed and match.form.follows and match.form.in_intervals
        if match.inside or (match.distance <= limit and not outside):
            best.setdefault(match.faults, match)
    return list(best.values())


def singles(sighting: Sighting) -> Iterator[Candidate]:
    """Yield every form of every fault that a plain run can show on this network."""
    for name, fault in faults().items():
        if fault.protocol is None and _applies(fault, sighting):
            yield from (
                ((name,), form) for form in fault.forms if not form.unknown and _applies(form, sighting)
            )


def _applies(asking: Fault | Form, sighting: Sighting) -> bool:
    """Tell whether a network, and what it is run on, has what a fault or a form of it needs."""
    return missing(asking.needs, sighting.network, sighting.runs) is None


TRANSPOSITIONS = ("whh-transposed", "wih-transposed")
BIASES = ("bias-hh-dropped", "bias-ih-dropped", "bias-missing-everywhere", "bias-double-counted")


def pairs(sighting: Sighting) -> Iterator[Candidate]:
    """Yield the faults of parameters together: an order of the gates, transposed or not, biases so or so."""
    known = {name: faults()[name] for name in (*TRANSPOSITIONS, *BIASES)}
    there = [name for name, fault in known.items() if _applies(fault, sighting)]
    turned = [(), *((name,) for name in TRANSPOSITIONS if name in there), TRANSPOSITIONS]
    biased = [(), *((name,) for name in BIASES if name in there)]
    for (name, form), turn, bias in product(_orders(), turned, biased):
        others = (*turn, *bias)
        if set(others) <= set(there):
            yield (*name, *others), together([form, *(known[other].forms[0] for other in others)])


@cache
def _orders() -> list[Candidate]:
    """All orders of the gates, PyTorch's own first; those of the catalogue by their names there."""
    known = [name for name in faults() if name in ORDER_OF]
    found: list[Candidate] = [((), Form())]
    for letters in permutations(GATES):
        stored = "".join(letters)
        if stored != GATES:
            either = (stored, _inverse(stored))
            names = (name for name in known if ORDER_OF[name] in either)
            found.append(((next(names, named(stored)),), order(stored)))
    return found


ORDER_OF = {f"gate-order-{text}": text.replace("c", "g") for text in map("".join, permutations("ifco"))} | {
    "gate-order-ifog": "ifog"
}
"""Id of a gate order -> the order."""


def _inverse(stored: str) -> str:
    """Return the order that is mistaken for i, f, g, o where i, f, g, o is mistaken for this one."""
    return "".join(GATES[stored.index(gate)] for gate in GATES)


def named(stored: str) -> str:
    """Return the id of an order of the gates that the catalogue does not have."""
    return f"gate-order-{stored.replace('g', 'c')}"


def says(name: str) -> str:
    """Say what code with a fault does, one of the catalogue or an order of the gates."""
    if name in faults():
        return faults()[name].says
    return f"reads rows packed {', '.join(ORDER_OF[name])} as if they were i, f, g, o"


def mended(fault: Fault) -> str:
    """Say how a fault is mended, and where it has been seen."""
    seen = f"; seen in {', '.join(fault.cites[:2])}" if fault.cites else ""
    return f"  the mend: {fault.mend}{seen}"


def together(forms: Sequence[Form]) -> Form:
    """Return a form that commits several faults of the parameters, the last first."""

    def changed(network: Network) -> Network:
        for form in reversed(forms):
            network = form.weights(network) if form.weights else network
        return network

    return Form(weights=changed)
