"""`shapes`: every shape that it tells is that of the real object, where one is installed."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
import torch
from torch.nn import functional

from lstm_verify.lstm.network import Head, Network, Weights
from lstm_verify.shapes import Sizes, rows

I, H, V, B, T = 3, 5, 3, 2, 4
GIVEN = ("--input", I, "--hidden", H, "--batch", B, "--steps", T)
NETWORKS = {
    "one layer": (),
    "two layers": ("--layers", 2),
    "two directions": ("--bidirectional",),
    "two layers, two directions": ("--layers", 2, "--bidirectional"),
}
STACKS = pytest.mark.parametrize("options", NETWORKS.values(), ids=NETWORKS)

LESSON = ("--input", 28, "--hidden", 32, "--layers", 2, "--bidirectional", "--batch", 2, "--steps", 35)
"""The example of the book's letters: 28 of them, 2 layers, 2 directions."""


class Shapes:
    """What the command tells, as a mapping from names to shapes."""

    def __init__(self, told: str) -> None:
        whole = json.loads(told)
        self.sizes, self.learned, self.rows = whole["sizes"], whole["learned"], whole["variables"]
        self.layers, self.directions = self.sizes["L"], self.sizes["D"]

    def parameters(
        self, layer: int | None = None, direction: int | None = None
    ) -> dict[str, tuple[int, ...]]:
        """The layers' parameters; of one layer and direction where these are given."""
        learned = [row for row in self.rows if row["layer"] is not None]
        return {
            r["name"]: tuple(r["shape"])
            for r in learned
            if layer in (None, r["layer"]) and direction in (None, r["direction"])
        }

    def __getitem__(self, name: str) -> tuple[int, ...]:
        """The shape of the one variable of this name beside them."""
        (shape,) = {tuple(row["shape"]) for row in self.rows if row["name"] == name and row["layer"] is None}
        return shape

    def all(self, name: str) -> list[tuple[int, ...]]:
        """The shapes of all variables of this name."""
        return [tuple(row["shape"]) for row in self.rows if row["name"] == name]


@pytest.fixture
def shapes(lstm_verify):
    """Run the command for programs."""

    def run(*arguments):
        ended = lstm_verify("shapes", *arguments, "--output", "json")
        assert (ended.status, ended.err) == (0, "")
        return Shapes(ended.out)

    return run


def shape(tensor):
    return tuple(tensor.shape)


class TestTorch:
    """torch.nn.LSTM, its cell, and the output layer."""

    # PyTorch's CPU build says that it takes a slower way where h is projected: no news here.
    @pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN:UserWarning")
    @pytest.mark.parametrize("projection", [0, 2])
    @STACKS
    def test_parameters_and_sequences(self, shapes, options, projection):
        """state_dict, and what goes in and comes out, with a projection too."""
        found = shapes(*GIVEN, *options, "--proj", projection)
        sizes = {"num_layers": found.layers, "bidirectional": found.directions == 2, "proj_size": projection}
        lstm = torch.nn.LSTM(I, H, **sizes)
        linear = torch.nn.Linear(found["output"][-1], V)

        output, (h_n, c_n) = lstm(
            torch.zeros(found["input"]), (torch.zeros(found["h_0"]), torch.zeros(found["c_0"]))
        )
        logits = linear(output.reshape(T * B, -1))

        assert found.parameters() == {name: shape(tensor) for name, tensor in lstm.named_parameters()}
        assert (found["output"], found["h_n"], found["c_n"]) == (shape(output), shape(h_n), shape(c_n))
        assert found["output, reshaped"] == shape(output.reshape(T * B, -1))
        assert (found["linear.weight"], found["linear.bias"]) == (shape(linear.weight), shape(linear.bias))
        assert found["logits"] == shape(logits)
        assert found.learned == sum(p.numel() for module in (lstm, linear) for p in module.parameters())

    def test_batch_first(self, shapes):
        """The other order of axes."""
        found = shapes(*GIVEN, "--bidirectional")
        lstm = torch.nn.LSTM(I, H, batch_first=True, bidirectional=True)
        assert found["output, batch_first"] == shape(lstm(torch.zeros(found["input, batch_first"]))[0])

    def test_one_step(self, shapes):
        """A cell's inputs, state and gates; an upper layer reads the output below."""
        found = shapes(*GIVEN)
        cell = torch.nn.LSTMCell(I, H)
        x, h, c = (torch.zeros(found[name]) for name in ("x_t", "h_t", "c_t"))
        assert [shape(state) for state in cell(x, (h, c))] == [found["h_t"], found["c_t"]]
        gates = (x @ cell.weight_ih.T + h @ cell.weight_hh.T).chunk(4, dim=1)
        assert {shape(gate) for gate in gates} == {found["i_t, f_t, g_t, o_t"]}

        above = shapes(*GIVEN, "--layers", 2, "--bidirectional", "--proj", 2)
        assert above.all("x_t") == [(B, I), (B, above["output"][-1])]
        assert (above["h_t"], above["o_t ⊙ tanh(c_t)"], above["c_t"]) == ((B, 2), (B, H), (B, H))

    def test_tokens(self, shapes):
        """Tokens are one-hot where they are as many as inputs, and looked up where not."""
        found = shapes(*GIVEN)
        tokens = torch.zeros(found["tokens"], dtype=torch.long)
        assert found["one-hot"] == shape(functional.one_hot(tokens.T, V)) == found["input"]

        found = shapes(*GIVEN, "--vocab", 7)
        embedding = torch.nn.Embedding(7, I)
        assert found["embedding"] == shape(embedding.weight)
        assert found["embedded"] == shape(embedding(tokens.T)) == found["input"]
        assert found.all("one-hot") == []


@pytest.fixture
def keras(monkeypatch, tmp_path):
    """Keras, on PyTorch."""
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return pytest.importorskip("keras")


@STACKS
def test_keras(shapes, keras, options):
    """A stack of keras.layers.LSTM, Bidirectional where there are two directions, and Dense."""
    found = shapes("--as", "keras", *GIVEN, *options)
    value = torch.zeros(found["input"])
    for layer in range(found.layers):
        lstm = keras.layers.LSTM(H, return_sequences=True, return_state=True)
        lstm = lstm if found.directions == 1 else keras.layers.Bidirectional(lstm)
        value, *states = lstm(value)
        for direction in range(found.directions):
            real = {weight.name: shape(weight) for weight in lstm.weights[3 * direction : 3 * direction + 3]}
            assert found.parameters(layer, direction) == real
        assert (
            {shape(state) for state in states}
            == {found["state_h, state_c"]}
            == {found["initial_state: h, c"]}
        )
    dense = keras.layers.Dense(V)

    assert shape(value) in found.all("output")
    assert found["logits"] == shape(dense(value))
    assert (found["dense kernel"], found["dense bias"]) == tuple(map(shape, dense.weights))


def test_keras_without_sequences(shapes, keras):
    """return_sequences=False leaves state_h: of the reverse direction that is h after the first step."""
    found = shapes("--as", "keras", *GIVEN, "--bidirectional")
    layer = keras.layers.Bidirectional(keras.layers.LSTM(H, return_state=True))
    output, h, _, h_reverse, _ = layer(torch.randn(found["input"]))

    (without,) = (row for row in found.rows if row["name"] == "output" and len(row["shape"]) == 2)
    assert tuple(without["shape"]) == shape(output)
    assert without["what"] == "without: state_h, joined"
    assert torch.equal(output, torch.cat([h, h_reverse], dim=-1))


@STACKS
def test_onnx(shapes, options):
    """A model of a node a layer and Gemm: ONNX infers these shapes, and its evaluator computes them."""
    onnx = pytest.importorskip("onnx")
    from onnx import helper
    from onnx.reference import ReferenceEvaluator

    found = shapes("--as", "onnx", *GIVEN, *options)
    direction = "forward" if found.directions == 1 else "bidirectional"
    fed = {"X0": found["X"] if found.layers == 1 else found.all("X")[0]}
    nodes = []
    for layer, above in pairwise(range(found.layers + 1)):
        weights = {f"{name}{layer}": size for name, size in found.parameters(layer).items()}
        state = {f"{name}{layer}": found["initial_h, initial_c"] for name in ("h", "c")}
        inputs = [f"X{layer}", *weights, "", *state]
        outputs = [f"{name}{layer}" for name in ("Y", "Y_h", "Y_c")]
        nodes += [
            helper.make_node("LSTM", inputs, outputs, hidden_size=H, direction=direction),
            helper.make_node("Transpose", [f"Y{layer}"], [f"turned{layer}"], perm=[0, 2, 1, 3]),
            helper.make_node("Reshape", [f"turned{layer}", "joined"], [f"X{above}"]),
        ]
        fed |= weights | state
    nodes += [
        helper.make_node("Reshape", [f"X{found.layers}", "flat"], ["A"]),
        helper.make_node("Gemm", ["A", "B", "C"], ["logits"]),
    ]
    fed |= {"B": found["Gemm B"], "C": found["Gemm C"]}
    wanted = {"Y0": found["Y"], "Y_h0": found["Y_h, Y_c"], "Y_c0": found["Y_h, Y_c"]}
    wanted |= {f"X{found.layers}": found["Y, joined"], "A": found["Gemm A"], "logits": found["Gemm Y"]}
    reshaped = {"joined": np.array([T, B, -1]), "flat": np.array([T * B, -1])}
    graph = helper.make_graph(
        nodes,
        "lstm",
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, size) for name, size in fed.items()],
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, size) for name, size in wanted.items()],
        [onnx.numpy_helper.from_array(array, name) for name, array in reshaped.items()],
    )
    model = helper.make_model(graph)

    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    got = ReferenceEvaluator(model).run(None, {name: np.zeros(size, "float32") for name, size in fed.items()})

    assert [shape(array) for array in got] == [*wanted.values()]


@STACKS
def test_flax(shapes, options):
    """flax.linen.RNN over OptimizedLSTMCell, Bidirectional where there are two directions, and Dense."""
    linen = pytest.importorskip("flax.linen")
    import jax

    found = shapes("--as", "flax", *GIVEN, *options)
    key = jax.random.key(0)
    inputs, step, *_ = found.all("inputs")
    value = np.zeros(inputs, "float32")
    for layer in range(found.layers):
        cells = [linen.OptimizedLSTMCell(H) for _ in range(found.directions)]
        rnns = [linen.RNN(cell) for cell in cells]
        network = linen.Bidirectional(*rnns) if len(rnns) == 2 else rnns[0]
        variables = network.init(key, value)
        value = network.apply(variables, value)
        params = variables["params"]
        for direction, name in enumerate(["forward_rnn", "backward_rnn"][: found.directions]):
            layers = params[name]["cell"] if found.directions == 2 else params["cell"]
            real = {f"{a}.{b}": shape(array) for a, arrays in layers.items() for b, array in arrays.items()}
            assert found.parameters(layer, direction) == real
        carry = cells[0].initialize_carry(key, step)
        assert {shape(state) for state in carry} == {found["carry: c, h"]}
    dense = linen.Dense(V)
    params = dense.init(key, value)["params"]

    assert found["outputs"] == shape(value)
    assert (found["Dense kernel"], found["Dense bias"]) == (shape(params["kernel"]), shape(params["bias"]))
    assert found["logits"] == shape(dense.apply({"params": params}, value))


def test_d2l(shapes):
    """The book's get_lstm_params and RNNModel, with a vocabulary of 28 letters, 2 layers, 2 directions."""
    found = shapes("--as", "d2l", *LESSON)
    gates = "ifoc"

    def layer(inputs):
        weights = {f"W_x{k}": (inputs, 32) for k in gates} | {f"W_h{k}": (32, 32) for k in gates}
        return weights | {f"b_{k}": (32,) for k in gates}

    assert found.parameters(0, 0) == found.parameters(0, 1) == layer(28)
    assert found.parameters(1, 0) == found.parameters(1, 1) == layer(64)
    assert (found["X"], found["one-hot"], found["state"]) == ((2, 35), (35, 2, 28), (4, 2, 32))
    assert {found[name] for name in ("H_t", "C_t", "C_tilde_t", "I_t, F_t, O_t", "H, C")} == {(2, 32)}
    assert found.all("X_t") == [(2, 28), (2, 64)]
    assert (found["outputs"], found["Y, reshaped"]) == ((35, 2, 64), (70, 64))
    assert (found["W_hq"], found["b_q"], found["logits"]) == ((64, 28), (28,), (70, 28))


def test_naive_and_fused(shapes):
    """NaiveCustomLSTM(4, 5) and CustomLSTM(4, 5) on 10 sequences of 3 steps, as in the article's notebook."""
    sizes = ("--input", 4, "--hidden", 5, "--batch", 10, "--steps", 3)
    naive, fused = shapes("--as", "naive", *sizes), shapes("--as", "fused", *sizes)

    wanted = {f"U_{k}": (4, 5) for k in "ifco"} | {f"V_{k}": (5, 5) for k in "ifco"}
    assert naive.parameters() == wanted | {f"b_{k}": (5,) for k in "ifco"}
    assert fused.parameters() == {"W": (4, 20), "U": (5, 20), "bias": (20,)}
    assert fused["gates"] == (10, 20)
    for found in (naive, fused):
        assert (found["x"], found["hidden_seq"], found["x_t"], found["h_t"]) == (
            (10, 3, 4),
            (10, 3, 5),
            (10, 4),
            (10, 5),
        )


class TestNetworks:
    """What a network has, such as a puzzle's, decides which parameters there are."""

    def network(self, **more):
        tensors = np.zeros((4 * H, I)), np.zeros((4 * H, H)), np.zeros(4 * H), np.zeros(4 * H)
        peepholes = {f"weight_c{gate}": np.zeros(H) for gate in more.pop("peephole", "")}
        return Network(I, H, (Weights(*tensors, **peepholes),), **more)

    def test_without_biases_there_are_none(self):
        """As torch.nn.LSTM has none with bias=False."""
        told = rows("torch", Sizes.of(self.network(bias=False), B, T))
        lstm = torch.nn.LSTM(I, H, bias=False)
        assert {row.name: row.shape for row in told if row.learned} == {
            name: shape(tensor) for name, tensor in lstm.named_parameters()
        }

    def test_peepholes_are_where_there_is_a_place_for_them(self):
        """ONNX has P; PyTorch has nothing, and says who has."""
        sizes = Sizes.of(self.network(peephole="ifo"), B, T)
        (peephole,) = [row for row in rows("onnx", sizes) if row.name == "P"]
        assert (peephole.symbols, peephole.shape, peephole.what) == (
            ("D", "3H"),
            (1, 3 * H),
            "for c; i, o, f",
        )
        with pytest.raises(ValueError, match="PyTorch has no peepholes, and this LSTM has; try --as onnx"):
            rows("torch", sizes)

    def test_an_output_layer_brings_the_vocabulary(self):
        """V is how many logits the head gives."""
        sizes = Sizes.of(self.network(head=Head(np.zeros((7, H)), np.zeros(7))), B, T)
        assert sizes.symbols == {"I": I, "H": H, "L": 1, "D": 1, "B": B, "T": T, "V": 7}


class TestText:
    """What people read."""

    def test_symbols_stand_beside_numbers(self, lstm_verify):
        """A line has the name, the shape in symbols, and in numbers; the letters are told first."""
        ended = lstm_verify("shapes", *LESSON, "--as", "d2l")
        lines = [" ".join(line.split()) for line in ended.out.splitlines()]

        assert (ended.status, ended.err) == (0, "")
        assert "I = 28 (input size), H = 32 (hidden size), L = 2 (layers), D = 2 (directions)" in lines[1]
        assert "layer 1 reverse W_xi, W_xf, W_xo, W_xc (D·H, H) (64, 32) for x" in lines
        assert "output layer Y, reshaped (T·B, D·H) (70, 64) a row a step of a sequence" in lines
        assert "42,268 numbers to learn" in lines
        assert "Source: https://d2l.ai/chapter_recurrent-modern/lstm.html" in lines

    @pytest.mark.parametrize("view", ["torch", "d2l", "naive", "fused", "keras", "onnx", "flax"])
    def test_it_fits_a_terminal(self, lstm_verify, view):
        """100 columns, for a network of ordinary size."""
        ended = lstm_verify(
            "shapes",
            "--input",
            100,
            "--hidden",
            256,
            "--layers",
            2,
            "--bidirectional",
            "--batch",
            32,
            "--steps",
            35,
            "--as",
            view,
        )
        assert max(map(len, ended.out.splitlines())) <= 100

    def test_onnx_has_other_orders_than_keras(self, lstm_verify):
        """The order of the gates is told, in the convention's letters."""
        assert "for h; rows i, o, f, c" in lstm_verify("shapes", *GIVEN, "--as", "onnx").out
        assert "for h; columns i, f, c, o" in lstm_verify("shapes", *GIVEN, "--as", "keras").out


class TestPuzzles:
    """The sizes of a puzzle."""

    def test_sizes_are_the_puzzles(self, shapes):
        """I, H, B and T of memory; without an output layer there is no V."""
        found = shapes("memory")
        assert found.sizes == {"I": 3, "H": 1, "L": 1, "D": 1, "B": 1, "T": 5}
        assert found.parameters()["weight_ih_l0"] == (4, 3)
        assert found.all("logits") == found.all("tokens") == []

    def test_options_change_them(self, shapes):
        """What is given wins."""
        found = shapes("memory", "--batch", 7, "--vocab", 3)
        assert (found["input"], found["logits"]) == ((5, 7, 3), (35, 3))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Name a puzzle, such as memory, or give --input and --hidden."),
        (("--input", 2), "Name a puzzle, such as memory, or give --input and --hidden."),
        (("--input", 0, "--hidden", 1), "Invalid value for '--input': 0 is not in the range 1<=x<=1000000."),
        (("--input", 2, "--hidden", 3, "--proj", 3), "--proj 3: expected less than the hidden size, 3."),
        (("--input", 2, "--hidden", 3, "--as", "kears"), "Invalid value for '--as': 'kears' is not one of "),
        (("--input", 2, "--hidden", 3, "--proj", 1, "--as", "keras"), "Keras has no projection, and this LSTM has; try --as torch\n"),
        (("memroy",), "did you mean 'memory'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_in_a_line(lstm_verify, arguments, said):
    """Bad values: 2, and one line on stderr beside click's usage."""
    ended = lstm_verify("shapes", *arguments)

    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
