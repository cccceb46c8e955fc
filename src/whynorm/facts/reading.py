"""The universal reading of a norm: what it averages over, what it keeps, where its parameters live."""

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

_LETTERS = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}


class Shape(tuple[int, ...]):
    """Sizes that know on which axis the channels stand, where that is not axis 1 (Keras's `channels_last`)."""

    channel_axis: int = 1

    def __new__(cls, sizes: Sequence[int], channel_axis: int) -> "Shape":
        """Sizes with their channels on this axis, counted from 0."""
        made = super().__new__(cls, sizes)
        made.channel_axis = channel_axis
        return made


def channels_of(shape: Sequence[int]) -> int:
    """The axis on which the channels stand: axis 1, unless the shape says otherwise."""
    return shape.channel_axis if isinstance(shape, Shape) else 1


OWN = -1
"""The shape's own channel axis."""


def axis_names(shape: Sequence[int], channel_axis: int | None = OWN, *, batched: bool = True) -> tuple[str, ...]:
    """A letter for each axis: N for the batch, C for the channels, L, H W or D H W for the rest.

    Without a channel axis, or with more axes than have letters, the rest are `axis 1`, `axis 2` …
    """
    names = [f"axis {axis}" for axis in range(len(shape))]
    channel_axis = channels_of(shape) if channel_axis == OWN else channel_axis
    if batched and len(shape) > 1:
        names[0] = "N"
    if channel_axis is not None and channel_axis < len(shape):
        names[channel_axis] = "C"
    rest = [axis for axis, name in enumerate(names) if name.startswith("axis")]
    for axis, letter in zip(rest, _LETTERS.get(len(rest), ()), strict=False):
        names[axis] = letter
    return tuple(names)


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

    def leaves_open(self, shape: Sequence[int]) -> bool:
        """Whether an input of this shape would be taken with its axes in another order too, and read otherwise."""
        if len(shape) < 2 or 0 in shape:
            return False
        if self.unbatched:
            return self.channels == shape[0] == shape[1]
        if len(shape) < 3:
            return False
        if self.family in ("layer", "rms"):
            return len(self.averages) == 1 and shape[-1] > 1 and shape[-1] in shape[1:-1]
        return self.family in ("batch", "instance", "group") and shape[1] > 1 and shape[1] in shape[2:]

    def names(self, shape: Sequence[int]) -> tuple[str, ...]:
        """A letter for each axis of an input of this shape, as this norm reads it."""
        channel = self.channel_axis
        if channel is None:
            channel = len(shape) - max(1, len(self.averages))
            channel = len(shape) - 1 if channel < 1 else channel
        return axis_names(shape, channel, batched=not self.unbatched)
