"""What each part of a puzzle file means."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from lstm_verify.lstm import exact
from lstm_verify.lstm.network import Place, Weights
from lstm_verify.lstm.semantics import Activation, Activations
from lstm_verify.puzzle.files import name_of
from lstm_verify.puzzle.load import load, parse
from lstm_verify.puzzle.model import Choice, Interval, Puzzle

ROOT = Path(__file__).parents[2]
F = Fraction


def puzzle(*lines: str, sizes: str = "{input_size: 1, hidden_size: 1}", cases: str = "") -> Puzzle:
    """Return the puzzle with these lines."""
    text = "\n".join(("puzzle: 1", "title: t", f"network: {sizes}", *lines))
    if not any(line.startswith(("weights", "gates")) for line in lines):
        text += "\nweights: {}"
    return parse(f"{text}\ncases: {cases or '{one: {inputs: [[1]]}}'}\n".encode(), "t.yaml")


def weights(section: str, inputs: int = 1, hidden: int = 1, **more: str) -> Weights:
    """Return the weights of a section `weights` or `gates`."""
    extra = "".join(f", {key}: {value}" for key, value in more.items())
    sizes = f"{{input_size: {inputs}, hidden_size: {hidden}{extra}}}"
    row = ", ".join("1" * inputs)
    (read,) = puzzle(section, sizes=sizes, cases=f"{{one: {{inputs: [[{row}]]}}}}").network.layers
    return read


def test_memory() -> None:
    """The memory puzzle reads as it is written."""
    memory = load(ROOT / "puzzles" / "memory.yaml")
    (case,) = memory.cases
    assert (memory.name, memory.features, memory.network.bias) == (
        "memory",
        ("x1", "x2", "x3"),
        True,
    )
    assert memory.network.layers[0].weight_ih == ((0, 100, 0), (0, 100, 0), (1, 0, 0), (0, 0, 100))
    assert memory.network.layers[0].bias_ih == (-10, 10, 0, -10)
    assert case.run.inputs[4] == (F(1, 4), -1, 0)
    assert [cell.text for (cell,) in case.digits[Place("c")] if cell][1] == "0.2970"
    assert memory.source["url"].startswith("https://")
    assert memory.tags == ("memory", "lesson")
    assert memory.domain == {
        "x1": Interval(F(-1, 4), F(1, 4)),
        "x2": Choice((F(-1), F(0), F(1))),
        "x3": Choice((F(0), F(1))),
    }
    assert memory.claims["memory"].startswith("c is the memory")


def test_absent_tensors_are_zero_and_scalars_fill() -> None:
    """An absent tensor is 0, a scalar fills its tensor or the block of its gate."""
    read = weights("weights: {weight_ih: 1/3, bias_ih: {i: 1, f: 2, g: 3, o: 4}}", 2, 2)
    assert read.weight_ih == ((F(1, 3),) * 2,) * 8
    assert read.weight_hh == ((0, 0),) * 8
    assert read.bias_ih == (1, 1, 2, 2, 3, 3, 4, 4)
    assert read.bias_hh == (0,) * 8


def test_rows_per_gate() -> None:
    """A gate has hidden_size rows; with one unit its single row may be flat."""
    rows = "{i: [[1, 2], [3, 4]], f: 0, g: [[5, 6], [7, 8]], o: 9}"
    assert weights(f"weights: {{weight_ih: {rows}}}", 2, 2).weight_ih == (
        (1, 2), (3, 4), (0, 0), (0, 0), (5, 6), (7, 8), (9, 9), (9, 9),
    )  # fmt: skip
    flat = weights("weights: {weight_ih: {i: [1, 2], f: [[3, 4]], g: 0, o: 0}}", 2)
    assert flat.weight_ih == ((1, 2), (3, 4), (0, 0), (0, 0))


@pytest.mark.parametrize("layout", ["ifgo", "iofc", "cifo"])
def test_packed_tensors_follow_their_layout(layout: str) -> None:
    """Packed rows are brought from the order of `layout` to i, f, g, o."""
    value = {"i": 1, "f": 2, "g": 3, "c": 3, "o": 4}
    rows = ", ".join(f"[{value[gate]}], [{value[gate]}5]" for gate in layout)
    bias = ", ".join(f"{value[gate]}, {value[gate]}5" for gate in layout)
    read = weights(f"weights: {{layout: {layout}, weight_ih_l0: [{rows}], bias_hh_l0: [{bias}]}}", 1, 2)
    assert read.bias_hh == (1, 15, 2, 25, 3, 35, 4, 45)
    assert read.weight_ih == tuple((number,) for number in read.bias_hh)


def test_gate_rules_compile_to_weights() -> None:
    """Features go to weight_ih, units to weight_hh, the constant to bias_ih."""
    section = 'gates: {i: ["40*x1 - 160*h[1] - 20", x2/4], f: "20 - 40*x1", g: 1/4, o: ln(3)*x2}'
    read = weights(section, 2, 2)
    assert read.weight_ih[:4] == ((40, 0), (0, F(1, 4)), (-40, 0), (-40, 0))
    assert read.weight_ih[7] == (0, exact.ln(F(3)))
    assert read.weight_hh == ((0, -160), *((0, 0),) * 7)
    assert read.bias_ih == (-20, 0, 20, 20, F(1, 4), F(1, 4), 0, 0)
    assert read.bias_hh == (0,) * 8


def test_rules_and_weights_agree() -> None:
    """The memory puzzle by rules is the memory puzzle by weights."""
    rules = "gates: {i: 100*x2 - 10, f: 100*x2 + 10, g: x1, o: 100*x3 - 10}"
    assert weights(rules, 3) == load(ROOT / "puzzles" / "memory.yaml").network.layers[0]


def test_rules_in_blocks_need_no_quotes() -> None:
    """Outside of braces a rule with h[0] stands as it is."""
    read = weights("gates:\n  i: 2*h[0] - 1\n  f: 20\n  g:\n    - h[0]\n  o: 20")
    assert read.weight_hh == ((2,), (0,), (1,), (0,))


def test_rules_over_named_features() -> None:
    """Rules use the names of `features`; names that YAML would make true are names."""
    read = puzzle("features: [on]", "gates: {i: 3*on, f: 0, g: y1 - y1, o: 0}".replace("y1", "on"))
    assert read.network.layers[0].weight_ih == ((3,), (0,), (0,), (0,))


def test_features_have_default_names() -> None:
    """Features that are not named are x1, x2 and so on."""
    read = puzzle(sizes="{input_size: 3, hidden_size: 1}", cases="{one: {inputs: [[1, 2, 3]]}}")
    assert read.features == ("x1", "x2", "x3")


def test_no_bias() -> None:
    """With `bias: false` the network has none, and both are zero."""
    read = puzzle("gates: {i: x1, f: 0, g: x1, o: 0}", sizes="{input_size: 1, hidden_size: 1, bias: false}")
    assert read.network.bias is False
    assert read.network.layers[0].bias_ih == (0, 0, 0, 0)


def test_default_ideals() -> None:
    """A σ steps, a tanh is linear, and what is rational is exact whatever the file says."""
    (ideal,) = puzzle().ideal
    assert ideal == {"i": ("step",), "f": ("step",), "g": ("linear",), "o": ("step",), "h": ("linear",)}
    read = puzzle(
        "ideal: {g: sign, o: [exact, step], h: linear}",
        sizes="{input_size: 1, hidden_size: 2, activations: {i: relu, h: identity}}",
    )
    (ideal,) = read.ideal
    assert ideal == {
        "i": ("exact", "exact"),
        "f": ("step", "step"),
        "g": ("sign", "sign"),
        "o": ("exact", "step"),
        "h": ("exact", "exact"),
    }


def test_activations() -> None:
    """Activations are named by role; the others are those of PyTorch."""
    read = puzzle(sizes="{input_size: 1, hidden_size: 1, activations: {g: identity, h: identity}}")
    assert read.network.semantics.activations == Activations(
        g=Activation("identity"), h=Activation("identity")
    )


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ("{x2: [3, 4], x1: [1, 2]}", ((1, 3), (2, 4))),
        ("[[1, 3], [2, 4]]", ((1, 3), (2, 4))),
        ("{x1: [1, 2], x2: 7}", ((1, 7), (2, 7))),
    ],
)
def test_inputs(inputs: str, expected: tuple[tuple[object, ...], ...]) -> None:
    """Inputs are columns by name or rows; a single number is a constant column."""
    read = puzzle(sizes="{input_size: 2, hidden_size: 1}", cases=f"{{one: {{inputs: {inputs}}}}}")
    assert read.cases[0].run.inputs == expected
    assert tuple(tuple(n.value for n in row) for row in read.cases[0].inputs) == expected


def test_flat_inputs() -> None:
    """With one feature the inputs may be a flat list."""
    assert puzzle(cases="{one: {inputs: [1, 0.5]}}").cases[0].run.inputs == ((1,), (F(1, 2),))


def test_several_cases_and_states() -> None:
    """Cases keep their order, titles and lines; a scalar state fills all units."""
    cases = "\n  b-2: {title: B, inputs: [1], h0: 1/8, c0: [1, -1]}\n  a: {inputs: [0]}"
    b, a = puzzle(sizes="{input_size: 1, hidden_size: 2}", cases=cases).cases
    assert (b.name, b.title, b.line, b.steps) == ("b-2", "B", 6, 1)
    assert (b.run.h0, b.run.c0) == (((F(1, 8), F(1, 8)),), ((1, -1),))
    assert (a.name, a.title, a.line, a.run.c0) == ("a", "", 7, ((0, 0),))


def test_tables() -> None:
    """A table has a row a step; ~ leaves a cell or a whole row open; the others are not there."""
    cases = "{one: {inputs: [1, 2, 3], hand: {h: [[~, tanh(1)], ~, [1/3, sigmoid(2)]]}}}"
    (case,) = puzzle(sizes="{input_size: 1, hidden_size: 2}", cases=cases).cases
    values = [[cell and cell.value for cell in row] for row in case.hand[Place("h")]]
    assert values == [
        [None, exact.tanh(F(1))],
        [None, None],
        [F(1, 3), exact.sigmoid(F(2))],
    ]
    assert (set(case.hand), case.digits, case.published) == ({Place("h")}, {}, {})


def test_published() -> None:
    """Published numbers are kept, with their tolerance."""
    cases = "{one: {inputs: [1], published: {c: [0.76], tolerance: 1e-2}}}"
    (case,) = puzzle(cases=cases).cases
    assert case.published[Place("c")][0][0].text == "0.76"  # type: ignore[union-attr]
    assert case.tolerance is not None
    assert case.tolerance.absolute == F(1, 100)


@pytest.mark.parametrize(
    ("text", "value", "place"),
    [
        ("0.250", F(1, 4), 3),
        ("-0.0", F(0), 1),
        ("+3", F(3), 0),
        (".5", F(1, 2), 1),
        ("5.", F(5), 0),
        ("1e2", F(100), -2),
        ("1e-3", F(1, 1000), 3),
        ("1.50E+1", F(15), 1),
        ("1e-310", F(1, 10**310), 310),
        ("1e-40", F(1, 10**40), 40),
        ("0", F(0), 0),
        ("1/3", F(1, 3), None),
        ("-1/4", F(-1, 4), None),
        ("ln(3)/2", exact.ln(F(3)) / 2, None),
        ("'0.2'", F(1, 5), 1),
        ("2*(1 - 0.25)", F(3, 2), None),
    ],
)
def test_numbers(text: str, value: exact.Exact, place: int | None) -> None:
    """A number is exact, and knows the place of its last digit where it is a decimal."""
    number = puzzle(cases=f"{{one: {{inputs: [{text}]}}}}").cases[0].inputs[0][0]
    assert (number.value, number.place) == (value, place)
    assert (number.text, number.line, number.column) == (text.strip("'"), 5, 24)


def test_claims_are_kept_as_they_are() -> None:
    """Claims have names, and may be any data."""
    assert puzzle("claims: {first: a text, second: {if: {x1: [1, 2]}}}").claims == {
        "first": "a text",
        "second": {"if": {"x1": ["1", "2"]}},
    }


def test_units_have_names() -> None:
    """A rule and a reading may name a unit, with its number or its name."""
    two = puzzle(
        "units: [even, odd]",
        "gates: {i: '20', f: '20', g: ['h[odd]', '2*h[even]'], o: '20'}",
        "reads: {count: '4*c[odd] - c[0] + 1/2'}",
        sizes="{input_size: 1, hidden_size: 2}",
    )
    assert two.units == ("even", "odd")
    assert two.network.layers[0].gate("g").weight_hh == ((0, 1), (2, 0))
    reading = two.reads["count"]
    assert (reading.text, reading.constant) == ("4*c[odd] - c[0] + 1/2", Fraction(1, 2))
    assert reading.terms == {(Place("c"), 1): 4, (Place("c"), 0): -1}


def test_bytes_before_the_text() -> None:
    """A byte order mark and Windows line ends change nothing."""
    data = (ROOT / "puzzles" / "memory.yaml").read_bytes()
    strange = b"\xef\xbb\xbf" + data.replace(b"\n", b"\r\n")
    read, expected = (vars(parse(text, "memory.yaml")) for text in (strange, data))
    assert vars(read.pop("network")) == vars(expected.pop("network"))
    assert read == expected


def test_name_of() -> None:
    """A puzzle is named after its file."""
    assert [name_of(p) for p in ("a/b.yaml", "b.puzzle.yaml", "b.yml", "b.txt")] == [
        "b",
        "b",
        "b",
        "b.txt",
    ]


def test_imports() -> None:
    """Loading a puzzle needs neither NumPy nor torch nor python-flint."""
    code = (
        "import sys; from lstm_verify.puzzle.load import load; load(sys.argv[1]);"
        "sys.exit(', '.join({'numpy', 'torch', 'flint'} & set(sys.modules)) or None)"
    )
    path = str(ROOT / "puzzles" / "memory.yaml")
    run = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, check=False, text=True, cwd=ROOT
    )
    assert (run.returncode, run.stderr) == (0, "")
