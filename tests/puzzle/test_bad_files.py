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


def lines(
    *middle: str, network: str = "", layers: str = "weights: {}", case: str = "{inputs: [1, 2]}"
) -> str:
    """Return a file about two units and one input, with these lines between network and weights.

    The network is in line 3; without lines between, `layers` is in line 4 and the case in line 6.
    """
    sizes = "input_size: 1, hidden_size: 2" + (network and f", {network}")
    head = ("puzzle: 1", "title: t", f"network: {{{sizes}}}")
    return "\n".join((*head, *middle, layers, "cases:", f"  one: {case}", ""))


TWO, BOTH = "num_layers: 2", "bidirectional: true"
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
    "exposes no such fault": (good("title: good", "title: good\nexposes: [gate-order-ifog, gate-order-ifgo]"), "3:28: there is no fault 'gate-order-ifgo' that a run can show; did you mean 'gate-order-ifog'?"),
    "exposes what is like no fault": (good("title: good", "title: good\nexposes: [xyz]"), "3:11: there is no fault 'xyz' that a run can show; `lstm-verify faults` lists them"),
    "exposes what no run shows": (good("title: good", "title: good\nexposes: [state-not-detached]"), "3:11: there is no fault 'state-not-detached' that a run can show"),
    "exposes a fault twice": (good("title: good", "title: good\nexposes: [h-not-fed-back, h-not-fed-back]"), "3:27: 'h-not-fed-back' is listed twice; leave one out"),
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
    # sizes, layers and directions
    "num_layers 0": (lines(network="num_layers: 0"), "3:54: expected a whole number from 1, found '0'"),
    "num_layers 2000": (lines(network="num_layers: 2000"), "3:54: 2000 is too large; at most 1,000"),
    "too many layers": (lines(network="num_layers: 1000").replace("hidden_size: 2", "hidden_size: 20"), "3:43: a network of 3,358,480 weights, all layers' and biases included; at most 1,000,000"),
    "too many layers of two directions": (lines(network=f"num_layers: 1000, {BOTH}").replace("hidden_size: 2", "hidden_size: 8"), "3:42: a network of 1,663,040 weights"),
    "misspelled layers": (lines(network="num_layer: 2"), "3:42: unknown key 'num_layer'; did you mean 'num_layers'?"),
    "bidirectional: yes": (lines(network="bidirectional: yes"), "3:57: expected true or false, found 'yes'"),
    "reverse: 1": (lines(network="reverse: 1"), "3:51: expected true or false, found '1'"),
    "both directions and reverse": (lines(network="reverse: true, bidirectional: true"), "3:42: `reverse` is one direction alone, and `bidirectional` is both: remove one of them"),
    "proj_size 0": (lines(network="proj_size: 0"), "3:53: expected a whole number from 1, found '0'"),
    "proj_size as large as hidden_size": (lines(network="proj_size: 2"), "3:42: proj_size must be less than hidden_size, 2, as in PyTorch; found 2"),
    # activations
    "unknown activation": (lines(network="activations: {g: linear}"), "3:59: 'linear' is not known here; known: sigmoid, tanh, identity, relu, hard_tanh, softsign, hard_sigmoid, leaky_relu, scaled_tanh"),
    "list for an activation": (lines(network="activations: {g: [tanh]}"), "3:59: expected an activation such as tanh, found a list"),
    "no activation": (lines(network="activations: {g: ~}"), "3:59: expected an activation such as tanh, found ~ (nothing)"),
    "text for activations": (lines(network="activations: tanh"), "3:55: 'activations' is a mapping (key: value), found 'tanh'"),
    "parameters without quotation marks": (lines(network="activations: {g: hard_sigmoid(1/6, 1/2)}"), "3:71: the parenthesis is not closed; in braces a value with a comma needs quotation marks"),
    "rest of such parameters": (lines(network="activations: {g: hard_sigmoid(1/6, 1/2)}"), "3:77: unknown key '1/2)'; in braces a value with a comma needs quotation marks"),
    "alpha of hard_sigmoid": (lines(network="activations: {g: hard_sigmoid(0)}"), "3:72: alpha is more than 0, found '0'"),
    "beta of hard_sigmoid": (lines(network='activations: {g: "hard_sigmoid(1, 3/2)"}'), "3:76: beta is from 0 to 1, found '3/2'"),
    "alpha of leaky_relu": (lines(network="activations: {g: leaky_relu(-1)}"), "3:70: alpha is from 0 to 1, found '-1'"),
    "alpha of scaled_tanh": (lines(network="activations: {g: scaled_tanh(0)}"), "3:71: alpha is more than 0, found '0'"),
    "beta of scaled_tanh": (lines(network="activations: {g: scaled_tanh(beta = -1)}"), "3:77: beta is more than 0, found '-1'"),
    "irrational parameter": (lines(network="activations: {g: scaled_tanh(ln(2))}"), "3:71: alpha is a fraction or a decimal, found 'ln(2)'"),
    "parameter that is no number": (lines(network="activations: {g: scaled_tanh(1/0)}"), "3:72: division by zero"),
    "empty parameters": (lines(network="activations: {g: scaled_tanh()}"), "3:71: a number or name is missing before the end"),
    "parameter of relu": (lines(network="activations: {g: relu(1)}"), "3:64: relu has no parameters"),
    "too many parameters": (lines(network='activations: {g: "leaky_relu(1, 2)"}'), "3:73: leaky_relu has 1 parameter"),
    "parameter twice": (lines(network='activations: {g: "scaled_tanh(1, alpha=2)"}'), "3:74: alpha is given twice"),
    "unknown parameter": (lines(network="activations: {g: scaled_tanh(alpa=1)}"), "3:71: scaled_tanh has no parameter 'alpa'; did you mean 'alpha'?"),
    "reverse activations of one direction": (lines(network="activations: {reverse: {g: relu}}"), "3:56: there is no second direction: it needs `bidirectional: true`"),
    "text for reverse activations": (lines(network=f"{BOTH}, activations: {{reverse: relu}}"), "3:86: 'reverse' is a mapping (key: value), found 'relu'"),
    "role of reverse activations": (lines(network=f"{BOTH}, activations: {{reverse: {{k: relu}}}}"), "3:87: unknown key 'k'; known: i, f, g, o, h"),
    "unknown reverse activation": (lines(network=f"{BOTH}, activations: {{reverse: {{g: rellu}}}}"), "3:90: 'rellu' is not known here; did you mean 'relu'?"),
    # the variant
    "peephole": (lines(network="peephole: true"), "3:52: peephole is 'new' or 'old', found 'true'"),
    "coupled": (lines(network="coupled: yes"), "3:51: coupled is 'f=1-i' or 'i=1-f', found 'yes'"),
    "number for clip": (lines(network="clip: 3"), "3:48: 'clip' is a mapping (key: value), found '3'"),
    "unknown clip": (lines(network="clip: {gate: 3}"), "3:49: unknown key 'gate'; did you mean 'gates'?"),
    "clip of 0": (lines(network="clip: {gates: 0}"), "3:56: a limit is more than 0, found '0'"),
    "clip of cell": (lines(network="clip: {cell: -1}"), "3:55: a limit is more than 0, found '-1'"),
    "irrational clip": (lines(network="clip: {cell: ln(2)}"), "3:55: expected a fraction or a decimal, found 'ln(2)'"),
    "clip that is no number": (lines(network="clip: {cell: on}"), "3:55: 'on' is no number"),
    "clip of the projection": (lines(network="proj_size: 1, clip: {projection: ~}"), "3:75: expected a number, found ~ (nothing)"),
    "clip of no projection": (lines(network="clip: {projection: 1}"), "3:49: nothing is projected: it needs `proj_size`"),
    "layer_norm below 0": (lines(network="layer_norm: -1"), "3:54: layer_norm, the ε, is 0 or more, found '-1'"),
    "layer_norm: true": (lines(network="layer_norm: true"), "3:54: layer_norm is its ε, such as 1e-5, found 'true'"),
    "layer_norm 0 of one unit": (lines(network="layer_norm: 0").replace("hidden_size: 2", "hidden_size: 1"), "3:42: the variance of a single unit is 0, so ε must be more than 0"),
    "layer_norm by hand": (lines(network="layer_norm: 1e-5", case="{inputs: [1, 2], hand: {c: [~, [0, 1]]}}"), "6:25: layer normalisation cannot be worked by hand; state `digits`"),
    "forget_bias": (lines(network="forget_bias: [1]"), "3:55: expected a number, found a list"),
    "forget_bias of a gate that is 1 - i": (lines(network="coupled: f=1-i, forget_bias: 1"), "3:58: the forget gate is 1 − i: it has no pre-activation to add a bias to"),
    "misspelt coupled beside what depends on it": (lines("ideal: {f: step}", network="coupled: 1-i, forget_bias: 1, peephole: new, activations: {f: relu}", layers="gates: {i: 0, f: ['2*c[0]', '2*c[1]'], g: 0, o: 0}"), "3:51: coupled is 'f=1-i' or 'i=1-f', found '1-i'"),
    "misspelt coupled and one gate": (lines(network="coupled: 1-f", layers="gates: {f: 0, g: 0, o: 0}"), "3:51: coupled is 'f=1-i' or 'i=1-f', found '1-f'"),
    "activation of a gate that is 1 - i": (lines(network="coupled: f=1-i, activations: {f: relu, i: relu}"), "3:72: the forget gate is 1 − i: it has no activation of its own"),
    "activation of a gate that is 1 - f, in reverse": (lines(network=f"{BOTH}, coupled: i=1-f, activations: {{reverse: {{i: relu}}}}"), "3:103: the input gate is 1 − f: it has no activation of its own"),
    "hand rule of a gate that is 1 - i": (lines("ideal: {f: [exact, step]}", network="coupled: f=1-i"), "4:20: the forget gate is 1 − i: it has no activation of its own, and no hand rule but exact"),
    "peephole of a gate that is 1 - i": (lines(network="coupled: f=1-i, peephole: new", layers="weights: {weight_ci: 1, weight_cf: 1, weight_co: 1}"), "4:25: weight_cf is given, but the forget gate is 1 − i: it has no peephole"),
    "peephole in the rule of a gate that is 1 - f": (lines(network="coupled: i=1-f, peephole: old", layers="gates: {i: '2*c', f: 0, g: 0, o: 0}"), "4:15: the input gate is 1 − f: it has no peephole, so that its rule may not use c"),
    "dropout of one layer": (lines(network="dropout: 0.5"), "3:42: there is no next layer: dropout stands between two, and num_layers is 1"),
    "dropout above 1": (lines(network=f"{TWO}, dropout: 1.5"), "3:66: p is from 0 to 1, found '1.5'"),
    "dropout below 0": (lines(network=f"{TWO}, dropout: {{p: -1/2}}"), "3:70: p is from 0 to 1, found '-1/2'"),
    "dropout in per cent": (lines(network=f"{TWO}, dropout: 50%"), "3:66: '50%' is no number here; write it as a decimal, as in 0.5 for 50%"),
    "dropout in training": (lines(network=f"{TWO}, dropout: {{p: 0.5, training: true}}"), "3:67: dropout in training is random: only p = 0 or 1 is deterministic"),
    "dropout without p": (lines(network=f"{TWO}, dropout: {{training: true}}"), "3:57: the key 'p' is missing in network.dropout"),
    "unknown key of dropout": (lines(network=f"{TWO}, dropout: {{p: 1, trainig: true}}"), "3:73: unknown key 'trainig'; did you mean 'training'?"),
    "training: 1": (lines(network=f"{TWO}, dropout: {{p: 1, training: 1}}"), "3:83: expected true or false, found '1'"),
    "list for dropout": (lines(network=f"{TWO}, dropout: [1]"), "3:66: 'dropout' is a mapping (key: value), found a list"),
    "padded_output": (lines(network="padded_output: last"), "3:57: padded_output is 'zero' or 'hold', found 'last'"),
    "reverse_from": (lines(network="reverse: true, reverse_from: end"), "3:71: reverse_from is 'valid' or 'buffer', found 'end'"),
    "reverse_from of one direction": (lines(network="reverse_from: buffer"), "3:42: there is no reverse direction: it needs `bidirectional` or `reverse`"),
    # suffixes
    "which layer": (lines(network=TWO, layers="weights: {weight_ih: 0}"), "4:11: there are several layers or directions; say which: weight_ih_l0, weight_ih_l1"),
    "which of many": (lines(network="num_layers: 9", layers="weights: {bias_hh: 0}"), "4:11: there are several layers or directions; say which: bias_hh_l0, bias_hh_l1, bias_hh_l2, bias_hh_l3, bias_hh_l4, bias_hh_l5, …"),
    "which direction": (lines(network=BOTH, case="{inputs: [1, 2], digits: {c: [~, ~]}}"), "6:34: there are several layers or directions; say which: c_l0, c_l0_reverse"),
    "which state": (lines(network=BOTH, case="{inputs: [1, 2], h0: 0}"), "6:25: there are several layers or directions; say which: h0_l0, h0_l0_reverse"),
    "which gate": (lines(network=TWO, layers="gates: {i: 0, f_l0: 0, g_l0: 0, o_l0: 0, f_l1: 0, g_l1: 0, o_l1: 0}"), "4:9: there are several layers or directions; say which: i_l0, i_l1"),
    "no such layer of two": (lines(network=TWO, layers="weights: {weight_ih_l2: 0}"), "4:11: there is no 'weight_ih_l2': the network has 2 layers: l0 and l1"),
    "no such layer of nine": (lines(network="num_layers: 9", layers="weights: {weight_ih_l9: 0}"), "4:11: there is no 'weight_ih_l9': the network has 9 layers: l0 to l8"),
    "no such layer of one": (lines(case="{inputs: [1, 2], c0_l1: 0}"), "6:25: there is no 'c0_l1': the network has 1 layer: l0"),
    "no such direction": (lines(layers="weights: {bias_ih_l0_reverse: 0}"), "4:11: there is no 'bias_ih_l0_reverse': the network has one direction; for two say `bidirectional: true`"),
    "no such layer of ideal": (lines("ideal: {g_l1: sign}"), "4:9: there is no 'g_l1': the network has 1 layer: l0"),
    "quantity twice": (lines(case="{inputs: [1, 2], digits: {c_l0: [~, ~], c: [~, ~]}}"), "6:48: c is c_l0, which is given as well"),
    "gate twice": (lines(layers="gates: {i: 0, f: 0, g: 0, o: 0, g_l0: 1}"), "4:33: g_l0 is g, which is given as well"),
    "hand rule twice": (lines("ideal: {g: sign, g_l0: sign}"), "4:18: g_l0 is g, which is given as well"),
    "misspelled before a suffix": (lines(network=TWO, layers="weights: {wieght_ih_l1: 0}"), "4:11: unknown key 'wieght_ih_l1'; did you mean 'weight_ih_l1'?"),
    "suffix without l": (lines(network=TWO, layers="weights: {weight_ih_1: 0}"), "4:11: unknown key 'weight_ih_1'; did you mean 'weight_ih_l1'?"),
    "suffix with a zero": (lines(network=TWO, layers="weights: {weight_ih_l01: 0}"), "4:11: unknown key 'weight_ih_l01'; did you mean 'weight_ih_l1'?"),
    "short for reverse": (lines(network=BOTH, case="{inputs: [1, 2], h0_l0_rev: 0}"), "6:25: unknown key 'h0_l0_rev'; did you mean 'h0_l0_reverse'?"),
    "suffix of a key without": (lines("head: {weight: [[1, 2]]}", case="{inputs: [1, 2], digits: {logits_l0: [1, 2]}}"), "7:34: unknown key 'logits_l0'; did you mean 'logits'?"),
    # weights of variants, output layer
    "projection without proj_size": (lines(layers="weights: {weight_hr: 0}"), "4:11: weight_hr is given, but `network` has no `proj_size`"),
    "peephole without peephole": (lines(layers="weights: {weight_co: 0}"), "4:11: weight_co is given, but `network` has no `peephole`"),
    "gain without layer_norm": (lines(layers="weights: {weight_ln: 1}"), "4:11: weight_ln is given, but `network` has no `layer_norm`"),
    "width of the projection": (lines(network="proj_size: 1", layers="weights: {weight_hr: [1]}"), "4:22: weight_hr needs 2 numbers, found 1"),
    "peephole per gate": (lines(network="peephole: old", layers="weights: {weight_ci: {i: 1}}"), "4:22: weight_ci is a list of 2 numbers, found a mapping"),
    "number of peepholes": (lines(network="peephole: old", layers="weights: {weight_ci: [1]}"), "4:22: weight_ci needs 2 numbers, found 1"),
    "number of gains": (lines(network="layer_norm: 1", layers="weights: {layout: ifgo, weight_ln: [1, 2]}"), "4:36: weight_ln needs 8 numbers, found 2"),
    "width of an upper layer": (lines(network=TWO, layers="weights: {weight_ih_l1: {i: [[1], [2, 3]], f: 0, g: 0, o: 0}}"), "4:30: row 1 of weight_ih_l1 of gate i needs 2 numbers, found 1"),
    "unknown layout": (lines(layers="weights: {layout: onxx, bias_ih: 0}"), "4:19: 'onxx' is no order of the gates i, f, g (or c), o; PyTorch's is 'ifgo'; or name a convention"),
    "the other gate of coupled ones": (lines(network="coupled: i=1-f", layers="weights: {bias_ih: {i: 1, g: 0, o: 2}}"), "4:20: bias_ih has nothing for gate f"),
    "number for head": (lines("head: 3"), "4:7: 'head' is a mapping (key: value), found '3'"),
    "head without weight": (lines("head: {bias: 1}"), "4:1: the key 'weight' is missing in head"),
    "number for head's weight": (lines("head: {weight: 1}"), "4:16: weight of head is a list of rows, one for each logit, found '1'"),
    "flat weight of head": (lines("head: {weight: [1]}"), "4:17: row 1 of head's weight is a list of 2 numbers, found '1'"),
    "width of head": (lines("head: {weight: [[1, 2], [3]]}"), "4:25: row 2 of head's weight needs 2 numbers, found 1"),
    "width of head of both directions": (lines("head: {weight: [[1, 2]]}", network=BOTH), "4:17: row 1 of head's weight needs 4 numbers, found 2"),
    "number of head's biases": (lines("head: {weight: [[1, 2]], bias: [1, 2]}"), "4:32: head's bias needs 1 number, found 2"),
    "unknown key of head": (lines("head: {weights: [[1, 2]]}"), "4:8: unknown key 'weights'; did you mean 'weight'?"),
    # gate rules of variants
    "missing gate of a layer": (lines(network=TWO, layers="gates: {i_l0: 0, f_l0: 0, g_l0: 0, o_l0: 0, i_l1: 0, f_l1: 0, g_l1: 0}"), "4:1: the key 'o_l1' is missing in gates"),
    "missing other gate of coupled ones": (lines(network="coupled: f=1-i", layers="gates: {f: 0, g: 0, o: 0}"), "4:1: the key 'i' is missing in gates"),
    "feature in an upper layer": (lines("features: [a]", network=TWO, layers="gates: {i_l0: a, f_l0: 0, g_l0: 0, o_l0: 0, i_l1: a, f_l1: 0, g_l1: x2, o_l1: 0}"), "5:51: 'a' is an input of layer 0; those of layer 1 are the outputs below it, x1 to x2"),
    "input of an upper layer": (lines(network=TWO, layers="gates: {i_l0: 0, f_l0: 0, g_l0: 0, o_l0: 0, i_l1: 2*x3, f_l1: 0, g_l1: x2, o_l1: 0}"), "4:53: unknown name 'x3'; known: x1, x2, h[0]"),
    "h beyond proj_size": (lines(network="proj_size: 1", layers='gates: {i: "h[1]", f: 0, g: 0, o: 0}'), "4:13: there is no h[1]: proj_size is 1, the only unit is h[0]"),
    "c without peephole": (lines(layers='gates: {i: "1 + c[0]", f: 0, g: 0, o: 0}'), "4:17: a rule may use c only with `peephole: new` or `peephole: old` in network"),
    "c in g": (lines(network="peephole: old", layers='gates: {i: 0, f: 0, g: ["c[0]", 0], o: 0}'), "4:26: the candidate g has no peephole: only the rules of i, f and o may use c"),
    "c of another unit": (lines(network="peephole: old", layers='gates: {i: 0, f: ["c[0]", "2*c[0]"], g: 0, o: 0}'), "4:30: a peephole looks at its own unit only, here c[1], not at c[0]"),
    "c of one unit for all": (lines(network="peephole: old", layers='gates: {i: "c[0]", f: 0, g: 0, o: 0}'), "4:13: a peephole looks at its own unit only, here c[1], not at c[0]"),
    "c without index": (lines(network="peephole: old", layers="gates: {i: 0, f: 0, g: 0, o: [0, c]}"), "4:34: c needs the number of a unit: write c[1]"),
    "c squared": (lines(network="peephole: old", layers='gates: {i: 0, f: 0, g: 0, o: ["x1*c[0]", 0]}'), "4:34: not affine: a rule may multiply features and h by numbers only"),
    "c in braces": (lines(network="peephole: old", layers="gates: {i: c[0], f: 0, g: 0, o: 0}"), '4:13: inside brackets and braces YAML reads the [ of c[…] as the start of a list; put the rule in quotation marks, as in "2*c[0] - 1"'),
    "feature c": (lines("features: [c]", network="peephole: new"), "4:12: 'c' has a meaning in rules; give the feature another name"),
    # names of units, what is read off
    "number of units": (lines("units: [even]"), "4:1: 1 unit named, but hidden_size is 2"),
    "unit named twice": (lines("units: [a, a]"), "4:12: the unit 'a' stands here twice"),
    "unit that is no name": (lines("units: [a, 1]"), "4:12: '1' is no name; write a letter and then letters, digits or _, as in even"),
    "unknown unit": (lines("units: [even, odd]", layers='gates: {i: "h[od]", f: 0, g: 0, o: 0}'), "5:15: h has no unit 'od'; did you mean 'odd'?"),
    "peephole of another unit's name": (lines("units: [even, odd]", network="peephole: old", layers='gates: {i: 0, f: ["c[even]", "2*c[even]"], g: 0, o: 0}'), "5:33: a peephole looks at its own unit only, here c[1], not at c[0]"),
    "reading of an input": (lines("reads: {count: 4*x1}"), "4:18: unknown name 'x1'; known: h[0], c[0]"),
    "reading of no unit": (lines("reads:\n  count: c[2]"), "5:10: there is no c[2]: hidden_size is 2, the units are c[0] to c[1]"),
    "reading of a state of one layer": (lines("reads:\n  count: h[0]", network=TWO), "5:10: unknown name 'h'; known: h_l0[0], c_l0[0], h_l1[0], c_l1[0]"),
    "reading that is no name": (lines('reads: {"how many": "h[0]"}'), "4:9: 'how many' is no name; write a letter and then letters, digits or _, as in count"),
    "reading named as an input": (lines('reads: {x1: "h[0]"}'), "4:9: 'x1' is the name of something else that is shown; give the reading another"),
    "reading named as a gate": (lines('reads: {i: "h[0]"}'), "4:9: 'i' is the name of something else that is shown; give the reading another"),
    "reading named as a state": (lines('reads: {c_l1: "h_l0[0]"}', network=TWO), "4:9: 'c_l1' is the name of something else that is shown; give the reading another"),
    "reading that is a list": (lines("reads: {count: [1]}"), "4:16: expected text, found a list"),
    "reading of nothing": (lines("reads: {count: 1/2}"), "4:16: '1/2' reads neither h nor c; write one such as 4*h[0]"),
    "claim without a name": (lines("claims: [a text]"), "4:9: 'claims' is a mapping (key: value), found a list"),
    "claim with a bad name": (lines("claims: {A b: text}"), "4:10: 'A b' is no name of small letters, digits and hyphens; write 'a-b'"),
    "weights beside gates": (lines("weights: {bias_ih: 0}", layers="gates: {i: 0, f: 0, g: 0, o: 0}"), "5:1: both `weights` and `gates` are given; the gates are the weights: remove one (beside gates there may be weight_hr and weight_ln only)"),
    # hand rules of variants
    "hand rule of one layer": (lines("ideal: {g: exact, g_l1: step}", network=TWO), "4:25: 'step' does not fit g, a tanh: linear, sign or exact"),
    "hand rule of one direction": (lines("ideal: {g: sign}", network=f"{BOTH}, activations: {{reverse: {{g: sigmoid}}}}"), "4:12: 'sign' does not fit g of the reverse direction, a sigmoid: step or exact"),
    "hand rule of scaled_tanh": (lines("ideal: {h: linear}", network='activations: {h: "scaled_tanh(1.5, 1/3)"}'), "4:12: 'linear' does not fit h, a scaled_tanh(3/2, 1/3): exact"),
    "unknown hand rule of a layer": (lines("ideal: {g_l1: sing}", network=TWO), "4:15: unknown hand rule 'sing'; did you mean 'sign'?"),
    "number of hand rules of a layer": (lines("ideal: {g_l0: [sign]}", network=TWO), "4:15: ideal of g needs 2 rules (one a unit), found 1"),
    # alphabet and text
    "length of the alphabet": (lines("alphabet: ab", case="{inputs: [1, 2]}"), "4:1: the alphabet has 2 characters, but input_size is 1"),
    "character twice": (lines('alphabet: "aa"', case="{inputs: [[1, 2]]}").replace("input_size: 1", "input_size: 2"), "4:13: the character 'a' stands in the alphabet twice"),
    "no alphabet": (lines("alphabet: ~", case="{text: aa}"), "4:11: expected characters, found ~ (nothing); put them in quotation marks"),
    "list for the alphabet": (lines("alphabet: [a]"), "4:11: expected characters, found a list"),
    "character not in the alphabet": (lines("alphabet: a", case="{text: aaba}"), "7:17: 'b' is not in the alphabet, 'a'"),
    "text without alphabet": (lines(case="{text: aa}"), "6:9: `text` needs the `alphabet` of the file: the characters, in the order of the inputs"),
    "text and inputs": (lines("alphabet: a", case="{inputs: [1], text: a}"), "7:22: both `inputs` and `text` are given; remove one"),
    "neither text nor inputs": (lines("alphabet: a", case="{title: nothing}"), "7:3: the key 'inputs' is missing in cases.one; or give `text`"),
    "empty text": (lines("alphabet: a", case='{text: ""}'), "7:15: the sequence is empty; expected at least one step"),
    "no text": (lines("alphabet: a", case="{text: ~}"), "7:15: expected characters, found ~ (nothing); put them in quotation marks"),
    "text too long": (lines("alphabet: a", case=f"{{text: {'a' * 1_000_001}}}"), "7:15: 1,000,001 steps of 1 feature; at most 1,000,000 numbers"),
    "table for a text": (lines("alphabet: a", case="{text: aa, digits: {c: [~]}}"), "7:31: c has 1 step, the sequence has 2"),
    # batches, lengths, masks, states
    "batch": (lines(case="{inputs: [1, 2], batch: Big One}"), "6:32: 'Big One' is no name of small letters, digits and hyphens; write 'big-one'"),
    "steps of a batch": (lines(case="{inputs: [1, 2], batch: p}\n  b: {inputs: [1]}\n  c: {inputs: [1], batch: p}"), "8:20: case c has 1 step, case one of the same batch has 2: pad the shorter one, and say its `length`"),
    "length beyond the end": (lines(case="{inputs: [1, 2], length: 3}"), "6:33: length is a whole number from 0 to 2, found '3'"),
    "length below 0": (lines(case="{inputs: [1, 2], length: -1}"), "6:33: length is a whole number from 0 to 2, found '-1'"),
    "length 1.5": (lines(case="{inputs: [1, 2], length: 1.5}"), "6:33: length is a whole number from 0 to 2, found '1.5'"),
    "misspelled length": (lines(case="{inputs: [1, 2], lenght: 1}"), "6:25: unknown key 'lenght'; did you mean 'length'?"),
    "number for mask": (lines(case="{inputs: [1, 2], mask: 1}"), "6:31: mask is a list with 0 or 1 for each step, found '1'"),
    "mask too short": (lines(case="{inputs: [1, 2], mask: [1]}"), "6:31: mask has 1 step, the sequence has 2"),
    "mask with yes": (lines(case="{inputs: [1, 2], mask: [yes, 0]}"), "6:32: expected 1 or 0, found 'yes'"),
    "mask with 0.5": (lines(case="{inputs: [1, 2], mask: [1, 0.5]}"), "6:35: expected 1 or 0, found '0.5'"),
    "width of c0": (lines(network="proj_size: 1", case="{inputs: [1, 2], c0: [1]}"), "6:29: c0 needs 2 numbers, found 1"),
    "width of h0 of a layer": (lines(network=f"{TWO}, proj_size: 1", case="{inputs: [1, 2], h0_l1: [1, 2]}"), "6:32: h0_l1 needs 1 number, found 2"),
    # tables of variants
    "gate where there is padding": (lines(case="{inputs: [1, 2], length: 1, digits: {i: [~, [~, 0.1]]}}"), "6:56: no gate is computed at step 2, which is padding: leave it open with ~"),
    "gate where the mask skips": (lines(case="{inputs: [1, 2], mask: [0, 1], hand: {o: [[1, ~], [1, 1]]}}"), "6:51: no gate is computed at step 1, which the mask skips: leave it open with ~"),
    "gate before the reverse begins": (lines(network=BOTH, case="{inputs: [1, 2], length: 1, hand: {g_l0_reverse: [~, [0, 0]]}}"), "6:62: no gate is computed at step 2, which is padding"),
    "forward gate where only the reverse reads": (lines(network=f"{BOTH}, reverse_from: buffer", case="{inputs: [1, 2], length: 1, digits: {g_l0: [~, [0, 0]], g_l0_reverse: [~, [0, 0]]}}"), "6:56: no gate is computed at step 2, which is padding"),
    "logits without head": (lines(case="{inputs: [1, 2], digits: {logits: [0, 1]}}"), "6:34: logits need a `head`, the output layer that makes them"),
    "logits of a head that cannot be read": (lines("head: 3", case="{inputs: [1, 2], digits: {logits: [0, 1]}}"), "4:7: 'head' is a mapping (key: value), found '3'"),
    "hand rules of activations that cannot be read": (lines("ideal: {i: linear}", network="activations: relu"), "3:55: 'activations' is a mapping (key: value), found 'relu'"),
    "width of logits": (lines("head: {weight: [[1, 2]]}", case="{inputs: [1, 2], digits: {logits: [0, [1, 2]]}}"), "7:46: step 2 of logits needs 1 number, found 2"),
    "steps of logits": (lines("head: {weight: [[1, 2]]}", case="{inputs: [1, 2], digits: {logits: [0]}}"), "7:42: logits has 1 step, the sequence has 2"),
    "width of h_n": (lines(case="{inputs: [1, 2], digits: {h_n: [0.1]}}"), "6:39: h_n needs 2 numbers, found 1"),
    "steps of h_n": (lines(case="{inputs: [1, 2], digits: {h_n: [[0.1, 0.2], ~]}}"), "6:40: expected a number, found a list"),
    "number for c_n": (lines(network=TWO, case="{inputs: [1, 2], hand: {c_n_l1: 1}}"), "6:40: c_n_l1 is a row of 2 numbers, found '1'"),
    "width of a projected h": (lines(network="proj_size: 1", case="{inputs: [1, 2], hand: {h: [[1, 1], ~]}}"), "6:36: step 1 of h needs 1 number, found 2"),
    "width of a layer's c": (lines(network=TWO, case="{inputs: [1, 2], hand: {c_l1: [~, [1]]}}"), "6:42: step 2 of c_l1 needs 2 numbers, found 1"),
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
    "parameters without quotation marks", "rest of such parameters",
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


def test_all_errors_at_once_in_a_variant() -> None:
    """Mistakes in the network's variant hide none elsewhere, whatever the sizes are that all else needs."""
    text = lines(
        "alphabet: aa",
        "head: {weigth: [[1, 2, 3]]}",
        "ideal: {g_l2: sign}",
        network=f"{TWO}, activations: {{g: tan}}, clip: {{gates: 0}}, dropout: {{p: 2}}, bias: no, peephole: 1",
        layers="weights: {weight_ih: 0, weight_ci_l0: [1]}",
        case="{text: b, mask: [2], h0_l3: 1, digits: {c: [~], logits: [on]}}",
    )
    found = errors(text)
    assert [message.split(": ")[0] for message in found] == [
        "3:74",  # tan
        "3:94",  # a limit of 0
        "3:111",  # p: 2
        "3:121",  # bias: no
        "3:135",  # peephole: 1
        "4:1",  # two characters for one input
        "4:12",  # twice the same
        "5:8",  # weigth
        "5:17",  # a row of 3
        "6:9",  # g_l2
        "7:11",  # weight_ih of which layer?
        "7:39",  # one peephole for two units
        "9:15",  # b is not in the alphabet
        "9:25",  # mask of 2
        "9:29",  # h0_l3
        "9:48",  # c of which layer?
        "9:65",  # on
    ], "\n".join(found)


def test_too_many_cases() -> None:
    """The number of cases is bounded, as each has a state of every layer and direction."""
    cases = "\n".join(f"  c{k}: {{inputs: [1]}}" for k in range(10_001))
    text = lines()[: lines().index("  one")] + cases
    assert errors(text) == ["5:1: 10,001 cases; at most 10,000: split the file"]


def test_a_section_of_a_thousand_layers_is_read_at_once() -> None:
    """Thousands of names with suffixes, right and wrong, take no more than a second or two."""
    names = [f"bias_ih_l{k}: 1" for k in range(1000)] + [f"bias_hh_l{k}_rev: 1" for k in range(1000)]
    found = errors(lines(network=f"num_layers: 1000, {BOTH}", layers=f"weights: {{{', '.join(names)}}}"))
    assert len(found) == 101
    assert "did you mean 'bias_hh_l0_reverse'?" in found[0]


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
