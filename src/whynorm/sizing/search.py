"""Where nothing can be followed: each letter asked size by size, as far as time allows."""

import time
from collections.abc import Callable

from whynorm.sizing.path import Ran, Sizes
from whynorm.sizing.points import Points
from whynorm.sizing.sets import continued
from whynorm.sizing.tree import Explored

_PATIENCE = 60.0
"""Seconds that asking size by size may take in all."""
_FEW = 300
"""So many sizes of each of several letters are asked; beyond them the pattern goes on, and is asked about."""
_COMBINED = 60
"""So many combinations of several letters are asked."""


def by_runs(
    found: Explored, start: Sizes, run: Callable[[Sizes], Ran], points: Points, progress: Callable[[float], None]
) -> None:
    """Fill `found.tables`, one letter after the other, the others as at the start; and say what is not known."""
    until = time.monotonic() + _PATIENCE
    found.tables = {}
    doubts: list[str] = []
    for number, (letter, (low, high)) in enumerate(found.ranges.items()):
        most = high if len(found.letters) == 1 else min(high, max(low + _FEW, start[letter]))
        table: list[bool] = []
        for size in range(low, most + 1):
            progress((number + len(table) / (most - low + 1)) / len(found.letters))
            passed = run({**start, letter: size}).passed
            if time.monotonic() > until:
                break
            if passed is None:
                doubts.append(f"what happens at {letter} = {size} could not be known")
            table.append(passed is True)
        if len(table) < high - low + 1:
            doubts.append(f"of {letter} the sizes up to {low + len(table) - 1} were tried, and some beyond")
            table = _continued(table, letter, start, run, (low, high))
        found.tables[letter] = table
    if len(found.letters) > 1:
        doubts.append(_together(found, run, points, until))
    if doubts:
        found.unknown = "the network could not be followed by symbols, only tried: " + "; ".join(doubts)


def _continued(
    table: list[bool], letter: str, start: Sizes, run: Callable[[Sizes], Ran], bounds: tuple[int, int]
) -> list[bool]:
    """The table with its pattern going on to the end of the range; only what was tried where that does not hold."""
    low, high = bounds
    whole = continued(table, low, high)
    beyond = range(low + len(table), high + 1)
    tried = sorted({*beyond[:3], *beyond[-3:], *beyond[:: max(1, len(beyond) // 8)]})
    asked = {size: run({**start, letter: size}).passed is True for size in tried}
    if all(whole[size - low] == passed for size, passed in asked.items()):
        return whole
    return [*table, *(asked.get(size, False) for size in beyond)]


def _together(found: Explored, run: Callable[[Sizes], Ran], points: Points, until: float) -> str:
    """What trying several letters together says."""
    wrong = tried = 0
    choices = {
        letter: [low + at for at, passes in enumerate(found.mask(letter)[:_FEW]) if passes] or [low]
        for letter, (low, _) in found.ranges.items()
    }
    for _ in range(_COMBINED):
        sizes = {letter: points.random.choice(values) for letter, values in choices.items()}
        if time.monotonic() > until:
            break
        tried += 1
        wrong += run(sizes).passed is not True
    if wrong:
        return f"{wrong} of {tried} combinations of sizes that work alone are refused together"
    return f"each of {', '.join(found.letters)} was tried alone, and {tried} combinations"
