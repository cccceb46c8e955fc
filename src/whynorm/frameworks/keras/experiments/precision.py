"""A norm in 16 bits against the same norm in 32, on the values that it got."""

from typing import Any

import keras
import numpy

from whynorm.facts.measured import Precision
from whynorm.frameworks.keras.ask import eager
from whynorm.frameworks.keras.backends import current
from whynorm.frameworks.keras.experiments.samples import Numbers, values_of
from whynorm.frameworks.keras.kept import kept

HALF = ("float16", "bfloat16")


def precision(norm: Any, given: Any, values: Numbers) -> Precision | None:
    """Where the norm's result in 16 bits is not that in float32; None where it is, but for rounding."""
    dtype = keras.backend.standardize_dtype(given.dtype)
    if dtype not in HALF or norm.compute_dtype != dtype:
        return None
    with kept(), current().real():
        with eager(stateful=False):
            got = values_of(norm.call(given))
        wanted = _in_float32(norm, given)
    held = numpy.isfinite(wanted)
    bad = int((~numpy.isfinite(got) & held).sum())
    lost = int(((got == 0) & (abs(wanted) > 0.01)).sum())
    both = held & numpy.isfinite(got)
    deviation = float(wanted[held].std()) if held.any() else 0.0
    difference = float(abs(got - wanted)[both].mean()) / deviation if deviation and both.any() else 0.0
    if not bad and not lost and difference < 0.05:
        return None
    eps = getattr(norm, "epsilon", None)
    there = None if eps is None else float(numpy.float16(eps)) if dtype == "float16" else eps
    return Precision(dtype, bad, got.size, lost, difference, float(abs(values).max()), eps, there)


def _in_float32(norm: Any, given: Any) -> Numbers:
    copy = type(norm).from_config({**norm.get_config(), "dtype": "float32"})
    if norm.weights:
        copy.build(tuple(given.shape))
        copy.set_weights(norm.get_weights())
    return values_of(copy.call(keras.ops.cast(given, "float32")))
