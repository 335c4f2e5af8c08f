"""Networks of every kind: whatever is correct lies inside the envelope, and whatever is wrong does not."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import faulty
import faulty_loops
import numpy as np
import pytest
from faulty import observed
from honest import STYLES, Honest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lstm_verify import strategies
from lstm_verify.backends.base import Observation, Part
from lstm_verify.backends.registry import backend
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.cell import Cell
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.network import Network, Run
from lstm_verify.lstm.semantics import PYTORCH, Activation, Activations, Semantics
from lstm_verify.verify.compare import compare
from lstm_verify.verify.verdict import rounded

BOOLEANS = st.booleans()
VARIANTS = strategies.variants()
UNKNOWN = Accuracy()


@st.composite
def drawn(draw, networks=VARIANTS, **run) -> tuple[Network, Run]:
    """Draw a network and a run of at most five steps, with a length and a mask now and then."""
    network = draw(networks)
    kinds = {"steps": st.integers(1, 5), "lengths": BOOLEANS, "masks": BOOLEANS}
    return network, draw(strategies.runs(network, **(kinds | run)))


@st.composite
def wild(draw, form: str) -> tuple[Network, Run]:
    """Draw a network and a run with numbers of all sizes that a format has, its subnormals included."""
    network, run = draw(drawn())
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    low, high = {"float16": (-8, 5), "float32": (-46, 38), "float64": (-324, 307)}[form]
    each = draw(BOOLEANS, label="each number its own size, not each tensor")

    def scaled(tensor):
        return tensor * 10.0 ** random.integers(low, high, np.shape(tensor) if each else ())

    network, run = rounded(network.map(scaled), run.map(scaled), FORMATS[form])
    assume(all(np.isfinite(tensor).all() for _, tensor in (*network.tensors(), *run.items())))
    return network, run


def lies_inside(network: Network, run: Run, observation: Observation, form: str, accuracy=UNKNOWN):
    """Assert that what was shown lies in the envelope, and that all of it was looked at."""
    comparison = compare(network, run, observation, FORMATS[form], accuracy)
    assert comparison.first_outside() is None
    return comparison


FORMS = ["float64", "float32", "float16"]


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=8)
def test_honest_code_lies_inside(form: str, data: st.DataObject):
    """However the sums are ordered and grouped, fused or not, and σ and the normalisation are written."""
    network, run = rounded(*data.draw(drawn()), FORMATS[form])
    honest = Honest(network, form, data.draw(STYLES))
    lies_inside(network, run, honest.observe(run), form)


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=8)
def test_honest_code_lies_inside_at_extremes(form: str, data: st.DataObject):
    """Nor do overflow, underflow, cancellation and subnormal numbers give a false alarm."""
    network, run = data.draw(wild(form))
    honest = Honest(network, form, data.draw(STYLES))
    lies_inside(network, run, honest.observe(run), form)


@pytest.mark.parametrize("form", FORMS)
@given(data=st.data())
@settings(max_examples=6)
def test_our_own_reading_lies_inside(form: str, data: st.DataObject):
    """The reference refuses nothing, and everything that it shows is right."""
    network, run = rounded(*data.draw(drawn()), FORMATS[form])
    reference = backend(f"reference,dtype={form}")
    assert reference.refusal(network, run) is None
    (observation,) = reference.observe(network, [run])
    lies_inside(network, run, observation, form, reference.accuracy)


TORCH = {
    "cell": {
        "directions": st.sampled_from(["forward", "reverse", "bidirectional"]),
        "proj_sizes": st.just(0),
    },
    "lstm": {"directions": st.sampled_from(["forward", "bidirectional"]), "proj_sizes": st.integers(0, 3)},
}


@pytest.mark.parametrize("form", ["float64", "float32", "float16", "bfloat16"])
@pytest.mark.parametrize("kind", TORCH)
@given(data=st.data())
@settings(max_examples=3)
def test_pytorch_lies_inside(kind: str, form: str, data: st.DataObject):
    """All that PyTorch's modules can express, in a batch of rows that end and pause where they like."""
    implementation = backend(f"torch.{kind},dtype={form}")
    plain = strategies.semantics(
        **{name: st.just(getattr(PYTORCH, name)) for name in vars(PYTORCH)}
        | {"dropout": st.sampled_from([Fraction(0), Fraction(1)]), "training": BOOLEANS}
        | ({"padded_output": st.sampled_from(["zero", "hold"])} if kind == "cell" else {})
    )
    networks = strategies.variants(semantics=plain, **TORCH[kind])
    network, run = data.draw(drawn(networks, masks=st.just(False)))
    rows = [
        run,
        *(data.draw(strategies.runs(network, steps=st.just(run.steps), lengths=BOOLEANS)) for _ in "ab"),
    ]
    if kind == "cell":
        masks = [data.draw(st.tuples(*[BOOLEANS] * run.steps)) for _ in rows]
        rows = [replace(row, mask=mask) for row, mask in zip(rows, masks, strict=True)]
    else:
        rows = [replace(row, length=row.length and max(row.length, 1)) for row in rows if row.length != 0]
        assume(rows)
    assert [implementation.refusal(network, row) for row in rows] == [None] * len(rows)
    network, _ = rounded(network, run, implementation.form)
    rows = [rounded(network, row, implementation.form)[1] for row in rows]
    for row, observation in zip(rows, implementation.observe(network, rows), strict=True):
        comparison = lies_inside(network, row, observation, form, implementation.accuracy)
        assert comparison.not_shown <= (
            0 if kind == "cell" else 2 * run.steps * network.hidden_size * len(network.layers)
        )


# --------------------------------------------------------------------------- and what is wrong is found


@dataclass(frozen=True)
class Fault:
    """A fault, what a network must have for it to matter, and where it shows first.

    Attributes:
        wrong: a subclass of Cell or of Unroll.
        first: the quantities in which the first wrong number may stand.
        needs: fields of `Network`.
        run: "lengths" or "masks", where what it is run on must have them.
    """

    wrong: type
    first: str
    needs: dict
    run: str | None = None

    def __str__(self) -> str:
        return "-".join([self.wrong.__name__, *map(str, self.needs), *filter(None, [self.run])])


def _variant(**fields):
    return {"semantics": Semantics(**fields)}


_HALF, _BIT = Fraction(1, 2), Fraction(1, 100)
_TWO, _BOTH, _BACK = {"num_layers": 2}, {"direction": "bidirectional"}, {"direction": "reverse"}
_MIXED = Activations(f=Activation("hard_sigmoid", _HALF, _HALF), o=Activation("softsign"))

FAULTS = [
    Fault(faulty.SwapsInputAndForget, "i", {}),
    Fault(faulty.LosesABias, "g", {}),
    Fault(faulty.ShowsTheCellBare, "h", {}),
    Fault(faulty.LooksAtTheOtherCell, "o", _variant(peephole="new")),
    Fault(faulty.LooksAtTheOtherCell, "o", _variant(peephole="old")),
    Fault(faulty.LooksAtNothing, "if", _variant(peephole="new")),
    Fault(faulty.CouplesTheOtherWay, "if", _variant(coupled="f=1-i")),
    Fault(faulty.CouplesTheOtherWay, "if", _variant(coupled="i=1-f")),
    Fault(faulty.CouplesNothing, "f", _variant(coupled="f=1-i")),
    Fault(faulty.CouplesNothing, "i", _variant(coupled="i=1-f")),
    Fault(faulty.ClipsNothing, "ifgo", _variant(clip_gates=_BIT)),
    Fault(faulty.ClipsNothing, "c", _variant(clip_cell=_BIT)),
    Fault(faulty.ClipsNothing, "h", _variant(clip_projection=Fraction(1, 1000)) | {"proj_size": 2}),
    Fault(faulty.ClipsFromAbove, "ifgo", _variant(clip_gates=_BIT)),
    Fault(faulty.AddsNoForgetBias, "f", _variant(forget_bias=Fraction(1))),
    Fault(faulty.HasNoGain, "ifgo", _variant(layer_norm=_BIT)),
    Fault(faulty.TakesTheSampleVariance, "ifgo", _variant(layer_norm=_BIT)),
    Fault(faulty.MixesUpActivations, "fo", _variant(activations=_MIXED)),
    Fault(faulty.ActsAlikeBothWays, "fo", _variant(reverse_activations=_MIXED) | _BOTH),
    Fault(faulty_loops.SwapsDirections, "ifgo", _TWO | _BOTH),
    Fault(faulty_loops.NeverTurnsRound, "ifgo", _BACK),
    Fault(faulty_loops.NeverTurnsRound, "ifgo", _BOTH),
    Fault(faulty_loops.LeavesTheReverseReversed, "ifgo", _BACK),
    Fault(faulty_loops.LeavesTheReverseReversed, "ifgo", _BOTH),
    Fault(faulty_loops.ReadsThePadding, "ch", {}, "lengths"),
    Fault(faulty_loops.ReadsThePadding, "ch", {}, "masks"),
    Fault(faulty_loops.StartsBackwardsElsewhere, "ifgo", _variant(reverse_from="buffer") | _BOTH, "lengths"),
    Fault(faulty_loops.StartsBackwardsElsewhere, "ch", _BOTH, "lengths"),
    Fault(faulty_loops.ResetsAtAMask, "ifgoc", {}, "masks"),
    Fault(faulty_loops.EndsAtTheEndOfTheBuffer, "h_n", {}, "lengths"),
    Fault(faulty_loops.StartsFromNothing, "ifgo", {}),
    Fault(faulty_loops.SharesTheInitialState, "ifgo", _TWO),
    Fault(faulty_loops.OrdersStatesByDirection, "ifgo", _TWO | _BOTH),
    Fault(faulty_loops.DropsInEvaluation, "ifgo", _variant(dropout=_HALF) | _TWO),
    Fault(faulty_loops.NeverDrops, "ifgo", _variant(dropout=Fraction(1), training=True) | _TWO),
    Fault(faulty_loops.HoldsForZero, "h", {}, "lengths"),
    Fault(faulty_loops.HoldsForZero, "h", _variant(padded_output="hold"), "lengths"),
    Fault(faulty_loops.SharesTheFirstLayer, "ifgo", _TWO),
]
"""The faults; see `Fault`."""


@st.composite
def generic(draw, fault: Fault) -> tuple[Network, Run]:
    """Draw a network and a run in which nothing is zero, saturated or like another."""
    needs = {"hidden_size": 3, "input_size": 3, "proj_size": 0, "num_layers": 1, "direction": "forward"}
    sizes = {name: st.just(size) for name, size in (needs | fault.needs).items()}
    names = {"hidden_size": "hidden_sizes", "input_size": "input_sizes", "proj_size": "proj_sizes"}
    named = {names.get(name, name).replace("direction", "directions"): size for name, size in sizes.items()}
    network = draw(
        strategies.networks(scales=st.floats(0.8, 1.5), densities=st.just(1.0), biases=st.just(True), **named)
    )
    states = {"steps": st.just(5), "states": st.just(True), "scales": st.floats(0.5, 1.5)}
    run = draw(strategies.runs(network, **states))
    if fault.run == "lengths":
        run = replace(run, length=draw(st.integers(1, 4)))
    if fault.run == "masks":
        run = replace(
            run,
            mask=draw(st.sampled_from([(True, False, True, True, True), (True, True, False, False, True)])),
        )
    return network, run


def output_of(network: Network, observation: Observation) -> Observation:
    """Return what a framework returns: h of the last layer, and the states at the end."""
    (part,) = observation.parts
    last = network.num_layers - 1
    returned = {p: x for p, x in part.values.items() if p.quantity in {"h_n", "c_n"} or p[:2] == ("h", last)}
    return Observation((Part(returned),))


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@given(data=st.data())
@settings(max_examples=1)
def test_a_fault_fails_where_it_is_made(fault: Fault, data: st.DataObject):
    """On any generic network, first in the quantity that it spoils, and where only the output is seen as well.

    That is in float32; `verify/test_faults.py` has faults in float64.
    """
    network, run = rounded(*data.draw(generic(fault)), FORMATS["float32"])
    kind = {"cell" if issubclass(fault.wrong, Cell) else "unroll": fault.wrong}
    right, wrong = (observed(network, run, form="float32", **of) for of in ({}, kind))
    for shown in (right, output_of(network, right)):
        lies_inside(network, run, shown, "float32")
    first = compare(network, run, wrong, FORMATS["float32"], UNKNOWN).first_outside()
    assert first is not None
    assert first.place.quantity in ([fault.first] if fault.first == "h_n" else list(fault.first))
    assert compare(network, run, output_of(network, wrong), FORMATS["float32"], UNKNOWN).failures > 0


def off_by_a_hair(quantity: str, error: float) -> type[Cell]:
    """Return a cell one of whose quantities is too large by so much of itself."""

    class Off(Cell):
        def step(self, x, h, c):
            step = super().step(x, h, c)
            return step._replace(**{quantity: getattr(step, quantity) * x.dtype.type(1 + error)})

    return Off


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("quantity", "ifgoch")
@given(data=st.data())
@settings(max_examples=1)
def test_the_envelope_is_narrow(quantity: str, form: str, data: st.DataObject):
    """An error of a hundred roundings in any quantity is found, in that quantity."""
    plain = data.draw(generic(FAULTS[0]))
    network, run = rounded(*plain, FORMATS[form])
    wrong = observed(network, run, cell=off_by_a_hair(quantity, 100 * FORMATS[form].roundoff), form=form)
    assert compare(network, run, wrong, FORMATS[form], UNKNOWN).first_outside().place.quantity == quantity


@given(data=st.data())
@settings(max_examples=15)
def test_one_number_beyond_its_edge_is_found(data: st.DataObject):
    """Any number shown, of any quantity and place, that is one ulp outside is the first found."""
    network, run = data.draw(drawn())
    reference = backend("reference")
    (observation,) = reference.observe(network, [run])
    (part,) = observation.parts
    comparison = compare(network, run, observation, reference.form, reference.accuracy)
    candidates = [(p, *at) for p, column in comparison.columns.items() for at in np.argwhere(column.checked)]
    assume(candidates)
    place, row, unit = data.draw(st.sampled_from(candidates))
    number = comparison.number(place, row, unit)
    values = {p: x.copy() for p, x in part.values.items()}
    up = data.draw(BOOLEANS)
    values[place][row, unit] = np.nextafter(number.high, np.inf) if up else np.nextafter(number.low, -np.inf)
    found = compare(
        network, run, Observation((replace(part, values=values),)), reference.form, reference.accuracy
    )
    first = found.first_outside()
    assert first is not None
    assert (first.place, first.step, first.unit) == (place, number.step, unit)
    assert 0 < first.ulps <= 1


@given(data=st.data())
@settings(max_examples=5)
def test_another_rows_answer_is_found(data: st.DataObject):
    """What is right for one sequence is wrong for another."""
    network, run = data.draw(generic(FAULTS[0]))
    other = data.draw(strategies.runs(network, steps=st.just(run.steps), scales=st.floats(0.5, 1.5)))
    assume(not np.array_equal(run.inputs, other.inputs))
    found = compare(network, run, observed(network, other), FORMATS["float64"], Accuracy())
    assert found.first_outside().step == 1
