"""`python:module:object`: a function that keeps one of our contracts, or an LSTM as people have it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lstm_verify.backends.base import Backend, Kind, Options
from lstm_verify.backends.errors import Unusable

if TYPE_CHECKING:
    from lstm_verify.adopt.expressions import Expression
    from lstm_verify.adopt.sizes import Sizes
    from lstm_verify.adopt.subjects.base import Wishes
    from lstm_verify.adopt.told import Told
    from lstm_verify.lstm.accuracy import Accuracy


def wrap(found: Any, name: str, options: Options) -> Backend:
    """Make a backend of what people have.

    Raises:
        Unusable: it is no LSTM, or it cannot be made out how it is called or filled.
    """
    from lstm_verify.adopt.contracts import keeps_a_contract
    from lstm_verify.backends import python_code

    with contextlib.redirect_stdout(sys.stderr):  # what it prints must not mix with our output
        if keeps_a_contract(found, options):
            return python_code.wrap(found, name, options)
        return _adopted(found, name, options)


def _adopted(found: Any, name: str, options: Options) -> Backend:
    from lstm_verify.adopt.adopt import adopt
    from lstm_verify.adopt.subjects.finding import subject_of

    wishes, accuracy, told = asked(found, options)
    try:
        return adopt(subject_of(found, wishes), name, wishes.form, accuracy, told)
    except Unusable as error:
        raise Unusable(f"{name}: {error}") from None


def asked(found: Any, options: Options) -> tuple[Wishes, Accuracy, Told]:
    """Return what the user says of something that is to be made out.

    Raises:
        Unusable: an option cannot be read.
    """
    from lstm_verify.adopt import expressions, mapping
    from lstm_verify.adopt.calling import parsed
    from lstm_verify.adopt.subjects.base import Wishes
    from lstm_verify.adopt.told import Told, documented
    from lstm_verify.adopt.variant import declared
    from lstm_verify.lstm.accuracy import Accuracy

    form = options.dtype(_usual(found), ("float64", "float32", "float16"))
    wishes = Wishes(form, options.take("method", ""), dict(_pairs("init", options.take("init", ""))))
    accuracy = options.accuracy(Accuracy())
    weights, layout, call = (options.take(key, "") for key in ("weights", "layout", "call"))
    semantics = declared(options.take("semantics", ""))
    try:
        stated = {key: expressions.parsed(value) for key, value in _pairs("weights", weights)}
        told = Told(stated, mapping.stated(layout), parsed(call) if call else None, semantics)
    except ValueError as error:
        raise Unusable(str(error)) from None
    wishes = replace(wishes, weights={key: _shape_of(value) for key, value in stated.items()})
    return wishes, accuracy, documented(told, found)


def _shape_of(expression: Expression) -> Callable[[Sizes], tuple[int, ...]]:
    """Return what tells the shape of an expression, at given sizes."""
    from lstm_verify.adopt.trying import probe

    def shape(sizes: Sizes) -> tuple[int, ...]:
        value = expression.value(probe(sizes, frozenset()).layers[0])
        return () if value is None else value.shape

    return shape


def _pairs(option: str, text: str) -> list[tuple[str, str]]:
    """Read "name=value; name=value"."""
    pairs = [part.strip().partition("=") for part in text.split(";") if part.strip()]
    for key, equals, value in pairs:
        if not (key and equals and value):
            raise Unusable(f"{option}: '{key}{equals}{value}' is no name=value; several are parted by ;")
    return [(key.strip(), value.strip()) for key, _, value in pairs]


def _usual(found: Any) -> str:
    """Return the format that such an implementation computes in unless told otherwise."""
    from lstm_verify.adopt.contracts import of_framework

    if not of_framework(found):
        return "float64"
    made_in = getattr(found, "compute_dtype", None)  # a layer of Keras keeps what it was made with
    return made_in if isinstance(made_in, str) else "float32"


def _make(name: str, target: str, options: Options) -> Backend:
    from lstm_verify.adopt.importing import found

    return wrap(found(target), name, options)


KINDS = [
    Kind(
        "python",
        "your own LSTM: python:module:object or python:file.py:object",
        None,
        _make,
        takes_target=True,
        isolated=True,
    )
]
