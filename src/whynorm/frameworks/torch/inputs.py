"""Inputs as `whynorm.check` takes them, made into tensors."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from whynorm.errors import UsageError
from whynorm.frameworks.torch.twins import SMALL

Feed = Callable[[int | str, Any], Any]

_LARGEST_SIZE = 1 << 40


def made(
    inputs: Sequence[object], keywords: Mapping[str, object], floating: torch.dtype
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The inputs as tensors: abstract ones for shapes, integers of small valid values, the rest as it is.

    `floating` is the type of a shape without one. Raises `UsageError` for what is no shape.
    """
    return (
        tuple([_made(value, floating, f"input {number}") for number, value in enumerate(inputs)]),
        {name: _made(value, floating, f"input {name}") for name, value in keywords.items()},
    )


def _made(value: object, floating: torch.dtype, what: str) -> Any:
    if isinstance(value, torch.Tensor):
        return value
    if _is_array(value):
        try:
            return torch.as_tensor(value)
        except (TypeError, ValueError) as error:
            raise UsageError(f"{what}: torch takes no array of this type: {error}") from None
    if isinstance(value, (tuple, list)):
        if _is_shape(value):
            return of_shape(value, floating, what)
        if len(value) == 2 and isinstance(value[0], (tuple, list)) and _is_shape(value[0]):
            dtype = dtype_of(value[1])
            if dtype is not None:
                return of_shape(value[0], dtype, what)
            if isinstance(value[1], str):
                raise UsageError(f"{what}: torch has no type {value[1]!r}; float32, float16, int64 and bool are some")
        parts = [_made(part, floating, what) for part in value]
        if hasattr(value, "_fields"):
            return type(value)(*parts)
        return tuple(parts) if isinstance(value, tuple) else parts
    if isinstance(value, dict):
        return {key: _made(part, floating, f"{what}[{key!r}]") for key, part in value.items()}
    return value


def _is_array(value: object) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(value, numpy.ndarray)


def _is_shape(value: Sequence[object]) -> bool:
    """Whether this is a shape: ints alone. An empty tuple is a scalar's, an empty list an empty list."""
    if not value:
        return isinstance(value, tuple)
    return all(
        size is None or (hasattr(size, "__index__") and not isinstance(size, (bool, torch.Tensor))) for size in value
    ) and any(size is not None for size in value)


def dtype_of(named: object) -> torch.dtype | None:
    """A type as torch has it, by its own object, its name, or numpy's; None for anything else."""
    if isinstance(named, torch.dtype):
        return named
    if not isinstance(named, str):
        numpy = sys.modules.get("numpy")
        if numpy is None or not (isinstance(named, (numpy.dtype, type)) and named is not object):
            return None
        try:
            named = numpy.dtype(named).name
        except TypeError:
            return None
    found = getattr(torch, str(named).removeprefix("torch."), None)
    return found if isinstance(found, torch.dtype) else None


def of_shape(sizes: Sequence[Any], dtype: torch.dtype, what: str = "input") -> torch.Tensor:
    """A tensor of this shape and type: abstract, or for small integers zeros, for booleans True."""
    if any(size is None for size in sizes):
        raise UsageError(f"{what}: an open size (None) is for Keras alone; torch needs every size of {tuple(sizes)}")
    shape = tuple(int(size) for size in sizes)
    if any(size < 0 or size > _LARGEST_SIZE for size in shape):
        raise UsageError(f"{what}: {shape} is no shape: sizes are 0 or more")
    total = 1
    for size in shape:
        total *= size
    if total > 1 << 62:
        raise UsageError(f"{what}: {shape} is larger than any tensor")
    if dtype.is_floating_point or dtype.is_complex or total > SMALL:
        return torch.empty(shape, dtype=dtype, device="meta")
    return torch.ones(shape, dtype=dtype) if dtype is torch.bool else torch.zeros(shape, dtype=dtype)
