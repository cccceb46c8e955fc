"""One volume at a time."""

import torch


def volume(number: int) -> torch.Tensor:
    torch.manual_seed(number)
    return torch.randn(1, 1, 32, 32, 32)


def prepare(number: int) -> torch.Tensor:
    scan = volume(number)
    return scan[0]
