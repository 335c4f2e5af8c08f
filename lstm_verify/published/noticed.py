"""Wrong gate orders and the faults of the catalogue against the tests of a suite: which are noticed?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

from lstm_verify.faults.base import Fault, Form
from lstm_verify.faults.catalogue import faults
from lstm_verify.faults.groups.layout import order
from lstm_verify.faults.needs import missing
from lstm_verify.lstm.semantics import GATES
from lstm_verify.published.replay import Test, shown

WRONG_ORDERS = {"".join(stored): order("".join(stored)) for stored in list(permutations(GATES))[1:]}
"""Every order of the gates but the right one -> code that takes rows in that order for i, f, g, o."""


@dataclass(frozen=True)
class Noticed:
    """What the tests of a suite notice.

    Attributes:
        orders: the wrong orders that one of them notices, of `WRONG_ORDERS`.
        faults: the faults of which they notice every form whose code runs on any of them.
        missed: the faults of which a form passes all of them.
        idle: the faults that cannot show: their code needs what no test has, or more than one call.
        forms: how many forms of faults they notice.
        by_case: test -> the wrong orders that it notices by itself; None where its gates have no order,
            as one is made of another.
    """

    orders: tuple[str, ...]
    faults: tuple[str, ...]
    missed: tuple[str, ...]
    idle: tuple[str, ...]
    forms: int
    by_case: Mapping[str, frozenset[str] | None]

    @property
    def passing(self) -> tuple[str, ...]:
        """The wrong orders that pass all tests."""
        return tuple(name for name in WRONG_ORDERS if name not in self.orders)


def noticed(tests: Sequence[Test]) -> Noticed:
    """Commit every wrong order and every fault on the tests of a suite, until one of them notices."""
    jury = _Jury(tests)
    seen, missed, idle, forms = [], [], [], 0
    for name, fault in faults().items():
        verdicts = [jury.verdict(fault, form) for form in fault.forms]
        forms += sum(verdict is True for verdict in verdicts)
        unseen = [verdict for verdict in verdicts if verdict is not None and not verdict]
        if not unseen and any(verdicts):
            seen.append(name)
        elif unseen and not fault.protocol:
            missed.append(name)
        else:
            idle.append(name)
    by_case = orders_noticed(tests)
    together = frozenset().union(*(found for found in by_case.values() if found is not None))
    orders = tuple(name for name in WRONG_ORDERS if name in together)
    return Noticed(orders, tuple(seen), tuple(missed), tuple(idle), forms, by_case)


def orders_noticed(tests: Iterable[Test]) -> dict[str, frozenset[str] | None]:
    """Return test -> the wrong orders that it notices; None where one gate is made of another."""
    found: dict[str, frozenset[str] | None] = {}
    for group in _grouped(tests).values():
        if group[0].network.semantics.coupled is not None:
            found |= dict.fromkeys((test.name for test in group), None)
            continue
        given = {name: shown(form, group[0]) for name, form in WRONG_ORDERS.items()}
        for test in group:
            found[test.name] = frozenset(name for name, what in given.items() if test.fails(what))
    return found


def _grouped(tests: Iterable[Test]) -> dict[object, list[Test]]:
    """Put the tests together that run the same, and differ in what they look at."""
    groups: dict[object, list[Test]] = {}
    for test in tests:
        groups.setdefault(test.key, []).append(test)
    return groups


class _Jury:
    """The tests of a suite; those that run the same are asked together, and who noticed last goes first."""

    def __init__(self, tests: Iterable[Test]) -> None:
        self.groups = _grouped(tests)
        self.queue = list(self.groups)

    def verdict(self, fault: Fault, form: Form) -> bool | None:
        """Tell whether one of the tests notices a form of a fault; None: it runs on none of them."""
        needs = (*fault.needs, *form.needs)
        applying = [
            key
            for key in self.queue
            if not missing(needs, self.groups[key][0].network, self.groups[key][0].runs)
        ]
        return self._notices(form, applying) if applying else None

    def _notices(self, form: Form, keys: Sequence[object]) -> bool:
        """Tell whether one of the tests fails code with a fault."""
        for key in keys:
            found = shown(form, self.groups[key][0])
            if any(test.fails(found) for test in self.groups[key]):
                self.queue.remove(key)
                self.queue.insert(0, key)
                return True
        return False
