"""Identify an implementation: ask, search, and say what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from lstm_verify.backends.base import Backend
from lstm_verify.backends.errors import Unusable, told
from lstm_verify.identify import rows
from lstm_verify.identify.hypothesis import Hypothesis
from lstm_verify.identify.known import Resemblance, resemblance
from lstm_verify.identify.probes import HALF, ROOM, Asked
from lstm_verify.identify.search import SINGLE, Found, largest_noticed, peepholes, search
from lstm_verify.identify.uses import THINGS, Uses
from lstm_verify.identify.words import CERTAIN, UNASKED, UNTOLD, Finding, departures, of_the_search
from lstm_verify.lstm.network import REVERSE

LED = "we lead it from step to step"


@dataclass(frozen=True)
class Identity:
    """What an implementation is.

    Attributes:
        backend: its name.
        identified: whether there is a hypothesis that fits all that it showed.
        hypotheses: all that fit; where there is none, the nearest.
        distance: how far the nearest is from what was shown, relative to numbers above 1.
        findings: a line for each thing that may differ between LSTMs.
        framework: the frameworks that come nearest; None where nothing fits.
        notes: what else there is to be said.
    """

    backend: str
    identified: bool
    hypotheses: tuple[Hypothesis, ...] = ()
    distance: float = 0.0
    findings: tuple[Finding, ...] = ()
    framework: Resemblance | None = None
    notes: tuple[str, ...] = ()


def identify(backend: Backend) -> Identity:
    """Find out what code takes its arrays for, and which LSTM it computes.

    Raises:
        Unusable: it does not take a plain LSTM of one layer.
    """
    asked = Asked(backend, min(HALF, ROOM * backend.form.roundoff))
    try:
        with np.errstate(all="ignore"):
            return _identified(asked)
    except Unusable:
        raise
    except Exception as error:  # noqa: BLE001 (whatever an implementation raises is an answer of its)
        return Identity(backend.name, identified=False, notes=(f"it gave no answer: {told(error)}",))


def _identified(asked: Asked) -> Identity:
    refusal = asked.refusal()
    if refusal:
        raise Unusable(f"{asked.backend.name} takes no plain LSTM: {refusal}")
    uses = Uses(asked)
    notes = []
    if uses.steps("again"):
        note = "asked the same thing twice, it shows two different things"
        return Identity(asked.backend.name, identified=False, notes=(note,))
    missing = [thing for thing in ("inputs", "weight_ih") if thing not in uses.used]
    if missing:
        what = " and ".join(missing)
        return Identity(
            asked.backend.name,
            identified=False,
            notes=(f"nothing that it shows changes with {what}: no gate can be told from another",),
        )
    found = search(asked, uses)
    if found.failed and asked.near < found.distance <= SINGLE:
        asked.near = SINGLE
        again = search(asked, uses)
        if again.failed is None:
            found = again
            notes.append("what it shows is only as exact as float32")
        else:
            asked.near = ROOM * asked.backend.form.roundoff
    return _told(asked, uses, found, notes)


def _told(asked: Asked, uses: Uses, found: Found, notes: list[str]) -> Identity:
    """Put what was found into words."""
    fits = found.failed is None
    first = found.fitting[0]
    remarks = _noticed(asked, uses, first) if fits else {}
    findings = list(of_the_search(found.fitting, found.known, fits=fits, remarks=remarks))
    if fits:
        peephole, kind = _peepholes(asked, first)
        findings.insert(7, peephole)
        first = replace(first, peephole=kind)
    findings += _time(asked, uses, first, fits=fits)
    if not fits:
        notes += _unfit(uses, found)
    if not asked.shows_c:
        notes.append("it shows h alone: c is known by what it does to h")
    if fits and "weight_hh" not in uses.used:
        notes.append("weight_hh changes nothing: how it would be read cannot be told")
    return Identity(
        asked.backend.name,
        identified=fits,
        hypotheses=tuple(found.fitting),
        distance=found.distance,
        findings=tuple(findings),
        framework=resemblance(first) if fits else None,
        notes=tuple(notes),
    )


QUESTIONS = {
    "moderate": "how h and c are made of small inputs and c, where nothing recurs and no bias is added",
    "clip_cell": "how a large c decays",
    "clip_gates": "what becomes of large inputs",
    "ih": "how weight_ih is read",
    "biases": "how the biases are added",
    "hh": "how weight_hh is read",
    "together": "how all of it goes together",
}
"""Where the search ended -> what no hypothesis explains."""


def _unfit(uses: Uses, found: Found) -> Iterator[str]:
    """Yield what is known of code that no hypothesis fits."""
    unused = [thing for thing in THINGS if thing not in uses.used]
    if unused:
        yield f"nothing that it shows changes with {', '.join(unused)}"
    yield f"what no hypothesis explains: {QUESTIONS[found.failed or 'together']}"
    apart = departures(found.fitting[0])
    with_what = f"; {apart}" if apart else ""
    yield f"the nearest, {found.distance:.1g} away: PyTorch's LSTM{with_what}"


def _noticed(asked: Asked, uses: Uses, hypothesis: Hypothesis) -> dict[str, str]:
    """Say up to where a limit would have been noticed."""
    found = {}
    for name in ("clip_gates", "clip_cell"):
        if getattr(hypothesis, name) is None:
            largest = largest_noticed(asked, uses, hypothesis, name)
            found[name] = " of less than any" if largest is None else f" up to ±{largest:.2g}"
    return found


def _peepholes(asked: Asked, hypothesis: Hypothesis) -> tuple[Finding, str | None]:
    """Say what it makes of peepholes, and return which it has."""
    answers = {kind: peepholes(asked, hypothesis, kind) for kind in ("new", "old")}
    given = {kind: answer for kind, answer in answers.items() if answer is not None}
    what = "peepholes"
    if not given:
        return Finding(what, "?", UNASKED, "it takes no peephole weights"), None
    words = {
        "new": "o sees the new c",
        "old": "o sees the old c",
        "none": "not used",
        "other": "used in another way",
    }
    if len(given) == 2 and all(kind == answer for kind, answer in given.items()):
        return Finding(what, "o sees the new c or the old one, as it is asked to"), None
    answer = next(iter(given.values()))
    return Finding(what, words[answer]), answer if answer in ("new", "old") else None


def _time(asked: Asked, uses: Uses, hypothesis: Hypothesis, *, fits: bool) -> Iterator[Finding]:
    """Yield what there is to say of the state, of time and of rows."""
    yield _state(uses, hypothesis, fits=fits)
    returned = ", ".join(hypothesis.returns) if asked.shows_c else "h alone"
    yield (
        Finding("returns", f"({returned})" if asked.shows_c else returned)
        if fits
        else Finding("returns", "two vectors" if asked.shows_c else returned)
    )
    if asked.fed_back:
        yield Finding("direction", "?", UNASKED, LED)
        yield Finding("rows of a batch", "?", UNASKED, LED)
        return
    if uses.time is None:
        steps = ", ".join(str(t + 1) for t in uses.steps("inputs"))
        yield Finding("direction", "?", UNTOLD, f"an input of step 2 of 4 changes the steps {steps}")
    else:
        direction, axes = uses.time
        yield Finding("direction", "from the end to the beginning" if direction == REVERSE else "forwards")
        yield Finding("axes of a sequence", f"[{axes}, {'inputs' if axes == 'steps' else 'steps'}]")
    if not fits:
        return
    yield Finding("rows of a batch", rows.rows(asked, hypothesis))
    for what, said in (
        ("two directions", rows.two_directions(asked, hypothesis)),
        ("padding", rows.padding(asked, hypothesis)),
    ):
        yield Finding(what, "?", UNASKED, "it does not take them") if said is None else Finding(what, said)


def _state(uses: Uses, hypothesis: Hypothesis, *, fits: bool) -> Finding:
    """Say what it makes of the initial state."""
    what = "initial state"
    if not uses.state:
        return Finding(what, "not used: it begins with zeros" if fits else "not used")
    if len(uses.state) == 1:
        return Finding(what, f"{uses.state}0 alone is used")
    taken = ", ".join(f"{q}0" for q in hypothesis.takes)
    return Finding(what, f"taken as ({taken})", CERTAIN) if fits else Finding(what, "used")


def to_data(identity: Identity) -> dict[str, Any]:
    """Return everything for programs."""
    near = identity.framework
    return {
        "version": 1,
        "backend": identity.backend,
        "identified": identity.identified,
        "distance": identity.distance,
        "frameworks": [known.title for known in near.frameworks] if near else [],
        "sources": [known.source for known in near.frameworks] if near else [],
        "differences": [*near.differences] if near else [],
        "packed_otherwise": [*near.packed_otherwise] if near else [],
        "findings": [vars(finding) for finding in identity.findings],
        "notes": [*identity.notes],
    }
