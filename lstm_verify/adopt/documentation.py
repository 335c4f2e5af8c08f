"""What an implementation's own documentation says of it, which is then taken at its word."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lstm_verify.adopt.names import SPELLINGS
from lstm_verify.adopt.subjects.base import METHODS
from lstm_verify.lstm.semantics import GATES

_LETTER = r"\b([ifgocjza])\b"
_ORDER = re.compile(rf"{_LETTER}, *{_LETTER}, *{_LETTER}(?:, *| and |, and ){_LETTER}")
_WORD = rf"({'|'.join(w for words in SPELLINGS.values() for w in words if len(w) > 3)})"
_IN_WORDS = re.compile(rf"{_WORD}, *{_WORD}, *{_WORD}(?:, *| and |, and ){_WORD}", re.IGNORECASE)
_X = r"(?:x(?!\w*(?:dim|size))\w*|inputs?)"
_H = r"(?:(?:h(?:[xytn0]|idden)?|a)(?:_(?!dim|size)\w+)?)"
_C = r"(?:c(?:[xytn0]|ell)?(?:_(?!dim|size)\w+)?)"
_XH, _HX = re.compile(rf"\[ *{_X} *[,;|] *{_H} *\]"), re.compile(rf"\[ *{_H} *[,;|] *{_X} *\]")
_HC, _CH = re.compile(rf"\( *{_H}, *{_C} *\)"), re.compile(rf"\( *{_C}, *{_H} *\)")
_ROWS, _STEPS = r"(?:batch\w*|N|B|b|rows)", r"(?:time\w*|T|seq\w*|steps|L)"
_ROWS_FIRST = re.compile(rf"\( *{_ROWS}, *{_STEPS},")
_STEPS_FIRST = re.compile(rf"\( *{_STEPS}, *{_ROWS},")
_LAID_OUT = re.compile(
    r"\border(ed)?\b(?! to\b)|\b(un)?pack|\bstack|\blayout|\bconcat|\bfused|\bchunk|\bsplit|\bslice"
    r"|\b4 ?\*? ?[Hh]"
    r"|\b(rows|columns|blocks|gates|layers)( are|:)|\(gates\b",
    re.IGNORECASE,
)
"""What a clause has that says how parameters are laid out; that an LSTM has four gates is said of any."""
_COMPUTED = re.compile(r"\b(returns?(?:ed)?|comput\w+|one after)\b", re.IGNORECASE)
"""What a clause has that says in which order something is done."""
_ELSEWHERE = re.compile(
    r"\b(not|neither|nor|unlike|others?|some|instead|whereas|than|differs?|different)\b|n't\b"
    r"|(?<!as )(?<!like )(?<!as in )(?<!like in )\b(PyTorch|torch|Keras|TensorFlow|ONNX|cuDNN|MXNet|Flax)\b",
    re.IGNORECASE,
)
"""What a sentence has that tells of others, or how something is not."""
_RETURNS = re.compile(r"->|→|\breturns?\b:?", re.IGNORECASE)
_SHOWN_H, _SHOWN_C = (
    re.compile(r"\b(next_)?h(_next|_n|_t|_new)?\b"),
    re.compile(r"\b(next_)?c(_next|_n|_t|_new)?\b"),
)


@dataclass(frozen=True)
class Stated:
    """What is stated; None where nothing is, or several things are.

    Attributes:
        order: of the gates, in our letters.
        joined: "xh" or "hx": what a matrix over both is multiplied with.
        takes, returns: "hc" or "ch": the order of the state.
        rows_first: whether inputs are [rows, steps, inputs], and not [steps, rows, inputs].
    """

    order: str | None = None
    joined: str | None = None
    takes: str | None = None
    returns: str | None = None
    rows_first: bool | None = None


def stated(found: Any) -> Stated:
    """Read the docstrings of a class, an object or a function, and of its methods.

    A sentence that tells of others is left out. Where it is doubtful what is meant, nothing is stated:
    what is found by trying is told as such, and what is read wrongly would make code fail that is right.
    """
    texts = [_own(re.sub(r"\s+", " ", text)) for text in _texts(found)]
    before = [_RETURNS.split(text, maxsplit=1)[0] for text in texts]
    after = [part for text in texts for part in _RETURNS.split(text)[1:]]
    return Stated(
        order=_only(order for text in texts for order in _orders(text)),
        joined=_only(_either(texts, _XH, "xh", _HX, "hx")),
        takes=_only(_either(before, _HC, "hc", _CH, "ch")),
        returns=_only(_returned(after)),
        rows_first=_only(_either(texts, _ROWS_FIRST, True, _STEPS_FIRST, False)),
    )


def _texts(found: Any) -> Iterator[str]:
    kind = found if inspect.isclass(found) or inspect.isroutine(found) else type(found)
    own = [kind, *(vars(kind).get(name or "__call__") for name in METHODS if hasattr(kind, "__dict__"))]
    yield from (inspect.cleandoc(one.__doc__) for one in own if one is not None and one.__doc__)


def _only(found: Any) -> Any:
    """Return what is said, where one thing is said."""
    different = {*found}
    return different.pop() if len(different) == 1 else None


def _either(
    texts: list[str], first: re.Pattern[str], one: Any, second: re.Pattern[str], other: Any
) -> Iterator[Any]:
    for text in texts:
        if first.search(text):
            yield one
        if second.search(text):
            yield other


def _own(text: str) -> str:
    """Leave out the sentences that tell of others."""
    return " ".join(one for one in re.split(r"(?<=[.!?]) ", text) if not _ELSEWHERE.search(one))


def _orders(text: str) -> Iterator[str]:
    """Yield every order of the gates in which a text says that parameters are laid out."""
    for clause in re.split(r"(?<=[.;!?]) ", text):
        if _COMPUTED.search(clause) or not _LAID_OUT.search(clause):
            continue
        for match in (*_ORDER.finditer(clause), *_IN_WORDS.finditer(clause)):
            gates = [_gate(word.lower()) for word in match.groups()]
            if sorted(gates) == sorted(GATES):
                yield "".join(gates)


def _gate(word: str) -> str:
    """Return the gate that a word is for; of two, the candidate, which has the most names."""
    known = [gate for gate in "ifog" if word in SPELLINGS[gate]]
    return known[0] if known else "?"


def _returned(texts: list[str]) -> Iterator[str]:
    """Yield the order in which h and c are said to be returned."""
    for text in (re.split(r"(?<=[.;!?]) ", text)[0] for text in texts):
        h, c = _SHOWN_H.search(text), _SHOWN_C.search(text)
        if h and c:
            yield "hc" if h.start() < c.start() else "ch"
