"""LSTMs as people write them with Flax, right and wrong."""

import jax.numpy as jnp
from flax import linen as nn
from flax import nnx


class Cell(nn.Module):
    """A step; the gates stand in an order of its own."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        c, h = carry
        z = nn.Dense(4 * self.features, name="of_x")(x)
        z += nn.Dense(4 * self.features, use_bias=False, name="of_h")(h)
        i, f, o, g = jnp.split(z, 4, axis=-1)
        c = nn.sigmoid(f) * c + nn.sigmoid(i) * jnp.tanh(g)
        h = nn.sigmoid(o) * jnp.tanh(c)
        return (c, h), h


class Turned(nn.RNNCellBase):
    """A step with h before c in its carry, other than Flax has it."""

    width: int

    @nn.compact
    def __call__(self, carry, x):
        h, c = carry
        z = {
            gate: nn.Dense(self.width, name=f"x{gate}")(x)
            + nn.Dense(self.width, use_bias=False, name=f"h{gate}")(h)
            for gate in "ifgo"
        }
        c = nn.sigmoid(z["f"]) * c + nn.sigmoid(z["i"]) * jnp.tanh(z["g"])
        h = nn.sigmoid(z["o"]) * jnp.tanh(c)
        return (h, c), h


class Exchanged(nn.Module):
    """A step with Flax's names, and input and forget gate exchanged."""

    features: int

    @nn.compact
    def __call__(self, carry, x):
        c, h = carry
        z = {
            gate: nn.Dense(self.features, use_bias=False, name=f"i{gate}")(x)
            + nn.Dense(self.features, name=f"h{gate}")(h)
            for gate in "ifgo"
        }
        c = nn.sigmoid(z["i"]) * c + nn.sigmoid(z["f"]) * jnp.tanh(z["g"])
        h = nn.sigmoid(z["o"]) * jnp.tanh(c)
        return (c, h), h


whole = nn.RNN(nn.OptimizedLSTMCell(features=6), return_carry=True)
cell = nn.LSTMCell(features=6)
bound = cell.bind(
    {
        "params": {
            **{f"i{gate}": {"kernel": jnp.zeros((4, 6))} for gate in "ifgo"},
            **{f"h{gate}": {"kernel": jnp.zeros((6, 6)), "bias": jnp.zeros(6)} for gate in "ifgo"},
        }
    }
)
has_them = nnx.LSTMCell(4, 6, rngs=nnx.Rngs(0))
