"""What is asked: the inputs with their letters, the range of each letter, the mode."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from whynorm.errors import UsageError
from whynorm.target import InputShape, parse_input

RANGE = (1, 1024)
MOST = 4
"""How many letters there may be."""


class Question(NamedTuple):
    """Inputs by their position or keyword; sizes are numbers or letters."""

    texts: tuple[str, ...]
    positional: tuple[InputShape, ...]
    keywords: Mapping[str, InputShape]
    ranges: Mapping[str, tuple[int, int]]
    """By letter, in the order in which they occur: the least and the largest size."""

    @property
    def letters(self) -> tuple[str, ...]:
        """The unknowns, in the order in which they occur."""
        return tuple(self.ranges)

    @property
    def inputs(self) -> tuple[InputShape, ...]:
        """Every input."""
        return (*self.positional, *self.keywords.values())

    def axes(self, letter: str) -> list[tuple[int, int]]:
        """Where a letter stands: (number of the input, axis)."""
        return [
            (number, axis)
            for number, given in enumerate(self.inputs)
            for axis, size in enumerate(given.sizes)
            if size == letter
        ]

    def filled(self, sizes: Mapping[str, int]) -> tuple[list[object], dict[str, object]]:
        """The inputs as `whynorm.check` takes them, with these sizes for the letters."""
        return (
            [_filled(given, sizes) for given in self.positional],
            {name: _filled(given, sizes) for name, given in self.keywords.items()},
        )

    def shown(self) -> str:
        """The inputs as they were given."""
        return " ".join(self.texts)


def _filled(given: InputShape, sizes: Mapping[str, int]) -> object:
    shape = tuple(sizes[size] if isinstance(size, str) else size for size in given.sizes)
    return shape if given.dtype is None else (shape, given.dtype)


def ask(
    texts: Sequence[str], keywords: Mapping[str, str] | None = None, ranges: Mapping[str, tuple[int, int]] | None = None
) -> Question:
    """Read `1,3,H,W`, `mask=N,T:bool` and the ranges. Raises `UsageError`."""
    texts = [*texts, *(f"{name}={text}" for name, text in (keywords or {}).items())]
    positional, named = [], {}
    for text in texts:
        given = parse_input(text)
        if given.keyword is None:
            positional.append(given)
        elif given.keyword in named:
            raise UsageError(f"the input {given.keyword!r} is given twice")
        else:
            named[given.keyword] = given
    letters = [size for given in (*positional, *named.values()) for size in given.sizes if isinstance(size, str)]
    found = dict.fromkeys(letters, RANGE)
    if not found:
        raise UsageError("sizes wants an unknown: write a letter in the place of a size, as in -i 1,3,H,W")
    if len(found) > MOST:
        raise UsageError(f"at most {MOST} unknowns: {', '.join(found)} are {len(found)}")
    for letter, bounds in (ranges or {}).items():
        if letter not in found:
            raise UsageError(f"no input has the unknown {letter!r}; the unknowns are {', '.join(found)}")
        low, high = bounds
        if low < 0 or high < low:
            raise UsageError(f"bad range for {letter}: {low}..{high}; write it as {letter}=1..1024")
        found[letter] = (low, high)
    return Question(tuple(texts), tuple(positional), named, found)


def parse_range(text: str) -> tuple[str, tuple[int, int]]:
    """Read `H=1..4096`. Raises `UsageError`."""
    letter, _, bounds = text.partition("=")
    low, dots, high = bounds.partition("..")
    if not (dots and low.strip().isdecimal() and high.strip().isdecimal()):
        raise UsageError(f"bad range {text!r}: write it as H=1..4096")
    return letter.strip(), (int(low), int(high))
