"""The statistics of what a norm gets in one call, beside those that it has."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import keras
import numpy
import numpy.typing

from whynorm.facts.history import Gap

MOST_VALUES = 1 << 22
"""Of a larger input no sample is taken."""
Numbers = numpy.typing.NDArray[numpy.float64]


class Sample(NamedTuple):
    """Means and variances over a batch, by channel, and the running ones when it came in."""

    batch: int
    mean: Numbers
    var: Numbers
    running_mean: Numbers
    running_var: Numbers


def values_of(tensor: Any) -> Numbers:
    """A tensor's values."""
    return numpy.asarray(keras.ops.convert_to_numpy(keras.ops.cast(tensor, "float32")), "float64")


def sample(norm: Any, given: Any) -> Sample | None:
    """The statistics of a batch norm's input, as it takes them itself; None where there are none to take."""
    axis, shape = norm.axis, tuple(given.shape)
    if not isinstance(axis, int) or not shape or 0 in shape or numpy.prod(shape) > MOST_VALUES:
        return None
    values = values_of(given)
    over = tuple(number for number in range(values.ndim) if number != axis % values.ndim)
    running_mean, running_var = values_of(norm.moving_mean), values_of(norm.moving_variance)
    return Sample(shape[0], values.mean(over), values.var(over), running_mean, running_var)


def gap(samples: Sequence[Sample], updates: int | None) -> Gap | None:
    """How far the running statistics lie from these batches, on which they were used."""
    if not samples:
        return None
    total = sum(one.batch for one in samples)
    shares = [one.batch / total for one in samples]
    deviations = [numpy.sqrt(numpy.maximum(one.running_var, 1e-12)) for one in samples]
    far = [(one.mean - one.running_mean) / wide for one, wide in zip(samples, deviations, strict=True)]
    away = sum(share * one for share, one in zip(shares, far, strict=True))
    squares = [one.var / wide**2 + apart**2 for one, wide, apart in zip(samples, deviations, far, strict=True)]
    ratio = sum(share * one for share, one in zip(shares, squares, strict=True)) - away**2
    return Gap(float(numpy.median(numpy.abs(away))), float(numpy.median(ratio)), total, updates)


def scatter(samples: Sequence[Sample]) -> float | None:
    """How far the means of batches lie from each other, in deviations: the median over the channels."""
    if len(samples) < 2:
        return None
    within = numpy.sqrt(numpy.maximum(numpy.stack([one.var for one in samples]).mean(0), 1e-12))
    return float(numpy.median(numpy.stack([one.mean for one in samples]).std(0, ddof=1) / within))
