"""A stand-in for parameters whose names are not known yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Anything:
    """Stands for parameters that are not known yet: whatever is done with it, it notes what it was asked for.

    Attributes:
        path: its name.
        asked: the names of all that was asked for.
    """

    def __init__(self, path: str, asked: dict[str, None]) -> None:
        self._path, self._asked = path, asked

    def __getitem__(self, key: Any) -> Anything:
        if isinstance(key, str):
            return self._child(f"{self._path}.{key}" if self._path else key)
        return self._child(f"{self._path}[{key}]") if isinstance(key, int) else self

    def __getattr__(self, name: str) -> Anything:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in ("T", "shape", "dot", "reshape", "get", "copy", "items", "keys", "values"):
            return self
        return self._child(f"{self._path}.{name}" if self._path else name)

    def _child(self, path: str) -> Anything:
        self._asked.pop(self._path, None)
        self._asked[path] = None
        return Anything(path, self._asked)

    def __call__(self, *given: Any, **_: Any) -> Any:
        """Be whatever is called: params.get("W_f") asks for W_f."""
        return self[given[0]] if given and isinstance(given[0], str) else self

    def __iter__(self) -> Iterator[Any]:
        raise TypeError("its parameters have no names")

    def __array_ufunc__(self, *_: Any, **__: Any) -> Anything:
        return Anything("", {})

    def __array_function__(self, *_: Any) -> Anything:
        return Anything("", {})

    @classmethod
    def __torch_function__(cls, *_: Any, **__: Any) -> Anything:
        return cls("", {})

    def __add__(self, *_: Any) -> Anything:
        return Anything("", {})

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __matmul__ = __rmatmul__ = __truediv__ = __add__
    __rtruediv__ = __neg__ = __pow__ = __add__
