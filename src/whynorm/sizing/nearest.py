"""The accepted sizes nearest to given ones."""

import itertools
from collections.abc import Callable, Iterator

from whynorm.sizing.path import Sizes
from whynorm.sizing.tree import Explored

_MOST = 200_000
"""So many combinations are looked at in one direction."""


def nearest(
    found: Explored, sizes: Sizes, wanted: Callable[[Sizes], bool] | None = None
) -> dict[str, dict[str, int] | None]:
    """The smallest padding (fewest values in all, then the least in any one axis), and the smallest crop.

    `wanted` says which of the accepted sizes will do; without it, all.
    """
    return {way: _towards(found, sizes, wanted or found.accepts, up=way == "pad") for way in ("pad", "crop")}


def _towards(found: Explored, sizes: Sizes, wanted: Callable[[Sizes], bool], *, up: bool) -> dict[str, int] | None:
    ladders = []
    for letter in found.letters:
        low, high = found.ranges[letter]
        reach = range(max(sizes[letter], low), high + 1) if up else range(min(sizes[letter], high), low - 1, -1)
        ladders.append(_possible(found, letter, sizes, reach))
    if not all(ladders):
        return None
    best: tuple[tuple[int, int], dict[str, int]] | None = None
    for values in itertools.islice(_combined(ladders), _MOST):
        candidate = dict(zip(found.letters, values, strict=True))
        cost = _cost(sizes, candidate)
        if best is not None and cost >= best[0]:
            if max(abs(candidate[letter] - sizes[letter]) for letter in candidate) > best[0][0]:
                break
            continue
        if wanted(candidate):
            best = (cost, candidate)
    return best[1] if best is not None else None


def _possible(found: Explored, letter: str, sizes: Sizes, reach: range) -> list[int]:
    """The sizes of one letter that pass with some others, in order of distance."""
    passes, low = found.mask(letter), found.ranges[letter][0]
    return [value for value in reach if passes[value - low]]


def _combined(ladders: list[list[int]]) -> Iterator[tuple[int, ...]]:
    """All combinations, those first whose furthest step is nearest."""
    for depth in range(max(map(len, ladders))):
        for which in range(len(ladders)):
            if depth >= len(ladders[which]):
                continue
            before = [ladder[:depth] for ladder in ladders[:which]]
            behind = [ladder[: depth + 1] for ladder in ladders[which + 1 :]]
            yield from itertools.product(*before, ladders[which][depth : depth + 1], *behind)


def _cost(sizes: Sizes, candidate: Sizes) -> tuple[int, int]:
    steps = [abs(candidate[letter] - sizes[letter]) for letter in candidate]
    return sum(steps), max(steps)


def accepted(found: Explored, most: int) -> list[dict[str, int]]:
    """The first accepted sizes, at most so many."""
    values = [
        [found.ranges[letter][0] + at for at, passes in enumerate(found.mask(letter)) if passes]
        for letter in found.letters
    ]
    combined = (dict(zip(found.letters, chosen, strict=True)) for chosen in itertools.product(*values))
    return list(itertools.islice(filter(found.accepts, itertools.islice(combined, _MOST)), most))
