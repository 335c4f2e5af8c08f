"""LSTMs as people write them with Equinox, right and wrong."""

import equinox as eqx
import jax
import jax.numpy as jnp


class OfLinear(eqx.Module):
    """A whole LSTM, scanned; the gates stand in an order of its own."""

    of_x: eqx.nn.Linear
    of_h: eqx.nn.Linear
    hidden_size: int

    def __init__(self, input_size, hidden_size, *, key):
        first, second = jax.random.split(key)
        self.hidden_size = hidden_size
        self.of_x = eqx.nn.Linear(input_size, 4 * hidden_size, key=first)
        self.of_h = eqx.nn.Linear(hidden_size, 4 * hidden_size, use_bias=False, key=second)

    def __call__(self, xs, *, key=None):
        def step(state, x):
            h, c = state
            i, f, o, g = jnp.split(self.of_x(x) + self.of_h(h), 4)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), (h, c)

        start = jnp.zeros(self.hidden_size, xs.dtype), jnp.zeros(self.hidden_size, xs.dtype)
        return jax.lax.scan(step, start, xs)[1]


class Exchanged(eqx.Module):
    """A step with PyTorch's names, and input and forget gate exchanged."""

    weight_ih: jax.Array
    weight_hh: jax.Array
    bias: jax.Array

    def __init__(self, input_size, hidden_size, key):
        self.weight_ih = jnp.zeros((4 * hidden_size, input_size))
        self.weight_hh = jnp.zeros((4 * hidden_size, hidden_size))
        self.bias = jnp.zeros(4 * hidden_size)

    def __call__(self, x, h, c, key):
        f, i, g, o = jnp.split(self.weight_ih @ x + self.weight_hh @ h + self.bias, 4)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(c), c


class Branching(Exchanged):
    """A right one that cannot be traced: it looks at a number."""

    def __call__(self, x, h, c):
        i, f, g, o = jnp.split(self.weight_ih @ x + self.weight_hh @ h + self.bias, 4)
        if float(c[0]) == 7:
            c = 2 * c
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(c), c


made = Exchanged(4, 6, None)
