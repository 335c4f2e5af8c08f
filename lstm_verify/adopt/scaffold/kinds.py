"""How a module, an object or a function is made, filled and called, in lines of Python."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lstm_verify.adopt.roles import construction
from lstm_verify.adopt.scaffold.weights import Alike, Filling
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.subjects.base import Instance, Subject
from lstm_verify.adopt.subjects.functions import Function
from lstm_verify.adopt.subjects.numpy_objects import NumpyObject
from lstm_verify.adopt.subjects.torch_modules import TorchModule

LONG = 100
"""A line that is longer is broken."""


@dataclass(frozen=True)
class Writer:
    """How lines are written for one kind of thing.

    Attributes:
        name: what it is called where it has been imported.
        subject: itself.
        instance: one of it; None where none could be made.
        init: what the user said of its constructor's arguments.
        steps: what stands for the number of steps, where it must be told it.
        kept: whether what was made is used again.
    """

    name: str
    subject: Subject
    instance: Instance | None = None
    init: Mapping[str, str] = field(default_factory=dict)
    steps: str = "1"
    kept: bool = False

    @property
    def torch(self) -> bool:
        """Whether its arrays are tensors."""
        import numpy as np

        native = self.instance.native(np.zeros(1)) if self.instance else None
        return type(native).__module__ == "torch"

    def make(self) -> list[str]:
        """Return the lines that make it."""
        raise NotImplementedError

    def fill(self, loops: Sequence[Alike], others: Sequence[Filling]) -> list[str]:
        """Return the lines that fill its parameters."""
        raise NotImplementedError

    def call(self, method: str, arguments: Mapping[str, str]) -> str:
        """Return the call."""
        given = ", ".join(f"{name}={text}" for name, text in arguments.items())
        return f"net{'.' if method else ''}{method}({given})"

    def _made(self) -> str:
        """Return the call of its constructor."""
        found = self.subject.found  # type: ignore[attr-defined]
        name = "kept" if self.kept else self.name
        return f"{name}({arguments_of(found, self.init, self.steps)})"


def arguments_of(found: Any, init: Mapping[str, str], steps: str) -> str:
    """Return the arguments that a class or function is given for its sizes: `input_dim=input_size, …`."""
    numbers = Sizes(inputs=101, units=103, rows=107, steps=109)
    words = dict(zip(numbers, ("input_size", "hidden_size", "1", steps), strict=True))
    made = construction(found, numbers, init)
    return ", ".join(f"{name}={_word(value, words, init, steps)}" for name, value in made.items())


def _word(value: Any, words: Mapping[int, str], init: Mapping[str, str], steps: str) -> str:
    if type(value) is int and value in words:
        return words[value]
    if type(value).__module__ == "builtins":
        return repr(value)
    return f"{type(value).__name__}({arguments_of(type(value), init, steps)})"


def classes_of(found: Any, init: Mapping[str, str]) -> list[str]:
    """Return the classes of the user's whose objects a constructor is given."""
    if not inspect.isclass(found):
        return []
    made = construction(found, Sizes(inputs=2, units=3, rows=5, steps=7), init)
    return [type(one).__name__ for one in made.values() if type(one).__module__ != "builtins"]


class Module(Writer):
    """A torch.nn.Module."""

    def make(self) -> list[str]:
        """Return the lines that make it; `eval` for what drops at random."""
        if self.subject.fixed:
            return [f"net = {self.name}"]
        kind = getattr(self.instance, "dtype", None)
        double = {"torch.float64": ".double()", "torch.float16": ".half()"}.get(str(kind), "")
        return [f"net = {self._made()}{double}.eval()"]

    def fill(self, loops: Sequence[Alike], others: Sequence[Filling]) -> list[str]:
        """Return the lines that load a state_dict."""
        lines = _dictionary("weights", loops, others)
        some = set(self._state()) - _filled(loops, others)
        strict = ", strict=False" if some else ""
        why = ["# its other parameters stay as they are:"] if some else []
        loaded = "{name: torch.tensor(array) for name, array in weights.items()}"
        return [*lines, *why, f"net.load_state_dict({loaded}{strict})"]

    def _state(self) -> Mapping[str, Any]:
        module = getattr(self.instance, "module", None)
        return module.state_dict() if module is not None else {}


def _filled(loops: Sequence[Alike], others: Sequence[Filling]) -> set[str]:
    looped = {
        template.format(word) for loop in loops for template in loop.fillings for word in loop.words.values()
    }
    return looped | {one.name for one in others}


def _dictionary(name: str, loops: Sequence[Alike], others: Sequence[Filling]) -> list[str]:
    """Return the lines that make a dictionary of parameters."""
    why = "# its parameters, each with what it is filled with"
    lines = [
        f"{name} = {{  {why}",
        *(f'    "{one.name}": {one.text()},' for one in others),
        "}",
    ]
    if not others:
        lines = [f"{name} = {{}}  {why}"]
    for loop in loops:
        lines += loop.loop
        for template, one in loop.fillings.items():
            key = "k" if template == "{}" else f'f"{template}"'.replace("{}", "{k}")
            lines.append(f"    {name}[{key}] = {one.text('part')}")
    return lines


class Object(Writer):
    """An object with NumPy arrays."""

    def make(self) -> list[str]:
        """Return the line that makes it."""
        return [f"net = {self.name if self.subject.fixed else self._made()}"]

    def fill(self, loops: Sequence[Alike], others: Sequence[Filling]) -> list[str]:
        """Return the lines that set its arrays."""
        lines = [f"net{_place(one.name)} = {one.text()}" for one in others]
        for loop in loops:
            lines += loop.loop
            lines += [f"    {_set(template, one.text('part'))}" for template, one in loop.fillings.items()]
        return lines


def _place(name: str) -> str:
    """Return where a parameter is: "p.w[f]" is `.p.w["f"]`."""
    keys = re.sub(r"\[([^\]]*)\]", lambda m: f"[{m[1]}]" if m[1].isdigit() else f'["{m[1]}"]', name)
    return keys if keys.startswith("[") else f".{keys}"


def _set(template: str, value: str) -> str:
    """Return the line of a loop that sets the parameter of the gate k."""
    place = _place(template)
    key = re.search(r'\["([^"]*)\{\}([^"]*)"\]', place)
    if key:
        name = "k" if not (key[1] or key[2]) else f'f"{key[1]}{{k}}{key[2]}"'
        return f"net{place[: key.start()]}[{name}]{place[key.end() :]} = {value}"
    before, after = place.split("{}")
    owner, _, start = before.rpartition(".")
    end, *rest = re.split(r"(?=[.\[])", after, maxsplit=1)
    name = f'f"{start}{{k}}{end}"' if start or end else "k"
    if rest:
        return f"getattr(net{owner}, {name}){rest[0]} = {value}"
    return f"setattr(net{owner}, {name}, {value})"


@dataclass(frozen=True)
class Plain(Writer):
    """A function.

    Attributes:
        attributes: whether its parameters are attributes of what it is given.
    """

    attributes: bool = False

    def make(self) -> list[str]:
        """Return nothing: there is nothing to make."""
        return []

    def fill(self, loops: Sequence[Alike], others: Sequence[Filling]) -> list[str]:
        """Return the lines that make what has its parameters."""
        nested = any(set(".[") & set(one.name) for one in others)
        if nested:
            lines = _literal("params = ", _tree(others), self.attributes)
        else:
            lines = _dictionary("params", loops, others)
        if self.torch:
            entries = "{name: torch.tensor(array) for name, array in params.items()}"
            listed = "[torch.tensor(array) for array in params]"
            lines.append(f"params = {listed if lines[0].endswith('[') else entries}")
        return lines

    def call(self, method: str, arguments: Mapping[str, str]) -> str:  # noqa: ARG002 (it has no methods)
        """Return the call, with the parameters as it takes them, and the sizes that it is told."""
        function: Any = self.subject
        given = [f"{name}={text}" for name, text in arguments.items()]
        params = "SimpleNamespace(**params)" if self.attributes else "params"
        given.append(f"{function.holder}={params}" if function.holder else "**params")
        extra = getattr(self.instance, "extra", {})
        if extra:
            words = arguments_of(function.function, {}, self.steps).split(", ")
            given += [word for word in words if word.partition("=")[0] in extra]
        return f"{self.name}({', '.join(given)})"


def _tree(others: Sequence[Filling]) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for one in others:
        *keys, last = [key for key in re.split(r"[.\[\]]+", one.name) if key]
        inner = tree
        for key in keys:
            inner = inner.setdefault(key, {})
        inner[last] = one.text()
    return tree


def _literal(before: str, tree: Any, attributes: bool) -> list[str]:  # noqa: FBT001
    """Return the lines of a dictionary, or of a list where its keys are numbers, of dictionaries."""
    if isinstance(tree, str):
        return [f"{before}{tree}"]
    listed = bool(tree) and all(key.isdigit() for key in tree)
    opening, closing = "[]" if listed else "{}"
    entries = [_literal("" if listed else f'"{key}": ', value, attributes) for key, value in tree.items()]
    one_line = f"{before}{opening}{', '.join(' '.join(entry) for entry in entries)}{closing}"
    if len(one_line) <= LONG and all(len(entry) == 1 for entry in entries) and not before.endswith("= "):
        return [one_line]
    inner = [f"    {line}" for entry in entries for line in (*entry[:-1], f"{entry[-1]},")]
    return [before + opening, *inner, closing]


def writer(
    subject: Subject, name: str, instance: Instance | None, init: Mapping[str, str], *, whole: bool
) -> Writer | None:
    """Return the writer for something; None for what no writer knows."""
    for kind, made in ((TorchModule, Module), (NumpyObject, Object), (Function, Plain)):
        if isinstance(subject, kind):
            return made(name, subject, instance, init, "len(inputs)" if whole else "1", whole)
    return None
