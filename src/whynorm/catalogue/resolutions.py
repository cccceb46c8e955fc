"""Sizes of the input at which a network gives the number of features that one of its layers is built for."""

from collections.abc import Iterator

from whynorm.catalogue.shapes import Source, out_shape, spatial
from whynorm.facts import Call, Case
from whynorm.facts.change import Feed

USUAL = (224, 256, 32, 28, 64, 128, 96, 112, 48, 299, 227, 384, 512, 192, 160, 320, 36, 100, 16, 84, 1024)
"""Resolutions that networks are built for, the most frequent first."""


def narrowing(found: Source) -> list[Call]:
    """The steps on the way that change how many positions there are, and how they are arranged."""
    return [step for step in found.calls if step.role in ("conv", "pool", "reshape") and step.shape != out_shape(step)]


def is_usual(feed: Feed, axes: tuple[int, ...]) -> bool:
    """Whether one of these axes gets a size that networks are built for."""
    return any(feed.shape[axis] in USUAL or feed.shape[axis] % 32 == 0 for axis in axes)


def fitting(case: Case, found: Source, wanted: int, got: int) -> Feed | None:
    """An input size with which the pass goes through; `wanted` and `got` are numbers of features."""
    if not spatial(found.value.shape):
        return None
    return next((feed for feed in _candidates(found, wanted, got) if case.try_out((feed,)).passed), None)


def _candidates(found: Source, wanted: int, got: int) -> Iterator[Feed]:
    """Sizes of the input that could give the wanted number of features: the usual ones, then the user's own, scaled."""
    own = found.value.shape
    axes = spatial(own)
    scale = (wanted / got) ** (1 / len(axes))
    near = sorted(
        (size for size in USUAL if 0.4 < size / (own[axes[0]] * scale) < 2.5),
        key=lambda size: abs(size / (own[axes[0]] * scale) - 1),
    )
    for size in near[:6]:
        yield Feed(found.number, tuple(size if axis in axes else old for axis, old in enumerate(own)))
    scaled = tuple(max(1, round(old * scale)) if axis in axes else old for axis, old in enumerate(own))
    for more in (0, 1, -1, 2, -2, 3, -3, 4, -4):
        yield Feed(found.number, tuple(old + more if axis in axes else old for axis, old in enumerate(scaled)))
