"""What is left of the faults that matched when several cases have been seen."""

from __future__ import annotations

from collections.abc import Sequence

from lstm_verify.faults.base import Form
from lstm_verify.faults.catalogue import faults
from lstm_verify.faults.diagnosis.match import (
    AS_GOOD,
    IN_SINGLE,
    NEAR,
    NEARER,
    SINGLE,
    Match,
    matches,
    matching,
)
from lstm_verify.faults.diagnosis.sighting import Sighting
from lstm_verify.faults.needs import missing

SEARCHED = 3
"""So many sightings are held against the whole catalogue; the others against what came of those."""


def narrowed(failed: Sequence[Sighting], agreed: Sequence[Sighting] = ()) -> list[Match]:
    """Return the faults that match what failed, and are not contradicted by anything seen.

    A fault is dropped by a case only where its prediction there is sharp: a case that lacks what it
    needs, or where the prediction follows from numbers that were not shown, says nothing of it.
    """
    found: dict[tuple[str, ...], Match] = {}
    searched = 0
    for sighting in failed:
        if searched < SEARCHED:
            new = matches(sighting)
            searched += bool(new) or not found
            for match in new:
                found.setdefault(match.faults, match)
    contradicted = {
        names: sum(contradicts(sighting, match) for sighting in (*failed, *agreed))
        for names, match in found.items()
    }
    fewest = min(contradicted.values(), default=0)
    return [match for names, match in found.items() if contradicted[names] == fewest]


def contradicts(sighting: Sighting, match: Match) -> bool:
    """Tell whether a fault that matched elsewhere cannot be what is seen here."""
    names = match.faults
    forms = forms_of(match)
    if any(
        missing(faults()[name].needs, sighting.network, sighting.runs) for name in names if name in faults()
    ):
        return False
    if not any(sighting.sharp(form) for form in forms):
        return False
    if names == (IN_SINGLE,) and sighting.right_as(SINGLE):
        return False
    noise = max(AS_GOOD * sighting.form.roundoff, min(NEAR, sighting.wrong / NEARER))
    return nearest(sighting, forms) > noise and not matching(sighting, [(names, form) for form in forms])


def nearest(sighting: Sighting, forms: Sequence[Form]) -> float:
    """Return how near any of these forms comes to what is seen here."""
    return min(sighting.distance(form) for form in forms)


def forms_of(match: Match) -> Sequence[Form]:
    """Return all forms of a fault that matched; of a pair, or an order of the gates, the one that did."""
    known = faults().get(match.faults[0]) if len(match.faults) == 1 else None
    return known.forms if known else [match.form]
