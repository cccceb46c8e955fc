"""How a norm that a message names reads the shape that the message gives: what its kind means, and no more."""

from whynorm.facts import Reading, Told


def reading(told: Told, shape: tuple[int, ...]) -> Reading | None:
    """The reading of a norm of this kind on this shape, channels where the framework has them; None for another."""
    rank = len(shape)
    family = told.family
    if family in ("layer", "rms"):
        wanted = told.lists.get("weight")
        count = len(wanted) if wanted else 1
        if count > rank:
            return None
        axes = tuple(range(rank - count, rank))
        return Reading(family, axes, tuple(range(rank - count)), None, axes)
    if rank < 2:
        return None
    channel = rank - 1 if told.last_axis else 1
    spatial = tuple(axis for axis in range(1, rank) if axis != channel)
    channels = told.numbers.get("wanted")
    if family == "instance":
        return Reading("instance", spatial, (0, channel), channel, (channel,), channels)
    if family in ("batch", "sync"):
        return Reading("batch", (0, *spatial), (channel,), channel, (channel,), channels)
    if family == "group":
        averages = tuple(sorted((channel, *spatial)))
        return Reading("group", averages, (0,), channel, (channel,), channels, told.numbers.get("groups"))
    return None
