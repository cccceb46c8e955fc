"""Conditions on sizes as Python expressions over the letters, compiled once and asked many times."""

import functools
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

_NAMES = {"floor": math.floor, "ceil": math.ceil, "sqrt": math.sqrt, "min": min, "max": max, "int": int, "round": round}


class Expression:
    """A source text such as `(H - 1) // 2 + 1`, with the letters that occur in it, in their order."""

    def __init__(self, source: str, letters: Sequence[str]) -> None:
        self.source = source
        self.letters = tuple(letters)
        self._call: Any = None

    def __call__(self, sizes: Mapping[str, int]) -> Any:
        """Its value at these sizes; None where it has none (a division by zero)."""
        call = self._call
        if call is None:
            call = self._call = _compiled(self.source, self.letters)
        try:
            return call(*[sizes[letter] for letter in self.letters])
        except (ZeroDivisionError, ValueError, OverflowError):
            return None

    def over(self, values: Sequence[int]) -> list[Any]:
        """For one letter: its values at each of these sizes."""
        (letter,) = self.letters
        return [self({letter: value}) for value in values]

    def __repr__(self) -> str:
        return self.source

    @property
    def plain(self) -> bool:
        """Whether it keeps to `+ - * // %`, comparisons, `and or not`, `min`, `max` and numbers."""
        return "/" not in self.source.replace("//", "") and not any(f"{name}(" in self.source for name in _CALLS)


_CALLS = ("floor", "ceil", "sqrt", "int", "round")


@functools.lru_cache(maxsize=4096)
def _compiled(source: str, letters: tuple[str, ...]) -> Any:
    return eval(f"lambda {', '.join(letters)}: {source}", dict(_NAMES))


def of_letters(text: str, letters: Sequence[str]) -> Expression:
    """The expression of a text, over those of the letters that occur in it."""
    used = set(re.findall(r"\b\w\b", text))
    return Expression(text, [letter for letter in letters if letter in used])
