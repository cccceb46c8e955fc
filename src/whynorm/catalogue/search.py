"""Searching by trial: which input would do."""

from collections.abc import Sequence

from whynorm.catalogue.shapes import Source, most, spatial
from whynorm.facts import Call, Case
from whynorm.facts.change import Feed

USUAL = (28, 32, 48, 64, 96, 128, 192, 224, 256, 299, 384, 512)
"""Sizes that networks are built for."""

LARGEST = 1 << 22
"""No input of more positions than this is tried."""


def smallest_input(case: Case, found: Source) -> tuple[Feed, ...] | None:
    """The root's inputs at the smallest sizes that pass, none smaller than they are; None if none are near.

    Exactly, where the network can be followed so; else by trial, grown on as few axes as will do.
    """
    exact = case.fitting(found.number)
    for feeds in (exact.padded, exact.larger) if exact is not None else ():
        if feeds is not None and case.try_out(feeds).passed:
            return feeds
    grown = _grown(case, found)
    return None if grown is None else (grown,)


def _grown(case: Case, found: Source) -> Feed | None:
    """Sizes between the user's own and a passing power of two times it are tried in steps of the network's stride."""
    own = found.value.shape
    axes = spatial(own)
    if not axes:
        return None
    grown = _doubled(case, found, axes)
    if grown is None:
        return None
    step = stride(found.calls)
    for axis in reversed(axes):
        if _passes(case, found, {**grown, axis: own[axis]}):
            grown[axis] = own[axis]
    for axis in axes:
        low, high = own[axis], grown[axis]
        while high - low > step:
            middle = (low + max(step, (high - low) // 2)) // step * step
            if not low < middle < high:
                break
            if _passes(case, found, {**grown, axis: middle}):
                high = middle
            else:
                low = middle
        grown[axis] = high
    return _feed(found, grown)


def stride(calls: Sequence[Call]) -> int:
    """What the calls on the way divide the spatial size by."""
    total = 1
    for call in calls:
        if call.role in ("conv", "pool"):
            total *= max(1, most(call.arguments.get("stride")))
    return total


def _doubled(case: Case, found: Source, axes: Sequence[int]) -> dict[int, int] | None:
    own = found.value.shape
    doubled = [{axis: own[axis] * factor for axis in axes} for factor in (2, 4, 8, 16, 32, 64)]
    usual = [dict.fromkeys(axes, size) for size in USUAL if size > max(own[axis] for axis in axes)]
    for sizes in (*doubled[:3], *usual, *doubled[3:]):
        area = 1
        for size in sizes.values():
            area *= size
        if area > LARGEST:
            continue
        if _passes(case, found, sizes):
            return sizes
    return None


def _passes(case: Case, found: Source, sizes: dict[int, int]) -> bool:
    return case.try_out((_feed(found, sizes),)).passed is True


def _feed(found: Source, sizes: dict[int, int]) -> Feed:
    own = found.value.shape
    return Feed(found.number, tuple(sizes.get(axis, size) for axis, size in enumerate(own)))


def resized(found: Source, step: int, *, up: bool) -> Feed:
    """The root's input with every spatial size at the next multiple of `step`, up or down."""
    own = found.value.shape
    sizes = {axis: -(-own[axis] // step) * step if up else own[axis] // step * step for axis in spatial(own)}
    return _feed(found, sizes)
