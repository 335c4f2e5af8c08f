"""What may legitimately differ between LSTMs, as data. The defaults are torch.nn.LSTM."""

from __future__ import annotations

from dataclasses import dataclass, fields

GATES = "ifgo"
"""The gates in PyTorch's order: input, forget, candidate (cell) and output."""

ROLES = (*GATES, "h")
"""Where an activation stands: the four gates, and h, the tanh on the way out."""

QUANTITIES = (*GATES, "c", "h")
"""What a step computes, in this order: the gates, the cell state and the hidden state."""

ACTIVATIONS = ("sigmoid", "tanh", "identity", "relu")
"""The names of the activations; what they are stands in `activations`."""


@dataclass(frozen=True)
class Semantics:
    """The variant of the LSTM: one field for each thing that may legitimately differ.

    Attributes i, f, g, o and h name the activation in each role (torch.nn.LSTM:
    σ, σ, tanh, σ and tanh).
    """

    i: str = "sigmoid"
    f: str = "sigmoid"
    g: str = "tanh"
    o: str = "sigmoid"
    h: str = "tanh"

    def activation(self, role: str) -> str:
        """Return the name of the activation in a role: i, f, g, o or h."""
        name: str = getattr(self, role)
        return name

    def departures(self) -> dict[str, str]:
        """Return in what it departs from PyTorch's LSTM: feature -> the departure in words."""
        other = [
            f"{role} = {self.activation(role)}" for role in ROLES if self.activation(role) != _DEFAULTS[role]
        ]
        return {"activations": ", ".join(other)} if other else {}


_DEFAULTS = {field.name: field.default for field in fields(Semantics)}

PYTORCH = Semantics()
"""The LSTM of torch.nn.LSTM, equations as in its documentation."""
