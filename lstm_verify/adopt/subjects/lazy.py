"""What has no parameters before it has been called: it is made, and called with zeros."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter
from typing import Any, TypeVar

import numpy as np

from lstm_verify.adopt.calling import Array, Calling
from lstm_verify.adopt.roles import construction
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.ways import without_outputs
from lstm_verify.backends.errors import Unusable, told

T = TypeVar("T")


def made_with(
    made: Callable[..., Any], sizes: Sizes, given: Mapping[str, str], known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments of a constructor that is not told the inputs: its one size is the units."""
    found = construction(made, sizes, given, known)
    if sizes.units not in found.values():
        alone = next((name for name, value in found.items() if value == sizes.inputs), None)
        found |= {alone: sizes.units} if alone and alone not in given else {}
    return found


def first_call(
    taken: Sequence[Parameter],
    stated: Mapping[str, Any],
    sizes: Sizes,
    native: Callable[[Array], Any],
    attempt: Callable[[Mapping[str, Any]], T],
) -> T:
    """Return what comes of the first way of calling it that does not raise.

    Args:
        taken: the arguments of its method.
        stated: what it says of itself.
        native: makes an array of its kind.
        attempt: makes it and calls it with these arguments.

    Raises:
        Unusable: every way raises; the message has the likeliest one's.
    """
    first: Exception | None = None
    for calling in without_outputs(taken, stated):
        arguments, _ = calling.arguments(_zeros(calling, sizes), native)
        try:
            return attempt(arguments)
        except Exception as error:  # noqa: BLE001 (another way may be right)
            first = first or error
    why = f": {told(first)}" if first else f" an input; it takes {', '.join(map(str, taken)) or 'nothing'}"
    raise Unusable(f"it has parameters only when it has been called, and it cannot be given{why}")


def _zeros(calling: Calling, sizes: Sizes) -> dict[str, Array]:
    rows = sizes.rows if calling.rows else 1
    steps = (sizes.steps,) if calling.whole else ()
    return {"x": np.zeros((rows, *steps, sizes.inputs))} | {
        q: np.zeros((rows, sizes.units)) for q in calling.takes
    }
