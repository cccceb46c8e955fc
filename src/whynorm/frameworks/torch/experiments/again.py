"""A norm's call made again on other values: with its own parameters, and without a trace left in its buffers."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import nn


def again(norm: nn.Module, given: torch.Tensor, *, double: bool = False) -> torch.Tensor:
    """What the norm gives for this input with statistics of the input itself; in float32 where `double`.

    Running statistics are neither used nor written. May raise what the layer raises.
    """
    layer: Any = norm
    weight, bias = getattr(layer, "weight", None), getattr(layer, "bias", None)
    if double:
        given = given.float()
        weight, bias = (None if one is None else one.detach().float() for one in (weight, bias))
    with torch.no_grad():
        if isinstance(norm, nn.modules.instancenorm._InstanceNorm):
            return F.instance_norm(given, None, None, weight, bias, True, 0.0, layer.eps)
        if isinstance(norm, nn.modules.batchnorm._NormBase):
            return F.batch_norm(given, None, None, weight, bias, True, 0.0, layer.eps)
        if isinstance(norm, nn.GroupNorm):
            return F.group_norm(given, layer.num_groups, weight, bias, layer.eps)
        if isinstance(norm, nn.LayerNorm):
            return F.layer_norm(given, layer.normalized_shape, weight, bias, layer.eps)
        return F.rms_norm(given, layer.normalized_shape, weight, layer.eps)
