"""What a call that raised should have been given, and would then have given, where that is knowable."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from whynorm.frameworks.torch import operations, oracle
from whynorm.frameworks.torch.versions import NORMS


class Expected(NamedTuple):
    """What would have been right."""

    shape: tuple[int, ...] | None = None
    """The first input's shape that the call would take, where one such shape is known."""
    gives: Any = None
    """What the call would then give, as abstract tensors; None where that is not known."""


def expected(
    layer: nn.Module | None,
    func: Any,
    given: Sequence[torch.Tensor],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> Expected | None:
    """What would have been right for this call; each proposal is put to the framework before it is believed."""
    if not given:
        return None
    if layer is not None:
        return _layer(layer, given[0], args, kwargs)
    return _operation(operations.name_of(func), given, args, kwargs)


def _empty(shape: Sequence[int], like: torch.Tensor) -> torch.Tensor:
    return torch.empty(tuple(shape), dtype=like.dtype, device="meta")


def _layer(layer: nn.Module, given: torch.Tensor, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Expected | None:
    shape = _wanted(layer, tuple(given.shape))
    if isinstance(layer, NORMS):
        if shape is not None and not _takes(layer, _empty(shape, given), args, kwargs):
            shape = None
        return Expected(shape, _empty(given.shape, given))
    dtype = next((weight.dtype for weight in layer.parameters()), given.dtype)
    if shape is None and dtype == given.dtype:
        return None
    wanted = _empty(given.shape if shape is None else shape, given).to(dtype)
    answer = oracle.ask_layer(layer, (wanted, *args[1:]), kwargs)
    if not answer.asked or answer.raised is not None:
        return None
    return Expected(shape, oracle.to_abstract(answer.outputs))


def _takes(layer: nn.Module, given: torch.Tensor, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    answer = oracle.ask_layer(layer, (given, *args[1:]), kwargs)
    return answer.asked and answer.raised is None


def _wanted(layer: nn.Module, shape: tuple[int, ...]) -> tuple[int, ...] | None:
    """The shape with the one size in it that the layer was built for."""
    if isinstance(layer, nn.modules.conv._ConvNd):
        return _with(shape, -1 - len(layer.kernel_size), layer.in_channels)
    if isinstance(layer, nn.Linear):
        return _with(shape, -1, layer.in_features)
    if isinstance(layer, nn.RNNBase):
        return _with(shape, -1, layer.input_size)
    if isinstance(layer, nn.modules.batchnorm._NormBase):
        return _with(shape, 1, layer.num_features)
    if isinstance(layer, nn.GroupNorm):
        return _with(shape, 1, layer.num_channels)
    normalized = getattr(layer, "normalized_shape", None)
    if isinstance(normalized, tuple) and len(shape) >= len(normalized):
        return (*shape[: len(shape) - len(normalized)], *normalized)
    return None


def _with(shape: tuple[int, ...], axis: int, size: int) -> tuple[int, ...] | None:
    if not -len(shape) <= axis < len(shape):
        return None
    changed = list(shape)
    changed[axis] = size
    return tuple(changed) if tuple(changed) != shape else None


def _operation(
    name: str, given: Sequence[torch.Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Expected | None:
    first = given[0]
    shape = tuple(first.shape)
    if name in ("instance_norm", "batch_norm", "group_norm", "layer_norm", "rms_norm"):
        return Expected(None, _empty(shape, first))
    if name in ("cat", "concat", "concatenate"):
        return _joined(given, args, kwargs)
    if operations.role_of(name) == "add" and len(given) > 1:
        widest = max(given, key=lambda tensor: tensor.ndim)
        return Expected(None, _empty(widest.shape, widest))
    if name in ("view", "reshape"):
        rest = args[1:]
        sizes = tuple(rest[0]) if len(rest) == 1 and isinstance(rest[0], (tuple, list)) else rest
        if sizes and all(isinstance(size, int) and size >= 0 for size in sizes):
            return Expected(None, _empty(sizes, first))
        if len(sizes) == 2 and sizes[0] == -1 and sizes[1] > 0 and len(shape) > 2:  # each sample as a row
            return Expected(None, _empty((shape[0], sizes[1]), first))
    if name == "linear" and len(given) > 1 and given[1].ndim == 2 and shape:
        out, inside = given[1].shape
        return Expected((*shape[:-1], inside), _empty((*shape[:-1], out), first))
    return None


def _joined(given: Sequence[torch.Tensor], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Expected | None:
    axis = args[1] if len(args) > 1 else kwargs.get("dim", kwargs.get("axis", 0))
    first = given[0]
    if not isinstance(axis, int) or any(t.ndim != first.ndim for t in given) or not -first.ndim <= axis < first.ndim:
        return None
    shape = list(first.shape)
    shape[axis] = sum(tensor.shape[axis] for tensor in given)
    return Expected(None, _empty(shape, first))
