"""What all sections of a puzzle file have in common: known keys, and a likely one for every unknown."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationInfo,
    model_validator,
)

from lstm_verify.puzzle.document import MappingNode, Scalar
from lstm_verify.puzzle.names import mended, split
from lstm_verify.puzzle.problems import Problems, nearest, quoted, suggestion


class Section(BaseModel):
    """A mapping of known keys.

    An unknown key is noted, and then taken for the nearest known one. To validate, pass the
    `Problems` as context.

    Attributes:
        SUFFIXED: the keys that may carry PyTorch's suffix for a layer and direction.
    """

    model_config = ConfigDict(extra="forbid", defer_build=True)
    SUFFIXED: ClassVar[tuple[str, ...]] = ()
    _node: MappingNode = PrivateAttr()

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, node: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        if isinstance(node, MappingNode) and info.context is not None:
            _mend(node, cls.keys(), cls.SUFFIXED, info.context)
        section = handler(node)
        section._node = node  # noqa: SLF001 - its own
        return section

    @classmethod
    def keys(cls) -> list[str]:
        """Return the keys that this section may have, without suffixes."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    def key(self, name: str) -> Scalar:
        """Return a key as it stands in the file."""
        return self._node.key(name)

    def given(self) -> dict[str, Any]:
        """Return key, as it stands in the file, -> value, in their order there."""
        names = {field.alias or name: name for name, field in type(self).model_fields.items()}
        return {key: getattr(self, names.get(key, key)) for key in self._node}

    @property
    def node(self) -> MappingNode:
        """The section as it stands in the file."""
        return self._node


def _tell(schema: dict[str, Any], section: type[Section]) -> None:
    """Tell the writer of the JSON Schema which keys may have a suffix."""
    schema["suffixed"] = section.SUFFIXED


class Suffixed(Section):
    """A section some of whose keys may carry a suffix, as weight_ih_l1_reverse does.

    A subclass says in `__pydantic_extra__` what such a key's value is.
    """

    model_config = ConfigDict(extra="allow", json_schema_extra=_tell)


def _mend(node: MappingNode, known: list[str], suffixed: tuple[str, ...], problems: Problems) -> None:
    """Note the keys that are unknown, and rename or remove them."""
    entries = list(node.items())
    node.clear()
    for key, value in entries:
        if key in known or split(key)[0] in suffixed:
            node[key] = value
            continue
        assert isinstance(key, Scalar)
        match = mended(key, suffixed) or nearest(key, known)
        problems.add(key, _unknown(key, match, known))
        if match and match not in node and all(match != other for other, _ in entries):
            node[Scalar(match, key.line, key.column, plain=True, shift=-1)] = value


def _unknown(key: str, match: str | None, known: list[str]) -> str:
    if ":" in key:
        return f"unknown key {quoted(key)}; is a space missing after the colon?"
    if key.endswith(")"):
        return f"unknown key {quoted(key)}; in braces a value with a comma needs quotation marks"
    return f"unknown key {quoted(key)}; " + (f"did you mean '{match}'?" if match else suggestion(key, known))
