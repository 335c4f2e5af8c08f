"""What was measured of an implementation's σ and tanh, for people."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator

from tabulate import tabulate

from lstm_verify.lstm.accuracy import MEASURED, UNKNOWN, Accuracy, Error
from lstm_verify.lstm.formats import Format
from lstm_verify.measure.measure import ANOTHER, SHORT, Measured
from lstm_verify.measure.tally import HIGHEST, LOWEST, Tally, up
from lstm_verify.measure.truth import FLOAT64_ERROR
from lstm_verify.verify.compare import TOO_WIDE

SIGNS = {"sigmoid": "σ", "tanh": "tanh"}
"""Function -> its sign."""

_BARS = " ▁▂▃▄▅▆▇█"
_ROWS = 3  # of a plot
_LINEAR = 64  # ulps: higher plots have a logarithmic scale
_MARKS = {9: "512", 3: "8", 0: "1", -10: "0.001"}  # exponent -> what is written below it


def report(measured: Measured) -> Iterator[str]:
    """Yield the paragraphs and tables of the report; one that begins with a blank is no sentence."""
    yield _headline(measured)
    if measured.places:
        yield ""
        yield " " + _table(measured).replace("\n", "\n ")
        for name, tally in measured.functions.items():
            yield ""
            yield from _plot(tally, f"{SIGNS[name]}: largest error in ulp, by z")
        yield ""
    yield from _gates(measured)
    for places, tally in _alike(measured):
        yield from _remarks(places, tally)
    for reason in dict.fromkeys(measured.unseen.values()):
        places = ", ".join(place for place in measured.unseen if measured.unseen[place] == reason)
        yield f"Not measured in {places}: {reason}."
    if measured.places:
        yield ""
        yield from _judged(measured)


def _headline(measured: Measured) -> str:
    name, form = measured.backend.name, measured.form
    fewest = min((tally.points for tally in measured.places.values()), default=0)
    some = f"all {fewest:,} numbers" if measured.every else f"{fewest:,} numbers or more"
    against = "exact values"
    if measured.every and form.precision > SHORT:
        off = f"{FLOAT64_ERROR} ulp of float64 off at most, by measurement"
        against = f"float64 ({off}), the largest errors against exact values"
    small = (
        f" Where the true value is below {form.smallest_normal:.2g}, only the absolute error counts."
        if form.flushes
        else ""
    )
    return (
        f"{name}, {form.name}: {some} in each place, against {against}. "
        f"An ulp is the distance between neighbouring numbers of {form.name} at the true value.{small}"
    )


def _alike(measured: Measured) -> Iterator[tuple[str, Tally]]:
    """Yield each activation with the places that show it, those that show the same as one."""
    groups: dict[str, list[str]] = {}
    for place, tally in measured.places.items():
        key = tally.name, tally.ulps, tally.absolute, tally.flushed, tally.one_from, tally.zero_to
        groups.setdefault(repr(key), []).append(place)
    for places in groups.values():
        tally = measured.places[places[0]]
        yield f"{SIGNS[tally.name]} in {', '.join(places)}", tally


def _table(measured: Measured) -> str:
    rows = [
        (
            who,
            _figure(tally.ulps.value),
            f"{tally.ulps.z:.6g}",
            f"{tally.absolute.value:.2e}",
            f"{tally.absolute.z:.6g}",
            f"{tally.one_from:.5g}" if math.isfinite(tally.one_from) else "-",
            f"{tally.zero_to:.5g}" if math.isfinite(tally.zero_to) else "-",
        )
        for who, tally in _alike(measured)
    ]
    head = ["", "max ulp", "at z", "max error", "at z", "1 from", "0 up to"]
    return tabulate(rows, head, disable_numparse=True, colalign=["left", *["right"] * 6])


def _figure(x: float) -> str:
    """Write an error in ulps."""
    return f"{x:.3g}" if x < 1e4 else f"{x:.1e}".replace("e+0", "e").replace("e+", "e")


def _plot(tally: Tally, title: str) -> Iterator[str]:
    """Draw the largest error by the size of z, negative z to the left: a column for each power of 2."""
    top, logarithmic = tally.bins.max(), tally.bins.max() > _LINEAR
    scale = ", logarithmic" if logarithmic else ""
    yield f" {title}{scale}"
    if not math.isfinite(top) or top <= 0:
        yield f"   {_figure(float(top))} ulp"
        return
    shares = [math.log1p(x) / math.log1p(top) if logarithmic else x / top for x in tally.bins.tolist()]
    heights = [math.ceil(share * _ROWS * 8) for share in shares]
    for row in reversed(range(_ROWS)):
        label = f"{_figure(float(top))} ulp" if row == _ROWS - 1 else "0" if row == 0 else ""
        bars = "".join(_BARS[min(8, max(0, height - 8 * row))] for height in heights)
        yield f" {label:>11} |{bars}".rstrip()
    yield f" {'z':>11}  {_axis()}"


def _axis() -> str:
    side = HIGHEST - LOWEST + 1
    line = [" "] * (2 * side + 3)
    for exponent, text in _MARKS.items():
        for place, label in ((side - 1 - exponent + LOWEST, f"-{text}"), (side + exponent - LOWEST, text)):
            line[place : place + len(label)] = label
    line[side] = "0"
    return "".join(line).rstrip()


def _gates(measured: Measured) -> Iterator[str]:
    """Say whether the gates that were not looked at opened and closed fully."""
    levels = measured.levels
    products = {
        f"f at z = {levels.open['f']:g}": levels.forget,
        f"i·g at z = {levels.open['i']:g} and {levels.g:g}": levels.entered,
        f"o·tanh(c) at z = {levels.open['o']:g}, c = {levels.c:g}": levels.output,
    }
    ajar = {words: value for words, value in products.items() if value not in (None, 1.0)}
    if not ajar:
        seen = ", ".join(words for words, value in products.items() if value is not None)
        yield f"Gates held open are 1 exactly: {seen}."
    else:
        all_of = ", ".join(f"{words} is {value:.9g}" for words, value in ajar.items())
        yield (
            f"Gates do not open fully: {all_of}. So what is measured is a product with these, and "
            "errors of one gate are counted in others too."
        )
    if levels.forget is None:
        yield "It shows no c: what h shows went through a forget gate that nobody saw open."
    if levels.rest:
        yield f"Not all is 0 where c = 0, i is closed and g = tanh(0): {levels.rest:.3g} is left."


def _remarks(who: str, tally: Tally) -> Iterator[str]:
    """Say what else is not as it should be in the curve."""
    if tally.missing.value > 0:
        yield f"{who}: {tally.missing.got:g} at z = {tally.missing.z:.9g}."
    if tally.outside.value > 0:
        yield f"{who} leaves its range: {tally.outside.got!r} at z = {tally.outside.z:.9g}."
    if tally.falls.value > 0:
        fall = _figure(tally.falls.value)
        yield f"{who} is not monotone: it falls by {fall} ulp after z = {tally.falls.z:.9g}."
    if tally.odd.value > 0:
        yield f"{who} is not odd: tanh(-z) + tanh(z) is {tally.odd.value:.2g} at z = {tally.odd.z:.9g}."
    if tally.flushed.value > 0 and (tally.zero_to == tally.flushed.z or tally.ulps.value <= _LINEAR):
        yield f"{who} is 0 at z = {tally.flushed.z:.9g}, where the truth is {tally.flushed.value:.2g}."


def _judged(measured: Measured) -> Iterator[str]:
    """Hold what was measured against what it is granted, and say how to grant it what it needs."""
    if measured.other_functions:
        yield from _others(measured)
    elif measured.uneven:
        yield from _uneven(measured)
    else:
        yield from _granted(measured)


def _others(measured: Measured) -> Iterator[str]:
    """Say which places have another function than σ or tanh."""
    for who, tally in _alike(measured):
        if math.isinf(tally.absolute.value):
            yield f"{who} is no number somewhere: no accuracy makes up for that."
        elif tally.absolute.value > ANOTHER:
            yield (
                f"{who} is off by {tally.absolute.value:.2g}. More than {ANOTHER:g} is another function, "
                "and no approximation: no accuracy makes up for that."
            )
    if any(ANOTHER < tally.absolute.value < math.inf for tally in measured.places.values()):
        name = shlex.quote(measured.backend.name)
        yield f"Which LSTM it is, and how it reads its arrays: lstm-verify identify {name}"


def _uneven(measured: Measured) -> Iterator[str]:
    """Say which places do something else besides, as others of the same function show."""
    for worst, best in measured.uneven:
        off = [f"{measured.places[place].absolute.value:.2g}" for place in (worst, best)]
        who = SIGNS[measured.places[worst].name]
        yield (
            f"{who} is off by {off[0]} in {worst}, and by {off[1]} in {best}. An approximation is off in "
            f"both: in {worst} something else is done, and no accuracy makes up for that."
        )


def _granted(measured: Measured) -> Iterator[str]:
    """Hold what was measured against what it is granted, and say what it needs."""
    name, form, needed = measured.backend.name, measured.form, measured.accuracy
    if measured.within:
        yield f"All of this lies within what it is granted: {measured.backend.accuracy}."
    else:
        yield f"This does not lie within what it is granted, and run fails it: {measured.backend.accuracy}."
    because = (
        "" if measured.every else f", the largest errors seen times {measured.safety:g} as not all were seen"
    )
    seen = list(measured.functions)
    yield f"Measured{because}: {needed if len(seen) == len(MEASURED) else _only(seen[0], needed)}."
    if needed.less_than_usual(form):
        yield (
            f"That is less accurate than honest {form.name} code is ({UNKNOWN}). Where it agrees when it is "
            "granted this, it is reported as less accurate, agreeing."
        )
    coarse = max(tally.absolute.value for tally in measured.places.values())
    if coarse > TOO_WIDE:
        yield (
            f"It is so coarse ({coarse:.2g}) that run can check little: numbers that may be off by 1 % are "
            "not checked."
        )
    if len(seen) == len(MEASURED):
        granted = shlex.quote(with_accuracy(name, one_for_both(measured)))
        yield f"To grant both what the worse needs: -b {granted}"


def _only(function: str, needed: Accuracy) -> str:
    """Say what the one function that was measured needs; of the other nothing is known."""
    (other,) = set(MEASURED) - {function}
    return f"{SIGNS[function]} to {needed.of(function)}. Nothing is known of {SIGNS[other]}"


def one_for_both(measured: Measured) -> str:
    """Return what σ and tanh both need, as `accuracy=` reads it."""
    errors = [measured.accuracy.of(name) for name in measured.functions]
    ulps = max(error.ulps for error in errors)
    roundoffs = max(_roundoffs(error, measured.form) for error in errors)
    absolute = f"+{_plain(roundoffs)}u" if roundoffs else ""
    return f"{_plain(ulps)}ulp{absolute}"


def _roundoffs(error: Error, form: Format) -> float:
    """Return the absolute part in roundoffs; what is flushed to 0 is some of them."""
    if not error.flushed:
        return error.roundoffs
    return max(error.roundoffs, 0.01, up(error.flushed / form.roundoff))


def _plain(x: float) -> str:
    """Write a number of three digits as `accuracy=` reads it."""
    return f"{x:.3g}".replace("e+", "e")


def with_accuracy(backend: str, accuracy: str) -> str:
    """Return the name of a backend with an accuracy in the place of what it says of it."""
    head, colon, command = backend.partition(":") if backend.startswith("exec") else (backend, "", "")
    kept = [item for item in head.split(",") if not item.startswith("accuracy=")]
    return ",".join([*kept, f"accuracy={accuracy}"]) + colon + command
