"""The tensors of one pass: each one's number, and the abstract one that stands for a real one among abstract ones."""

import itertools
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from whynorm.facts import Value
from whynorm.frameworks.torch import devices
from whynorm.frameworks.torch.operations import INDEXED
from whynorm.frameworks.torch.recorded import dtype_name
from whynorm.frameworks.torch.twins import abstract, mapped


class Numbered:
    """The tensors of one pass; `real`: they all are, and none is made abstract."""

    def __init__(self, real: bool) -> None:
        self._real = real
        self._next = itertools.count(1)
        self._of_real: dict[int, tuple[torch.Tensor, int]] = {}
        self._tainted: dict[int, torch.Tensor] = {}

    def number(self, tensor: torch.Tensor, *, new: bool = False) -> int:
        """The tensor's number in this pass; a new one when it was written to."""
        if tensor.is_meta:
            found: tuple[object, int] | None = tensor.__dict__.get("_whynorm")
            if new or found is None or found[0] is not self:
                found = tensor.__dict__["_whynorm"] = (self, next(self._next))
            return found[1]
        known = self._of_real.get(id(tensor))
        if new or known is None:
            known = self._of_real[id(tensor)] = (tensor, next(self._next))
        return known[1]

    def value(self, tensor: torch.Tensor) -> Value:
        """The tensor as a fact."""
        return Value(self.number(tensor), tuple(tensor.shape), dtype_name(tensor.dtype))

    def values(self, tensors: Sequence[torch.Tensor]) -> tuple[Value, ...]:
        """The tensors as facts."""
        return tuple([Value(self.number(t), tuple(t.shape), dtype_name(t.dtype)) for t in tensors])

    def abstract(self, tensor: torch.Tensor) -> torch.Tensor:
        """The abstract tensor that stands for a real one, of the same number; itself where all are real."""
        tainted = self._tainted.get(id(tensor))
        if tainted is not None:
            return tainted
        if tensor.is_meta or self._real:
            return tensor
        made = abstract(tensor)
        known = self._of_real.get(id(tensor))
        if known is not None:
            made.__dict__["_whynorm"] = (self, known[1])
        return made

    def blended(self, module: nn.Module, args: Any, kwargs: Any, given: Sequence[torch.Tensor]) -> tuple[Any, Any]:
        """The layer's real inputs made abstract, if anything else of the call is abstract."""
        own = itertools.chain(module._parameters.values(), module._buffers.values())
        if any(tensor.is_meta for tensor in given) or any(t is not None and t.is_meta for t in own) or module._modules:
            return mapped(tuple(args), self.abstract), mapped(dict(kwargs), self.abstract)
        return args, kwargs

    def prepared(
        self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any], given: Sequence[torch.Tensor]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments with real tensors made abstract where they meet abstract ones."""
        if name in devices.FACTORIES:
            return args, devices.made(name, args, kwargs)
        if not given:
            return args, kwargs
        metas = [tensor.is_meta for tensor in given]
        if all(metas):
            return args, kwargs
        if not any(metas) and not any(id(tensor) in self._tainted for tensor in given):
            return args, kwargs
        if name in INDEXED and args[0].is_meta:
            return args, kwargs
        target = args[0] if args and isinstance(args[0], torch.Tensor) else None
        writes = name == "__setitem__" or (name.endswith("_") and not name.endswith("__")) or name.startswith("__i")
        converted = mapped(args, self.abstract), mapped(kwargs, self.abstract)
        if writes and target is not None and not target.is_meta:
            self._tainted[id(target)] = converted[0][0]
            self._of_real.setdefault(id(target), (target, next(self._next)))
        return converted

    def same(self, tensor: torch.Tensor, other: torch.Tensor) -> None:
        """Give a tensor the number of another."""
        tensor.__dict__["_whynorm"] = (self, self.number(other))
