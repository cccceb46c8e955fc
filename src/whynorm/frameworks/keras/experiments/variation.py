"""How much the values vary over which a norm takes its statistics."""

from math import prod

import numpy

from whynorm.facts import Reading, Variation
from whynorm.frameworks.keras.experiments.samples import Numbers

FAMILIES = ("instance", "batch", "group", "layer")
"""Norms that subtract a mean: of what does not vary they give 0."""
_LEVELS = 4


def variation(values: Numbers, reading: Reading, eps: float) -> Variation | None:
    """What of these values does not vary, or hardly beside `eps`; None where nothing is remarkable.

    `values` have the shape that `reading` was made for, and are finite.
    """
    if reading.family not in FAMILIES or reading.values(values.shape) < 2:
        return None
    rows = arranged(values, reading)
    low, high = rows.min(-1), rows.max(-1)
    constant = high - low <= 1e-6 * numpy.maximum(abs(low), abs(high))
    count = int(constant.sum())
    deviation = float(numpy.median(rows[~constant].std(-1))) if count < constant.size else 0.0
    if not count and deviation**2 > eps / 100:
        return None
    channels = values.shape[reading.channel_axis] if reading.channel_axis in reading.keeps else 0
    dead, erased, blank = _where(constant, high, reading, channels)
    return Variation(
        constant.size, count, _levels(high[constant]), channels, dead, erased, blank, deviation, eps
    )  # fmt: skip


def arranged(values: Numbers, reading: Reading) -> Numbers:
    """The values of each statistic on the last axis, the axes that are kept before it."""
    if reading.groups and reading.channel_axis in reading.averages:
        axis = reading.channel_axis
        moved = numpy.moveaxis(values, axis, 1)
        return moved.reshape(values.shape[0], reading.groups, -1)
    kept = [values.shape[axis] for axis in reading.keeps]
    return values.transpose(*reading.keeps, *reading.averages).reshape(*kept, prod(values.shape) // prod(kept))


def _levels(values: Numbers) -> tuple[float, ...]:
    different = numpy.unique(values)
    chosen = different[numpy.linspace(0, len(different) - 1, min(_LEVELS, len(different))).astype(int)]
    return tuple(float(one) for one in chosen)


Places = tuple[int, ...]


def _where(constant: Numbers, level: Numbers, reading: Reading, channels: int) -> tuple[Places, Places, Places]:
    """The channels that are constant in the whole batch, those in each sample for itself, and the constant samples."""
    if reading.family == "batch":
        return tuple(numpy.flatnonzero(constant).tolist()), (), ()
    if reading.family not in ("instance", "group") or constant.ndim != 2:
        return (), (), ()
    blank = tuple(numpy.flatnonzero(constant.all(1)).tolist())
    if not channels:
        return (), (), blank
    throughout = constant.all(0)
    same = level.max(0) - level.min(0) <= 1e-4 * abs(level).max(0)
    dead, erased = numpy.flatnonzero(throughout & same), numpy.flatnonzero(throughout & ~same)
    return tuple(dead.tolist()), tuple(erased.tolist()), blank
