"""Tables worked out on paper for every variant: what the hand reading must give, exactly, and the truth nearby."""

from fractions import Fraction as F

import pytest
from flint import arb
from networks import drawn, ruled, rules, run_on, unit

from lstm_verify.lstm import balls, exact
from lstm_verify.lstm.arithmetic.hand import NotByHand
from lstm_verify.lstm.exact import ln, tanh
from lstm_verify.lstm.network import Network, Place
from lstm_verify.lstm.readings import by_hand, true_trace
from lstm_verify.lstm.semantics import Activation, Activations, Semantics

OPEN, SHUT = 20, -20
C, H = Place("c"), Place("h")
EXACT = rules(i="exact", f="exact", o="exact")


def fractions(text):
    """Read a row of a table; ~ is a cell that says nothing."""
    return [None if cell == "~" else F(cell) for cell in text.split()]


def table(network, run, ideal, place, unit=0):
    """Return what the hand reading gives of one unit, step by step."""
    trace = by_hand(network, ideal).trace(run)
    return [None if v is None else v[unit].ideal for v in trace.column(network, place)]


def check(network, run, ideal, stated, within):
    """Hold stated rows (place, unit) -> row against the ideals, and the truth against its radius.

    Args:
        within: how far the truth is at most from what is stated, as the puzzle says.
    """
    hand, true = by_hand(network, ideal).trace(run), true_trace(network, run, 256)
    for (place, k), row in stated.items():
        found = [v[k] for v in hand.column(network, place)]
        truth = [v[k] for v in true.column(network, place)]
        for number, value, cell in zip(found, truth, fractions(row), strict=True):
            with balls.precision(256):
                error = abs(value - exact.ball(number.ideal, 256))
            assert not error > number.radius + arb(2) ** -200
            if cell is not None:
                assert number.ideal == cell
                assert error < within


def test_coupled_gates_ignore_the_other_row():
    """f = 1 − i with i = ¾, ½, ¼: the forget gate's own row, which says open, is not looked at."""
    gates = {"i": [lambda x, h: ln(F(3)) * x[1]], "f": [OPEN], "g": [lambda x, h: x[0]], "o": [OPEN]}
    network = unit(2, semantics=Semantics(coupled="f=1-i"), **gates)
    run = run_on(network, ["0.16", "-0.08", "0.24", 0], [1, 0, -1, 1])
    stated = {
        (Place("f"), 0): "1/4 1/2 3/4 1/4",
        (C, 0): "3/25 1/50 3/40 3/160",
        (H, 0): "3/25 1/50 3/40 3/160",
    }
    check(network, run, [rules(i="exact")], stated, 0.0046)
    turned = unit(
        2, semantics=Semantics(coupled="i=1-f"), **gates | {"f": [lambda x, h: -ln(F(3)) * x[1]], "i": [OPEN]}
    )
    check(turned, run, [rules(f="exact")], stated, 0.0046)


def test_the_clipped_cell_is_the_state():
    """A counter that is clipped at 2 counts 1 2 2 2 1 0: what is clipped is gone."""
    network = unit(
        2, i=[30], f=[30], g=[lambda x, h: 30 * x[0] - 30 * x[1]], o=[30], semantics=Semantics(clip_cell=F(2))
    )
    run = run_on(network, [1, 1, 1, 1, 0, 0], [0, 0, 0, 0, 1, 1])
    check(network, run, [rules(g="sign", h="exact")], {(C, 0): "1 2 2 2 1 0", (H, 0): "~ ~ ~ ~ ~ 0"}, 3e-13)
    found = by_hand(network, [rules(g="sign", h="exact")]).trace(run).steps[0]
    assert found[1].h[0].ideal == tanh(F(2))


def test_a_clipped_gate_is_a_gate_of_its_limit():
    """A pre-activation of 20, kept within ln 3 … is no fraction; within ±1 and a hard sigmoid it is 7/10."""
    hard = Activation("hard_sigmoid", F(1, 5), F(1, 2))
    semantics = Semantics(Activations(i=hard, f=hard, o=hard), clip_gates=F(1))
    network = unit(1, i=[OPEN], f=[SHUT], g=[lambda x, h: x[0]], o=[F(1, 2)], semantics=semantics)
    run = run_on(network, ["0.1", "0.2"])
    stated = {(Place("i"), 0): "7/10 7/10", (Place("f"), 0): "3/10 3/10", (Place("o"), 0): "3/5 3/5"}
    check(network, run, [EXACT], stated | {(C, 0): "7/100 161/1000", (H, 0): "21/500 483/5000"}, 0.004)


@pytest.mark.parametrize(("peephole", "spikes"), [("new", [5, 10, 15, 20]), ("old", [6, 11, 16])])
def test_the_output_peephole_sees_the_new_cell_or_the_old(peephole, spikes):
    """Gers & Schmidhuber's timer spikes at every fifth step; one step later, and lower, with the old cell."""
    weights = ruled(
        1, 2, i=[100, 100], f=[180, 100], g=[lambda x, h: 30 * x[0]] * 2, o=[-180, -100],
        weight_ci=[F(-2), F(-3)], weight_cf=[F(-40)] * 2, weight_co=[F(40)] * 2,
    )  # fmt: skip
    network = Network(1, 2, (weights,), semantics=Semantics(peephole=peephole))
    run, ideal = run_on(network, [1] * 20), [rules(2, g="sign", h="exact")]
    check(network, run, ideal, {(C, 0): "1 2 3 4 5 " * 4, (C, 1): "1 2 3 " * 6 + "1 2"}, 1.1e-8)
    h = table(network, run, ideal, H)
    assert [t + 1 for t, x in enumerate(h) if x != 0] == spikes
    assert h[spikes[0] - 1] == tanh(F(5 if peephole == "new" else 1))
    if peephole == "new":
        assert [t + 1 for t, x in enumerate(table(network, run, ideal, H, 1)) if x != 0] == [
            3,
            6,
            9,
            12,
            15,
            18,
        ]


@pytest.mark.parametrize(
    ("alpha", "c", "h"),
    [
        ("1/5", "7/100 109/1000 -191/2500 1/10 1/10", "7/125 327/5000 -573/10000 1/10 1/25"),
        ("1/6", "1/15 1/9 -19/270 1/10 1/10", "1/20 7/108 -323/6480 11/120 1/24"),
    ],
)
def test_a_hard_sigmoid_makes_every_gate_a_fraction(alpha, c, h):
    """The two slopes in use, Keras 2's 1/5 and Keras 3's 1/6, are told apart on paper."""
    hard = Activation("hard_sigmoid", F(alpha), F(1, 2))
    network = unit(
        2,
        i=[lambda x, h: x[1]],
        f=[lambda x, h: -x[1]],
        g=[lambda x, h: x[0]],
        o=[lambda x, h: x[1] / 2 + 1],
        semantics=Semantics(Activations(i=hard, f=hard, o=hard)),
    )
    run = run_on(network, ["0.1", "0.2", "-0.2", "0.1", "0.2"], [1, -1, "1/2", 3, -3])
    check(network, run, [rules()], {(C, 0): c, (H, 0): h}, 0.0027)


def test_a_direction_has_activations_of_its_own():
    """Forwards σ(ln 3·x) and tanh, backwards a hard sigmoid and none."""
    hard = Activation("hard_sigmoid", F(1, 5), F(1, 2))
    second = Activations(hard, hard, Activation("identity"), hard, Activation("identity"))
    network = unit(
        1,
        direction="bidirectional",
        semantics=Semantics(reverse_activations=second),
        weights=(
            ruled(1, 1, i=[lambda x, h: ln(F(3)) * x[0]], f=[ln(F(2))], g=[lambda x, h: x[0] / 8], o=[OPEN]),
            ruled(1, 1, i=[lambda x, h: x[0]], f=[1], g=[lambda x, h: x[0] / 2], o=[F(1, 2)]),
        ),
    )
    stated = {
        (Place("c", 0, 0), 0): "3/32 1/16 1/96",
        (Place("c", 0, 1), 0): "553/2000 -21/200 -3/20",
        (Place("h", 0, 1), 0): "1659/10000 -63/1000 -9/100",
        (Place("c_n", 0, 0), 0): "1/96",
        (Place("c_n", 0, 1), 0): "553/2000",
    }
    check(network, run_on(network, [1, 0, -1]), [rules(i="exact", f="exact"), rules()], stated, 7.6e-4)


def test_a_projected_h_is_what_the_gates_read():
    """Two layers of two units, projected to one: r = ½ h₀ − ¼ h₁ below, −½ h₀ + ¾ h₁ above."""
    half = {"i": [OPEN] * 2, "f": [0] * 2, "o": [OPEN] * 2}
    first = ruled(
        2,
        1,
        g=[lambda x, h: x[0] + h[0], lambda x, h: x[1] - h[0] / 2],
        weight_hr=[[F(1, 2), F(-1, 4)]],
        **half,
    )
    second = ruled(
        1, 1, g=[lambda x, h: 2 * x[0], lambda x, h: x[0] + h[0]], weight_hr=[[F(-1, 2), F(3, 4)]], **half
    )
    network = Network(2, 2, (first, second), num_layers=2, proj_size=1)
    h0, c0 = [[F("0.02")], [F("-0.04")]], [[F("0.04"), F("-0.06")], [F("0.02"), F("0.04")]]
    run = run_on(network, ["0.04", "-0.02", 0, "0.03"], ["0.02", "0.03", 0, "-0.02"], h0=h0, c0=c0)
    stated = {
        (Place("h", 0), 0): "9/200 53/1600 477/12800 6341/102400",
        (Place("c", 1), 0): "1/10 93/800 849/6400 9737/51200",
        (Place("c", 1), 1): "1/40 23/1600 -37/12800 -821/102400",
        (Place("h", 1), 0): "-1/32 -303/6400 -3507/51200 -41411/409600",
        (Place("h_n", 1), 0): "-41411/409600",
    }
    check(network, run, [rules(2)] * 2, stated, 0.0028)


FUTURE = unit(
    1,
    direction="bidirectional",
    weights=(
        ruled(1, 1, i=[OPEN], f=[SHUT], g=[lambda x, h: x[0] / 8], o=[OPEN]),
        ruled(1, 1, i=[lambda x, h: 40 * x[0] - 160 * h[0] - 20], f=[OPEN], g=[F(1, 4)], o=[OPEN]),
    ),
)
"""Backwards it knows whether a 1 is still to come."""


@pytest.mark.parametrize(
    ("bits", "length", "reverse"),
    [
        ([0, 0, 1, 0, 1, 0, 0], None, "1/4 1/4 1/4 1/4 1/4 0 0"),
        ([0, 0, 1, 1, 1], 2, "0 0 0 0 0"),
        ([0, 1, 0, 1, 0], 5, "1/4 1/4 1/4 1/4 0"),
        ([1, 0, 0, 1, 1], 3, "1/4 0 0 0 0"),
    ],
)
def test_backwards_begins_at_the_last_step_that_counts(bits, length, reverse):
    """What stands in the padding is not seen; there the output is 0 and h_n is that of the first step."""
    run = run_on(FUTURE, bits, length=length)
    stated = {(Place("h", 0, 1), 0): reverse, (Place("h_n", 0, 1), 0): reverse.split()[0]}
    check(FUTURE, run, [rules()] * 2, stated, 0.0099)


def test_backwards_may_begin_at_the_end_of_the_buffer():
    """Then the padding is read: a 1 that stands in it is a 1 to come, forwards it is still not seen."""
    network = Network(
        1, 1, FUTURE.layers, semantics=Semantics(reverse_from="buffer"), direction="bidirectional"
    )
    run = run_on(network, [0, 0, 0, 1, 0], length=2)
    assert table(network, run, [rules()] * 2, Place("h", 0, 1)) == fractions("1/4 1/4 1/4 1/4 0")
    assert table(network, run, [rules()] * 2, Place("i", 0, 0)) == [1, 1, None, None, None]
    masked = run_on(network, [0, 0, 0, 1, 0], length=2, mask=(True, True, True, False, True))
    assert table(network, masked, [rules()] * 2, Place("h", 0, 1)) == [0] * 5


MEMORY = unit(
    3,
    i=[lambda x, h: 100 * x[1] - 10],
    f=[lambda x, h: 100 * x[1] + 10],
    g=[lambda x, h: x[0]],
    o=[lambda x, h: 100 * x[2] - 10],
)


@pytest.mark.parametrize(("padded", "third"), [("zero", "0"), ("hold", "3/10")])
def test_padding_is_neither_read_nor_written(padded, third):
    """Two steps count; the third would open the output and write: c is held, h is 0 or held."""
    network = Network(3, 1, MEMORY.layers, semantics=Semantics(padded_output=padded))
    run = run_on(network, ["0.2", "0.1", "0.2"], [1, 1, 1], [0, 1, 1], length=2)
    stated = {
        (C, 0): "1/5 3/10 3/10",
        (H, 0): f"0 3/10 {third}",
        (Place("h_n"), 0): "3/10",
        (Place("c_n"), 0): "3/10",
    }
    check(network, run, [rules()], stated, 0.012)
    assert table(network, run, [rules()], Place("g")) == [F(1, 5), F(1, 10), None]


def test_the_last_state_of_an_empty_sequence_is_its_first():
    """Of length 0: nothing is computed, h_n is h0 and c_n is c0."""
    run = run_on(MEMORY, ["0.2", "0.1"], [1, 1], [1, 1], h0=[[F(1, 8)]], c0=[[F(-1, 5)]], length=0)
    stated = {(Place("h_n"), 0): "1/8", (Place("c_n"), 0): "-1/5", (H, 0): "0 0", (C, 0): "-1/5 -1/5"}
    check(MEMORY, run, [rules()], stated, 1e-30)


@pytest.mark.parametrize(
    ("x", "mask", "c"),
    [
        (["1/8", "1/8", 0, 0], (False, False, True, True), "0 0 1/16 1/8"),
        ([0, "1/8", 0, "1/16"], (True, False, False, True), "1/16 1/16 1/16 3/16"),
        ([0, 0, 0, 0], (True, True, True, True), "1/16 1/8 3/16 1/4"),
    ],
)
def test_a_masked_step_holds_the_state(x, mask, c):
    """A bias of 1/16 would count every step: at those that are masked it does not."""
    network = unit(
        1,
        i=[OPEN],
        f=[OPEN],
        g=[lambda x, h: x[0] + F(1, 16)],
        o=[OPEN],
        semantics=Semantics(padded_output="hold"),
    )
    check(network, run_on(network, x, mask=mask), [rules()], {(C, 0): c, (H, 0): c}, 0.0054)


@pytest.mark.parametrize(
    ("training", "c"), [(True, "1/16 1/8 3/16"), (False, "1/16 0 0")], ids=["training", "evaluation"]
)
def test_what_is_dropped_is_all_between_the_layers(training, c):
    """With p = 1 the second layer sees 0, and counts every step; in evaluation its input shuts it."""
    first = ruled(
        1, 2, i=[OPEN] * 2, f=[SHUT] * 2, g=[lambda x, h: x[0] / 4, lambda x, h: h[0]], o=[OPEN] * 2
    )
    shut = [lambda x, h: OPEN - 160 * x[0] - 160 * x[1]] * 2
    second = ruled(2, 2, i=shut, f=shut, g=[F(1, 16), F(-1, 32)], o=[OPEN] * 2)
    network = Network(
        1, 2, (first, second), num_layers=2, semantics=Semantics(dropout=F(1), training=training)
    )
    check(network, run_on(network, [0, 1, 1]), [rules(2)] * 2, {(Place("c", 1), 0): c}, 0.019)


def test_layer_normalisation_is_refused_by_hand():
    """Two numbers normalise to ±1, but nobody takes a root by hand; the true digits are 0.244919 and 0.428608."""
    weights = ruled(
        1, 2,
        i=[lambda x, h: 3 * x[0] + 20, lambda x, h: x[0] + 20],
        f=[lambda x, h: x[0] + ln(F(3)) + 1, lambda x, h: 2 * x[0] + ln(F(3)) - 1],
        g=[lambda x, h: 2 * x[0] - F(3, 4), lambda x, h: F(5, 4) - x[0]],
        o=[lambda x, h: x[0] + 19, lambda x, h: 5 * x[0] + 21],
    )  # fmt: skip
    network = Network(1, 2, (weights,), semantics=Semantics(layer_norm=F(1, 10**8)))
    run = run_on(network, [2, "1/2"])
    with pytest.raises(NotByHand, match="layer normalisation"):
        by_hand(network, [EXACT]).trace(run)
    steps = true_trace(network, run, 128).steps[0]
    found = [[round(float(x), 6) for x in step.c] for step in steps]
    assert found == [[0.244919, 0.244919], [0.428608, 0.428608]]
    assert [round(float(x), 6) for x in steps[0].f] == [0.75, 0.75]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "variant",
    [
        {"clip_gates": F(1, 2), "clip_cell": F(1, 4), "peephole": "new"},
        {"coupled": "f=1-i", "clip_cell": F(1)},
        {"coupled": "i=1-f", "peephole": "old", "forget_bias": F(1)},
        {"clip_projection": F(1, 8)},
    ],
    ids=str,
)
@pytest.mark.parametrize("rule", ["exact", "coarse"])
def test_the_radius_holds_in_every_variant(variant, seed, rule):
    """The truth lies within hand ± radius through clips, coupled gates, peepholes, projections and layers."""
    hidden, proj = (3, 2) if "clip_projection" in variant else (2, 0)
    network, run = drawn(
        2, hidden, layers=2, direction="bidirectional", proj=proj, outputs=2, steps=4,
        seed=seed, scale=1.5, semantics=Semantics(**variant),
    )  # fmt: skip
    every = rules(hidden) if rule == "coarse" else dict.fromkeys("ifgoh", ("exact",) * hidden)
    hand, true = by_hand(network, [every] * 4).trace(run), true_trace(network, run, 256)
    for place in [*network.places(*"ifgoch", "h_n", "c_n"), Place("logits")]:
        for numbers, values in zip(hand.column(network, place), true.column(network, place), strict=True):
            for number, value in zip(numbers, values, strict=True):
                with balls.precision(256):
                    assert not abs(value - exact.ball(number.ideal, 256)) > number.radius + arb(2) ** -200
