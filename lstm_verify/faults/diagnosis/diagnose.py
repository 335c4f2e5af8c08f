"""Diagnose all that failed in a run, backend by backend."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from lstm_verify.backends.base import asked_of
from lstm_verify.faults.catalogue import equivalents, faults
from lstm_verify.faults.diagnosis import protocols
from lstm_verify.faults.diagnosis.apart import telling_apart
from lstm_verify.faults.diagnosis.approximate import approximate
from lstm_verify.faults.diagnosis.explain import GUESS, explained
from lstm_verify.faults.diagnosis.match import Match, mended, says
from lstm_verify.faults.diagnosis.narrow import contradicts, forms_of, narrowed, nearest
from lstm_verify.faults.diagnosis.sighting import Sighting
from lstm_verify.puzzle.model import Puzzle
from lstm_verify.verify.verdict import WRONG, Finding, Result, Verdict, rounded


@dataclass
class Diagnosis:
    """What is wrong with one implementation, by all that was seen of it.

    Attributes:
        sightings: what it showed, batch by batch, with the results that were made of it.
        matches: the faults that are left.
    """

    sightings: list[tuple[Sighting, list[Result]]] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)

    @cached_property
    def doubted(self) -> frozenset[tuple[str, ...]]:
        """Those of the faults that some of what was seen contradicts, where no other fits better."""
        return frozenset(
            match.faults
            for match in self.matches
            if any(contradicts(sighting, match) for sighting, _ in self.sightings)
        )

    @property
    def classes(self) -> list[tuple[str, ...]]:
        """The matches, those that are the same on every run as one."""
        return list(dict.fromkeys(map(_ids, self.matches)))

    def told_apart_by(self, but: Collection[str]) -> Puzzle | None:
        """Return a shipped puzzle that tells the faults apart that are left, where these are several.

        It is one that the implementation can be run on.

        Args:
            but: puzzles that have been run already.
        """
        if len(self.classes) < 2:
            return None
        first = {same: next(m for m in self.matches if _ids(m) == same) for same in self.classes}
        backend = self.sightings[0][1][0].backend
        return telling_apart(list(first.values()), backend, but)


def diagnose(results: Sequence[Result]) -> dict[str, Diagnosis]:
    """Return backend -> what is wrong with it, of all backends that failed somewhere."""
    found: dict[str, Diagnosis] = {}
    for name in dict.fromkeys(result.backend.name for result in results if result.verdict in WRONG):
        seen = [(sighting, group) for sighting, group in _sightings(results, name)]
        failed = [s for s, group in seen if any(_plainly_wrong(r) for r in group)]
        agreed = [s for s, group in seen if all(r.verdict is Verdict.AGREE or r.protocol for r in group)]
        found[name] = Diagnosis(seen, narrowed(failed, agreed))
    return found


def _plainly_wrong(result: Result) -> bool:
    """Tell whether a plain run is wrong already: else what it shows there speaks against a fault."""
    return result.verdict in WRONG and not result.protocol


def _sightings(results: Sequence[Result], backend: str) -> Iterator[tuple[Sighting, list[Result]]]:
    """Yield what one backend showed of each batch, in the order in which they were run."""
    batches: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if result.backend.name == backend and result.observation is not None:
            batch = result.case.batch or result.case.name
            batches.setdefault((result.puzzle.file, batch), []).append(result)
    for group in batches.values():
        first = group[0]
        network = asked_of(first.backend, first.puzzle.network)
        pairs = [rounded(network, r.case.run, first.backend.form) for r in group]
        runs = [run for _, run in pairs]
        observations = [r.observation for r in group if r.observation is not None]
        form, accuracy = first.backend.form, first.backend.accuracy
        yield Sighting(first.puzzle.name, pairs[0][0], runs, observations, form, accuracy), group


def findings(diagnosis: Diagnosis) -> Iterator[tuple[Result, Finding]]:
    """Yield what there is to say of each result that is wrong: at length of the first, else in short."""
    told = False
    earlier: Result | None = None
    for sighting, group in diagnosis.sightings:
        by_protocol = [result for result in group if result.protocol and result.comparison]
        plainly = [result for result in group if _plainly_wrong(result)]
        if by_protocol:
            of_protocol = protocols.found(by_protocol[0])
            yield from ((result, of_protocol) for result in by_protocol)
        if plainly:
            finding = _of_plain_run(diagnosis, sighting, earlier, at_length=not told)
            yield from ((result, finding) for result in plainly)
            told = True
        earlier = earlier or next((result for result in group if result.protocol), None)


def _of_plain_run(
    diagnosis: Diagnosis, sighting: Sighting, earlier: Result | None, *, at_length: bool
) -> Finding:
    """Say what a plain run looks like; `earlier` is the first result of all that failed in a protocol."""
    here = [m for m in diagnosis.matches if not contradicts(sighting, m)]
    ids = tuple(dict.fromkeys(name for m in here for name in _ids(m)))
    if here:
        sentences = [*_named(here, sighting, diagnosis.doubted, at_length=at_length)]
        puzzle = diagnosis.told_apart_by({s.puzzle for s, _ in diagnosis.sightings}) if at_length else None
        if puzzle:
            sentences.append(f"{puzzle.name} tells these apart: run it too, or say --diagnose")
    elif earlier:
        where = f"{earlier.puzzle.name}, case {earlier.case.name} ({earlier.protocol})"
        sentences = [f"something may be left over from calls before: see {where}"]
    else:
        sentences = ["it looks like no fault that is known"]
        if at_length:
            name = next(group[0].backend.name for other, group in diagnosis.sightings if other is sighting)
            sentences += _explanation(diagnosis, sighting) + approximate(sighting, name)
            agreed = [
                result.case.name
                for other, group in diagnosis.sightings
                for result in group
                if other.puzzle == sighting.puzzle and result.verdict is Verdict.AGREE
            ]
            if agreed:
                sentences.append(f"case {agreed[0]} agrees: if calls depend on each other, --thorough tells")
    return Finding(ids, tuple(sentences))


ASKED = 12
"""So many sightings are asked for an explanation."""


def _explanation(diagnosis: Diagnosis, first: Sighting) -> list[str]:
    """Return what is still right in the first sighting; with a guess, where one of all has one."""
    wrong = [sighting for sighting, group in diagnosis.sightings if any(map(_plainly_wrong, group))]
    for sighting in wrong[:ASKED]:
        said = explained(sighting)
        if any(GUESS in sentence for sentence in said):
            return said if sighting is first else [f"on {sighting.puzzle}:", *(f"  {text}" for text in said)]
    return explained(first)


def _ids(match: Match) -> tuple[str, ...]:
    """Return the ids that a match stands for: all that are the same on every run; of a pair "a+b"."""
    return equivalents(match.faults[0]) if len(match.faults) == 1 else (match.name,)


MOST = 4
"""So many faults are told in words; all are in JSON."""


def _named(
    here: Sequence[Match], sighting: Sighting, doubted: Collection[tuple[str, ...]], *, at_length: bool
) -> Iterator[str]:
    """Name the faults that match, with the mend and where it has been seen."""
    distinct = list({_ids(match): match for match in reversed(here)}.values())[::-1]
    alone = "; nothing else fits" if len(distinct) == 1 else ""
    if here[0].faults in doubted:
        alone = "; but it does not fit all that was run"
    if sighting.constant is not None:  # that could be anything
        yield f"it shows nothing but {sighting.constant:g}; of many faults that could do that:"
        alone = ""
    for rank, match in enumerate(distinct[:MOST]):
        does = "; and as if it ".join(says(name) for name in match.faults)
        words = f", {match.form.words}" if match.form.words else ""
        name = f"{' = '.join(_ids(match))}{words}"
        yield f"{'or' if rank else 'it'} looks as if it {does} ({name}), {_near(match, sighting)}{alone}"
        for fault in (faults()[name] for name in match.faults if at_length and name in faults()):
            yield mended(fault)
    if len(distinct) > MOST:
        yield f"and {len(distinct) - MOST} more that match as well"


def _near(match: Match, sighting: Sighting) -> str:
    """Say how near what was shown here is to what such code shows."""
    distance = nearest(sighting, forms_of(match))
    ulps = distance / (2 * sighting.form.roundoff)
    if ulps == 0:
        return "to the last bit"
    return f"to {ulps:.2g} ulp" if ulps < 1e6 else f"to {distance:.0e}"
