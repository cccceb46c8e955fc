"""How a norm that a message names reads the shape that the message gives: what its kind means, and no more."""

from whynorm.facts import Reading
from whynorm.texts.wordings import Match


def reading(family: str, shape: tuple[int, ...], match: Match) -> Reading | None:
    """The reading of a norm of this family on this shape, channels second; None where the family is not known."""
    rank = len(shape)
    spatial = tuple(range(2, rank))
    channels = match.numbers.get("wanted")
    if family == "instance" and rank >= 2:
        return Reading("instance", spatial, (0, 1), 1, (1,), channels)
    if family in ("batch", "sync") and rank >= 2:
        return Reading("batch", (0, *spatial), (1,), 1, (1,), channels)
    if family == "group" and rank >= 2:
        return Reading("group", (1, *spatial), (0,), 1, (1,), channels, match.numbers.get("groups"))
    if family in ("layer", "rms"):
        wanted = match.sizes("weight")
        count = len(wanted) if wanted else 1
        if count <= rank:
            axes = tuple(range(rank - count, rank))
            return Reading(family, axes, tuple(range(rank - count)), None, axes)
    return None
