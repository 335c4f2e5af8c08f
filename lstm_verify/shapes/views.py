"""What each convention calls the variables beside the parameters, and their shapes.

A shape is letters with blanks between them; Y is the width of h: P where it is projected, else H.
"""

from __future__ import annotations

from typing import NamedTuple


class Variable(NamedTuple):
    """A variable that is no parameter of a layer.

    Attributes:
        name: as the convention has it; several of one shape may share a line.
        shape: letters, products with ·.
        what: what it is, in a few words.
        only: where it is shown only then: "one-hot" where tokens are the inputs themselves,
            "embedding" where they are looked up, "layers" where there are several layers, "projected"
            where h is projected.
        learned: whether it is a parameter.
    """

    name: str
    shape: str
    what: str
    only: str = ""
    learned: bool = False


class View(NamedTuple):
    """The variables around the layers, section by section; `head` is the output layer.

    Attributes:
        suffixed: parameters have _l0, _l0_reverse, … behind their names, as in torch.nn.LSTM.
        stacked: a layer's directions are in one tensor.
    """

    inputs: tuple[Variable, ...]
    step: tuple[Variable, ...]
    outputs: tuple[Variable, ...]
    head: tuple[Variable, ...]
    suffixed: bool = False
    stacked: bool = False


TOKENS = "numbers from 0 to V − 1"
READ = "what layer 0 reads"
FLAT = "a row a step of a sequence"
LOGITS = "a number for each token"
EVERY = "top layer's h, every step"


def _tokens(name: str, one_hot: str, vectors: str) -> tuple[Variable, ...]:
    """Return the tokens, and how they become the inputs."""
    return (
        Variable(name, "B T", TOKENS),
        Variable("one-hot", one_hot, "1 at the token, else 0", "one-hot"),
        Variable("embedding", "V I", "a vector for each token", "embedding", learned=True),
        Variable("embedded", vectors, "the tokens' vectors", "embedding"),
    )


TORCH = View(
    inputs=(
        *_tokens("tokens", "T B V", "T B I"),
        Variable("input", "T B I", READ),
        Variable("input, batch_first", "B T I", "with batch_first=True"),
        Variable("h_0", "D·L B Y", "h to begin with"),
        Variable("c_0", "D·L B H", "c to begin with"),
    ),
    step=(
        Variable("x_t", "B I", "inputs of layer 0"),
        Variable("x_t", "B D·Y", "inputs of the layers above", "layers"),
        Variable("i_t, f_t, g_t, o_t", "B H", "g_t is the candidate"),
        Variable("c_t", "B H", "cell state"),
        Variable("o_t ⊙ tanh(c_t)", "B H", "h_t before the projection", "projected"),
        Variable("h_t", "B Y", "hidden state"),
    ),
    outputs=(
        Variable("output", "T B D·Y", EVERY),
        Variable("output, batch_first", "B T D·Y", "with batch_first=True"),
        Variable("h_n", "D·L B Y", "h at the end, all layers"),
        Variable("c_n", "D·L B H", "c at the end, all layers"),
    ),
    head=(
        Variable("output, reshaped", "T·B D·Y", FLAT),
        Variable("linear.weight", "V D·Y", "torch.nn.Linear", learned=True),
        Variable("linear.bias", "V", "torch.nn.Linear", learned=True),
        Variable("logits", "T·B V", LOGITS),
    ),
    suffixed=True,
)

D2L = View(
    inputs=(
        *_tokens("X", "T B V", "T B I"),
        Variable("inputs", "T B I", READ),
        Variable("H, C", "B H", "of a layer and direction"),
        Variable("state", "D·L B H", "H of all, and C of all"),
    ),
    step=(
        Variable("X_t", "B I", "inputs of layer 0"),
        Variable("X_t", "B D·H", "inputs of the layers above", "layers"),
        Variable("I_t, F_t, O_t", "B H", "gates"),
        Variable("C_tilde_t", "B H", "candidate memory cell C̃_t"),
        Variable("C_t", "B H", "memory cell"),
        Variable("H_t", "B H", "hidden state"),
    ),
    outputs=(
        Variable("outputs", "T B D·H", EVERY),
        Variable("state", "D·L B H", "H of all, and C of all"),
    ),
    head=(
        Variable("Y, reshaped", "T·B D·H", FLAT),
        Variable("W_hq", "D·H V", "H to the logits", learned=True),
        Variable("b_q", "V", "bias", learned=True),
        Variable("logits", "T·B V", LOGITS),
    ),
)

NAIVE = View(
    inputs=(
        *_tokens("tokens", "B T V", "B T I"),
        Variable("x", "B T I", READ),
        Variable("init_states: h, c", "B H", "of a layer and direction"),
    ),
    step=(
        Variable("x_t", "B I", "inputs of layer 0"),
        Variable("x_t", "B D·H", "inputs of the layers above", "layers"),
        Variable("i_t, f_t, g_t, o_t", "B H", "g_t is the candidate"),
        Variable("c_t", "B H", "cell state"),
        Variable("h_t", "B H", "hidden state"),
    ),
    outputs=(
        Variable("hidden_seq", "B T H", "h of a layer and direction"),
        Variable("hidden_seq, joined", "B T D·H", EVERY),
        Variable("h_t, c_t", "B H", "the same at the end"),
    ),
    head=(
        Variable("fc.weight", "V D·H", "torch.nn.Linear", learned=True),
        Variable("fc.bias", "V", "torch.nn.Linear", learned=True),
        Variable("logits", "B T V", LOGITS),
    ),
)

FUSED = NAIVE._replace(
    step=(*NAIVE.step[:2], Variable("gates", "B 4H", "all four before σ and tanh"), *NAIVE.step[2:])
)

KERAS = View(
    inputs=(
        *_tokens("tokens", "B T V", "B T I"),
        Variable("input", "B T I", READ),
        Variable("initial_state: h, c", "B H", "of a layer and direction"),
    ),
    step=(
        Variable("x", "B I", "inputs of layer 0"),
        Variable("x", "B D·H", "inputs of the layers above", "layers"),
        Variable("z", "B 4H", "all four before σ and tanh"),
        Variable("i, f, o", "B H", "gates"),
        Variable("c", "B H", "carry state"),
        Variable("h", "B H", "hidden state"),
    ),
    outputs=(
        Variable("output", "B T D·H", "with return_sequences=True"),
        Variable("output", "B D·H", "without: state_h, joined"),
        Variable("state_h, state_c", "B H", "the same at the end"),
    ),
    head=(
        Variable("dense kernel", "D·H V", "keras.layers.Dense", learned=True),
        Variable("dense bias", "V", "keras.layers.Dense", learned=True),
        Variable("logits", "B T V", LOGITS),
    ),
)

ONNX = View(
    inputs=(
        *_tokens("tokens", "T B V", "T B I"),
        Variable("X", "T B I", "of layer 0, a node"),
        Variable("X", "T B D·H", "of the nodes above", "layers"),
        Variable("initial_h, initial_c", "D B H", "of a node"),
    ),
    step=(
        Variable("Xt", "B I", "inputs of layer 0"),
        Variable("Xt", "B D·H", "inputs of the layers above", "layers"),
        Variable("it, ot, ft", "B H", "gates"),
        Variable("ct", "B H", "candidate"),
        Variable("Ct", "B H", "cell state"),
        Variable("Ht", "B H", "hidden state"),
    ),
    outputs=(
        Variable("Y", "T D B H", "h of a node, all steps"),
        Variable("Y_h, Y_c", "D B H", "of a node, at the end"),
        Variable("Y, joined", "T B D·H", "by Transpose and Reshape"),
    ),
    head=(
        Variable("Gemm A", "T·B D·H", FLAT),
        Variable("Gemm B", "D·H V", "h to the logits", learned=True),
        Variable("Gemm C", "V", "bias", learned=True),
        Variable("Gemm Y", "T·B V", LOGITS),
    ),
    stacked=True,
)

FLAX = View(
    inputs=(
        *_tokens("tokens", "B T V", "B T I"),
        Variable("inputs", "B T I", READ),
        Variable("carry: c, h", "B H", "of a layer and direction"),
    ),
    step=(
        Variable("inputs", "B I", "inputs of layer 0"),
        Variable("inputs", "B D·H", "inputs of the layers above", "layers"),
        Variable("i, f, g, o", "B H", "g is the candidate"),
        Variable("new_c", "B H", "cell state"),
        Variable("new_h", "B H", "hidden state"),
    ),
    outputs=(
        Variable("outputs", "B T D·H", EVERY),
        Variable("carry: c, h", "B H", "the same at the end"),
    ),
    head=(
        Variable("Dense kernel", "D·H V", "flax.linen.Dense", learned=True),
        Variable("Dense bias", "V", "flax.linen.Dense", learned=True),
        Variable("logits", "B T V", LOGITS),
    ),
)

VIEWS = {
    "torch": TORCH,
    "d2l": D2L,
    "naive": NAIVE,
    "fused": FUSED,
    "keras": KERAS,
    "onnx": ONNX,
    "flax": FLAX,
}
"""Name of a convention -> its view."""
