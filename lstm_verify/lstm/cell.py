"""The LSTM equations, once.

They are those of torch.nn.LSTM (and of Hochreiter & Schmidhuber 1997 with the forget gate
of Gers, Schmidhuber & Cummins 2000):

    i = σ(W_i x + U_i h + b_i)        the input gate
    f = σ(W_f x + U_f h + b_f)        the forget gate
    g = tanh(W_g x + U_g h + b_g)     the candidate
    o = σ(W_o x + U_o h + b_o)        the output gate
    c' = f ⊙ c + i ⊙ g                the cell state
    h' = o ⊙ tanh(c')                 the hidden state

What a number is, is the arithmetic's business: a float, a ball, an interval, or an ideal
with a radius. What may differ between legitimate LSTMs stands in `Semantics`. A subclass
that overrides one method is an LSTM with one equation wrong.
"""

from __future__ import annotations

from typing import Generic, NamedTuple

from lstm_verify.lstm.arithmetic.base import Arithmetic, Vector
from lstm_verify.lstm.network import Network
from lstm_verify.lstm.semantics import GATES


class Step(NamedTuple, Generic[Vector]):
    """What one step computes, in the order in which it does; each [..., hidden_size]."""

    i: Vector
    f: Vector
    g: Vector
    o: Vector
    c: Vector
    h: Vector


class Cell(Generic[Vector]):
    """One layer's LSTM cell in a given arithmetic: one short method an equation."""

    def __init__(self, network: Network, arithmetic: Arithmetic[Vector]) -> None:
        self.semantics = network.semantics
        self.arithmetic = arithmetic
        weights = {gate: network.weights.gate(gate) for gate in GATES}
        self.matrices = {
            gate: (arithmetic.matrix(w.weight_ih), arithmetic.matrix(w.weight_hh))
            for gate, w in weights.items()
        }
        self.biases = {
            gate: [arithmetic.vector(w.bias_ih), arithmetic.vector(w.bias_hh)] for gate, w in weights.items()
        }

    def preactivation(self, gate: str, x: Vector, h: Vector) -> Vector:
        """z_k = W_k x + b_k + U_k h + b'_k, summed as one: its order is the implementation's."""
        weight_ih, weight_hh = self.matrices[gate]
        return self.arithmetic.affine(products=[(weight_ih, x), (weight_hh, h)], terms=self.biases[gate])

    def activation(self, role: str, z: Vector) -> Vector:
        """σ or tanh, or whatever the network has in this role (i, f, g, o, h)."""
        return self.arithmetic.activation(role, self.semantics.activation(role), z)

    def gate(self, gate: str, x: Vector, h: Vector) -> Vector:
        """i, f, g or o."""
        return self.activation(gate, self.preactivation(gate, x, h))

    def cell_state(self, i: Vector, f: Vector, g: Vector, c: Vector) -> Vector:
        """c' = f ⊙ c + i ⊙ g."""
        return f * c + i * g

    def hidden_state(self, o: Vector, c: Vector) -> Vector:
        """h' = o ⊙ tanh(c')."""
        return o * self.activation("h", c)

    def step(self, x: Vector, h: Vector, c: Vector) -> Step[Vector]:
        """Compute one step from an input x [..., input_size] and the state h, c [..., hidden_size]."""
        i, f, g = (self.gate(k, x, h) for k in "ifg")
        c = self.cell_state(i, f, g, c)
        o = self.gate("o", x, h)
        h = self.hidden_state(o, c)
        return Step(i, f, g, o, c, h)
