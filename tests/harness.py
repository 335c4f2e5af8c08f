"""A harness in Python's standard library: right, or wrong in one way that its argument names.

    python harness.py MODE

In a mode of `WRONG` it goes wrong at its third request; with a ! behind it, at each.
"""

import json
import math
import os
import signal
import sys
import time

HELLO = {"protocol": 1, "name": "tests", "version": "0", "shows": ["h", "c"]}

HELLOS = {
    "future": {**HELLO, "protocol": 2},
    "strange": {"protocol": 1, "name": "", "shows": ["h", "cc"], "suports": [], "form": "steps"},
    "led-blind": {**HELLO, "shows": ["h"], "form": "step"},
    "step": {**HELLO, "form": "step"},
    "step-inf": {**HELLO, "form": "step"},
    "zero": {**HELLO, "initial_state": False},
    "float32": {**HELLO, "dtypes": ["float32"]},
    "both": {**HELLO, "dtypes": ["float32", "float64"]},
    "ends": {**HELLO, "shows": ["i", "f", "g", "o", "c", "h", "h_n", "c_n"]},
    "layers": {**HELLO, "shows": ["h", "c_n"], "supports": ["num_layers"]},
}


def sigmoid(z):
    return 1 / (1 + math.exp(-z)) if z > -700 else 0.0


def layer(request, w, h, c, ending=""):
    """Run a layer, and return what it shows: quantity -> rows."""
    shown = {quantity: [] for quantity in "ifgoch"}
    h, c = [float(x) for x in h], [float(x) for x in c]  # "inf" among them

    def gate(name, x, h, k):
        z = w["bias_ih" + ending][name][k] + w["bias_hh" + ending][name][k]
        for matrix, vector in (w["weight_ih" + ending], x), (w["weight_hh" + ending], h):
            z += sum(a * b for a, b in zip(matrix[name][k], vector, strict=True))
        return math.tanh(z) if name == "g" else sigmoid(z)

    for x in request["inputs"]:
        i, f, g, o = ([gate(name, x, h, k) for k in range(len(c))] for name in "ifgo")
        c = [f[k] * c[k] + i[k] * g[k] for k in range(len(c))]
        h = [o[k] * math.tanh(c[k]) for k in range(len(c))]
        for quantity, values in zip("ifgoch", (i, f, g, o, c, h), strict=True):
            shown[quantity].append(values)
    return {**shown, "h_n": h, "c_n": c}


def answer(request, hello):
    """Return the right answer."""
    w, h0, c0 = request["weights"], request["h0"], request["c0"]
    if request["network"]["num_layers"] == 1:
        shown = layer(request, w, h0[0], c0[0])
        return {"id": request["id"], **{quantity: shown[quantity] for quantity in hello["shows"]}}
    found = {"id": request["id"]}
    for k, (h, c) in enumerate(zip(h0, c0, strict=True)):
        shown = layer(request, w, h, c, f"_l{k}")
        found |= {f"h_l{k}": shown["h"], f"c_n_l{k}": shown["c_n"]}
        request = {**request, "inputs": shown["h"]}
    return found


def flood(letter):
    while True:
        out(letter * 2**20)


def out(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def line(message):
    out(json.dumps(message).replace("Infinity", '"inf"') + "\n")


def changed(**values):
    """Make a mode that answers with some values changed; of a function what it returns."""

    def wrong(found):
        line({**found, **{k: v(found[k]) if callable(v) else v for k, v in values.items()}})

    return wrong


def without(key):
    return lambda found: line({k: v for k, v in found.items() if k != key})


def first(value):
    return lambda rows: [[value, *rows[0][1:]], *rows[1:]]


def noisy(found):
    sys.stderr.write("x" * 2**22)
    sys.stderr.flush()
    line(found)


def deaf(found):
    os.close(1)
    time.sleep(30)


WRONG = {
    "right": line,
    "mixed": lambda found: (out("step 1\n"), line(found)),
    "before-json": lambda found: out("answer: " + json.dumps(found) + "\n"),
    "pretty": lambda found: out(json.dumps(found, indent=1) + "\n"),
    "half": lambda found: (out(json.dumps(found)[:20]), time.sleep(30)),
    "half-dies": lambda found: (out(json.dumps(found)[:20]), sys.exit(4)),
    "nothing": lambda found: None,
    "late": lambda found: (time.sleep(30), line(found)),
    "unflushed": lambda found: sys.stdout.write(json.dumps(found) + "\n"),
    "gigabyte": lambda found: flood("1"),
    "long": lambda found: out(json.dumps(found)[:-1] + " " * 2**20 + "}\n"),
    "dies": lambda found: os._exit(3),
    "leaves": lambda found: sys.exit(0),
    "crashes": lambda found: os.kill(os.getpid(), signal.SIGSEGV),
    "closes": deaf,
    "extra": lambda found: (line(found), line(found)),
    "one-shot": lambda found: (line(found), sys.exit(0)),
    "id": changed(id=7777),
    "id-true": changed(id=True),
    "no-id": without("id"),
    "no-c": without("c"),
    "unknown": lambda found: line({**found, "cell": found["c"]}),
    "gates": lambda found: line({**found, "i": found["c"]}),
    "twice-h": lambda found: out('{"h": [], ' + json.dumps(found)[1:] + "\n"),
    "bytes": lambda found: (sys.stdout.buffer.write(b'{"id": 1, "h": "\xff"}\n'), sys.stdout.flush()),
    "empty": lambda found: out("\n"),
    "list": lambda found: line([1, 2]),
    "deep": lambda found: out("[" * 3000 + "\n"),
    "bare-nan": lambda found: out(
        json.dumps({**found, "h": first(math.nan)(found["h"])}).replace("NaN", "nan") + "\n"
    ),
    "python-nan": changed(h=first(math.nan)),
    "null": changed(h=first(None)),
    "text": changed(h=first("0.5")),
    "true": changed(h=first(True)),
    "object": changed(h={"first": 1}),
    "nan": changed(h=first("nan")),
    "inf": changed(c=first("inf")),
    "step-inf": changed(c=first("inf")),
    "huge": lambda found: out(
        json.dumps({**found, "h": first(0.123456789)(found["h"])}).replace("0.123456789", "1" * 4400) + "\n"
    ),
    "flat": changed(h=lambda rows: rows[0]),
    "short": changed(h=lambda rows: rows[1:]),
    "ragged": changed(h=lambda rows: [rows[0][1:], *rows[1:]]),
    "wide": changed(h=lambda rows: [[*row, 0.0] for row in rows]),
    "error": lambda found: line({"id": found["id"], "error": "out of\n\x1bregisters"}),
    "noisy": noisy,
    "swapped": changed(h=lambda rows: [[x + 0.25 for x in row] for row in rows]),
    "almost-open": lambda found: line({**found, "c": [[x * (1 - 1e-7) for x in row] for row in found["c"]]}),
    "rounded": lambda found: out(
        json.dumps(found | {q: [[round(x, 6) for x in row] for row in found[q]] for q in "hc"}) + "\n"
    ),
}
"""Mode -> what it does instead of giving an answer."""


def later(request, hello, before):
    """Leave something of the request before in the answer."""
    right = answer(request, hello)
    return {**right, "h": [[x + 1e-3 * before for x in row] for row in right["h"]]}


def by_chance(request, hello, before):
    right = answer(request, hello)
    return {**right, "h": [[x + time.time_ns() * 1e-22 for x in row] for row in right["h"]]}


def leaving_out(*names):
    def wrong(request, hello, before):
        blank = {name: [[0 * x for x in row] for row in request[name]] for name in names if name in request}
        biases = {
            name: {gate: [0 * x for x in row] for gate, row in request["weights"][name].items()}
            for name in names
            if name in request["weights"]
        }
        return answer({**request, **blank, "weights": {**request["weights"], **biases}}, hello)

    return wrong


def alone(request, hello, before):
    """Throw away what waits behind a request."""
    import selectors

    with selectors.DefaultSelector() as watched:
        watched.register(0, selectors.EVENT_READ)
        if watched.select(0.1):
            os.read(0, 2**20)
    return answer(request, hello)


ANSWERS = {
    "left-over": later,
    "random": by_chance,
    "one-bias": leaving_out("bias_hh"),
    "stateless": leaving_out("h0", "c0"),
    "deaf-to-all": leaving_out("inputs", "h0"),
    "alone": alone,
}
"""Mode -> what it answers each time, of the request, its hello, and how wide the network before was."""


def start(mode, hello):
    """Say hello, or do what else a mode does at first."""
    if mode == "never":
        time.sleep(30)
    elif mode == "no-hello":
        out("loading …\n")
    elif mode == "at-once":
        sys.exit("no licence")
    line(hello)
    if mode == "unasked":
        line({"id": 0})


def main(mode):
    """Say hello, and answer."""
    always, mode = mode.endswith("!"), mode.rstrip("!")
    hello = HELLOS.get(mode, HELLO)
    start(mode, hello)
    counted = before = 0
    while text := sys.stdin.buffer.raw.readline() if mode == "alone" else sys.stdin.readline():
        counted += 1
        request = json.loads(text)
        found = ANSWERS.get(mode, lambda *given: answer(*given[:2]))(request, hello, before)
        before = request["network"]["hidden_size"]
        (WRONG.get(mode, line) if counted == 3 or always else line)(found)
    if mode == "goes-on":
        time.sleep(30)


if __name__ == "__main__":
    main(sys.argv[1])
