"""What is other than in PyTorch's LSTM: the keys of `network` that make its `Semantics`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

from lstm_verify.lstm.semantics import POSITIVE, ROLES, SHARE, Activation, Activations, Semantics
from lstm_verify.puzzle.activation import ANYTHING, read_activation
from lstm_verify.puzzle.document import Node, Scalar, kind
from lstm_verify.puzzle.fragments import WORDS
from lstm_verify.puzzle.network_sections import NetworkSection, RolesSection
from lstm_verify.puzzle.number import ANY, NOT_NEGATIVE, fraction
from lstm_verify.puzzle.problems import Problems, quoted
from lstm_verify.puzzle.section import Section

_COUPLED = {"i": "input", "f": "forget"}


def read_semantics(section: NetworkSection, problems: Problems) -> Semantics:
    """Return the variant of the LSTM that a file asks for, and note what makes no sense.

    What makes no sense is left at its default, so that nothing else is refused because of it.
    """
    words = {key: _word(section, key, problems) for key in WORDS}
    fields: dict[str, Any] = {
        **{key: word for key, word in words.items() if word is not None},
        **_clip(section, problems),
        **_dropout(section, problems),
        "layer_norm": _epsilon(section, problems),
        "forget_bias": _forget_bias(section, problems),
    }
    coupled = fields.get("coupled")
    fields["activations"], fields["reverse_activations"] = _activations(section, coupled, problems)
    for place, key, field, reason in _conflicts(section, coupled):
        problems.add(place.key(key), reason)
        fields.pop(field, None)
    return Semantics(**fields)


def made_of_another(gate: str, coupled: str | None) -> str:
    """Say that a gate is 1 minus another, so that it has not what goes behind; "" where it is not."""
    if coupled is None or gate != coupled[0]:
        return ""
    return f"the {_COUPLED[gate]} gate is 1 − {coupled[-1]}: it has"


def _activations(
    section: NetworkSection, coupled: str | None, problems: Problems
) -> tuple[Activations, Activations | None]:
    """Return the activations, and those of the reverse direction where they are others."""
    given = section.activations
    if given is None:
        unreadable = "network.activations" in problems.unreadable
        return Activations(*[ANYTHING] * len(ROLES)) if unreadable else Activations(), None
    forward = _roles(given, Activations(), coupled, problems)
    if given.reverse is None:
        return forward, None
    reverse = _roles(given.reverse, forward, coupled, problems)
    return forward, None if reverse == forward else reverse


def _roles(
    section: RolesSection, others: Activations, coupled: str | None, problems: Problems
) -> Activations:
    read: dict[str, Activation] = {}
    for role, node in section.given().items():
        if reason := made_of_another(role, coupled):
            problems.add(section.key(role), f"{reason} no activation of its own")
        elif role in ROLES:
            read[role] = read_activation(node, problems)
    return replace(others, **read)


def _word(section: NetworkSection, key: str, problems: Problems) -> str | None:
    """Return the word at a key; None where there is none, or none of those that it may be."""
    node: Node | None = getattr(section, key)
    if node is None:
        return None
    text = node.replace(" ", "") if isinstance(node, Scalar) else ""
    if text in WORDS[key]:
        return text
    problems.add(node, f"{key} is {' or '.join(map(quoted, WORDS[key]))}, found {kind(node)}")
    return "new" if key == "peephole" else None  # so that there may be weights of peepholes


def _clip(section: NetworkSection, problems: Problems) -> dict[str, Fraction | None]:
    """Return the limits of the pre-activations, the cell state and the projection."""
    given = section.clip.given() if section.clip else {}
    return {f"clip_{key}": fraction(node, "a limit", problems, POSITIVE) for key, node in given.items()}


def _epsilon(section: NetworkSection, problems: Problems) -> Fraction | None:
    """Return the ε of a layer normalisation; one that makes no sense is 1, so that there is one."""
    node = section.layer_norm
    if node is None:
        return None
    if node in ("true", "false"):
        problems.add(node, f"layer_norm is its ε, such as 1e-5, found {kind(node)}")
        return Fraction(1)
    epsilon = fraction(node, "layer_norm, the ε,", problems, NOT_NEGATIVE)
    if epsilon == 0 and section.hidden_size == 1:
        reason = "the variance of a single unit is 0, so ε must be more than 0"
        problems.add(section.key("layer_norm"), reason)
    return epsilon or Fraction(epsilon is None or section.hidden_size == 1)


def _forget_bias(section: NetworkSection, problems: Problems) -> Fraction:
    node = section.forget_bias
    return Fraction(0) if node is None else fraction(node, "forget_bias", problems, ANY) or Fraction(0)


def _dropout(section: NetworkSection, problems: Problems) -> dict[str, Any]:
    """Return the share that is dropped, and whether it is; only what is not random can be judged."""
    if section.dropout is None:
        return {}
    share = fraction(section.dropout.p, "p", problems, SHARE)
    if section.num_layers == 1:
        reason = "there is no next layer: dropout stands between two, and num_layers is 1"
        problems.add(section.key("dropout"), reason)
        return {}
    if section.dropout.training and share not in (None, 0, 1):
        message = "dropout in training is random: only p = 0 or 1 is deterministic"
        problems.add(section.dropout.key("p"), message)
        return {}
    return {"dropout": share or Fraction(0), "training": section.dropout.training}


def _conflicts(section: NetworkSection, coupled: str | None) -> Iterator[tuple[Section, str, str, str]]:
    """Yield section, key, field and reason of what makes no sense together."""
    given = section.given()
    backwards = section.bidirectional or section.reverse
    if section.activations and section.activations.reverse and not section.bidirectional:
        reason = "there is no second direction: it needs `bidirectional: true`"
        yield section.activations, "reverse", "reverse_activations", reason
    if section.clip and section.clip.projection is not None and section.proj_size is None:
        yield section.clip, "projection", "clip_projection", "nothing is projected: it needs `proj_size`"
    if "forget_bias" in given and (reason := made_of_another("f", coupled)):
        yield section, "forget_bias", "forget_bias", f"{reason} no pre-activation to add a bias to"
    if "reverse_from" in given and not backwards:
        reason = "there is no reverse direction: it needs `bidirectional` or `reverse`"
        yield section, "reverse_from", "reverse_from", reason
