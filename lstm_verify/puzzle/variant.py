"""What is other than in PyTorch's LSTM: the keys of `network` that make its `Semantics`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from lstm_verify.lstm.semantics import PYTORCH, Activations, Semantics
from lstm_verify.puzzle.activation import read_activation
from lstm_verify.puzzle.document import Node, Scalar, kind
from lstm_verify.puzzle.network_sections import NetworkSection, RolesSection
from lstm_verify.puzzle.number import ANY, NOT_NEGATIVE, POSITIVE, SHARE, fraction
from lstm_verify.puzzle.problems import Problems, quoted
from lstm_verify.puzzle.section import Section
from lstm_verify.puzzle.shapes import WORDS


def read_semantics(section: NetworkSection, problems: Problems) -> Semantics:
    """Return the variant of the LSTM that a file asks for, and note what makes no sense together."""
    forward, reverse = _activations(section, problems)
    clip_gates, clip_cell, clip_projection = _clip(section, problems)
    dropout, training = _dropout(section, problems)
    semantics = Semantics(
        activations=forward,
        reverse_activations=reverse,
        peephole=_word(section, "peephole", problems),
        coupled=_word(section, "coupled", problems),
        clip_gates=clip_gates,
        clip_cell=clip_cell,
        clip_projection=clip_projection,
        layer_norm=_epsilon(section, problems),
        forget_bias=_forget_bias(section, problems),
        dropout=dropout,
        training=training,
        padded_output=_word(section, "padded_output", problems) or PYTORCH.padded_output,
        reverse_from=_word(section, "reverse_from", problems) or PYTORCH.reverse_from,
    )
    for place, key, reason in _conflicts(section, semantics):
        problems.add(place.key(key), reason)
    return semantics


def _activations(section: NetworkSection, problems: Problems) -> tuple[Activations, Activations | None]:
    """Return the activations, and those of the reverse direction where they are others."""
    if section.activations is None:
        return Activations(), None
    forward = _roles(section.activations, Activations(), problems)
    if section.activations.reverse is None:
        return forward, None
    reverse = _roles(section.activations.reverse, forward, problems)
    return forward, None if reverse == forward else reverse


def _roles(section: RolesSection, others: Activations, problems: Problems) -> Activations:
    given = {role: node for role, node in section.given().items() if role != "reverse"}
    return replace(others, **{role: read_activation(node, problems) for role, node in given.items()})


def _word(section: NetworkSection, key: str, problems: Problems) -> str | None:
    """Return the word at a key; where it is none of those that it may be, the first of these."""
    node: Node | None = getattr(section, key)
    if node is None:
        return None
    text = node.replace(" ", "") if isinstance(node, Scalar) else ""
    if text in WORDS[key]:
        return text
    problems.add(node, f"{key} is {' or '.join(map(quoted, WORDS[key]))}, found {kind(node)}")
    return WORDS[key][0]


def _clip(section: NetworkSection, problems: Problems) -> list[Fraction | None]:
    """Return the limits of the pre-activations, the cell state and the projection."""
    clip = section.clip
    nodes = (clip.gates, clip.cell, clip.projection) if clip else (None, None, None)
    return [node if node is None else fraction(node, "a limit", problems, POSITIVE) for node in nodes]


def _epsilon(section: NetworkSection, problems: Problems) -> Fraction | None:
    """Return the ε of a layer normalisation; one that cannot be read is 1, so that there is one."""
    node = section.layer_norm
    if node is None:
        return None
    if node in ("true", "false"):
        problems.add(node, f"layer_norm is its ε, such as 1e-5, found {kind(node)}")
        return Fraction(1)
    epsilon = fraction(node, "layer_norm, the ε,", problems, NOT_NEGATIVE)
    return Fraction(1) if epsilon is None else epsilon


def _forget_bias(section: NetworkSection, problems: Problems) -> Fraction:
    node = section.forget_bias
    return Fraction(0) if node is None else fraction(node, "forget_bias", problems, ANY) or Fraction(0)


def _dropout(section: NetworkSection, problems: Problems) -> tuple[Fraction, bool]:
    """Return the share that is dropped, and whether it is; only what is not random can be judged."""
    if section.dropout is None:
        return Fraction(0), False
    if section.num_layers == 1:
        reason = "there is no next layer: dropout stands between two, and num_layers is 1"
        problems.add(section.key("dropout"), reason)
    share = fraction(section.dropout.p, "p", problems, SHARE)
    if section.dropout.training and share not in (None, 0, 1):
        problems.add(
            section.dropout.key("p"), "dropout in training is random: only p = 0 or 1 is deterministic"
        )
        return Fraction(0), True
    return share or Fraction(0), section.dropout.training


def _conflicts(section: NetworkSection, semantics: Semantics) -> Iterator[tuple[Section, str, str]]:
    """Yield section, key and reason of what makes no sense together."""
    given = section.given()
    backwards = section.bidirectional or section.reverse
    if section.activations and section.activations.reverse and not section.bidirectional:
        yield section.activations, "reverse", "there is no second direction: it needs `bidirectional: true`"
    if section.clip and section.clip.projection is not None and section.proj_size is None:
        yield section.clip, "projection", "nothing is projected: it needs `proj_size`"
    if semantics.layer_norm == 0 and section.hidden_size == 1:
        yield section, "layer_norm", "the variance of a single unit is 0, so ε must be more than 0"
    if "forget_bias" in given and semantics.coupled == "f=1-i":
        yield section, "forget_bias", "the forget gate is 1 − i: it has no pre-activation to add a bias to"
    if "reverse_from" in given and not backwards:
        yield section, "reverse_from", "there is no reverse direction: it needs `bidirectional` or `reverse`"
