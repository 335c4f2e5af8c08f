"""What the command line says of networks that are more than one plain layer."""

import json

import pytest


def test_a_known_departure_is_said_where_it_fails(lstm_verify):
    ended = lstm_verify("run", "generic", "-b", "scratch.peephole_published")

    assert ended.status == 1
    assert ended.out.count("known of it: its gates see c, through a full matrix, in place of h") == 2


@pytest.mark.parametrize("backend", ["torch.cell", "torch.lstm", "scratch.naive", "scratch.d2l_model"])
def test_logits_are_checked_on_every_backend_of_pytorch(lstm_verify, backend):
    ended = lstm_verify("run", "text-anbn", "-b", backend, "--show", "logits")

    assert ended.status == 0
    assert "logits[a] actual" in ended.out


def test_logits_that_are_not_shown_are_counted(lstm_verify, tmp_path):
    (tmp_path / "mine.py").write_text("def cell(x, h, c, w):\n    return h, c\n")

    ended = lstm_verify("run", "text-anbn", "-b", f"python:{tmp_path}/mine.py:cell")

    assert "numbers not checked: it does not show them" in ended.out


def test_a_row_of_a_batch_has_its_place_for_programs(lstm_verify):
    ended = lstm_verify("run", "varlen-memory", "-b", "torch.lstm", "--output", "json")

    assert [result["worst"]["row"] for result in json.loads(ended.out)["results"]] == [0, 1, 2]


def test_layers_and_directions_have_their_place_for_programs(lstm_verify):
    ended = lstm_verify("run", "generic-bidir", "-b", "reference", "--output", "json")

    places = [(r["worst"]["layer"], r["worst"]["direction"]) for r in json.loads(ended.out)["results"]]
    assert all(layer in {0, 1} and direction in {0, 1} for layer, direction in places)


@pytest.mark.parametrize(
    ("puzzle", "line"),
    [
        ("dropout-all", "layer 1 (its inputs x1, x2 are h of layer 0, all dropped):"),
        ("forget-bias", "f = σ(ln(3) − 1 + 1)"),
        ("cifg-blend", "f = 1 − i"),
        ("clip-projection", "h = clip(2·m[0] − m[1], ±0.125)"),
        ("reverse-alone", "backwards:"),
        ("empty-item", "end  the state is c = −0.2, h = 0.125"),
        (
            "dyck1-depth",
            "h[error] = o·tanh(c)                                     (tanh(…) is taken as its argument)",
        ),
        ("up-down-counter", "h = 1·tanh(12) ≈ 0.9999999999   (± "),
        ("tanh-order", "o[0] = σ(−ln(9))"),
        ("other-activations", "softsign(z) = z / (1 + |z|)"),
        ("toggle", "  claim parity: "),
        ("hard-sigmoid-fifth", "f = hard_sigmoid(−(−1), 0.2, 0.5) = hard_sigmoid(1, 0.2, 0.5) = 0.7"),
        (
            "hold-the-output",
            "padding: nothing is computed; the state stays, c = 0.1875; the output is h = 0.1875",
        ),
        ("layernorm-pair", "LN(z) = (z − mean) / √(variance + 0.00001), over the units of a gate"),
    ],
)
def test_show_says_what_is_other(lstm_verify, puzzle, line):
    ended = lstm_verify("show", puzzle)

    assert ended.status == 0
    assert line in ended.out


def test_a_peephole_stands_beside_what_is_normalised(lstm_verify, tmp_path):
    (tmp_path / "both.yaml").write_text(
        "puzzle: 1\ntitle: T\nnetwork: {input_size: 1, hidden_size: 2, layer_norm: 1e-5, peephole: new}\n"
        "gates: {i: ['x1 + 2*c[0] + 1', x1], f: 1, g: x1, o: 1}\ncases: {a: {inputs: [1]}}\n"
    )

    ended = lstm_verify("show", str(tmp_path / "both.yaml"))

    assert "i[0] = σ(LN(x1) + 2·(c[0] before) + 1)" in ended.out


def test_show_passes_100_columns_nowhere(lstm_verify):
    for puzzle in ("generic-bidir", "layernorm-pair", "projection"):
        assert max(map(len, lstm_verify("show", puzzle).out.splitlines())) <= 100
