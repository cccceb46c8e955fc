"""The columns of a table of which one mean and one variance are taken in all."""

from typing import Any

import numpy

from whynorm.facts.measured import Columns

LARGEST = 1 << 24
"""No table of more numbers is looked at."""


def columns(layer: Any, data: Any) -> Columns | None:
    """How the columns of a table differ, for a layer that was told to keep none of them apart."""
    if layer.axis or not isinstance(data, numpy.ndarray) or data.dtype.kind not in "fiu":
        return None
    if data.ndim not in (2, 3) or not 1 < data.shape[-1] <= 1024 or not data.shape[0] > 1 or data.size > LARGEST:
        return None
    rows = data.reshape(-1, data.shape[-1]).astype("float64")
    apart, together = numpy.nanstd(rows, axis=0), float(numpy.nanstd(rows))
    if not numpy.isfinite(together) or not together:
        return None
    lost = int((apart < together / 100).sum())
    return Columns(data.shape[-1], (float(apart.min()), float(apart.max())), lost)
