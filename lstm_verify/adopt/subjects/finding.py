"""From something that people have to the file that knows its kind."""

from __future__ import annotations

from typing import Any

from lstm_verify.adopt.subjects import (
    equinox_modules,
    flax_modules,
    functions,
    keras_layers,
    numpy_objects,
    torch_modules,
)
from lstm_verify.adopt.subjects.base import Subject, Wishes
from lstm_verify.backends.answers import described
from lstm_verify.backends.errors import Unusable

KINDS = (
    keras_layers.subject,
    equinox_modules.subject,
    flax_modules.subject,
    torch_modules.subject,
    functions.subject,
    numpy_objects.subject,
)
"""Each takes what it knows; in this order they are asked: over PyTorch, a layer of Keras is also a module."""


def subject_of(found: Any, wishes: Wishes) -> Subject:
    """Return something behind the face that all kinds have.

    Raises:
        Unusable: it is of no known kind.
    """
    for take in KINDS:
        subject = take(found, wishes)
        if subject is not None:
            return subject
    expected = "a function, a class with weights, a torch.nn.Module or the like"
    raise Unusable(f"it is {described(found)}; expected {expected}")
