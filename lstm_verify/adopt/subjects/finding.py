"""From something that people have to the file that knows its kind."""

from __future__ import annotations

from typing import Any

from lstm_verify.adopt.subjects import functions, numpy_objects, torch_modules
from lstm_verify.adopt.subjects.base import Subject, Wishes
from lstm_verify.backends.answers import described
from lstm_verify.backends.errors import Unusable

KINDS = (torch_modules.subject, functions.subject, numpy_objects.subject)
"""Each takes what it knows; in this order they are asked."""


def subject_of(found: Any, name: str, wishes: Wishes) -> Subject:
    """Return something behind the face that all kinds have.

    Raises:
        Unusable: it is of no known kind.
    """
    for take in KINDS:
        subject = take(found, wishes)
        if subject is not None:
            return subject
    expected = "a function, a class with weights, a torch.nn.Module or the like"
    raise Unusable(f"{name} is {described(found)}; expected {expected}")
