"""The section `reads`: what a person reads off the states of a step, such as a count."""

from __future__ import annotations

from collections.abc import Mapping

from lstm_verify.lstm.network import Place
from lstm_verify.lstm.semantics import SHOWN
from lstm_verify.puzzle.document import Scalar
from lstm_verify.puzzle.expression import FUNCTIONS, ExpressionError, Scope, parse
from lstm_verify.puzzle.frame import Frame, check_names
from lstm_verify.puzzle.model import Reading
from lstm_verify.puzzle.names import split
from lstm_verify.puzzle.number import mistake
from lstm_verify.puzzle.problems import quoted


def read_reads(given: Mapping[Scalar, Scalar], frame: Frame) -> dict[str, Reading]:
    """Return name -> what is read; a name that cannot be one is noted, and an expression that is none."""
    check_names(list(given), "reading", "count", frame.problems)
    for name in given:
        if split(name)[0] in (*SHOWN, "m", *FUNCTIONS, *frame.features):
            message = "is the name of something else that is shown; give the reading another"
            frame.problems.add(name, f"{quoted(name)} {message}")
    places = {frame.network.name(place): place for place in frame.network.places("h", "c")}
    scope = Scope(states={name: frame.state(place.quantity) for name, place in places.items()})
    readings = {str(name): _reading(text, scope, places, frame) for name, text in given.items()}
    return {name: reading for name, reading in readings.items() if reading}


def _reading(text: Scalar, scope: Scope, places: Mapping[str, Place], frame: Frame) -> Reading | None:
    try:
        form = parse(text, scope)
    except ExpressionError as error:
        mistake(text, error, frame.problems)
        return None
    if form.is_constant:
        frame.problems.add(
            text, f"{quoted(text)} reads neither h nor c; write one such as 4*{next(iter(places))}[0]"
        )
        return None
    return Reading(str(text), form.constant, {_term(name, places): x for name, x in form.terms.items()})


def _term(name: str, places: Mapping[str, Place]) -> tuple[Place, int]:
    """Part "c_l1[0]" into the place and the unit."""
    state, _, index = name.removesuffix("]").partition("[")
    return places[state], int(index)
