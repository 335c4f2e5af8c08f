"""The faults that go wrong as an implementation did in one of the protocols."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from lstm_verify.faults.base import Fault, Form
from lstm_verify.faults.catalogue import faults
from lstm_verify.faults.diagnosis.match import NEAR, NEARER, mended
from lstm_verify.faults.diagnosis.sighting import apart
from lstm_verify.faults.needs import missing
from lstm_verify.faults.simulate import HONEST, Faulty
from lstm_verify.verify.protocols import PROTOCOLS, Answer, ask
from lstm_verify.verify.verdict import Finding, Result, Trial


def found(result: Result) -> Finding:
    """Say what a result looks like that went wrong in a protocol.

    Every fault that some protocol shows is committed, in the same calls one after the other. One that
    depends on what nobody can know, such as a random state, cannot be compared: it is named as possible
    where no other matches, if this protocol is the one that shows it.
    """
    assert result.protocol
    assert result.trial
    known = list(_there(result.trial))
    enough = min(NEAR, _distance(HONEST, result.protocol, result.trial) / NEARER)
    near = {
        name: form
        for name, fault in known
        if (form := _nearest(fault, result.protocol, result.trial, enough))
    }
    if near:
        return Finding(tuple(near), tuple(_named(near, "it looks as if it", "or as if it")))
    possible = {name: Form() for name, fault in known if _possible(fault, result.protocol)}
    if possible:
        return Finding(tuple(possible), tuple(_named(possible, "it may be that it", "or that it")))
    return Finding((), ("it looks like no fault that is known",))


def _named(forms: Mapping[str, Form], first: str, others: str) -> Iterator[str]:
    """Say what code with each fault does, with the mend and where it has been seen."""
    for k, (name, form) in enumerate(forms.items()):
        fault = faults()[name]
        words = f", {form.words}" if form.words else ""
        yield f"{others if k else first} {fault.says} ({name}{words})"
        yield mended(fault)


def _possible(fault: Fault, protocol: str) -> bool:
    return fault.protocol == protocol and any(form.unknown for form in fault.forms)


def _there(trial: Trial) -> Iterator[tuple[str, Fault]]:
    """Yield the faults that only a protocol shows, and that have here what they need."""
    asked = trial.answers[0]
    for name, fault in faults().items():
        if fault.protocol and missing(fault.needs, asked.network, asked.runs) is None:
            yield name, fault


def _nearest(fault: Fault, protocol: str, trial: Trial, enough: float) -> Form | None:
    """Return the form of a fault that answers as the implementation did, or None."""
    forms = [form for form in fault.forms if not form.unknown]
    distances = [_distance(form, protocol, trial) for form in forms]
    best = int(np.argmin(distances)) if forms else 0
    return forms[best] if forms and distances[best] <= enough else None


def _distance(form: Form, protocol: str, trial: Trial) -> float:
    """Return how far what was answered is from what code with the fault answers to the same calls."""
    try:
        with np.errstate(all="ignore"):
            predicted = _replayed(form, protocol, trial)
    except (ValueError, IndexError):  # such code cannot run this network
        return np.inf
    both = zip(trial.answers, predicted, strict=False)
    return max((d for seen, other in both for d in _apart(seen, other)), default=np.inf)


def _replayed(form: Form, protocol: str, trial: Trial) -> Sequence[Answer]:
    """Return what code with the fault answers, after all the calls that came before."""
    asked = ask(Faulty(form))
    asked(trial.network, trial.runs)
    for name in trial.passed:
        list(PROTOCOLS[name].answers(trial.network, trial.runs, asked))
    return list(PROTOCOLS[protocol].answers(trial.network, trial.runs, asked))


def _apart(seen: Answer, predicted: Answer) -> Iterator[float]:
    """Yield how far each quantity that was shown is from what was predicted."""
    for shown, other in zip(seen.observations, predicted.observations, strict=True):
        values = other.parts[0].values
        for part in shown.parts:
            yield from (apart(got, values[place]) for place, got in part.values.items() if place in values)
