"""What a program says of devices, where its tensors are abstract: they stay so, and small integers stay known."""

from typing import Any

import torch

from whynorm.frameworks.torch.twins import keeps_values, tensors_in

FACTORIES = frozenset({"arange", "tensor", "full", "zeros", "ones", "as_tensor"})
"""Functions that make a tensor of numbers."""
MOVES = frozenset({"cpu", "cuda", "to", "type_as"})
"""Methods that move a tensor to another device."""
_INTEGERS = frozenset({torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool})


def made(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """A factory's keywords; small integers are made on the CPU, so that their values stay known."""
    device = kwargs.get("device")
    if device is None or torch.device(device).type != "meta":
        return kwargs
    if name in ("zeros", "ones", "full") and kwargs.get("dtype") not in _INTEGERS:
        return kwargs
    numbers = [part for part in args if isinstance(part, (int, float, tuple, list))]
    plain = all(isinstance(part, int) and abs(part) <= 1 << 16 for part in numbers) or name in ("tensor", "as_tensor")
    whole = kwargs.get("dtype") in _INTEGERS or (kwargs.get("dtype") is None and name in ("arange", "tensor"))
    if plain and whole and not tensors_in(args):
        return {key: value for key, value in kwargs.items() if key != "device"}
    return kwargs


def moved(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
    """A move to another device without the device: abstract tensors stay abstract, small integers known."""
    tensor, *rest = args
    if not isinstance(tensor, torch.Tensor):
        return None
    if name in ("cpu", "cuda"):
        return (tensor,), {}
    kept: list[Any] = []
    for part in rest:
        if isinstance(part, (torch.device, str, int)) and not isinstance(part, bool):
            continue
        if isinstance(part, torch.Tensor):
            part = part.dtype
            if name == "to" and not tensor.is_meta and not keeps_values(tensor):
                return None
        kept.append(part)
    named = {key: value for key, value in kwargs.items() if key != "device"}
    if name == "type_as":
        return None
    if kept or "dtype" in named or "other" in named:
        return (tensor, *kept), named
    return (tensor,), {}
