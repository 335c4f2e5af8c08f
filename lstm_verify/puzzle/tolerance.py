"""How far published numbers may be from the true ones: the section `tolerance`."""

from __future__ import annotations

from fractions import Fraction

from lstm_verify.puzzle.model import Tolerance
from lstm_verify.puzzle.number import NOT_NEGATIVE, fraction, whole
from lstm_verify.puzzle.problems import Problems
from lstm_verify.puzzle.published_sections import ToleranceSection

MOST_DECIMALS = 30


def read_tolerance(section: ToleranceSection | None, problems: Problems) -> Tolerance | None:
    """Return a tolerance; None where there is no such section."""
    if section is None:
        return None
    given = section.given()
    if not set(section.node) - {"largest"}:
        problems.add(section.node, "an empty tolerance; expected a number, or one of abs, rel, ulp, rms")
    numbers = {
        key: fraction(node, key, problems, NOT_NEGATIVE) or Fraction(0)
        for key, node in given.items()
        if key in ("abs", "rel", "ulp", "rms")
    }
    if "rms" in numbers and len(given) > 1:
        problems.add(section.key("rms"), "rms stands alone: the other keys are about single numbers")
    absolute = numbers.get("abs", Fraction(0))
    if section.decimals is not None:
        places = whole(section.decimals, MOST_DECIMALS, "decimals", problems) or 0
        absolute += Fraction(1, 2) / 10**places
    parts = [f"{key} {node}" for key, node in given.items() if key != "largest"]
    return Tolerance(
        text=f"the largest of {', '.join(parts)}" if section.largest else " + ".join(parts),
        absolute=absolute,
        relative=numbers.get("rel", Fraction(0)),
        ulps=numbers.get("ulp", Fraction(0)),
        largest=section.largest,
        rms=numbers.get("rms"),
    )
