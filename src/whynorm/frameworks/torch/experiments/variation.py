"""How much the values vary over which a norm takes its statistics."""

import torch

from whynorm.facts.measured import Variation
from whynorm.facts.reading import Reading

FAMILIES = ("instance", "batch", "group", "layer")
"""Norms that subtract a mean: of what does not vary they give 0."""
_LEVELS = 4


def variation(given: torch.Tensor, reading: Reading, eps: float) -> Variation | None:
    """What of this input does not vary, or hardly beside `eps`; None where nothing is remarkable.

    `given` has the shape that `reading` was made for, holds finite values, and is only read.
    """
    if reading.family not in FAMILIES or reading.values(tuple(given.shape)) < 2:
        return None
    statistics, kept = _arranged(given, reading)
    low, high = statistics.amin(-1), statistics.amax(-1)
    size = torch.maximum(low.abs(), high.abs())
    constant = (high - low) <= 8 * torch.finfo(given.dtype).eps * size
    count = int(constant.sum())
    deviation = 0.0
    if count < constant.numel():
        deviation = float(statistics[~constant].float().std(-1, correction=0).median())
    if not count and deviation**2 > eps / 100:
        return None
    channels = kept[reading.channel_axis] if reading.channel_axis in reading.keeps else 0
    dead, erased, blank = _where(constant, high, reading, channels)
    return Variation(
        constant.numel(), count, _levels(high[constant]), channels, dead, erased, blank, deviation, eps
    )  # fmt: skip


def _arranged(given: torch.Tensor, reading: Reading) -> tuple[torch.Tensor, dict[int, int]]:
    """The values of each statistic on the last axis; and the sizes of the axes that are kept, by axis."""
    kept = {axis: given.shape[axis] for axis in reading.keeps}
    if reading.groups and reading.channel_axis in reading.averages:
        return given.reshape(given.shape[0], reading.groups, -1), kept
    moved = given.permute(*reading.keeps, *reading.averages)
    return moved.reshape(*kept.values(), -1), kept


def _levels(values: torch.Tensor) -> tuple[float, ...]:
    different = values.unique()
    chosen = different[torch.linspace(0, len(different) - 1, min(_LEVELS, len(different))).long()]
    return tuple(float(one) for one in chosen)


def _where(
    constant: torch.Tensor, level: torch.Tensor, reading: Reading, channels: int
) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The channels that are constant in the whole batch, those in each sample for itself, and the constant samples."""
    if reading.family == "batch":
        return tuple(constant.nonzero().flatten().tolist()), (), ()
    if reading.family not in ("instance", "group") or constant.ndim != 2:
        return (), (), ()
    blank = tuple(constant.all(1).nonzero().flatten().tolist())
    if not channels:
        return (), (), blank
    throughout = constant.all(0)
    spread = level.amax(0) - level.amin(0)
    same = spread <= 1e-4 * level.abs().amax(0)
    dead, erased = (throughout & same).nonzero().flatten(), (throughout & ~same).nonzero().flatten()
    return tuple(dead.tolist()), tuple(erased.tolist()), blank
