"""The face that every kind of implementation gets: it can be made, filled, called and read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from inspect import Parameter
from typing import Any, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lstm_verify.adopt.sizes import Sizes
from lstm_verify.lstm.formats import Format

Array: TypeAlias = NDArray[Any]
Shape = tuple[int, ...]


class Instance(Protocol):
    """One implementation of certain sizes."""

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of its parameters, by name."""

    def fill(self, values: Mapping[str, Array | None]) -> None:
        """Give parameters their values, each with the parameter's shape; None stands for zeros."""

    def arguments(self, method: str) -> list[Parameter]:
        """Return what a method takes, itself and its parameters left out."""

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call a method; "" is the object itself."""

    def attribute(self, name: str) -> Any:
        """Return an attribute."""

    def set_attribute(self, name: str, value: Any) -> None:
        """Set an attribute."""

    def attributes(self) -> Mapping[str, Any]:
        """Return the attributes that may be its state, by name."""

    def native(self, array: Array) -> Any:
        """Make an array of its kind, in its format."""

    def floats(self, value: Any) -> Array | None:
        """Return the numbers of an array of its kind as float64; None of what is none."""


@dataclass(frozen=True)
class Wishes:
    """What the user says of it.

    Attributes:
        form: the format in which it is to compute.
        method: which method is called; "" to look for it.
        init: name -> what an argument of its constructor is given.
        weights: name -> the shape that this parameter of a function has, at given sizes.
    """

    form: Format
    method: str = ""
    init: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, Callable[[Sizes], Shape]] = field(default_factory=dict)


class Subject(Protocol):
    """An implementation of any size, or of one."""

    @property
    def what(self) -> str:
        """What it is, in words, such as "a torch.nn.Module"."""

    @property
    def fixed(self) -> Sizes | None:
        """The sizes that it has, where it has been made already."""

    @property
    def per_run(self) -> bool:
        """Whether it is made for a number of rows or steps."""

    @property
    def stated(self) -> Mapping[str, Any]:
        """What it, or its framework, says of it; a key is left out of which nothing is said.

        batch_first: whether inputs are [rows, steps, inputs]; whole: whether it takes sequences, and not
        single steps; order: of the gates; state: "hc" or "ch", as a state usually is in that framework.
        """

    def shapings(self, sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], Instance], Mapping[str, Shape]]]:
        """Yield the ways of making it, with the shapes that its parameters then have at these sizes."""

    def methods(self) -> list[str]:
        """Return the methods that may be it, the likeliest first; "" is the object itself."""


METHODS = (
    *("", "forward", "__call__", "step", "forward_step", "step_forward", "cell", "lstm_step", "lstm_cell"),
    *("forward_pass", "forward_prop", "feedforward", "run", "predict", "call", "apply", "process", "compute"),
)
"""What the method is called that runs an LSTM, the usual first."""


def as_floats(value: Any) -> Array | None:
    """Return a NumPy array of numbers, or a list of numbers, as float64; None of anything else."""
    if isinstance(value, list) and value and all(isinstance(x, (float, np.floating)) for x in value):
        return np.array(value, dtype=np.float64)
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        return None
    return value.astype(np.float64)
