"""Every kind of bad puzzle file gets a clear message at the right place."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from lstm_verify.puzzle.load import load, parse
from lstm_verify.puzzle.model import PuzzleError

GOOD = """\
puzzle: 1
title: good
network: {input_size: 2, hidden_size: 1}
features: [x1, x2]
gates: {i: 20*x2, f: 20, g: x1, o: 20}
cases:
  one:
    inputs: {x1: [0.1, 0.2], x2: [1, 0]}
    hand: {c: [0.1, 0.1], h: [~, 0.1]}
"""


def good(old: str = "", new: str = "") -> str:
    """Return the good file with one thing replaced."""
    assert old in GOOD
    return GOOD.replace(old, new, 1) if old else GOOD


def weights(*lines: str, sizes: str = "{input_size: 2, hidden_size: 1}") -> str:
    """Return a file with these lines in its section `weights`, which begins in line 5."""
    body = "\n".join(f"  {line}" for line in lines)
    return f"puzzle: 1\ntitle: w\nnetwork: {sizes}\nweights:\n{body}\ncases: {{one: {{inputs: [[1, 2]]}}}}\n"


RULES = "{i: 20*x2, f: 20, g: x1, o: 20}"
NUMBER = "x1: [0.1,"

BAD: dict[str, tuple[str | bytes, str]] = {
    # YAML itself
    "empty": ("", "1:1: an empty file; a puzzle begins with `puzzle: 1`"),
    "only a comment": ("# nothing\n", "1:1: an empty file"),
    "null": ("~\n", "1:1: an empty file"),
    "a list": ("- 1\n", "1:1: expected the keys of a puzzle, found a list"),
    "a text": ("hello\n", "1:1: expected the keys of a puzzle, found 'hello'"),
    "binary": (b"puzzle: 1\n\0", "2:1: a binary file"),
    "not UTF-8": (b"puzzle: 1\ntitle: caf\xe9\n", "2:11: byte 0xe9 is no UTF-8"),
    "control character": ("puzzle: 1\ntitle: a\x07b\n", "2:9: the control character U+0007"),
    "tab": ("puzzle: 1\nnetwork:\n\tinput_size: 1\n", "3:1: a tab stands before this text"),
    "tab after spaces": ("a:\n  \tb: 1\n", "2:3: a tab stands before this text"),
    "duplicate key": (good("title: good", "title: a\ntitle: b"), "3:1: the key 'title' stands here again (first in line 2)"),
    "alias": (good("hidden_size: 1", "hidden_size: *n"), "3:39: the alias *n is not allowed"),
    "anchor": (good("[1, 0]", "&a [1, 0]"), "8:34: the anchor &a is not allowed: write the value"),
    "cycle": ("puzzle: &a [*a]\n", "1:13: the alias *a is not allowed"),
    "bomb": ("a: &a [x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "3:8: the alias *b is not allowed"),
    "rule that begins with a star": (good("g: x1", "g: *x1"), "5:29: the alias *x1 is not allowed: write the value itself (a rule that begins with * needs"),
    "merge key": (good("title: good", "title: good\n<<: {a: 1}"), "3:1: the merge key << is not allowed"),
    "tag": (good("title: good", "title: !!str good"), "2:8: the tag 'tag:yaml.org,2002:str' is not allowed"),
    "python tag": ("!!python/object/apply:os.system [ls]\n", "1:1: the tag 'tag:yaml.org,2002:python/object"),
    "two documents": (good() + "---\n" + good(), "10:1: a second document begins here"),
    "list as key": ("? [a]\n: b\n", "1:3: a list or mapping stands where a key should"),
    "no value": ("{: b}\n", "1:2: a value is missing here"),
    "no key": ('"": b\n', "1:1: a key is missing here"),
    "minus and blank in a line": ("f: - x1\n", "1:4: '- ' begins a list; for a minus sign"),
    "deep brackets": ("a: " + "[" * 200_000, "1:53: more than 50 brackets or levels inside one another"),
    "deep braces": ("{a: " * 200_000, "1:201: more than 50 brackets"),
    "deep lists": ("- " * 200_000, "1:101: more than 50 brackets"),
    "colon in a text": (good("title: good", "title: a: b"), "2:9: a colon that YAML cannot place"),
    "unclosed bracket": ("a: [1, 2\n", "2:1: not YAML: did not find expected ',' or ']': is a comma missing, or the ] for the bracket of line 1, column 4?"),
    "unclosed quote": ("a: 'b\n", "2:1: not YAML: found unexpected end of stream: the quotation mark of line 1"),
    "indentation": ("a:\n  b: 1\n c: 2\n", "3:2: not YAML: did not find expected key: is the line indented like its neighbours"),
    "minus and blank": (good("g: x1", "g: - x1"), "5:29: a value is missing here: a bracket, comma, colon or '- '"),
    "at sign": ("a: @b\n", "1:4: a text cannot begin with this character; put it in quotation marks"),
    "rule with h in braces": (good("f: 20", "f: 2*h[0] - 1"), '5:25: inside brackets and braces YAML reads the [ of h[…] as the start of a list; put the rule in quotation marks, as in "2*h[0] - 1"'),
    "rule with h in a list": (good("f: 20", "f: [h[0]]"), "5:24: inside brackets and braces YAML reads the [ of h"),
    # structure
    "unknown key": (good("features", "feature"), "4:1: unknown key 'feature'; did you mean 'features'?"),
    "unknown key inside": (good("hand:", "hnad:"), "9:5: unknown key 'hnad'; did you mean 'hand'?"),
    "unknown key unlike any": (good("title: good", "title: good\nzzz: 1"), "3:1: unknown key 'zzz'; known: puzzle, title,"),
    "key without a space": (good("{input_size: 2", "{input_size:2"), "3:11: unknown key 'input_size:2'; is a space missing after the colon?"),
    "later": (good("hidden_size: 1", "hidden_size: 1, num_layers: 2"), "3:42: 'num_layers' is not supported yet by this version"),
    "no version": (good("puzzle: 1\n", ""), "1:1: the first key must be the version of the format, `puzzle: 1`, found 'title'"),
    "version not first": (good("puzzle: 1\ntitle: good", "title: good\npuzzle: 1"), "2:1: the version, `puzzle: 1`, must be the first key"),
    "version 2": (good("puzzle: 1", "puzzle: 2"), "1:9: version '2' of the format is not known; this program reads `puzzle: 1`"),
    "no title": (good("title: good\n", ""), "1:1: the key 'title' is missing"),
    "empty title": (good("title: good", "title:"), "2:7: expected text, found nothing"),
    "no network": (good("network: {input_size: 2, hidden_size: 1}\n", ""), "1:1: the key 'network' is missing"),
    "no hidden_size": (good(", hidden_size: 1", ""), "3:1: the key 'hidden_size' is missing in network"),
    "hidden_size 0": (good("hidden_size: 1", "hidden_size: 0"), "3:39: expected a whole number from 1, found '0'"),
    "hidden_size 1.5": (good("hidden_size: 1", "hidden_size: 1.5"), "3:39: expected a whole number from 1, found '1.5'"),
    "hidden_size 10^9": (good("hidden_size: 1", "hidden_size: 1000000000"), "3:39: 1000000000 is too large; at most 1,000,000"),
    "hidden_size 500": (good("hidden_size: 1", "hidden_size: 500"), "3:26: a network of 1,008,000 weights"),
    "hidden_size 010": (good("hidden_size: 1", "hidden_size: 010"), "3:39: '010' begins with 0; write 10"),
    "bias: no": (good("hidden_size: 1", "hidden_size: 1, bias: no"), "3:48: expected true or false, found 'no'"),
    "activation": (good("hidden_size: 1", "hidden_size: 1, activations: {g: Tanh}"), "3:59: 'Tanh' is not known here; did you mean 'tanh'?"),
    "role": (good("hidden_size: 1", "hidden_size: 1, activations: {k: tanh}"), "3:56: unknown key 'k'; known: i, f, g, o, h"),
    "text for a section": (good(RULES, "none"), "5:8: 'gates' is a mapping (key: value), found 'none'"),
    "text for a list": (good("title: good", "title: good\ntags: memory"), "3:7: 'tags' is a list, found 'memory'"),
    "list for a text": (good("title: good", "title: [good]"), "2:8: expected text, found a list"),
    "nothing for a section": (good(RULES, ""), "5:7: 'gates' is a mapping (key: value), found nothing"),
    "tag that is no slug": (good("title: good", "title: good\ntags: [Big One]"), "3:8: 'Big One' is no name of small letters, digits and hyphens; write 'big-one'"),
    "case name": (good("  one:", "  Case One:"), "7:3: 'Case One' is no name of small letters, digits and hyphens; write 'case-one'"),
    "no cases": (good(GOOD[GOOD.index("cases"):], "cases: {}\n"), "6:1: a puzzle needs at least one case"),
    "no inputs": (good("    inputs: {x1: [0.1, 0.2], x2: [1, 0]}\n", ""), "7:3: the key 'inputs' is missing in cases.one"),
    "weights and gates": (good("cases:", "weights: {bias_ih: 0}\ncases:"), "5:1: both `weights` and `gates` are given"),
    "neither": (good(f"gates: {RULES}\n", ""), "1:1: neither `weights` nor `gates` is given"),
    "missing gate": (good(", o: 20", ""), "5:1: the key 'o' is missing in gates"),
    # names
    "number of features": (good("[x1, x2]", "[x1, x2, x3]"), "4:1: 3 features named, but input_size is 2"),
    "feature twice": (good("[x1, x2]", "[x1, x1]"), "4:16: the feature 'x1' stands here twice"),
    "feature h": (good("[x1, x2]", "[x1, h]"), "4:16: 'h' has a meaning in rules"),
    "feature ln": (good("[x1, x2]", "[x1, ln]"), "4:16: 'ln' has a meaning in rules"),
    "feature with a hyphen": (good("[x1, x2]", "[x-1, x2]"), "4:12: 'x-1' is no name"),
    # rules
    "not affine": (good("g: x1", "g: 2*x1*x2"), "5:33: not affine: a rule may multiply features and h by numbers only"),
    "divided by a feature": (good("g: x1", "g: 1/x1"), "5:30: not affine: a rule may divide by numbers only"),
    "function of a feature": (good("g: x1", "g: tanh(x1)"), "5:29: not affine: tanh may be taken of numbers only"),
    "unknown feature": (good("20*x2", "20*x3x"), "5:15: unknown name 'x3x'; known: x1, x2, h[0]"),
    "h without index": (good("g: x1", "g: 2*h"), "5:31: h needs the number of a unit: write h[0]"),
    "h out of range": (good("g: x1", 'g: "2*h[1]"'), "5:32: there is no h[1]: hidden_size is 1, the only unit is h[0]"),
    "rule with a missing sign": (good("20*x2", "20x2"), "5:12: a sign is missing after 20; write a product with *, as in 2*x1"),
    "100,000 terms": (good("20*x2", "+".join(["x2"] * 100_000)), "5:12: an expression of 299,999 characters; at most 20,000 are read"),
    "deep parentheses": (good("20*x2", "(" * 200 + "x2"), "5:62: more than 50 parentheses inside one another"),
    "division by zero": (good("20*x2", "x2/0"), "5:14: division by zero"),
    "unclosed parenthesis": (good("20*x2", "2*(x2"), "5:17: ')' is missing before the end"),
    "unicode minus": (good("20*x2", "20*x2 − 1"), "5:18: '−' (U+2212) looks like a minus sign and is none; write -"),
    "power": (good("20*x2", "2^3"), "5:13: '^' is not known: powers are not allowed"),
    "tanh in a rule": (good("20*x2", "tanh(1)"), "5:12: tanh may stand in tables only"),
    "ln of zero": (good("20*x2", "ln(0)"), "5:12: ln(0) is not a number"),
    "no rule": (good("20*x2", "~"), "5:12: expected a rule such as 100*x2 - 10, found ~ (nothing)"),
    "number of rules": (good("g: x1", "g: [x1, x2]"), "5:29: gate g needs 1 rule (one a unit), found 2"),
    "constant without bias": (good("hidden_size: 1", "hidden_size: 1, bias: false"), "5:22: the rule has a constant, which is a bias"),
    # numbers
    "on": (good(NUMBER, "x1: [on,"), "8:19: 'on' is no number: YAML 1.1 reads it as true; write 1"),
    "No": (good(NUMBER, "x1: [No,"), "8:19: 'No' is no number: YAML 1.1 reads it as false; write 0"),
    "010": (good(NUMBER, "x1: [010,"), "8:19: '010' begins with 0: YAML 1.1 reads that as octal, 8; write 10"),
    "1:30": (good(NUMBER, "x1: [1:30,"), "8:19: '1:30' is base 60 to YAML 1.1, 90"),
    "1_000": (good(NUMBER, "x1: [1_000,"), "8:19: '1_000' has an underscore, which YAML 1.1 skips; write 1000"),
    "0x1F": (good(NUMBER, "x1: [0x1F,"), "8:19: '0x1F' is hexadecimal to YAML, 31; write 31"),
    "nan": (good(NUMBER, "x1: [.nan,"), "8:19: '.nan' is 'not a number'; every number of a puzzle is finite"),
    "inf": (good(NUMBER, "x1: [-.inf,"), "8:19: '-.inf' is infinity; every number of a puzzle is finite"),
    "open cell in inputs": (good(NUMBER, "x1: [~,"), "8:19: expected a number, found ~ (nothing); write 0 if you mean zero"),
    "10,000 digits": (good(NUMBER, f"x1: [{'9' * 10_000},"), "8:19: a number of 10,000 digits; at most 1,000 are read"),
    "huge exponent": (good(NUMBER, "x1: [1e100000000,"), "8:19: the exponent of 1e100000000 is beyond ±400"),
    "1/0": (good(NUMBER, "x1: [1/0,"), "8:20: division by zero"),
    "growing number": (good(NUMBER, f"x1: [{'*'.join(['1e400'] * 100)},"), "8:54: the numbers become too long here"),
    "word": (good(NUMBER, "x1: [abc,"), "8:19: 'abc' is no number; write one such as 0.25, -1/4, 1e-3 or ln(3)"),
    "feature in a number": (good(NUMBER, "x1: [2*x2,"), "8:21: 'x2' is no number"),
    "list for a number": (good(NUMBER, "x1: [[1],"), "8:19: expected a number, found a list"),
    "two points": (good(NUMBER, "x1: [1.2.3,"), "8:22: a sign is missing before '.3'"),
    "tanh in inputs": (good(NUMBER, "x1: [tanh(1),"), "8:19: tanh may stand in tables only"),
    # inputs
    "unknown column": (good("x2: [1, 0]", "x2: [1, 0], x3: [1, 2]"), "8:42: unknown feature 'x3'; known: x1, x2"),
    "missing column": (good(", x2: [1, 0]", ""), "8:13: the inputs have no column for the feature 'x2'"),
    "unequal columns": (good("[1, 0]", "[1, 0, 1]"), "8:34: x2 has 3 steps, x1 has 2"),
    "only constant columns": (good("{x1: [0.1, 0.2], x2: [1, 0]}", "{x1: 1, x2: 2}"), "8:13: no column is a list"),
    "empty sequence": (good("{x1: [0.1, 0.2], x2: [1, 0]}", "[]"), "8:13: the sequence is empty"),
    "width of a row": (good("{x1: [0.1, 0.2], x2: [1, 0]}", "[[1, 2], [3]]"), "8:22: step 2 of inputs needs 2 numbers, found 1"),
    "flat rows": (good("{x1: [0.1, 0.2], x2: [1, 0]}", "[1, 2]"), "8:14: step 1 of inputs is a row of 2 numbers, found '1'"),
    "text for inputs": (good("{x1: [0.1, 0.2], x2: [1, 0]}", "1"), "8:13: inputs are columns by feature, or a list of rows, found '1'"),
    "too many inputs": (good("{x1: [0.1, 0.2], x2: [1, 0]}", f"{{x1: 0, x2: [{'0,' * 500_001}]}}"), "8:13: 500,001 steps of 2 features; at most 1,000,000 numbers"),
    "length of h0": (good("    hand:", "    h0: [1, 2]\n    hand:"), "9:9: h0 needs 1 number, found 2"),
    # tables
    "table too long": (good("c: [0.1, 0.1]", "c: [0.1, 0.1, 0.1]"), "9:15: c has 3 steps, the sequence has 2; leave a step open with ~"),
    "table too short": (good("c: [0.1, 0.1]", "c: [0.1]"), "9:15: c has 1 step, the sequence has 2"),
    "width of a table": (good("c: [0.1, 0.1]", "c: [[0.1, 0], 0.1]"), "9:16: step 1 of c needs 1 number, found 2"),
    "number for a table": (good("c: [0.1, 0.1]", "c: 0"), "9:15: c is a list of 2 steps, found '0'"),
    "unknown quantity": (good("c: [0.1, 0.1]", "y: [0.1, 0.1]"), "9:12: unknown key 'y'; known: i, f, g, o, c, h"),
    "fraction in digits": (good("hand: {c: [0.1,", "digits: {c: [1/3,"), "9:18: digits are decimals, found '1/3'; write its first digits, as in 0.3333"),
    "nothing in a cell": (good("[~, 0.1]", '["", 0.1]'), "9:31: expected a number, found ''"),
    # hand rules
    "rule for sigmoid": (good("cases:", "ideal: {i: linear}\ncases:"), "6:12: 'linear' does not fit i, a sigmoid: step or exact"),
    "rule for tanh": (good("cases:", "ideal: {g: step}\ncases:"), "6:12: 'step' does not fit g, a tanh: linear, sign or exact"),
    "unknown hand rule": (good("cases:", "ideal: {g: lineer}\ncases:"), "6:12: unknown hand rule 'lineer'; did you mean 'linear'?"),
    "unknown role": (good("cases:", "ideal: {c: exact}\ncases:"), "6:9: unknown key 'c'; known: i, f, g, o, h"),
    "number of hand rules": (good("cases:", "ideal: {g: [sign, sign]}\ncases:"), "6:12: ideal of g needs 1 rule (one a unit), found 2"),
    # domain
    "domain of no feature": (good("cases:", "domain: {x9: {in: [1]}}\ncases:"), "6:10: unknown feature 'x9'"),
    "empty interval": (good("cases:", "domain: {x1: {from: 1, to: 0}}\ncases:"), "6:15: from 1 to 0 is empty; swap them"),
    "half an interval": (good("cases:", "domain: {x1: {from: 1}}\ncases:"), "6:14: expected {from: …, to: …} or {in: […]}, found from"),
    "irrational domain": (good("cases:", "domain: {x1: {in: [ln(3)]}}\ncases:"), "6:20: expected a fraction or a decimal, found 'ln(3)'"),
    "domain no list": (good("cases:", "domain: {x1: {in: 3}}\ncases:"), "6:15: expected a list of values, found '3'"),
    # weights
    "number of rows": (weights("layout: ifgo", "weight_ih: [[1, 2], [3, 4], [5, 6]]"), "6:14: weight_ih needs 4 rows of 2 numbers, found 3"),
    "width of a weight row": (weights("layout: ifgo", "weight_ih: [[1, 2], [3], [5, 6], [7, 8]]"), "6:23: row 2 of weight_ih needs 2 numbers, found 1"),
    "no layout": (weights("bias_ih: [1, 2, 3, 4]"), "5:12: bias_ih is packed (a list of rows): say in which order, `layout: ifgo` beside it"),
    "bad layout": (weights("layout: ifgg", "bias_ih: [1, 2, 3, 4]"), "5:11: 'ifgg' is no order of the gates i, f, g (or c), o"),
    "number of biases": (weights("layout: ifgo", "bias_ih: [1, 2, 3]"), "6:12: bias_ih needs 4 numbers, found 3"),
    "gate missing": (weights("bias_ih: {i: 1, f: 2, o: 3}"), "5:12: bias_ih has nothing for gate g; write `g: 0` if it is zero"),
    "gate c": (weights("bias_ih: {i: 1, f: 2, c: 0, o: 3}"), "5:25: bias_ih has no gate 'c'; the candidate is g here"),
    "block of a gate": (weights("weight_ih: {i: [1, 2, 3], f: 0, g: 0, o: 0}"), "5:18: weight_ih of gate i needs 2 numbers, found 3"),
    "mapping in a block": (weights("bias_ih: {i: {a: 1}, f: 0, g: 0, o: 0}"), "5:16: bias_ih of gate i is a list of 1 number, found a mapping"),
    "tensor twice": (weights("bias_ih: 0", "bias_ih_l0: 0"), "6:3: bias_ih_l0 is bias_ih, which is given as well"),
    "bias without bias": (weights("bias_hh: 1", sizes="{input_size: 2, hidden_size: 1, bias: false}"), "5:3: bias_hh is given, but `bias: false` says that there is none"),
    "unknown tensor": (weights("wieght_ih: 1"), "5:3: unknown key 'wieght_ih'; did you mean 'weight_ih'?"),
}  # fmt: skip


def errors(data: str | bytes) -> list[str]:
    """Return the messages about a file's text, as line:column: message."""
    raw = data if isinstance(data, bytes) else data.encode()
    with pytest.raises(PuzzleError) as caught:
        parse(raw, "p.yaml")
    return [str(problem).removeprefix("p.yaml:") for problem in caught.value.problems]


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD)
def test_bad_file(text: str | bytes, expected: str) -> None:
    """A bad file is refused with place, what was found, and the likely fix."""
    found = errors(text)
    assert any(message.startswith(expected) for message in found), "\n".join(found)


ALONE = [name for name in BAD if name not in {
    "bomb", "cycle", "python tag", "deep brackets", "unknown key inside", "gate c", "unknown column",
    "feature twice", "feature h", "feature ln", "feature with a hyphen", "number of features",
    "constant without bias", "weights and gates", "version not first", "no version",
    "neither", "too many inputs", "key without a space", "list as key", "no key", "length of h0", "missing column",
}]  # fmt: skip
"""Bad files with a single mistake, about which there is a single thing to say."""


@pytest.mark.parametrize("name", ALONE)
def test_one_mistake_is_one_message(name: str) -> None:
    """A single mistake does not bring messages about what follows from it."""
    assert len(errors(BAD[name][0])) == 1


def test_good_file() -> None:
    """The file that all others are made from is in order."""
    assert parse(GOOD.encode(), "p.yaml").name == "p"


def test_all_errors_at_once() -> None:
    """All mistakes of a file are told together, in the order of the file."""
    text = good("title: good", "titel: good").replace("20*x2", "x1*x2").replace("0.2", "on")
    text = text.replace("c: [0.1, 0.1]", "c: [0.1]").replace("f: 20", "f: 1/0") + "tags: x\n"
    places = [message.split(": ")[0] for message in errors(text)]
    assert places == ["2:1", "5:14", "5:23", "8:24", "9:15", "10:7"]


def test_errors_beside_a_section_in_disorder() -> None:
    """A section that cannot be read does not hide the mistakes elsewhere."""
    text = good(RULES, "none").replace("[~, 0.1]", "[~, off]").replace("title: good\n", "")
    places = [message.split(": ")[0] for message in errors(text)]
    assert places == ["1:1", "4:8", "8:34"]


def test_many_errors_are_counted() -> None:
    """A thousand mistakes are not listed one by one."""
    found = errors(good("[0.1, 0.2]", f"[{'on,' * 20_000}]").replace("[1, 0]", "0"))
    assert len(found) == 101, found[-1]
    assert found[-1].endswith("and 19,902 more problems")  # and two tables that do not fit


def test_error_survives_pickling() -> None:
    """The error can be sent from one process to another, with all its problems."""
    with pytest.raises(PuzzleError) as caught:
        parse(b"- 1", "p.yaml")
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - our own
    assert (str(copy), copy.problems) == (str(caught.value), caught.value.problems)


def test_place_in_quoted_and_folded_texts() -> None:
    """Inside quotation marks the place is exact; over several lines it is the beginning."""
    assert errors(good("20*x2", '"20*y"'))[0].startswith("5:16: unknown name 'y'")
    assert errors(good("20*x2", "'20*y'"))[0].startswith("5:16: unknown name 'y'")
    assert errors(good("20*x2", "20*\n  y"))[0].startswith("5:12: unknown name 'y'")
    assert errors(good("20*x2", '"20\\x2ay"'))[0].startswith("5:12: unknown name 'y'")


def test_missing_file(tmp_path: Path) -> None:
    """A missing file is named, with no line."""
    with pytest.raises(PuzzleError, match=r"no\.yaml: there is no such file"):
        load(tmp_path / "no.yaml")


def test_folder(tmp_path: Path) -> None:
    """A folder is no puzzle file."""
    with pytest.raises(PuzzleError, match="this is a folder; expected a puzzle file"):
        load(tmp_path)


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() == 0, reason="root may read all")
def test_no_permission(tmp_path: Path) -> None:
    """A file that may not be read says so."""
    path = tmp_path / "p.yaml"
    path.write_text(GOOD)
    path.chmod(0)
    with pytest.raises(PuzzleError, match="no permission to read this file"):
        load(path)


def test_no_permission_without_a_real_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A refusal of the system to open a file is told as such, whoever runs the test."""

    def refuse(*_: object) -> None:
        raise PermissionError

    path = tmp_path / "p.yaml"
    path.write_text(GOOD)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(PuzzleError, match="no permission to read this file"):
        load(path)


def test_large_file_is_not_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file of 50 MB is refused by its size, without being opened."""
    path = tmp_path / "p.yaml"
    with path.open("wb") as stream:
        stream.truncate(50 * 10**6)
    monkeypatch.setattr(Path, "open", None)
    with pytest.raises(PuzzleError, match="a puzzle file of 48 MiB; at most 16 MiB are read"):
        load(path)


def test_endless_device(tmp_path: Path) -> None:
    """A device that never ends, or a pipe that nobody writes to, is not read at all."""
    with pytest.raises(PuzzleError, match="no file but a device or a pipe"):
        load("/dev/zero")
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(PuzzleError, match="no file but a device or a pipe"):
        load(tmp_path / "pipe.yaml")


def test_strange_paths() -> None:
    """A path that the system cannot even look at is an error like any other."""
    for path in ("a\0b", "x" * 5000):
        with pytest.raises(PuzzleError, match="cannot be read"):
            load(path)
