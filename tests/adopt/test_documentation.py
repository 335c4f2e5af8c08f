"""What a docstring states is taken at its word; what it only mentions is not."""

import pytest

from lstm_verify.adopt.documentation import Stated, stated


def said(text):
    """Return what is read in a docstring."""

    def cell():
        pass

    cell.__doc__ = text
    return stated(cell)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Gates are packed in the order f, i, o, g.", Stated(order="fiog")),
        ("A cell of x2h and h2h (gates i, f, o, g).", Stated(order="ifog")),
        ("Gates are i, f, c and o: W (D, 4H).", Stated(order="ifgo")),
        ("W is (4H, I + H), rows: input, forget, output, candidate.", Stated(order="ifog")),
        ("Rows are packed as in PyTorch: i, f, g, o.", Stated(order="ifgo")),
        ("W multiplies [x, h].", Stated(joined="xh")),
        ("Each W is for [h_prev; x_t].", Stated(joined="hx")),
        ("x: (batch, input); state: (h, c).", Stated(takes="hc")),
        ("Takes (c_prev, h_prev) and x.", Stated(takes="ch")),
        ("Returns c, h.", Stated(returns="ch")),
        ("x, (c, h) -> (h, c)", Stated(takes="ch", returns="hc")),
        ("Inputs are (batch, time, features).", Stated(rows_first=True)),
        ("Inputs are (T, N, D).", Stated(rows_first=False)),
    ],
)
def test_stated(text, expected):
    assert said(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        None,
        "An LSTM has input, forget, cell and output gates.",
        "Computes the gates i, f, o and g one after another.",
        "Returns the gates i, f, o, g of (N, 4H).",
        "Weights are not packed i, f, c, o.",
        "Some frameworks pack i, f, o, g and keep the state as (c, h).",
        "Unlike Keras, which returns c before h, and packs i, f, c, o.",
        "Packed i, f, o, g for x and i, o, f, g for h.",
        "i, f, f, o are packed.",
        "Wx is [x_dim, h_dim].",
        "Pictures are (channels, height), or (height, channels).",
        "Takes (h, c), or (c, h) if asked.",
        "Inputs are (N, T, D) if batch_first, else (T, N, D).",
        "Returns the hidden states. The attributes are c and h.",
    ],
)
def test_only_mentioned(text):
    assert said(text) == Stated()


def test_methods_are_read_too_and_what_contradicts_itself_is_not_taken():
    class Cell:
        """Packed in the order i, f, g, o."""

        def step(self):
            """Take the state (h, c)."""

    class Torn(Cell):
        """Packed in the order i, f, g, o."""

        def forward(self):
            """Unpack f, i, g, o."""

    assert stated(Cell) == stated(Cell()) == Stated(order="ifgo", takes="hc")
    assert stated(Torn).order is None
