"""A torch.nn.Module: a class, or an instance of one."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter
from typing import Any

import numpy as np

from lstm_verify.adopt.roles import arguments, construction, depends_on_runs
from lstm_verify.adopt.sizes import Sizes
from lstm_verify.adopt.subjects.base import METHODS, Array, Instance, Shape, Wishes
from lstm_verify.adopt.subjects.fixed import sizes_of
from lstm_verify.adopt.subjects.numpy_objects import not_made
from lstm_verify.backends.errors import Unusable


class TorchInstance:
    """A module; see `Instance`."""

    def __init__(self, module: Any, wishes: Wishes) -> None:
        import torch

        self.module = module
        self.dtype = getattr(torch, wishes.form.name)
        self.parameters = dict(module.named_parameters())
        first = next(iter(self.parameters.values()), None)
        self.device = "cpu" if first is None else first.device

    @property
    def shapes(self) -> Mapping[str, Shape]:
        """The shapes of its parameters."""
        return {name: tuple(parameter.shape) for name, parameter in self.parameters.items()}

    def fill(self, values: Mapping[str, Array | None]) -> None:
        """Copy values into its parameters."""
        import torch

        with torch.no_grad():
            for name, value in values.items():
                parameter = self.parameters[name]
                if value is None:
                    parameter.zero_()
                else:
                    parameter.copy_(self.native(value).reshape(parameter.shape))

    def arguments(self, method: str) -> list[Parameter]:
        """Return what `forward`, or another method, takes."""
        return arguments(getattr(self.module, method or "forward"))

    def call(self, method: str, arguments: Mapping[str, Any]) -> Any:
        """Call it without gradients."""
        import torch

        with torch.no_grad():
            return (getattr(self.module, method) if method else self.module)(**arguments)

    def attribute(self, name: str) -> Any:
        """Return an attribute of the module."""
        return getattr(self.module, name)

    def set_attribute(self, name: str, value: Any) -> None:
        """Set an attribute of the module."""
        setattr(self.module, name, value)

    def attributes(self) -> Mapping[str, Any]:
        """Return its tensors that are no parameters."""
        own = {name: value for name, value in vars(self.module).items() if not name.startswith("_")}
        return own | dict(self.module.named_buffers(recurse=False))

    def native(self, array: Array) -> Any:
        """Make a tensor on its device."""
        import torch

        return torch.tensor(np.asarray(array), dtype=self.dtype, device=self.device)

    def floats(self, value: Any) -> Array | None:
        """Return a tensor's numbers as float64."""
        import torch

        if not isinstance(value, torch.Tensor) or not value.is_floating_point():
            return None
        return value.detach().double().cpu().numpy()


class TorchModule:
    """A class of modules, or one module; see `Subject`."""

    def __init__(self, found: Any, wishes: Wishes) -> None:
        self.found, self.wishes = found, wishes
        self.is_class = inspect.isclass(found)
        self.per_run = self.is_class and depends_on_runs(found, wishes.init)
        self.what = f"a torch.nn.Module{'' if self.is_class else ' that has been made'}"
        self.fixed: Sizes | None = None
        if not self.is_class:
            _refuse(found)
            self.found = found.to(getattr(_torch(), wishes.form.name)).eval()
            self.fixed = sizes_of(TorchInstance(self.found, wishes).shapes, vars(found), wishes.weights)
        self.stated: Mapping[str, Any] = {}

    def shapings(self, sizes: Sizes) -> Iterator[tuple[Callable[[Sizes], Instance], Mapping[str, Shape]]]:
        """Yield the one way of making it."""
        instance = self._make(sizes)
        self.stated = {
            name: value for name, value in vars(instance.module).items() if name == "batch_first"
        } or self.stated
        yield self._make, instance.shapes

    def _make(self, sizes: Sizes) -> TorchInstance:
        if not self.is_class:
            return TorchInstance(self.found, self.wishes)
        given = construction(self.found, sizes, self.wishes.init)
        try:
            made = self.found(**given)
        except Exception as error:  # noqa: BLE001 (whatever a constructor raises is told)
            raise Unusable(not_made(self.found, given, error)) from None
        return TorchInstance(made.to(getattr(_torch(), self.wishes.form.name)).eval(), self.wishes)

    def methods(self) -> list[str]:
        """Return the module itself, and methods that modules seldom have."""
        if self.wishes.method:
            return [self.wishes.method]
        return [
            name
            for name in METHODS
            if name in ("", "step", "forward_step") and hasattr(self.found, name or "forward")
        ]


def _refuse(module: Any) -> None:
    """Refuse a module whose numbers cannot be had, or would be drawn at random."""
    where = {str(parameter.device) for parameter in module.parameters()}
    if "meta" in where:
        raise Unusable(
            "its parameters are on the device meta, where there are no numbers: move it to the cpu"
        )
    if len(where) > 1:
        raise Unusable(f"its parameters are on several devices: {', '.join(sorted(where))}")
    dropping = [
        name for name, m in module.named_modules() if type(m).__name__.startswith("Dropout") and m.p > 0
    ]
    own = [
        name
        for name, m in module.named_modules()
        if getattr(m, "dropout", 0) and isinstance(m.dropout, float)
    ]
    if module.training and (dropping or own):
        layer = (dropping or own)[0] or type(module).__name__
        raise Unusable(f"it is in training mode, and drops at random ({layer}): call its .eval() first")


def _torch() -> Any:
    import torch

    return torch


def subject(found: Any, wishes: Wishes) -> TorchModule | None:
    """Take a module, or a class of modules."""
    import sys

    if "torch" not in sys.modules:  # what has not been imported, nobody has made anything of
        return None
    module = _torch().nn.Module
    is_one = issubclass(found, module) if inspect.isclass(found) else isinstance(found, module)
    return TorchModule(found, wishes) if is_one else None
