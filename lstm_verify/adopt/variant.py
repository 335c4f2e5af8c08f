"""Which variant of the LSTM code is declared to be: `semantics=coupled=f=1-i;g=relu`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.semantics import CHOICES, PARAMETERS, PYTORCH, ROLES, Activation, Semantics
from lstm_verify.puzzle.problems import quoted, suggestion

_NUMBERS = ("forget_bias", "clip_gates", "clip_cell")
_WORDS = ("coupled", "peephole")
KEYS = (*_WORDS, *_NUMBERS, *ROLES)


def declared(text: str) -> dict[str, Any]:
    """Read what code is declared to be: field of `Semantics` -> its value.

    Raises:
        Unusable: a key or a value is not known, or makes no sense.
    """
    pairs = [part.strip().partition("=")[::2] for part in text.split(";") if part.strip()]
    activations = {key: _activation(key, value) for key, value in pairs if key in ROLES}
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key not in KEYS:
            raise Unusable(f"semantics: unknown key {quoted(key)}; {suggestion(key, KEYS)}")
        if key in _WORDS:
            fields[key] = _word(key, value.replace(" ", ""))
        elif key in _NUMBERS:
            fields[key] = _number(key, value)
    if activations:
        fields["activations"] = PYTORCH.activations.__class__(**activations)
    try:
        Semantics(**fields)
    except ValueError as error:
        raise Unusable(f"semantics: {error}") from None
    return fields


def _word(key: str, value: str) -> str:
    known = [word for word in CHOICES[key] if word]
    if value not in known:
        raise Unusable(f"semantics: {key}={value}; expected {' or '.join(f'{key}={word}' for word in known)}")
    return value


def _number(key: str, value: str) -> Fraction:
    try:
        return Fraction(value)
    except ValueError:
        raise Unusable(f"semantics: {key}={value}; expected a number, such as {key}=1") from None


def _activation(role: str, value: str) -> Activation:
    if value not in PARAMETERS:
        raise Unusable(f"semantics: {role}={value}; {suggestion(value, tuple(PARAMETERS))}")
    return Activation(value, *PARAMETERS[value])


def words(fields: Mapping[str, Any]) -> str:
    """Say a variant in words, to go behind "an LSTM with "."""
    return ", ".join(Semantics(**fields).departures().values())
