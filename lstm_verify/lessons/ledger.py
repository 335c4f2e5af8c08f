"""What a claim is, and what comes of checking it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What is to be said of a claim."""

    HOLDS = "holds"
    CORRECTED = "holds with a correction"
    FAILS = "fails"
    UNCHECKED = "not checkable here"


NOT_RUN = "not run"
"""What a claim comes to whose check was not run."""


@dataclass(frozen=True)
class Table:
    """The numbers behind a finding, for people to read: each row has a text for each header."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Finding:
    """What a check found by running.

    Attributes:
        figure: the figure that decided, in a sentence or two.
        table: the numbers behind it, where there are several.
    """

    verdict: Verdict
    figure: str
    table: Table | None = None


def judged(figure: str, *, as_said: bool, corrected: bool = False, table: Table | None = None) -> Finding:
    """Turn what was found into a verdict.

    Args:
        as_said: whether the claim is true as the lesson says it.
        corrected: whether it is true with the correction that the ledger has of it.
    """
    almost = Verdict.CORRECTED if corrected else Verdict.FAILS
    return Finding(Verdict.HOLDS if as_said else almost, figure, table)


def unchecked(reason: str) -> Callable[[], Finding]:
    """Return the check of a claim that cannot be checked: all it has is the reason."""
    return lambda: Finding(Verdict.UNCHECKED, reason)


@dataclass(frozen=True)
class Claim:
    """One entry of the ledger.

    Attributes:
        id: a slug, unique in its lesson.
        statement: what the lesson says, in our words.
        how: how it is checked; nothing where it cannot be.
        record: the verdict on record, which the check is expected to find.
        check: runs the check, from nothing but the code under test.
        correction: what is right instead, where the claim is not right as it stands.
        timed: whether the check measures time, and so is run only where that is asked for.
    """

    id: str
    statement: str
    how: str
    record: Verdict
    check: Callable[[], Finding]
    correction: str = ""
    timed: bool = False


UNREAD = Claim(
    "the-rest",
    "What else the page may claim.",
    "",
    Verdict.UNCHECKED,
    unchecked("the page could not be read"),
)
"""Stands for what a page says that could not be read."""


@dataclass(frozen=True)
class Lesson:
    """A published lesson and what it claims.

    Attributes:
        name: what users write.
        url: where it was published.
        read: what of it could be read, and from where its claims were taken.
        claims: in the order of the lesson.
    """

    name: str
    title: str
    url: str
    read: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Entry:
    """A claim with what was found now; `finding` is None where its check was not run."""

    lesson: Lesson
    claim: Claim
    finding: Finding | None

    @property
    def outcome(self) -> str:
        """The verdict found, or that there is none."""
        return self.finding.verdict.value if self.finding else NOT_RUN

    @property
    def surprising(self) -> bool:
        """Tell whether the verdict found is not the one on record."""
        return self.finding is not None and self.finding.verdict is not self.claim.record


def reproduce(lessons: Iterable[Lesson], *, timing: bool = False) -> Iterator[Entry]:
    """Check every claim of the lessons again, one after the other; nothing is remembered.

    PyTorch has one thread meanwhile: with more, small layers take much longer.

    Args:
        timing: whether to run the checks that measure time, too; they take seconds.
    """
    from lstm_verify.backends.torch_backends import limited_threads

    for lesson in lessons:
        for claim in lesson.claims:
            with limited_threads(1):
                finding = claim.check() if timing or not claim.timed else None
            yield Entry(lesson, claim, finding)
