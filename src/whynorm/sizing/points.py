"""Sizes worth asking about."""

import itertools
import random
from collections.abc import Iterator, Sequence

from whynorm.sizing.path import Sizes
from whynorm.sizing.tree import Ranges

STARTS = (96, 160, 224, 128, 64, 256, 32, 48, 320, 16, 384, 512, 8, 4, 2, 1, 3, 5, 7, 10, 20, 28, 100, 299, 1000, 1024)
_POWERS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

_ALL = 1 << 21
"""So many combinations of two letters are gone through at most."""


class Points:
    """Sizes within the ranges of some letters. The same ones in every run."""

    def __init__(self, ranges: Ranges) -> None:
        self.ranges = ranges
        self.letters = tuple(ranges)
        self.random = random.Random(0)

    def usual(self) -> Iterator[dict[str, int]]:
        """Sizes to begin with."""
        seen: set[tuple[int, ...]] = set()
        apart = [
            {letter: size + 32 * number * (size >= 64) for number, letter in enumerate(self.letters)}
            for size in (96, 64, 128)
        ]
        highest = max((high for _, high in self.ranges.values()), default=1)
        beyond = [size for size in (2048, 4096, 16_384, 65_536) if size <= highest]
        for sizes in [*apart, *(dict.fromkeys(self.letters, size) for size in (*STARTS, *beyond))]:
            clipped = self.clipped(sizes)
            key = tuple(clipped.values())
            if key not in seen:
                seen.add(key)
                yield clipped

    def alike(self) -> Iterator[Sizes]:
        """All letters alike, up to 300."""
        for size in range(1, 301):
            yield self.clipped(dict.fromkeys(self.letters, size))

    def small(self) -> Iterator[Sizes]:
        """Small sizes of several letters, in any combination."""
        for _ in range(200 if len(self.letters) > 1 else 0):
            yield self.clipped({letter: self.random.choice((1, 2, 3, 4, 8, 16, 32, 64)) for letter in self.letters})

    def grid(self, letters: Sequence[str], base: Sizes) -> Iterator[Sizes]:
        """Sizes of these letters, the others staying: all alike, one apart from the rest, some at random."""
        if len(letters) == 1:
            (letter,) = letters
            low, high = self.ranges[letter]
            for size in range(low, high + 1):
                yield {**base, letter: size}
            return
        seen: set[tuple[int, ...]] = set()
        for sizes in self._grid(letters, base):
            clipped = self.clipped(sizes)
            key = tuple(clipped.values())
            if key not in seen:
                seen.add(key)
                yield clipped

    def lines(self, letters: Sequence[str], base: Sizes) -> Iterator[Sizes]:
        """The same first; then, of two letters, each size of one beside some of the other."""
        yield from self.grid(letters, base)
        for letter, other in itertools.permutations(letters) if len(letters) == 2 else ():
            low, high = self.ranges[other]
            for size in self.nearby(letter, base[letter]):
                yield from ({**base, letter: size, other: beside} for beside in range(low, high + 1))

    def everywhere(self, letters: Sequence[str], base: Sizes) -> Iterator[Sizes]:
        """The same first; then, of two letters in ranges that allow it, all there are."""
        yield from self.lines(letters, base)
        ranges = [range(low, high + 1) for low, high in (self.ranges[letter] for letter in letters)]
        if len(letters) == 2 and len(ranges[0]) * len(ranges[1]) <= _ALL:
            for pair in itertools.product(*ranges):
                yield {**base, **dict(zip(letters, pair, strict=True))}

    def _grid(self, letters: Sequence[str], base: Sizes) -> Iterator[dict[str, int]]:
        high = max(self.ranges[letter][1] for letter in letters)
        for size in (*range(1, min(high, 160) + 1), 192, 256, 384, 512, 768, high):
            yield {**base, **dict.fromkeys(letters, size)}
        near = {letter: self.nearby(letter, base[letter]) for letter in letters}
        for letter in letters:
            for value in near[letter]:
                yield {**base, letter: value}
                for size in _POWERS:
                    yield {**base, **dict.fromkeys(letters, size), letter: value}
        for _ in range(300):
            yield {**base, **{letter: self.random.randint(*self.ranges[letter]) for letter in letters}}

    def clipped(self, sizes: dict[str, int]) -> dict[str, int]:
        """The sizes, each within its range."""
        return {letter: min(max(sizes[letter], low), high) for letter, (low, high) in self.ranges.items()}

    def nearby(self, letter: str, base: int) -> list[int]:
        """Sizes worth trying: around the base, its double and half, around powers of two, the smallest, the largest."""
        low, high = self.ranges[letter]
        values = [base, base + 1, base - 1, base * 2, base // 2, base + 16, low, high]
        values += [size + more for size in (*_POWERS, 512) for more in (0, 1, -1)]
        return list(dict.fromkeys(value for value in values if low <= value <= high))
