"""lstm-verify: puzzles that a person works out on paper, held against any LSTM implementation.

    >>> from lstm_verify import check, load, run
    >>> run("memory", "torch.cell").exit_code
    0

Everything is imported when it is first used: loading this package costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lstm_verify.engine import check as check
    from lstm_verify.engine import load as load
    from lstm_verify.engine import run as run
    from lstm_verify.puzzle.model import Puzzle as Puzzle
    from lstm_verify.puzzle.model import PuzzleError as PuzzleError
    from lstm_verify.verify.report import Report as Report

__version__ = "0.1.0"

_HOMES = {
    "Puzzle": "lstm_verify.puzzle.model",
    "PuzzleError": "lstm_verify.puzzle.model",
    "Report": "lstm_verify.verify.report",
    "check": "lstm_verify.engine",
    "load": "lstm_verify.engine",
    "run": "lstm_verify.engine",
}

__all__ = ["Puzzle", "PuzzleError", "Report", "check", "load", "run"]


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'lstm_verify' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)
