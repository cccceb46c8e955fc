"""Sizes at which what was found is compared with the framework."""

import itertools
import random
from collections.abc import Iterator

from whynorm.sizing.path import Sizes
from whynorm.sizing.tree import Explored


class Samples:
    """Sizes on both sides of the borders of what was found, and random ones."""

    def __init__(self, found: Explored, chance: random.Random) -> None:
        self.found = found
        self.random = chance
        self._accepted: dict[tuple[str, int], list[int]] = {}

    def forget(self) -> None:
        """What was found has changed."""
        self._accepted.clear()

    def any(self) -> Iterator[Sizes]:
        """Sizes on both sides of borders, and random ones."""
        base = self.found.roots[0].path.at
        borders = {letter: self.borders(letter, base) for letter in self.found.letters}
        rounds = max((len(values) for values in borders.values()), default=0)
        for turn in range(min(rounds, 12)):
            for letter in self.found.letters:
                if turn < len(borders[letter]):
                    yield {**base, letter: borders[letter][turn]}
        if len(self.found.letters) > 1:
            for turn in range(min(rounds, 10)):
                yield {letter: values[turn % len(values)] for letter, values in borders.items() if values} | {
                    letter: base[letter] for letter, values in borders.items() if not values
                }
        chance = self.random
        while True:
            sizes = {letter: chance.randint(low, min(high, 256)) for letter, (low, high) in self.found.ranges.items()}
            kind = chance.random() if len(self.found.letters) > 1 else 1.0
            for letter in self.found.letters if kind < 0.7 else ():
                if kind < 0.35:
                    sizes[letter] = chance.choice(self.possible(letter)[:300] or [base[letter]])
                elif chance.random() < 0.6:
                    sizes[letter] = chance.choice(self.accepted(letter, base) or [base[letter]])
            yield sizes

    def together(self) -> Iterator[Sizes]:
        """The smallest sizes that only a guard on several letters refuses; such a one may refuse only some."""
        node = self.found.roots[0]
        for number in node.counting:
            letters = node.guards[number].expression.letters
            if len(letters) < 2:
                continue
            before = [other for other in node.counting if other < number]
            small = [self.possible(letter)[:8] for letter in letters]
            points = [{**node.path.at, **dict(zip(letters, sizes, strict=True))} for sizes in itertools.product(*small)]
            points.sort(key=lambda sizes: sum(sizes.values()))
            wrong = (
                sizes
                for sizes in points
                if not node.holds(number, sizes) and all(node.holds(other, sizes) for other in before)
            )
            yield from itertools.islice(wrong, 16)

    def possible(self, letter: str) -> list[int]:
        """The sizes of one letter that are not refused whatever the others are."""
        low = self.found.ranges[letter][0]
        return [low + at for at, passes in enumerate(self.found.alone(letter)) if passes]

    def accepted(self, letter: str, base: Sizes) -> list[int]:
        """The sizes of one letter that pass where the others are as in the base."""
        key = (letter, len(self.found.roots))
        if key not in self._accepted:
            low, high = self.found.ranges[letter]
            self._accepted[key] = [v for v in range(low, high + 1) if self.found.accepts({**base, letter: v})]
        return self._accepted[key]

    def borders(self, letter: str, base: Sizes) -> list[int]:
        """The sizes on both sides of where one letter begins or ceases to pass, smallest first, and the last."""
        low, high = self.found.ranges[letter]
        passes = [self.found.accepts({**base, letter: value}) for value in range(low, high + 1)]
        edges = [low + at for at in range(1, len(passes)) if passes[at] != passes[at - 1]]
        values = [value for edge in edges for value in (edge - 1, edge)]
        return list(dict.fromkeys([*values[:8], *values[-2:], high, low]))
