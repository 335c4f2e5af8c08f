"""The LSTM equations, once.

They are those of torch.nn.LSTM (and of Hochreiter & Schmidhuber 1997 with the forget gate
of Gers, Schmidhuber & Cummins 2000):

    i = σ(W_i x + U_i h + b_i)        the input gate
    f = σ(W_f x + U_f h + b_f)        the forget gate
    g = tanh(W_g x + U_g h + b_g)     the candidate
    o = σ(W_o x + U_o h + b_o)        the output gate
    c' = f ⊙ c + i ⊙ g                the cell state
    h' = o ⊙ tanh(c')                 the hidden state, W_hr times it where it is projected

What a number is, is the arithmetic's business: a float, a ball, an interval, or an ideal
with a radius. What may differ between legitimate LSTMs stands in `Semantics`. A subclass
that overrides one method is an LSTM with one equation wrong.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Generic, NamedTuple

from lstm_verify.lstm.arithmetic.base import Arithmetic, Vector
from lstm_verify.lstm.network import Network
from lstm_verify.lstm.semantics import GATES, PEEPHOLES


class Step(NamedTuple, Generic[Vector]):
    """What one step computes, in the order in which it does.

    Each is [..., hidden_size], but a projected h [..., proj_size]. The gates are None where a step
    does not count, so that nothing is computed, and where an implementation does not show them.
    """

    i: Vector | None
    f: Vector | None
    g: Vector | None
    o: Vector | None
    c: Vector
    h: Vector


class Cell(Generic[Vector]):
    """The cell of one layer in one direction, in a given arithmetic: one short method an equation."""

    def __init__(self, network: Network, arithmetic: Arithmetic[Vector], index: int = 0) -> None:
        """Take the layer and direction at an index of `network.layers`."""
        self.semantics = network.semantics
        self.activations = self.semantics.in_direction(index % network.directions)
        self.arithmetic = arithmetic
        weights = network.layers[index]
        gates = {gate: weights.gate(gate) for gate in GATES}
        self.matrices = {
            gate: (arithmetic.matrix(w.weight_ih), arithmetic.matrix(w.weight_hh))
            for gate, w in gates.items()
        }
        self.biases = {
            gate: [arithmetic.vector(w.bias_ih), arithmetic.vector(w.bias_hh)] for gate, w in gates.items()
        }
        if self.semantics.forget_bias:
            addend = [self.semantics.forget_bias] * network.hidden_size
            self.biases["f"].append(arithmetic.vector(addend))
        self.peepholes = {
            gate: arithmetic.vector(p)
            for gate in PEEPHOLES
            if self.semantics.peephole and (p := getattr(weights, f"weight_c{gate}")) is not None
        }
        self.gains = {
            gate: arithmetic.vector(w.weight_ln) for gate, w in gates.items() if w.weight_ln is not None
        }
        self.projector = None if weights.weight_hr is None else arithmetic.matrix(weights.weight_hr)

    def preactivation(self, gate: str, x: Vector, h: Vector, c: Vector) -> Vector:
        """z_k = W_k x + b_k + U_k h + b'_k (+ p_k ⊙ c), summed as one: its order is the implementation's."""
        weight_ih, weight_hh = self.matrices[gate]
        products, terms = [(weight_ih, x), (weight_hh, h)], [*self.biases[gate]]
        if gate in self.peepholes:
            terms.append(self.peepholes[gate] * c)
        if self.semantics.layer_norm is not None:
            products, terms = [], [self.normalised(gate, self.arithmetic.affine(products, [])), *terms]
        return self.clipped(self.arithmetic.affine(products, terms), self.semantics.clip_gates)

    def normalised(self, gate: str, z: Vector) -> Vector:
        """γ_k ⊙ (z − mean z) / √(var z + ε), over the units of one gate."""
        z = self.arithmetic.normalise(z, self.semantics.layer_norm or Fraction(0))
        return self.gains[gate] * z if gate in self.gains else z

    def clipped(self, x: Vector, limit: Fraction | None) -> Vector:
        """X kept within ± limit, where there is one."""
        return x if limit is None else self.arithmetic.clip(x, limit)

    def activation(self, role: str, z: Vector) -> Vector:
        """σ or tanh, or whatever the network has in this role (i, f, g, o, h)."""
        return self.arithmetic.activation(role, self.activations.of(role), z)

    def gate(self, gate: str, x: Vector, h: Vector, c: Vector) -> Vector:
        """i, f, g or o; c is what its peephole sees."""
        return self.activation(gate, self.preactivation(gate, x, h, c))

    def input_and_forget(self, x: Vector, h: Vector, c: Vector) -> tuple[Vector, Vector]:
        """i and f, one of which may be 1 minus the other."""
        if self.semantics.coupled == "f=1-i":
            i = self.gate("i", x, h, c)
            return i, self.arithmetic.one_minus(i)
        if self.semantics.coupled == "i=1-f":
            f = self.gate("f", x, h, c)
            return self.arithmetic.one_minus(f), f
        return self.gate("i", x, h, c), self.gate("f", x, h, c)

    def cell_state(self, i: Vector, f: Vector, g: Vector, c: Vector) -> Vector:
        """c' = f ⊙ c + i ⊙ g."""
        return self.clipped(f * c + i * g, self.semantics.clip_cell)

    def hidden_state(self, o: Vector, c: Vector) -> Vector:
        """h' = o ⊙ tanh(c')."""
        return o * self.activation("h", c)

    def projection(self, h: Vector) -> Vector:
        """W_hr h', where it is projected (r_t = W_rm m_t of Sak et al. 2014)."""
        if self.projector is None:
            return h
        projected = self.arithmetic.affine([(self.projector, h)], [])
        return self.clipped(projected, self.semantics.clip_projection)

    def step(self, x: Vector, h: Vector, c: Vector) -> Step[Vector]:
        """Compute one step from an input x [..., inputs] and the state h, c [..., hidden_size]."""
        i, f = self.input_and_forget(x, h, c)
        g = self.gate("g", x, h, c)
        new = self.cell_state(i, f, g, c)
        o = self.gate("o", x, h, c if self.semantics.peephole == "old" else new)
        return Step(i, f, g, o, new, self.projection(self.hidden_state(o, new)))
