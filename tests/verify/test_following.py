"""Steps that are taken at once are those that are taken one by one."""

from __future__ import annotations

import numpy as np
import pytest

from lstm_verify import engine
from lstm_verify.backends.base import Part
from lstm_verify.faults.simulate import HONEST, Faulty
from lstm_verify.lstm.accuracy import Accuracy
from lstm_verify.lstm.formats import FORMATS
from lstm_verify.lstm.semantics import QUANTITIES
from lstm_verify.verify.envelope import envelope
from lstm_verify.verify.following import Follower
from lstm_verify.verify.verdict import rounded

FORM = FORMATS["float32"]

AT_ONCE = [
    "generic", "generic-bidir", "generic-layernorm", "generic-projection", "reverse-alone", "stacked-memory",
    "cifg-blend", "coupled-input", "clip-counter", "clip-gates", "clip-projection", "forget-bias",
    "activations-per-direction",
]  # fmt: skip

ONE_BY_ONE = ["generic-peephole", "peephole-old", "mask-gaps"]


def judged(name, quantities):
    """Return the ends of all intervals of a right LSTM that shows these quantities: [interval, 2, n]."""
    case = engine.load(name).cases[0]
    network, run = rounded(engine.load(name).network, case.run, FORM)
    (observation,) = Faulty(HONEST).observe(network, [run])
    values = observation.parts[0].values
    part = Part({p: v for p, v in values.items() if p.quantity in quantities}, fed_back=True)
    trace = envelope(network, run, part, FORM, Accuracy())
    columns = [trace.column(network, place) for place in network.places(*QUANTITIES)]
    return [np.array(x.ends) for column in columns for x in column if x is not None]


@pytest.mark.parametrize("quantities", ["h", "ch"])
@pytest.mark.parametrize("name", AT_ONCE + ONE_BY_ONE)
def test_at_once_is_as_one_by_one(name, quantities, monkeypatch):
    """Every layer and direction; and where the steps hang on each other they are taken one by one."""
    taken = []
    for method in ("at_once", "gates_at_once"):
        monkeypatch.setattr(Follower, method, spied(getattr(Follower, method), taken))
    found = judged(name, quantities)
    layers = len(engine.load(name).network.layers)
    one_by_one = name == "mask-gaps" or (name in ONE_BY_ONE and quantities == "h")
    assert taken == ([] if one_by_one else [{"h": "gates_at_once", "ch": "at_once"}[quantities]] * layers)

    monkeypatch.setattr(Follower, "as_usual", False)
    for x, y in zip(found, judged(name, quantities), strict=True):
        np.testing.assert_allclose(x, y, rtol=1e-12, atol=1e-14)


def spied(method, calls):
    """Return a method that notes its name at each call."""

    def noting(self, *arguments):
        calls.append(method.__name__)
        return method(self, *arguments)

    return noting
