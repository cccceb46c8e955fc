"""The columns of a table that a layer learns its mean and variance of."""

from typing import Any

import numpy

from whynorm.facts.measured import Columns

LARGEST = 1 << 24
"""No table of more numbers is looked at."""


def columns(layer: Any, data: Any) -> Columns | None:
    """How the columns of a table differ, for a layer that was told to keep none of them apart."""
    rows = _rows(data) if not layer.axis else None
    if rows is None:
        return None
    apart, together = numpy.nanstd(rows, axis=0), float(numpy.nanstd(rows))
    if not numpy.isfinite(together) or not together:
        return None
    lost = int((apart < together / 100).sum())
    return Columns(rows.shape[-1], (float(apart.min()), float(apart.max())), lost)


def deviations(data: Any) -> tuple[float, ...]:
    """The deviation of each column of a table; empty where it is none."""
    rows = _rows(data)
    return () if rows is None else tuple(float(one) for one in numpy.ptp(rows, axis=0))


def _rows(data: Any) -> Any:
    if not isinstance(data, numpy.ndarray) or data.dtype.kind not in "fiu" or data.size > LARGEST:
        return None
    if data.ndim not in (2, 3) or not 1 < data.shape[-1] <= 1024 or not data.shape[0] > 1:
        return None
    return data.reshape(-1, data.shape[-1]).astype("float64")
