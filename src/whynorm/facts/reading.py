"""The universal reading of a norm: what it averages over, what it keeps, where its parameters live."""

from math import prod
from typing import NamedTuple


class Reading(NamedTuple):
    """How one norm layer reads one input.

    Axes are counted from 0 on the input as it arrived. For a group norm the channel axis stands in `averages`
    too when a group holds more than one channel, with `groups` saying into how many it is split first.
    """

    family: str
    """`instance`, `batch`, `group`, `layer`, `rms`, `local-response`, `weight` …"""
    averages: tuple[int, ...]
    """The axes each statistic is taken over."""
    keeps: tuple[int, ...]
    """The axes along which every index has statistics of its own."""
    channel_axis: int | None
    """The axis that `channels` counts; None for a norm over trailing axes."""
    parameter_axes: tuple[int, ...] = ()
    """The axes on which weight and bias live; empty without parameters."""
    channels: int | None = None
    """The channel count that the layer was built for."""
    groups: int | None = None
    source: str = "batch"
    """Where the statistics come from in this call: `batch` (this input) or `running` (the buffers)."""
    unbatched: bool = False
    """The input was read as one sample, with no batch axis."""

    def values(self, shape: tuple[int, ...]) -> int:
        """How many values each statistic is taken over, for an input of this shape."""
        count = prod(shape[axis] for axis in self.averages)
        if self.groups and self.channel_axis in self.averages:
            count //= self.groups
        return count
