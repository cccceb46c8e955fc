"""What happens at each pair of sizes of two letters."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from whynorm.sizing.expression import of_letters
from whynorm.sizing.path import Sizes
from whynorm.sizing.tree import Explored

_LEAST = 128
"""So many sizes of a letter are shown at least, where the range has them."""


class Drawn(NamedTuple):
    """The sizes of both letters, and what happens at each pair: `keeps`, `works`, or `refused`.

    A number behind `refused` is that of the first of the conditions which does not hold.
    """

    rows: range
    columns: range
    kinds: list[list[str]]


def drawn(found: Explored, conditions: Sequence[str], keeping: Sequence[str], kind: Callable[[Sizes], str]) -> Drawn:
    """As far as three times the largest number in the conditions; asked once where nothing tells sizes apart.

    `keeping` are the conditions of what keeps its size.
    """
    down, across = found.letters
    numbers = [int(number) for text in conditions for number in re.findall(r"\d+", text)]
    most = max(_LEAST, 3 * max(numbers, default=0))
    shown = {letter: range(low, min(high, low + most - 1) + 1) for letter, (low, high) in found.ranges.items()}
    kinds = {letter: _classes(found, letter, (*keeping, *conditions)) for letter in found.letters}
    known: dict[object, str] = {}

    def at(row: int, column: int) -> str:
        key = kinds[down][row - shown[down].start], kinds[across][column - shown[across].start]
        if key not in known:
            known[key] = kind({down: row, across: column})
        return known[key]

    return Drawn(shown[down], shown[across], [[at(row, column) for column in shown[across]] for row in shown[down]])


def _classes(found: Explored, letter: str, texts: Sequence[str]) -> list[object]:
    """What tells the sizes of a letter apart, for each size of its range."""
    low, high = found.ranges[letter]
    if found.tables is not None:
        return list(range(low, high + 1))
    kinds, _ = found.classes(letter)
    conditions = [of_letters(text, found.letters) for text in texts]
    own = [condition.over(range(low, high + 1)) for condition in conditions if condition.letters == (letter,)]
    return list(zip(kinds, *own, strict=True))
