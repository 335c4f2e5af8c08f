"""The ledger: what published lessons claim of the LSTM, each claim checked again by running."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lstm_verify.lessons.ledger import Lesson

NAMES = ("memory", "shapes", "scratch")
"""The lessons in their order; `NAME.py` has each, as `LESSON`. A claim is one entry there."""


def lesson(name: str) -> Lesson:
    """Return a lesson by its name, one of `NAMES`."""
    found: Lesson = import_module(f"{__name__}.{name}").LESSON
    return found
