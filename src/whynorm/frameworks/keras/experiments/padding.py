"""Padding in a batch of samples of different lengths, and what it does to a norm that averages over it."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy

from whynorm.facts import Reading
from whynorm.facts.measured import Padding
from whynorm.frameworks.keras.experiments.samples import Numbers
from whynorm.frameworks.keras.experiments.variation import arranged

SHORTEST = 8
"""An axis of fewer positions is not taken for one that is filled up."""


class Ends(NamedTuple):
    """Where the real positions of each sample end."""

    lengths: tuple[int, ...]
    size: int
    proof: str


def padding(values: Numbers, reading: Reading, eps: float, handed: Sequence[Any]) -> Padding | None:
    """What padding in the batch `handed` to the root does to what a norm makes of `values`; None where there is none.

    Some of the axes averaged over may be shorter in `values` than they were at the root.
    """
    over = [axis for axis in reading.averages if axis not in (0, reading.channel_axis)]
    if not over or values.shape[0] < 2 or reading.family not in ("instance", "batch", "group"):
        return None
    for ends in ends_of(handed, values.shape[0]):
        axis = _filled_up(values, over, ends)
        if axis is not None:
            return _compared(values, reading, eps, ends, axis)
    return None


def _filled_up(values: Numbers, over: Sequence[int], ends: Ends) -> int | None:
    """The axis of the norm's input along which samples are filled up."""
    same = [axis for axis in over if values.shape[axis] == ends.size]
    if same:
        return same[0]
    shorter = [axis for axis in over if SHORTEST <= values.shape[axis] < ends.size]
    return shorter[0] if len(over) == 1 and shorter else None


def _compared(values: Numbers, reading: Reading, eps: float, ends: Ends, axis: int) -> Padding | None:
    size = values.shape[axis]
    real = [max(1, round(length * size / ends.size)) for length in ends.lengths]
    if min(real) == size:
        return None
    sample = min(range(len(real)), key=lambda one: (real[one] < 4, real[one]))
    batch = reading.family == "batch"
    if batch:
        there = numpy.arange(size)[None] < numpy.array(real)[:, None]
        rows = numpy.moveaxis(values, axis, 1)
        channel = reading.channel_axis or 0
        last = numpy.moveaxis(rows, channel + (channel < axis and channel > 0), -1)
        expected = _scaled(last[there].reshape(-1, last.shape[-1]), 0, eps)
        whole = _scaled(last.reshape(-1, last.shape[-1]), 0, eps).reshape(last.shape)
        got = whole[there].reshape(expected.shape)
    else:
        alone = numpy.take(values[sample : sample + 1], numpy.arange(real[sample]), axis)
        if alone.size < 2 * alone.shape[reading.channel_axis or 1]:
            return None
        expected = _own(alone, reading, eps)
        got = numpy.take(_own(values[sample : sample + 1], reading, eps), numpy.arange(real[sample]), axis)
    deviation = float(expected.std())
    effect = float(abs(got - expected).mean()) / deviation if deviation else 0.0
    return Padding(ends.lengths, ends.size, ends.proof, sample, real[sample], size, effect, not batch)


def _scaled(values: Numbers, axis: int | tuple[int, ...], eps: float) -> Numbers:
    mean, variance = values.mean(axis, keepdims=True), values.var(axis, keepdims=True)
    return numpy.asarray((values - mean) / numpy.sqrt(variance + eps))


def _own(values: Numbers, reading: Reading, eps: float) -> Numbers:
    """What a norm with statistics of each sample makes of it, before scale and shift."""
    if reading.groups and reading.channel_axis in reading.averages:
        moved = numpy.moveaxis(values, reading.channel_axis, 1)
        return numpy.moveaxis(
            _scaled(arranged(values, reading), -1, eps).reshape(moved.shape), 1, reading.channel_axis
        )  # fmt: skip
    return _scaled(values, tuple(reading.averages), eps)


def ends_of(handed: Sequence[Any], samples: int) -> Iterator[Ends]:
    """Where the samples of a batch end, by what tells it most surely first."""
    batched = [one for one in handed if isinstance(one, numpy.ndarray) and one.ndim and one.shape[0] == samples]
    sizes = sorted({size for one in batched for size in one.shape[1:] if size >= SHORTEST})
    for one in batched:
        if one.ndim == 1 and one.dtype.kind in "iu":
            lengths = tuple(one.tolist())
            size = next((size for size in sizes if size >= max(lengths)), 0)
            if size and min(lengths) > 0 and _differ(lengths, size) and _end_there(batched, lengths, size):
                yield Ends(lengths, size, "lengths")
    for one in batched:
        if one.ndim == 2 and one.shape[1] >= SHORTEST:
            yield from _of_rows(one)
    for one in batched:
        if one.dtype.kind == "f" and one.ndim in (2, 3):
            for axis in range(1, one.ndim):
                others = tuple(other for other in range(1, one.ndim) if other != axis)
                held = (one != 0).any(others) if others else one != 0
                lengths = _until(held)
                if one.shape[axis] >= SHORTEST and _differ(lengths, one.shape[axis]):
                    yield Ends(lengths, one.shape[axis], "zeros")


def _of_rows(rows: Any) -> Iterator[Ends]:
    """By a mask, or by numbers that stand for words."""
    if bool(((rows == 0) | (rows == 1)).all()):
        real = rows != 0 if bool((rows[:, 0] != 0).all()) else rows == 0
        lengths = _until(real)
        if real.sum(1).tolist() == list(lengths) and _differ(lengths, rows.shape[1]):
            yield Ends(lengths, rows.shape[1], "mask")
    elif rows.dtype.kind in "iu":
        found, counts = numpy.unique(rows[:, -1], return_counts=True)
        lengths = _until(rows != found[counts.argmax()])
        if _differ(lengths, rows.shape[1]):
            yield Ends(lengths, rows.shape[1], "ids")


def _end_there(batched: Sequence[Any], lengths: Sequence[int], size: int) -> bool:
    """Whether the samples of an array hold one value behind these lengths, and another before."""
    for one in batched:
        for axis in (axis for axis in range(1, one.ndim) if one.shape[axis] == size):
            rows = numpy.moveaxis(one, axis, 1).reshape(one.shape[0], size, -1)
            behind = [row[length:] for row, length in zip(rows, lengths, strict=True) if length < size]
            fill = behind[0].flat[0]
            ends = all(bool((row[length - 1] != fill).any()) for row, length in zip(rows, lengths, strict=True))
            if ends and all(bool((row == fill).all()) for row in behind):
                return True
    return False


def _differ(lengths: Sequence[int], size: int) -> bool:
    """Whether half of the samples or more end before the axis does, some by more than one position, not all alike."""
    short = [length for length in lengths if length < size]
    return len(short) * 2 >= len(lengths) and len(set(lengths)) > 1 and 0 < min(lengths) < size - 1


def _until(real: Any) -> tuple[int, ...]:
    """For each row the number of entries up to the last that is true."""
    return tuple((real * numpy.arange(1, real.shape[1] + 1)).max(1).tolist())
