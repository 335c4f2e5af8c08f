"""What is known of an implementation before it is tried: from the user, and from its documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lstm_verify.adopt import documentation
from lstm_verify.adopt.calling import Calling
from lstm_verify.adopt.expressions import Expression
from lstm_verify.adopt.mapping import Layout


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
    """

    weights: Mapping[str, Expression]
    layout: Layout
    calling: Calling | None
    declared: Mapping[str, Any]
    takes: str | None = None
    returns: str | None = None
    rows_first: bool | None = None


def documented(told_of: Told, found: Any) -> Told:
    """Add what the documentation of an implementation says; what the user says goes first."""
    said = documentation.stated(found)
    layout = told_of.layout
    return replace(
        told_of,
        layout=replace(layout, order=layout.order or said.order, joined=layout.joined or said.joined),
        takes=said.takes,
        returns=said.returns,
        rows_first=said.rows_first,
    )
