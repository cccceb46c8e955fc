"""The statistics of what a norm gets in one call, beside those that it has."""

from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

import torch
from torch import nn

from whynorm.facts.history import Gap


class Sample(NamedTuple):
    """Means and variances over a batch, by channel, and the running ones when it came in."""

    batch: int
    mean: torch.Tensor
    var: torch.Tensor
    running_mean: torch.Tensor
    running_var: torch.Tensor
    updates: int | None
    """So often the running ones had been updated."""
    spread: torch.Tensor | None
    """The deviation of the samples' own means from each other, where each has several positions."""

    @property
    def initial(self) -> bool:
        """Whether the running ones were still those that a norm is made with."""
        return are_initial(self.running_mean, self.running_var)


def are_initial(mean: torch.Tensor, variance: torch.Tensor) -> bool:
    """Whether running statistics are the 0 and 1 that a norm is made with."""
    return not mean.any() and bool((variance == 1).all())


def sample(norm: nn.Module, given: torch.Tensor) -> Sample | None:
    """The statistics of a norm's input, taken as a batch norm takes them; None where there are none to take."""
    running_mean, running_var = norm._buffers.get("running_mean"), norm._buffers.get("running_var")
    if running_mean is None or running_var is None or type(given) is not torch.Tensor or given.is_meta:
        return None
    if given.ndim < 2 or not given.numel() or given.shape[1] != len(running_mean) or not given.is_floating_point():
        return None
    with torch.no_grad():
        given = given.detach().float() if given.dtype in (torch.float16, torch.bfloat16) else given.detach()
        var, mean = torch.var_mean(given, (0, *range(2, given.ndim)), correction=0)
        own = given.flatten(2).mean(2) if given.ndim > 2 and given.shape[0] > 1 else None
        spread = own.std(0) if own is not None else None
        counted = norm._buffers.get("num_batches_tracked")
        updates = None if counted is None else int(counted)
        return Sample(given.shape[0], mean, var, running_mean.clone(), running_var.clone(), updates, spread)


def gap(samples: Sequence[Sample]) -> Gap | None:
    """How far the running statistics lie from these batches, on which they were used."""
    if not samples:
        return None
    far = [(one.mean - one.running_mean) / one.running_var.clamp(min=1e-12).sqrt() for one in samples]
    away = mean_of(far, samples)
    ratio = (
        mean_of(
            [(one.var + (one.mean - one.running_mean).square()) / one.running_var.clamp(min=1e-12) for one in samples],
            samples,
        )
        - away.square()
    )
    counted = [one.updates for one in samples if one.updates is not None]
    updates = min(counted, default=None) if len(counted) == len(samples) else None
    return Gap(median_of(away.abs()), median_of(ratio), sum(one.batch for one in samples), updates)


def mean_of(values: Sequence[torch.Tensor], samples: Sequence[Sample]) -> torch.Tensor:
    """Of vectors by channel, each weighted by its samples."""
    total = sum(one.batch for one in samples)
    return torch.stack(
        [value.double().cpu() * one.batch / total for value, one in zip(values, samples, strict=True)]
    ).sum(0)


def median_of(values: torch.Tensor) -> float:
    """The median of a vector."""
    return float(median(values.flatten().tolist()))
