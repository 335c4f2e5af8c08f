"""An LSTM of every kind, written out a second time in NumPy, with all the freedom that honest code has.

It shares no line with the package's own equations. How it sums, whether it fuses, how it writes σ and
how it normalises is a `Style`; whatever the style, the envelope must contain what comes out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from lstm_verify.backends.base import Observation, Part
from lstm_verify.lstm.network import Place

WIDER = {"float16": np.float32, "float32": np.float64, "float64": np.longdouble}
"""Format -> one in which a product of two of its numbers is exact, or nearly."""


@dataclass(frozen=True)
class Style:
    """What an implementation is free to choose.

    Attributes:
        order: in which the terms of a sum are taken, by a seed.
        grouping: term by term ("chain"), in pairs ("tree"), or rounded once at the end ("wide").
        fused: whether a product is added without being rounded first.
        sigma, norm: how σ and the layer normalisation are written.
        shown: what is shown of each layer: everything, or what a framework returns.
    """

    order: int
    grouping: str
    fused: bool
    sigma: str
    norm: str
    shown: str


STYLES = st.builds(
    Style,
    order=st.integers(0, 2**32 - 1),
    grouping=st.sampled_from(["chain", "tree", "wide"]),
    fused=st.booleans(),
    sigma=st.sampled_from(["exp", "tanh", "log"]),
    norm=st.sampled_from(["two passes", "one pass", "welford", "scale and shift"]),
    shown=st.sampled_from(["everything", "states", "output"]),
)


class Honest:
    """A correct LSTM, computing in one format and style."""

    def __init__(self, network, form: str, style: Style) -> None:
        self.network, self.variant, self.style = network, network.semantics, style
        self.kind, self.wide = np.dtype(form).type, WIDER[form]
        self.random = np.random.default_rng(style.order)

    def observe(self, run) -> Observation:
        """Run a sequence, rounded to the format, and show it."""
        with np.errstate(all="ignore"):
            return Observation((self.shown(*self.layers(run)),))

    def shown(self, values, outputs) -> Part:
        """Choose what to show."""
        last = self.network.num_layers - 1
        head = {} if self.network.head is None else {Place("logits"): self.logits(outputs)}
        everything = {place: np.array(rows, dtype=np.float64) for place, rows in (values | head).items()}
        kept = {
            "everything": lambda _: True,
            "states": lambda place: place.quantity in {"c", "h"},
            "output": lambda place: place.layer == last and place.quantity in {"h", "h_n", "c_n", "logits"},
        }[self.style.shown]
        part = {place: rows for place, rows in everything.items() if kept(place)}
        return Part(part, fed_back=self.style.shown != "output")

    # ------------------------------------------------------------------ layers, directions, time

    def layers(self, run):
        """Return everything by its place, and the outputs of the last layer."""
        values, inputs = {}, run.inputs.astype(self.kind)
        directions = 2 if self.network.direction == "bidirectional" else 1
        for layer in range(self.network.num_layers):
            if layer and self.variant.training and self.variant.dropout == 1:
                inputs = np.zeros_like(inputs)
            sides = []
            for side in range(directions):
                found = self.one_way(layer * directions + side, side, inputs, run)
                values |= {Place(quantity, layer, side): rows for quantity, rows in found.items()}
                sides.append(np.array(found["h"]))
            inputs = np.concatenate(sides, axis=1)
        return values, inputs

    def one_way(self, k, side, inputs, run):
        """Run one layer in one direction: quantity -> rows, in the order of time."""
        backwards = side == 1 or self.network.direction == "reverse"
        everything = backwards and self.variant.reverse_from == "buffer"
        end = len(inputs) if everything or run.length is None else run.length
        h, c = run.h0[k].astype(self.kind), run.c0[k].astype(self.kind)
        rows = {}
        for t in range(len(inputs))[:: -1 if backwards else 1]:
            if t < end and (run.mask is None or run.mask[t]):
                i, f, g, o, c, h = self.step(k, side, inputs[t], h, c)
                rows[t] = i, f, g, o, c, h
            else:
                blank = np.full(self.network.hidden_size, np.nan)
                rows[t] = *[blank] * 4, c, h if self.variant.padded_output == "hold" else np.zeros_like(h)
        columns = zip(*(rows[t] for t in sorted(rows)), strict=True)
        return dict(zip("ifgoch", columns, strict=True)) | {"h_n": [h], "c_n": [c]}

    # ------------------------------------------------------------------ one step

    def step(self, k, side, x, h, c):
        """Return i, f, g, o, c' and h'."""
        w, size, v = self.network.layers[k], self.network.hidden_size, self.variant
        roles = v.reverse_activations if side and v.reverse_activations else v.activations

        def gate(block, looked_at=None, peephole=None):
            rows = slice(block * size, (block + 1) * size)
            terms = [*self.columns(w.weight_ih[rows], x), *self.columns(w.weight_hh[rows], h)]
            if v.layer_norm is not None:
                terms = [(self.normalised(self.total(terms)), w.weight_ln[rows].astype(self.kind))]
            terms += [(b[rows].astype(self.kind), 1) for b in (w.bias_ih, w.bias_hh)]
            if block == 1 and v.forget_bias:
                terms.append((np.full(size, self.number(v.forget_bias)), 1))
            if v.peephole and peephole is not None:
                terms.append((peephole.astype(self.kind), looked_at))
            return self.activated(roles.of("ifgo"[block]), self.clipped(self.total(terms), v.clip_gates))

        i = None if v.coupled == "i=1-f" else gate(0, c, w.weight_ci)
        f = self.kind(1) - i if v.coupled == "f=1-i" else gate(1, c, w.weight_cf)
        i = self.kind(1) - f if i is None else i
        g = gate(2)
        new = self.clipped(self.total([(f, c), (i, g)]), v.clip_cell)
        o = gate(3, c if v.peephole == "old" else new, w.weight_co)
        h = o * self.activated(roles.h, new)
        if w.weight_hr is not None:
            h = self.clipped(self.total(self.columns(w.weight_hr, h)), v.clip_projection)
        return i, f, g, o, new, h

    def columns(self, matrix, x):
        """The terms of a matrix product: a column and the number that it is multiplied by."""
        return [(column, number) for column, number in zip(matrix.astype(self.kind).T, x, strict=True)]

    def total(self, terms):
        """Sum products in the order and the grouping of the style."""
        terms = [terms[n] for n in self.random.permutation(len(terms))]
        if self.style.grouping == "wide":
            return self.round(sum(self.wide(1) * a * b for a, b in terms))
        if self.style.grouping == "tree":
            sums = [self.product(a, b) for a, b in terms]
            while len(sums) > 1:
                sums = [self.round(sum(sums[n : n + 2])) for n in range(0, len(sums), 2)]
            return sums[0]
        total = self.product(*terms[0])
        for a, b in terms[1:]:
            exact = self.wide(1) * a * b
            total = self.round(total + (exact if self.style.fused else self.round(exact)))
        return total

    def product(self, a, b):
        """One product, rounded."""
        return self.round(self.wide(1) * a * b)

    def round(self, x):
        """Round to the format."""
        return np.asarray(x).astype(self.kind)

    def number(self, x):
        """Make an exact number one of the format."""
        return self.kind(float(x))

    def clipped(self, x, limit):
        """Keep within ± limit."""
        return x if limit is None else np.minimum(np.maximum(x, -self.number(limit)), self.number(limit))

    def logits(self, outputs):
        """The output layer."""
        head = self.network.head
        bias = (head.bias.astype(self.kind), 1)
        return [self.total([*self.columns(head.weight, h), bias]) for h in outputs]

    # ------------------------------------------------------------------ activations, normalisation

    def activated(self, activation, z):
        """The activations of ONNX, each as somebody would write it."""
        alpha, beta = (None if p is None else self.number(p) for p in activation[1:])
        one = self.kind(1)
        return {
            "sigmoid": lambda: self.sigmoid(z),
            "tanh": lambda: np.tanh(z),
            "identity": lambda: z,
            "relu": lambda: np.where(z > 0, z, 0 * z),
            "hard_tanh": lambda: np.minimum(np.maximum(z, -one), one),
            "softsign": lambda: z / (one + np.abs(z)),
            "hard_sigmoid": lambda: np.minimum(np.maximum(alpha * z + beta, 0 * one), one),
            "leaky_relu": lambda: np.where(z >= 0, z, alpha * z),
            "scaled_tanh": lambda: alpha * np.tanh(beta * z),
        }[activation.name]()

    def sigmoid(self, z):
        """σ by the textbook, by tanh, or by a logarithm that never overflows."""
        one, half = self.kind(1), self.kind(0.5)
        if self.style.sigma == "exp":
            return one / (one + np.exp(-z))
        if self.style.sigma == "tanh":
            return half * (one + np.tanh(half * z))
        return np.exp(-np.logaddexp(self.kind(0), -z))

    def normalised(self, x):
        """(x − mean) / √(variance + ε), in two passes or one, by Welford, or as a·x + b."""
        n, epsilon = self.kind(len(x)), self.number(self.variant.layer_norm)
        mean = np.sum(x) / n
        if self.style.norm == "one pass":
            variance = np.maximum(np.sum(x * x) / n - mean * mean, self.kind(0))
        elif self.style.norm == "welford":
            mean, variance = self.welford(x)
        else:
            variance = np.sum((x - mean) * (x - mean)) / n
        scale = self.kind(1) / np.sqrt(variance + epsilon)
        return x * scale + -mean * scale if self.style.norm == "scale and shift" else (x - mean) * scale

    def welford(self, x):
        """Mean and variance, both kept up number by number (Welford 1962)."""
        mean = squares = self.kind(0)
        for k, number in enumerate(x, start=1):
            before = number - mean
            mean += before / self.kind(k)
            squares += before * (number - mean)
        return mean, squares / self.kind(len(x))
