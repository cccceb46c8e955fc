"""Running statistics that still hold much of the 0 and 1 they began with: how far that puts them from what came in.

What came in is told from the statistics themselves. After n updates each holds `momentum ** n` of its start, and the
rest is an average over the batches: without the start it is what Adam calls corrected for bias.
"""

from typing import Any

import numpy

from whynorm.facts.history import Begun

MOST_LEFT = 0.1
"""With less of the start in them, statistics have settled."""


def begun(mean: Any, variance: Any, *, share: float | None, steps: int) -> Begun | None:
    """What of the start is left in statistics after so many updates, each by this share of a batch's.

    None where they have settled, or cannot have begun at 0 and 1.
    """
    left = (1 - share) ** steps if share is not None else 0.0
    if share is None or steps < 1 or not MOST_LEFT < left < 1:
        return None
    came_mean, came_variance = mean / (1 - left), (variance - left) / (1 - left)
    if not bool((came_variance >= 0).all()):
        return None
    deviation = numpy.sqrt(numpy.maximum(variance, 1e-12))
    away = float(numpy.median(numpy.abs(came_mean - mean) / deviation))
    return Begun(steps, left, away, float(numpy.median(came_variance / deviation**2)))


def quicker(mean: Any, variance: Any, known: Begun, share: float) -> Begun:
    """The same, had they been updated by another share."""
    left = (1 - share) ** known.steps
    came_mean, came_variance = mean / (1 - known.left), (variance - known.left) / (1 - known.left)
    wide = numpy.maximum((1 - left) * came_variance + left, 1e-12)
    away = float(numpy.median(numpy.abs(left * came_mean) / numpy.sqrt(wide)))
    return Begun(known.steps, left, away, float(numpy.median(came_variance / wide)))
