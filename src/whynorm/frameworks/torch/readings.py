"""What each norm of torch averages over, as data: one row per kind of norm, on the input as it arrived."""

from collections.abc import Mapping

import torch
from torch import nn

from whynorm.facts import Reading

_SPATIAL = {"1d": 1, "2d": 2, "3d": 3}


def of_layer(layer: nn.Module, shape: tuple[int, ...]) -> Reading | None:
    """How this norm layer, in the mode it is in, reads an input of this shape; None if it is no norm."""
    if isinstance(layer, nn.modules.instancenorm._InstanceNorm):
        spatial = _spatial_rank(layer)
        return instance(
            shape,
            unbatched=spatial is not None and len(shape) == spatial + 1,
            affine=bool(layer.affine),
            running=bool(layer.track_running_stats) and not layer.training,
            channels=layer.num_features,
        )
    if isinstance(layer, nn.modules.batchnorm._NormBase):
        tracks = layer.running_mean is not None or layer.running_var is not None
        return batch(
            shape,
            affine=layer.weight is not None,
            running=not layer.training and tracks,
            channels=layer.num_features,
        )
    if isinstance(layer, nn.GroupNorm):
        return group(shape, layer.num_groups, layer.num_channels, layer.weight is not None)
    if isinstance(layer, nn.LayerNorm):
        return trailing("layer", shape, tuple(layer.normalized_shape), layer.weight is not None)
    if hasattr(nn, "RMSNorm") and isinstance(layer, nn.RMSNorm):
        return trailing("rms", shape, tuple(layer.normalized_shape), layer.weight is not None)
    if isinstance(layer, (nn.LocalResponseNorm, nn.CrossMapLRN2d)):
        return local_response(shape)
    return None


def _spatial_rank(layer: nn.Module) -> int | None:
    for base in type(layer).__mro__:
        if base.__module__.startswith("torch.nn.modules") and base.__name__[-2:] in _SPATIAL:
            return _SPATIAL[base.__name__[-2:]]
    return None


def instance(
    shape: tuple[int, ...], *, unbatched: bool, affine: bool, running: bool, channels: int | None
) -> Reading | None:
    """Each sample and channel by itself, over the spatial axes."""
    axis = 0 if unbatched else 1
    if len(shape) <= axis:
        return None
    return Reading(
        "instance",
        averages=tuple(range(axis + 1, len(shape))),
        keeps=tuple(range(axis + 1)),
        channel_axis=axis,
        parameter_axes=(axis,) if affine else (),
        channels=channels,
        source="running" if running else "batch",
        unbatched=unbatched,
    )


def batch(shape: tuple[int, ...], *, affine: bool, running: bool, channels: int | None) -> Reading | None:
    """Each channel, over the batch and the spatial axes."""
    if len(shape) < 2:
        return None
    return Reading(
        "batch",
        averages=(0, *range(2, len(shape))),
        keeps=(1,),
        channel_axis=1,
        parameter_axes=(1,) if affine else (),
        channels=channels,
        source="running" if running else "batch",
    )


def group(shape: tuple[int, ...], groups: int, channels: int | None, affine: bool) -> Reading | None:
    """Each sample and group of channels, over the group's channels and the spatial axes."""
    if len(shape) < 2:
        return None
    alone = groups == shape[1]
    spatial = tuple(range(2, len(shape)))
    return Reading(
        "group",
        averages=spatial if alone else (1, *spatial),
        keeps=(0, 1) if alone else (0,),
        channel_axis=1,
        parameter_axes=(1,) if affine else (),
        channels=channels,
        groups=groups,
    )


def trailing(family: str, shape: tuple[int, ...], normalized: tuple[int, ...], affine: bool) -> Reading | None:
    """Each position by itself, over the trailing axes that `normalized_shape` names."""
    first = len(shape) - len(normalized)
    if first < 0:
        return None
    axes = tuple(range(first, len(shape)))
    return Reading(family, axes, tuple(range(first)), None, axes if affine else (), source="batch")


def local_response(shape: tuple[int, ...]) -> Reading | None:
    """Each position, over a window of neighbouring channels: no statistic of the whole axis."""
    if len(shape) < 2:
        return None
    return Reading("local-response", (1,), (0, *range(2, len(shape))), 1, source="window")


def of_function(name: str, shape: tuple[int, ...], given: Mapping[str, object]) -> Reading | None:
    """How a norm of `torch.nn.functional` (or `torch`) reads an input, from its arguments by name."""
    weight = given.get("weight")
    affine = weight is not None
    if name == "instance_norm":
        return instance(
            shape,
            unbatched=False,
            affine=affine,
            running=given.get("use_input_stats") is False,
            channels=_size(weight, given.get("running_mean")),
        )
    if name == "batch_norm":
        return batch(
            shape,
            affine=affine,
            running=not given.get("training", False),
            channels=_size(weight, given.get("running_mean")),
        )
    if name == "group_norm":
        groups = given.get("num_groups")
        return group(shape, groups, _size(weight), affine) if isinstance(groups, int) else None
    if name in ("layer_norm", "rms_norm"):
        normalized = given.get("normalized_shape")
        if isinstance(normalized, int):
            normalized = (normalized,)
        if isinstance(normalized, (tuple, list, torch.Size)):
            return trailing(name.split("_")[0], shape, tuple(normalized), affine)
    if name == "local_response_norm":
        return local_response(shape)
    if name == "normalize":
        axes = given.get("dim", 1)
        chosen = (axes,) if isinstance(axes, int) else tuple(axes) if isinstance(axes, (tuple, list)) else ()
        if all(isinstance(axis, int) and -len(shape) <= axis < len(shape) for axis in chosen):
            averages = tuple(axis % len(shape) for axis in chosen)
            return Reading("unit", averages, tuple(a for a in range(len(shape)) if a not in averages), None)
    return None


def _size(*tensors: object) -> int | None:
    return next((len(t) for t in tensors if isinstance(t, torch.Tensor) and t.ndim == 1), None)
