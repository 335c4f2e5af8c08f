"""The sizes of an LSTM and of what it reads, and the letters for them."""

from __future__ import annotations

from dataclasses import dataclass

from lstm_verify.conventions.base import PLAIN
from lstm_verify.lstm.network import Network

WORDS = {
    "I": "input size",
    "H": "hidden size",
    "P": "projection size",
    "L": "layers",
    "D": "directions",
    "B": "batch size",
    "T": "steps",
    "V": "vocabulary size",
}
"""Letter -> what it is the number of."""


@dataclass(frozen=True)
class Sizes:
    """The sizes; letters for them as in `symbols`.

    Attributes:
        inputs: I, numbers a step.
        hidden: H, units of a layer.
        layers: L.
        directions: D, 1 or 2.
        proj: P, the width of h where it is projected, or 0.
        batch: B, sequences.
        steps: T.
        vocab: V, how many different tokens there are, and logits; 0 without an output layer.
        fields: what the weights of a layer consist of beside a projection, as in `Convention.names`.
    """

    inputs: int
    hidden: int
    layers: int = 1
    directions: int = 1
    proj: int = 0
    batch: int = 1
    steps: int = 1
    vocab: int = 0
    fields: frozenset[str] = frozenset(PLAIN)

    @classmethod
    def of(cls, network: Network, batch: int, steps: int) -> Sizes:
        """Return the sizes of a network, and of a batch of sequences."""
        names = {name for name, _ in network.layers[0].items()}
        peepholes = {name for name in names if name.startswith("weight_c")}
        absent = peepholes | (set() if network.bias else {"bias_ih", "bias_hh"})
        return cls(
            network.input_size,
            network.hidden_size,
            network.num_layers,
            network.directions,
            network.proj_size,
            batch,
            steps,
            network.width("logits"),
            frozenset(names - absent - {"weight_hr"} | ({"peephole"} if peepholes else set())),
        )

    @property
    def symbols(self) -> dict[str, int]:
        """Letter -> number, for those that there are."""
        network = (self.inputs, self.hidden, self.proj, self.layers, self.directions)
        found = dict(zip(WORDS, (*network, self.batch, self.steps, self.vocab), strict=True))
        return {letter: number for letter, number in found.items() if number}

    @property
    def output(self) -> str:
        """The letter for the width of h."""
        return "P" if self.proj else "H"

    @property
    def parts(self) -> frozenset[str]:
        """The fields, the projection among them."""
        return self.fields | ({"weight_hr"} if self.proj else set())

    @property
    def legend(self) -> list[str]:
        """Say of each letter what it is: "I = 28 (input size)"."""
        return [f"{letter} = {number:,} ({WORDS[letter]})" for letter, number in self.symbols.items()]
