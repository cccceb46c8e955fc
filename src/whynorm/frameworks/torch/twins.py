"""Twins of a model's tensors: abstract ones of the same shapes, or copies; and the model put back as it was.

No weight is copied for abstract twins, and one tensor has one twin under however many names it goes. What a
forward pass writes, it writes to the twins; the modules' own attributes are put back afterwards, whatever happened.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import nn

from whynorm.frameworks.torch.versions import is_uninitialized

SMALL = 1 << 20
"""Up to so many values an integer or boolean tensor is kept with its values, as a copy."""

_CONTAINERS = frozenset({dict, OrderedDict, list, set})
_HELD = frozenset({"_parameters", "_buffers", "_modules"})


def keeps_values(tensor: torch.Tensor) -> bool:
    """Whether the values of this tensor may decide on shapes and are cheap to keep: small integers, and scalars."""
    if tensor.is_meta:
        return False
    return tensor.ndim == 0 or (not tensor.dtype.is_floating_point and tensor.numel() <= SMALL)


class Twins:
    """The twins of one forward pass: abstract, or real copies when `real`."""

    def __init__(self, *, real: bool = False) -> None:
        self.real = real
        self._twins: dict[int, torch.Tensor] = {}
        self._originals: list[torch.Tensor] = []
        self._modules: list[tuple[nn.Module, type, dict[str, Any]]] = []
        self._containers: list[tuple[Any, Any]] = []
        self._empty: list[Any] = []
        self._known: set[int] = set()

    def of(self, tensor: torch.Tensor) -> torch.Tensor:
        """The twin of a tensor, always the same one."""
        found = self._twins.get(id(tensor))
        if found is None:
            found = self._make(tensor)
            self._twins[id(tensor)] = found
            self._originals.append(tensor)
        return found

    def _make(self, tensor: torch.Tensor) -> torch.Tensor:
        if is_uninitialized(tensor):
            kind: Any = type(tensor)
            device = "cpu" if self.real else "meta"
            return kind(requires_grad=tensor.requires_grad, device=device, dtype=tensor.dtype) if isinstance(
                tensor, nn.Parameter
            ) else kind(device=device, dtype=tensor.dtype)  # fmt: skip
        if self.real and tensor.is_meta:  # of a layer that was built anew
            made = torch.zeros(tensor.shape, dtype=tensor.dtype)
        elif self.real or keeps_values(tensor):
            made = tensor.detach().cpu().clone()
        elif tensor.is_meta:
            made = tensor.detach()
        else:
            made = abstract(tensor)
        if isinstance(tensor, nn.Parameter):
            return torch.Tensor._make_subclass(nn.Parameter, made, tensor.requires_grad)
        return made

    def knows(self, module: nn.Module) -> bool:
        """Whether the module's tensors are twins already."""
        return id(module) in self._known

    def adopt(self, root: nn.Module) -> None:
        """Put twins in place of all tensors of this module and those below."""
        for module in root.modules():
            if id(module) not in self._known:
                self._known.add(id(module))
                self._adopt(module)

    def _adopt(self, module: nn.Module) -> None:
        state = module.__dict__
        self._modules.append((module, type(module), state.copy()))
        for name, value in state.items():
            kind = type(value)
            if name in _HELD:
                state[name] = value.copy() if name == "_modules" or not value else self._all_of(value)
            elif kind in _CONTAINERS:
                if not value:
                    self._empty.append(value)
                    continue
                self._containers.append((value, value.copy()))
                if kind is list and isinstance(value[0], torch.Tensor):
                    value[:] = [self.of(part) if isinstance(part, torch.Tensor) else part for part in value]
            elif isinstance(value, torch.Tensor):
                state[name] = self.of(value)

    def _all_of(self, named: Mapping[str, torch.Tensor | None]) -> dict[str, torch.Tensor | None]:
        kind: Any = type(named)
        twins: dict[str, torch.Tensor | None] = kind()
        for name, tensor in named.items():
            twins[name] = None if tensor is None else self.of(tensor)
        return twins

    def restore(self) -> None:
        """Every module's class and attributes, and what their lists and dictionaries held, as it was.

        It is over with these twins then.
        """
        for module, kind, state in self._modules:
            if type(module) is not kind:
                module.__class__ = kind
            current = module.__dict__
            if current.keys() - state.keys():
                current.clear()
            current.update(state)
        for container in self._empty:
            if container:
                container.clear()
        for container, before in self._containers:
            if isinstance(container, list):
                container[:] = before
            else:
                if container != before or isinstance(container, dict):
                    container.clear()
                    container.update(before)
        for held in (self._twins, self._originals, self._modules, self._containers, self._empty):
            held.clear()  # a twin knows its pass, and the pass these twins: the program's tensors would live on in it


def abstract(tensor: torch.Tensor) -> torch.Tensor:
    """A tensor of the same shape, strides and type which holds no memory."""
    if tensor.layout is not torch.strided:
        return torch.empty(tensor.shape, dtype=tensor.dtype, device="meta")
    return torch.empty_strided(tensor.shape, tensor.stride(), dtype=tensor.dtype, device="meta")


def mapped(value: Any, change: Callable[[torch.Tensor], Any]) -> Any:
    """The value with each tensor in it changed: in tuples, lists and dictionaries to any depth."""
    if isinstance(value, torch.Tensor):
        return change(value)
    kind = type(value)
    if kind is tuple:
        return tuple([mapped(part, change) for part in value])
    if kind is list:
        return [mapped(part, change) for part in value]
    if kind is dict or kind is OrderedDict:
        return kind((key, mapped(part, change)) for key, part in value.items())
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return kind(*[mapped(part, change) for part in value])
    return value


_PLAIN = frozenset({type(None), bool, int, float, str, slice, type(...), torch.dtype, torch.device})
"""Types that are told from a container at once."""


def shapes_in(values: Iterable[Any]) -> tuple[tuple[int, ...], ...]:
    """The shapes of the tensors in these values."""
    return tuple(tuple(tensor.shape) for tensor in tensors_in(values))


def tensors_in(values: Iterable[Any]) -> list[torch.Tensor]:
    """The tensors in these values, in tuples, lists and dictionaries to any depth, in order."""
    found: list[torch.Tensor] = []
    for value in values:
        if isinstance(value, torch.Tensor):
            found.append(value)
        elif isinstance(value, (tuple, list)):
            if value and not isinstance(value[0], int):
                found += tensors_in(value)
        elif type(value) not in _PLAIN and isinstance(value, Mapping):
            found += tensors_in(value.values())
    return found
