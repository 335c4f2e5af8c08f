"""Every animal is made out, judged and named; and what is said of how it was taken can be pasted."""

from functools import cache

import pytest

from lstm_verify import run
from lstm_verify.adopt.importing import found
from lstm_verify.adopt.kinds import wrap
from lstm_verify.backends.base import Options
from lstm_verify.backends.errors import Unusable
from lstm_verify.identify import identify
from lstm_verify.puzzle.library import load_one, shipped
from lstm_verify.verify.thorough import judge_thoroughly
from lstm_verify.verify.verdict import judge
from zoo.table import TABLE

EVERY = pytest.mark.parametrize("animal", TABLE, ids=lambda animal: animal.name)


def adopted(animal, *options):
    """Make a backend of an animal, with options in the form key=value."""
    return _adopted(animal.where, options or ((animal.options,) if animal.options else ()))


@cache
def _adopted(where, options):
    pairs = [option.partition("=")[::2] for option in options]
    return wrap(found(f"tests/zoo/{where}"), where, Options(dict(pairs)))


def verdicts(animal, backend):
    """Hold a backend against the puzzle that shows what the animal is; what is wrong gets no name."""
    puzzle = load_one(animal.puzzle)
    by = judge_thoroughly if animal.thorough else judge
    return [result.verdict for batch in puzzle.batches() for result in by(puzzle, batch, backend)]


@pytest.fixture(autouse=True)
def _from_the_root(monkeypatch, request):
    monkeypatch.chdir(request.config.rootpath)


@EVERY
def test_each_gets_its_verdict_and_its_name(animal):
    found = run(animal.puzzle, [adopted(animal)], thorough=animal.thorough).results

    assert {result.verdict for result in found} == {animal.verdict}
    named = {fault for result in found if result.finding for fault in result.finding.faults}
    assert animal.fault is None or animal.fault in named


@pytest.mark.parametrize("name", ["FourGates", "trained", "lstm_cell_forward", "Stepper", "Packed"])
def test_a_step_is_led_through_layers_and_directions(name):
    animal = next(animal for animal in TABLE if animal.name == name)
    found = run(["stacked-memory", "bidir-between", "varlen-memory"], [adopted(animal)]).results

    assert {result.verdict for result in found} <= {"agree", "skipped"}
    assert name == "trained" or {result.verdict for result in found} == {"agree"}


@pytest.mark.filterwarnings("ignore:overflow encountered in exp:RuntimeWarning")  # of their own σ, at −10^4
@pytest.mark.parametrize("name", ["FourGates", "trained", "OneLinear", "nested", "Node"])
def test_one_that_is_right_fails_nothing_in_the_whole_library(name):
    animal = next(animal for animal in TABLE if animal.name == name)
    report = run(shipped().values(), [adopted(animal)])

    assert {result.verdict for result in report.results} == {"agree", "skipped"}
    assert all(result.reason for result in report.results if result.verdict == "skipped")


@EVERY
def test_an_order_found_by_trying_stands_in_the_verdict_and_no_other(animal):
    orders = [said for said in adopted(animal).conditions if "rows are" in said or "columns are" in said]

    assert [said.rpartition(" are ")[2] for said in orders] == ([animal.layout] if animal.layout else [])


@EVERY
def test_what_it_cannot_be_given_or_asked_is_known(animal):
    backend = adopted(animal)
    limits = set()
    limits |= {f"{q}0" for q in "hc" if q not in backend.calling.takes}
    limits |= set() if any(name.startswith("bias") for name in backend.mapped.fields) else {"bias"}
    limits |= {"size"} if backend.fixed else set()
    shown = {q for slot in backend.calling.shown for q in (slot.states or (slot.what,))}
    limits |= set() if shown & {"c", "c_n"} else {"c"}

    assert limits == animal.skips


@EVERY
def test_how_it_was_taken_can_be_pasted_and_then_is_stated(animal):
    first = adopted(animal)
    semantics = [animal.options] if animal.options.startswith("semantics") else []
    second = adopted(animal, *first.taken, *semantics)

    assert second.taken == first.taken
    assert second.conditions == ()
    assert verdicts(animal, second) == verdicts(animal, first)


@EVERY
def test_identify_finds_in_what_it_differs(animal):
    if "size" in animal.skips:
        with pytest.raises(Unusable, match="it has been made with 2 inputs and 3 units"):
            identify(adopted(animal))
        return
    it = identify(adopted(animal))
    if animal.identified is None:
        assert not it.identified
        return
    differing = {finding.what: finding.found for finding in it.findings}

    assert it.identified
    assert {what: differing[what] for what in animal.identified} == animal.identified


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("documented", ("gates i, f, g, o", "returns h, c")),
        ("CellFirst", ("matrices of [x, h]", "takes (h, c)", "returns h, c")),
        ("LastOnly", ("matrices of [h, x]", "inputs are [rows, steps, inputs]")),
        ("NoTanh", ("matrices of [x, h]", "returns h, c")),
    ],
)
def test_what_only_its_documentation_says_is_told(name, said):
    animal = next(animal for animal in TABLE if animal.name == name)
    backend = adopted(animal)

    assert backend.documented == said
    assert adopted(animal, *backend.taken).documented == ()
