"""LSTMs as people write them with Keras, right and wrong."""

import keras
from keras import ops


class Cell(keras.layers.Layer):
    """One step; the gates stand in an order of its own."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, shape):
        self.W = self.add_weight(shape=(shape[-1], 4 * self.units))
        self.U = self.add_weight(shape=(self.units, 4 * self.units))
        self.b = self.add_weight(shape=(4 * self.units,))

    def call(self, inputs, states):
        h, c = states
        i, f, o, g = ops.split(ops.matmul(inputs, self.W) + ops.matmul(h, self.U) + self.b, 4, axis=-1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        h = ops.sigmoid(o) * ops.tanh(c)
        return h, [h, c]


class Exchanged(keras.layers.Layer):
    """A step with the names that Keras has, and input and forget gate exchanged."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units]

    def build(self, shape):
        self.kernel = self.add_weight(shape=(shape[-1], 4 * self.units))
        self.recurrent_kernel = self.add_weight(shape=(self.units, 4 * self.units))
        self.bias = self.add_weight(shape=(4 * self.units,))

    def call(self, inputs, states, training):
        h, c = states
        z = ops.matmul(inputs, self.kernel) + ops.matmul(h, self.recurrent_kernel) + self.bias
        f, i, g, o = ops.split(z, 4, axis=-1)
        c = ops.sigmoid(f) * c + ops.sigmoid(i) * ops.tanh(g)
        h = ops.sigmoid(o) * ops.tanh(c)
        return h, [h, c]


class OfDense(keras.layers.Layer):
    """A whole LSTM of Dense layers, which are built when it is called."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.x = {gate: keras.layers.Dense(units) for gate in "ifgo"}
        self.h = {gate: keras.layers.Dense(units, use_bias=False) for gate in "ifgo"}

    def call(self, inputs):
        h = c = ops.zeros((inputs.shape[0], self.units), dtype=inputs.dtype)
        outputs = []
        for t in range(inputs.shape[1]):
            z = {gate: self.x[gate](inputs[:, t]) + self.h[gate](h) for gate in "ifgo"}
            c = ops.sigmoid(z["f"]) * c + ops.sigmoid(z["i"]) * ops.tanh(z["g"])
            h = ops.sigmoid(z["o"]) * ops.tanh(c)
            outputs.append(h)
        return ops.stack(outputs, axis=1)


class Handed(keras.layers.LSTM):
    """Keras' own, all arguments but one handed on."""

    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)


def built(layer):
    """Build a layer for 4 inputs."""
    layer.build((None, None, 4))
    return layer


wrapped = built(keras.layers.RNN(Cell(6), return_sequences=True, return_state=True))
last = built(keras.layers.LSTM(6))
double = built(keras.layers.LSTM(6, return_sequences=True, dtype="float64"))
mixed = built(keras.layers.LSTM(6, dtype="mixed_float16"))
stateful = keras.layers.LSTM(6, stateful=True)
stateful.build((2, None, 4))
relu = built(keras.layers.LSTM(6, activation="relu", return_sequences=True, return_state=True))
hard = built(keras.layers.LSTM(6, recurrent_activation="hard_sigmoid", return_sequences=True))
unbuilt = keras.layers.LSTM(6)
