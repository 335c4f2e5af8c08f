"""From what a user names to the text of an adapter."""

from __future__ import annotations

import contextlib
import inspect
import re
import sys
from dataclasses import replace
from typing import Any, NamedTuple

from lstm_verify.adopt.adopt import adopt
from lstm_verify.adopt.adopted import Adopted
from lstm_verify.adopt.contracts import keeps_a_contract
from lstm_verify.adopt.expressions import ZERO, filled
from lstm_verify.adopt.importing import found as found_of
from lstm_verify.adopt.kinds import asked
from lstm_verify.adopt.mapping import Layout, Mapped, candidates
from lstm_verify.adopt.scaffold.draft import Draft, in_words, signature, written
from lstm_verify.adopt.scaffold.importing import imported
from lstm_verify.adopt.scaffold.kinds import Plain, Writer, classes_of, writer
from lstm_verify.adopt.scaffold.weights import Filling
from lstm_verify.adopt.sizes import LOOK
from lstm_verify.adopt.sorting import sort
from lstm_verify.adopt.subjects.base import METHODS, Instance, Subject, Wishes
from lstm_verify.adopt.subjects.finding import subject_of
from lstm_verify.adopt.subjects.functions import Function
from lstm_verify.adopt.trying import probe
from lstm_verify.backends.base import UNROLLED, Options
from lstm_verify.backends.errors import Unusable
from lstm_verify.lstm.semantics import Semantics


class Adapter(NamedTuple):
    """An adapter.

    Attributes:
        text: its file.
        why: what could not be made out, and is marked with TODO there; "" where nothing is.
    """

    text: str
    why: str


def scaffold(target: str, options: Options) -> Adapter:
    """Write an adapter for `module:object` or `file.py:object`.

    Raises:
        Unusable: there is no such thing, it keeps a contract already, or an option cannot be read.
    """
    with contextlib.redirect_stdout(sys.stderr):  # what the user's code prints is no part of the adapter
        found = found_of(target)
        if keeps_a_contract(found, options):
            check = f"lstm-verify run generic -b python:{target}"
            raise Unusable(f"{target} keeps a contract already, and needs no adapter: {check}")
        wishes, accuracy, told = asked(found, options)
        subject: Subject | None = None
        try:
            subject = subject_of(found, wishes)
            adopted = adopt(subject, target, wishes.form, accuracy, told)
            draft = known(target, subject, adopted, wishes)
        except Unusable as error:
            draft = _guessed(target, found, subject, wishes, str(error))
        return Adapter(written(draft), draft.why)


def known(target: str, subject: Subject, adopted: Adopted, wishes: Wishes) -> Draft:
    """Return what is known of an LSTM that was made out.

    Raises:
        Unusable: for what is of its kind, no adapter can be written.
    """
    assert adopted.make is not None
    sizes = subject.fixed or LOOK
    instance = adopted.make(sizes)
    calling = adopted.calling
    lines = _writer(target, subject, instance, wishes, whole=calling.whole)
    if lines is None:
        raise Unusable(f"no adapter is known for {subject.what}; it is {adopted.taken}")
    has_peephole = {"peephole"} if "c" in adopted.mapped.fields else set()
    supports = {*Semantics(**adopted.declared).departures(), *has_peephole} - UNROLLED
    return Draft(
        target,
        wishes.form.name,
        lines,
        _fillings(subject, instance, adopted.mapped),
        calling,
        sizes[:2] if subject.fixed else None,
        adopted.lacks,
        frozenset(supports),
        adopted.conditions,
        also=tuple(classes_of(getattr(subject, "found", None), wishes.init)),
    )


def _fillings(subject: Subject, instance: Instance, mapped: Mapped) -> list[Filling]:
    """Return what each parameter is filled with; a function has to be given all that it asks for."""
    sizes = subject.fixed or LOOK
    expressions = dict(mapped.expressions)
    if isinstance(subject, Function):
        expressions |= {name: ZERO for name in instance.shapes if name not in expressions}
    values = filled(expressions, probe(sizes, mapped.fields).layers[0])
    return [
        Filling(
            name,
            expression,
            tuple(instance.shapes[name]),
            None if (value := values[name]) is None else value.shape,
            in_words(instance.shapes[name], sizes, fixed=bool(subject.fixed)),
        )
        for name, expression in expressions.items()
    ]


def _writer(
    target: str, subject: Subject, instance: Instance | None, wishes: Wishes, *, whole: bool
) -> Writer | None:
    made = writer(subject, imported(target).name, instance, wishes.init, whole=whole)
    if isinstance(made, Plain) and isinstance(subject, Function):
        return replace(made, attributes=_by_attributes(subject))
    return made


def _by_attributes(subject: Function) -> bool:
    """Tell whether a function takes its parameters as attributes: params.W_f, and not params["W_f"]."""
    try:
        source = inspect.getsource(subject.function)
    except (OSError, TypeError):
        return False
    used = re.findall(rf"\b{re.escape(subject.holder)}\.(\w+)", source) if subject.holder else []
    return any(name not in dir(dict) for name in used)


def _guessed(target: str, found: Any, subject: Subject | None, wishes: Wishes, why: str) -> Draft:
    """Return what is known of what could not be made out: its parameters, if it can be made."""
    why = why.partition("; say how: ")[0].removeprefix(target).lstrip(": ")
    method = _method(found)
    takes = signature(found), method, signature(getattr(found, method or "forward", found))
    sizes = (subject.fixed if subject else None) or LOOK
    instance: Instance | None = None
    with contextlib.suppress(Exception):  # the constructor is the user's, and may not work
        if subject is not None:
            make, _ = next(iter(subject.shapings(sizes)))
            instance = make(sizes)
    lines = _writer(target, subject, instance, wishes, whole=False) if subject and instance else None
    if subject is None or instance is None or lines is None:
        return Draft(target, wishes.form.name, None, takes=takes, why=why)
    dims = {name: in_words(shape, sizes, fixed=False) for name, shape in instance.shapes.items()}
    sorted_by = sort(instance.shapes, sizes)
    fillings: list[Filling] | None = None
    said: tuple[str, ...] = ()
    if not sorted_by.problem:
        mapped = next(iter(candidates(sorted_by, Layout())))
        fillings, said = _fillings(subject, instance, mapped), mapped.conditions
    return Draft(
        target,
        wishes.form.name,
        lines,
        fillings,
        sizes=sizes[:2] if subject.fixed else None,
        found=said,
        parameters=dims,
        takes=takes,
        why=why,
    )


def _method(found: Any) -> str:
    """Return the method that seems to run it; "" where it is called itself."""
    kind = found if inspect.isclass(found) else type(found)
    if inspect.isroutine(found) or any(
        "forward" in vars(base) and "__call__" in vars(base) for base in kind.__mro__
    ):
        return ""
    own = [name for name, one in vars(kind).items() if inspect.isfunction(one) and not name.startswith("_")]
    return next((name for name in METHODS if name in own), own[-1] if own else "")
