"""What is known of an implementation before it is tried: from the user, and from its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lstm_verify.adopt import documentation
from lstm_verify.adopt.calling import Calling
from lstm_verify.adopt.expressions import Expression
from lstm_verify.adopt.mapping import Layout, Mapped


@dataclass(frozen=True)
class Told:
    """What is known without trying: what the user says, and what its documentation does.

    Attributes:
        weights: name -> what that parameter is filled with.
        layout: of all others.
        calling: how it is called; None to find out.
        declared: fields of `Semantics` that it has.
        takes, returns: "hc" or "ch", the order of the state; None where nothing says it.
        rows_first: whether inputs are [rows, steps, inputs]; None where nothing says it.
        documented: what of this only its documentation says: the names of these attributes.
    """

    weights: Mapping[str, Expression]
    layout: Layout
    calling: Calling | None
    declared: Mapping[str, Any]
    takes: str | None = None
    returns: str | None = None
    rows_first: bool | None = None
    documented: frozenset[str] = frozenset()

    def by_documentation(self, mapped: Mapped, calling: Calling) -> tuple[str, ...]:
        """Say what its documentation says, as far as it counts where it is filled and called like this."""
        parts = [expression.parts for expression in mapped.expressions.values()]
        back = {quantity for slot in calling.shown if slot.returned for quantity in slot.states}
        said = {
            "order": (
                any(len(p.gates) > 1 for ps in parts for p in ps),
                f"gates {_listed(self.layout.order)}",
            ),
            "joined": (any(len(ps) > 1 for ps in parts), f"matrices of [{_listed(self.layout.joined)}]"),
            "takes": (any(len(slot.states) > 1 for slot in calling.given), f"takes ({_listed(self.takes)})"),
            "returns": (len(back) > 1, f"returns {_listed(self.returns)}"),
            "rows_first": ("B" in calling.inputs.axes and calling.whole, _ROWS_FIRST[bool(self.rows_first)]),
        }
        return tuple(words for name, (counts, words) in said.items() if counts and name in self.documented)


_ROWS_FIRST = {True: "inputs are [rows, steps, inputs]", False: "inputs are [steps, rows, inputs]"}


def _listed(letters: str | None) -> str:
    return ", ".join(letters or "")


def documented(told_of: Told, found: Any) -> Told:
    """Add what the documentation of an implementation says; what the user says goes first."""
    said = documentation.stated(found)
    layout = told_of.layout
    own = {"order": layout.order, "joined": layout.joined}
    return replace(
        told_of,
        documented=frozenset(
            name for name, words in vars(said).items() if words is not None and not own.get(name)
        ),
        layout=replace(layout, order=layout.order or said.order, joined=layout.joined or said.joined),
        takes=said.takes,
        returns=said.returns,
        rows_first=said.rows_first,
    )
