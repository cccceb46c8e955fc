"""A norm in 16 bits against the same norm in 32, on the values that it got."""

import torch
from torch import nn

from whynorm.facts.measured import Precision
from whynorm.frameworks.torch.experiments import HALF
from whynorm.frameworks.torch.experiments.again import again


def precision(norm: nn.Module, given: torch.Tensor) -> Precision | None:
    """Where the norm's result in the type of this input is not that in float32; None where it is, but for rounding."""
    dtype = given.dtype
    if dtype not in HALF or not bool(given.isfinite().all()):
        return None
    return compared(again(norm, given), again(norm, given, double=True), given, getattr(norm, "eps", None))


def compared(got: torch.Tensor, wanted: torch.Tensor, given: torch.Tensor, eps: float | None) -> Precision | None:
    """What differs between a result in 16 bits and in 32."""
    dtype, got, wanted = given.dtype, got.detach().float(), wanted.detach().float()
    bad = int((~got.isfinite() & wanted.isfinite()).sum())
    lost = int(((got == 0) & (wanted.abs() > 0.01)).sum())
    deviation = float(wanted.std(correction=0))
    held = got.isfinite() & wanted.isfinite()
    difference = float((got - wanted)[held].abs().mean()) / deviation if deviation and bool(held.any()) else 0.0
    if not bad and not lost and difference < 0.05:
        return None
    there = None if eps is None else float(torch.tensor(eps, dtype=dtype))
    return Precision(
        str(dtype).removeprefix("torch."),
        bad,
        got.numel(),
        lost,
        difference,
        float(given.detach().abs().max()),
        eps,
        there,
    )
