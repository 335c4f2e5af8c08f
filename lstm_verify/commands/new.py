"""lstm-verify new: write a puzzle file, from flags or from answers to questions."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from lstm_verify.authoring.typed import Typed

HINT = """\
A rule is a sum of inputs and of the last outputs h[0], h[1], …: far above 0 it opens a gate, far below it
shuts it. One rule is for all units; with ; between them, there is one for each."""

IN_WORDS = {"i": "the input gate", "f": "the forget gate", "g": "the candidate", "o": "the output gate"}

Take = Callable[[str], object]
"""Puts an answer where it belongs."""


def _names(_ctx: click.Context, _param: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in value.split(",")) if value.strip() else ()


def _pairs(_ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> dict[str, str]:
    """Read the `KEY=VALUE` of an option that may be repeated."""
    pairs: dict[str, str] = {}
    for value in values:
        key, sign, text = (part.strip() for part in value.partition("="))
        if not (key and sign and text):
            raise click.BadParameter(f"expected {param.metavar}, found '{value}'")
        if key in pairs:
            raise click.BadParameter(f"'{key}' is given twice")
        pairs[key] = text
    return pairs


def _option(*names: str, **settings: Any) -> Callable[[Any], Any]:
    return click.option(*names, **{"default": "", "show_default": False, **settings})


def _repeated(*names: str, **settings: Any) -> Callable[[Any], Any]:
    return click.option(*names, multiple=True, callback=_pairs, **settings)


@click.command(name="new")
@click.argument("name")
@_option("--title", metavar="TEXT", help="What the network does, in a few words.")
@_option("--why", metavar="TEXT", help="What this puzzle finds that others do not.")
@_option("--family", metavar="SLUG", help="The kind of puzzle that it is: memory, counters, …")
@_option("--source", metavar="TEXT", help="Where it comes from: author and work.")
@_option("--inputs", metavar="x1,x2", callback=_names, help="The names of the inputs.")
@_option(
    "--alphabet", metavar="ab_", help="Characters in place of inputs: each is 1 where it is read, else 0."
)
@_option(
    "--units", metavar="even,odd", callback=_names, help="The names of the units; rules may say h[even]."
)
@click.option("--hidden", type=click.IntRange(min=1), metavar="N", help="Their number. [default: 1]")
@_repeated(
    "--gate",
    "gates",
    metavar="GATE=RULE",
    help="What i, f, g or o computes: 'i=100*x2 - 10'; of one unit 'i[0]=…', of each 'i=…; …'.",
)
@_option("--case", default="first", metavar="SLUG", help="The name of the case.")
@_repeated(
    "--input",
    "columns",
    metavar="NAME=NUMBERS",
    help="The numbers of an input, one a step: 'x1=0.2 0.1 0'; a single one is for all steps.",
)
@_option("--text", metavar="TEXT", help="The characters that are read, with --alphabet.")
@_option("--h0", metavar="NUMBERS", help="The initial output: a number for all units, or one for each.")
@_option("--c0", metavar="NUMBERS", help="The initial cell state.")
@_repeated(
    "--ideal",
    metavar="ROLE=RULE",
    help="How i, f, g, o or h (the tanh on the way out) is worked by hand: step, linear, sign or exact.",
)
@_option("--output", metavar="PATH", help="The file; - prints it. [default: NAME.yaml]")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def command(name: str, output: str, *, force: bool, **typed: Any) -> int:
    """Write the file of a new puzzle, with its hand table and its proven digits.

    What is needed and not given is asked for, if there is somebody to ask. The network has one layer, and
    the file one case; all else (more cases, layers, directions, another variant) is added by hand, and
    `lstm-verify digits` then fills in the numbers.
    """
    from lstm_verify.authoring.flaws import no_slug
    from lstm_verify.authoring.typed import Typed

    given = Typed(**typed)
    path = Path(output or f"{name.removesuffix('.yaml')}.yaml")
    slug, folder = name.removesuffix(".yaml"), Path(name).parent
    problems = [str(flaw) for flaw in (*no_slug("NAME", slug), *given.flaws())]
    if folder != Path() and not no_slug("NAME", stem := Path(slug).name):
        problems[0] = (
            f"NAME: '{name}' is a path; write {stem} --output {shlex.quote(f'{folder / stem}.yaml')}"
        )
    if output != "-" and path.exists() and not force:
        problems.append(f"{path} is there already; --force writes over it")
    if problems:
        return _refused(problems)
    if given.missing():
        if not sys.stdin.isatty():
            return _refused([f"{option} is missing" for option in given.missing()])
        _ask(given, path)
    return _write(given, path, to_stdout=output == "-")


def _refused(problems: Iterable[object]) -> int:
    for problem in problems:
        click.echo(f"Error: {problem}", err=True)
    return 2


def _write(typed: Typed, path: Path, *, to_stdout: bool) -> int:
    """Write the file, and say what comes next."""
    from lstm_verify.authoring.drafted import drafted
    from lstm_verify.authoring.flaws import flaws
    from lstm_verify.puzzle.model import PuzzleError

    draft = typed.draft()
    wrong = flaws(draft)
    if wrong:
        return _refused(wrong)
    try:
        found = drafted(draft, str(path))
    except PuzzleError as error:
        return _refused(error.problems)
    if to_stdout:
        click.echo(found.data, nl=False)
    else:
        try:
            path.write_bytes(found.data)
        except OSError as error:
            return _refused([f"{path} cannot be written: {error.strerror}"])
    for line in _epilogue(path, [*found.notes, *_unknown_family(draft.family)]):
        click.echo(line, err=to_stdout)
    return 0


def _unknown_family(family: str) -> list[str]:
    """Say so where no shipped puzzle is of a family, which may be meant, or mistyped."""
    from lstm_verify.puzzle.families import FAMILIES
    from lstm_verify.puzzle.problems import nearest, quoted

    if not family or family in FAMILIES:
        return []
    near = nearest(family, FAMILIES)
    return [f"{quoted(family)} is a new family" + (f"; or did you mean {quoted(near)}?" if near else "")]


def _epilogue(path: Path, notes: Iterable[str]) -> Iterator[str]:
    """Yield what is to be known of the new file, and what can be done with it."""
    file = shlex.quote(str(path))
    if str(path) == "-":
        yield from notes
        return
    yield f"{path} is written"
    yield from notes
    yield "next:"
    yield f"  lstm-verify show {file}      # worked by hand, step by step"
    yield f"  lstm-verify run {file}       # held against PyTorch"
    yield f"  lstm-verify digits {file}    # after each change of its numbers: proven digits again"
    if not path.with_name("puzzle.schema.json").exists():
        schema = shlex.quote(str(path.with_name("puzzle.schema.json")))
        yield f"  lstm-verify schema > {schema}    # for an editor that completes and checks it"


# Questions


def _ask(typed: Typed, path: Path) -> None:
    """Ask for what is missing, and for what is good to have."""
    from lstm_verify.puzzle.families import FAMILIES

    click.echo("Enter takes what stands in brackets, or leaves it out where there is none.", err=True)
    if not typed.title:
        name = path.name.removesuffix(".yaml").replace("-", " ")
        default = name[:1].upper() + name[1:]
        _put(typed, "--title", "title, as in Count the ones", default, partial(setattr, typed, "title"))
    optional = {
        "why": "why: what it finds that others do not, as in A gate that is read twice shows",
        "family": f"family, one of {', '.join(FAMILIES)}",
        "source": "source, as in Gers & Schmidhuber 2001",
    }
    for key, words in optional.items():
        if not getattr(typed, key):
            _put(typed, f"--{key}", words, "", partial(setattr, typed, key))
    if not typed.features:
        _put(typed, "--inputs", "inputs by name, as in value, write, show", "x", partial(_take_inputs, typed))
    if not typed.units and not typed.hidden:
        _put(typed, "--units", "units: how many, or names as in even, odd", "1", partial(_take_units, typed))
    _ask_gates(typed)
    _ask_inputs(typed)


def _ask_gates(typed: Typed) -> None:
    absent = {gate: [k for k, rule in enumerate(typed.rules(gate) or [""]) if not rule] for gate in IN_WORDS}
    if any(absent.values()):
        click.echo(HINT, err=True)
    for gate, units in absent.items():
        default, example = _rule_of(gate, typed.features[0])
        keys = [f"{gate}[{k}]" for k in units] if typed.rules(gate) else [gate]
        for key in keys:
            words = f"gate {key}, {IN_WORDS[gate]}, as in {example}"
            _put(typed, f"--gate {gate}", words, default, partial(typed.gates.__setitem__, key))


def _rule_of(gate: str, feature: str) -> tuple[str, str]:
    """Return a rule for a gate that serves where nobody knows better, and an example of one."""
    named = feature.isidentifier()
    if gate == "g":
        return f"{feature}/4" if named else "1/4", "1/4; -1/4"
    return "20", f"100*{feature if named else 'x'} - 10"


def _ask_inputs(typed: Typed) -> None:
    if typed.alphabet and not typed.columns:
        if not typed.text:
            _put(typed, "--text", "text that is read", typed.alphabet, partial(setattr, typed, "text"))
        return
    for name in typed.features:
        if not typed.columns.get(name):
            words, default = f"input {name} at each step, as in 0.2 0.1 0", "0" if typed.columns else "1 0 1"
            _put(typed, f"--input {name}", words, default, partial(typed.columns.__setitem__, name))


def _take_inputs(typed: Typed, text: str) -> None:
    typed.inputs = tuple(name.strip() for name in text.split(","))


def _take_units(typed: Typed, text: str) -> None:
    number = text.strip()
    typed.hidden = int(number) if number.isdecimal() and len(number) < 7 else None
    typed.units = () if typed.hidden else tuple(name.strip() for name in text.split(","))


def _put(typed: Typed, option: str, words: str, default: str, take: Take) -> None:
    """Ask a question until its answer makes sense."""
    from lstm_verify.authoring.flaws import flaws

    while True:
        take(click.prompt(words, default=default, show_default=bool(default), err=True))
        found = [*typed.flaws(), *flaws(typed.draft())]
        wrong = [flaw for flaw in found if flaw.where == option or flaw.where.startswith(f"{option},")]
        for flaw in wrong:
            click.echo("  " + str(replace(flaw, where=flaw.where[len(option) :].lstrip(", "))), err=True)
        if not wrong:
            return
