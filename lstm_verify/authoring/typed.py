"""What somebody has typed of a new puzzle, in flags or answers: what is missing, and the draft."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lstm_verify.authoring.draft import Draft
from lstm_verify.authoring.flaws import Flaw, no_slug
from lstm_verify.lstm.semantics import GATES, ROLES
from lstm_verify.puzzle.problems import suggestion

_KEY = re.compile(r"(?P<name>\w+)\s*(?:\[\s*(?P<unit>\w+)\s*\])?")


@dataclass
class Typed:
    """The texts that were typed, by option; what was not typed is empty.

    Attributes:
        gates: gate, or gate and unit (i[0], i[even]) -> a rule, or several with ; between them.
        columns: feature -> numbers with blanks or commas between them.
        ideal: role -> a hand rule, or several with ; between them.
    """

    title: str = ""
    why: str = ""
    family: str = ""
    source: str = ""
    inputs: Sequence[str] = ()
    alphabet: str = ""
    units: Sequence[str] = ()
    hidden: int | None = None
    gates: dict[str, str] = field(default_factory=dict)
    case: str = "first"
    columns: dict[str, str] = field(default_factory=dict)
    text: str = ""
    h0: str = ""
    c0: str = ""
    ideal: Mapping[str, str] = field(default_factory=dict)

    @property
    def features(self) -> Sequence[str]:
        """The names of the inputs."""
        return tuple(self.alphabet) or self.inputs

    @property
    def size(self) -> int:
        """The number of units."""
        return self.hidden or len(self.units) or 1

    def missing(self) -> list[str]:
        """Return the options without which there is no puzzle."""
        found = [] if self.title else ["--title"]
        if not self.features:
            found.append("--inputs (or --alphabet)")
        for gate in GATES:
            rules = self.rules(gate)
            absent = [k for k, rule in enumerate(rules) if not rule]
            found += (
                [f"--gate {gate}"] if len(absent) == len(rules) else [f"--gate {gate}[{k}]" for k in absent]
            )
        if self.alphabet and not self.columns:
            return found if self.text else [*found, "--text"]
        if not self.features:
            return [*found, "--input"]
        return found + [f"--input {name}" for name in self.features if not self.columns.get(name)]

    def rules(self, gate: str) -> list[str]:
        """Return the rules of a gate, one for all units or one for each; empty where there is none."""
        everywhere = split(self.gates.get(gate, ""))
        own = {
            self._unit(key): rule
            for key, rule in self.gates.items()
            if key != gate and _parted(key)[0] == gate
        }
        if not own:
            return everywhere
        everywhere = everywhere * self.size if len(everywhere) == 1 else everywhere
        return [own.get(k, everywhere[k] if k < len(everywhere) else "") for k in range(self.size)]

    def draft(self) -> Draft:
        """Return the draft; what is missing is made up, so that the rest can be checked."""
        features = self.features or ("x",)
        gates = {gate: [rule or "0" for rule in self.rules(gate) or [""]] for gate in GATES}
        by_text = bool(self.alphabet and (self.text or not self.columns))
        return Draft(
            title=self.title or "-",
            why=" ".join(self.why.split()),
            family=self.family,
            source=self.source,
            features=features,
            alphabet=self.alphabet or None,
            hidden=self.size,
            units=self.units,
            gates=gates,
            case=self.case,
            columns={} if by_text else {name: numbers(self.columns.get(name, "0")) for name in features},
            text=(self.text or self.alphabet) if by_text else None,
            h0=numbers(self.h0),
            c0=numbers(self.c0),
            ideal={role: split(rule) for role, rule in self.ideal.items()},
        )

    def flaws(self) -> list[Flaw]:
        """Return what makes no sense of the options themselves, before there is a draft."""
        found = no_slug("--case", self.case)
        if self.alphabet and self.inputs:
            found.append(
                Flaw(
                    "--alphabet", 0, "--inputs is given as well; the characters are the inputs: leave one out"
                )
            )
        if self.text and not self.alphabet:
            found.append(Flaw("--text", 0, "it needs --alphabet, the characters in the order of the inputs"))
        if self.text and self.columns:
            found.append(Flaw("--text", 0, "--input is given as well; leave one out"))
        for key in self.gates:
            gate, unit = _parted(key)
            if gate not in tuple(GATES):
                found.append(Flaw(f"--gate {key}", 0, f"there is no such gate; {suggestion(gate, GATES)}"))
            elif unit is not None and self._unit(key) is None:
                known = self.units or [str(k) for k in range(self.size)]
                found.append(Flaw(f"--gate {key}", 0, f"there is no such unit; {suggestion(unit, known)}"))
        found += [
            Flaw(f"--ideal {role}", 0, f"there is no such role; {suggestion(role, ROLES)}")
            for role in self.ideal
            if role not in ROLES
        ]
        if self.features:
            found += [
                Flaw(f"--input {name}", 0, f"there is no such input; {suggestion(name, self.features)}")
                for name in self.columns
                if name not in self.features
            ]
        return found

    def _unit(self, key: str) -> int | None:
        """Return the unit that a key such as i[0] or i[even] speaks of; None where there is none."""
        unit = _parted(key)[1] or ""
        if unit in self.units:
            return self.units.index(unit)
        return int(unit) if re.fullmatch("[0-9]{1,6}", unit) and int(unit) < self.size else None


def split(text: str) -> list[str]:
    """Part rules at each semicolon."""
    return [part.strip() for part in text.split(";")] if text.strip() else []


def numbers(text: str) -> list[str]:
    """Part numbers at blanks or commas."""
    return re.sub(r"[\s,]+", " ", text).split()


def _parted(key: str) -> tuple[str, str | None]:
    match = _KEY.fullmatch(key.strip())
    return (match["name"], match["unit"]) if match else (key, None)
