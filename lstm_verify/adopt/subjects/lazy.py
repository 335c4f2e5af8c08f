"""What has no parameters before it has been called: it is made, and called with zeros."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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


class Caller:
    """Calls with zeros what has no parameters before; the way that was right once is tried first.

    Attributes:
        stated: what its framework, or it, says of itself; see `Subject`.
    """

    def __init__(self, stated: Mapping[str, Any]) -> None:
        self.stated = stated
        self.known: Calling | None = None

    def first(
        self,
        taken: Sequence[Parameter],
        sizes: Sizes,
        native: Callable[[Array], Any],
        attempt: Callable[[Mapping[str, Any]], T],
    ) -> T:
        """Return what comes of the first way of calling it that does not raise.

        Args:
            taken: the arguments of its method.
            native: makes an array of its kind.
            attempt: makes it and calls it with these arguments.

        Raises:
            Unusable: every way raises; the message has the likeliest one's.
        """
        refused: list[Exception] = []
        for calling in (self.known,) if self.known else self._ways(taken):
            arguments, _ = calling.arguments(_zeros(calling, sizes), native)
            try:
                made = attempt(arguments)
            except Exception as error:  # noqa: BLE001 (another way may be right)
                refused.append(error)
            else:
                self.known = calling
                return made
        why = f": {told(refused[0])}" if refused else f" an input; it takes {', '.join(map(str, taken))}"
        raise Unusable(f"it has parameters only when it has been called, and it cannot be given{why}")

    def _ways(self, taken: Sequence[Parameter]) -> Iterator[Calling]:
        rows_first, whole = self.stated.get("batch_first"), self.stated.get("whole")
        yield from without_outputs(taken, {}, rows_first=rows_first, whole=whole)


def _zeros(calling: Calling, sizes: Sizes) -> dict[str, Array]:
    rows = sizes.rows if calling.rows else 1
    steps = (sizes.steps,) if calling.whole else ()
    return {"x": np.zeros((rows, *steps, sizes.inputs))} | {
        q: np.zeros((rows, sizes.units)) for q in calling.takes
    }
