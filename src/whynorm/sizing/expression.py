"""Conditions on sizes as Python expressions over the letters, compiled once and asked many times."""

import functools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NAMES = {"floor": math.floor, "ceil": math.ceil, "sqrt": math.sqrt, "min": min, "max": max, "int": int, "round": round}
_KEPT = 20_000
"""So many values of an expression are remembered."""


class Expression:
    """A source text such as `(H - 1) // 2 + 1`, with the letters on which it depends, in their order.

    The text may hold names of other expressions: `parts`. `full` gives the text over the letters alone.
    """

    def __init__(
        self,
        source: str,
        letters: Sequence[str],
        parts: Mapping[str, "Expression"] | None = None,
        full: Callable[[], str] | None = None,
    ) -> None:
        self.source = source
        self.letters = tuple(letters)
        self.parts = dict(parts or {})
        self._full = full
        self._names = re.findall(r"\b[A-Za-z_]\w*\b", source) if self.parts else []
        self._call: Any = None
        self._values: dict[tuple[int, ...], Any] = {}

    def __call__(self, sizes: Mapping[str, int]) -> Any:
        """Its value at these sizes; None where it has none (a division by zero)."""
        call = self._call
        if call is None:
            names = (*self.parts, *(letter for letter in self.letters if not self.parts or letter in self._names))
            call = self._call = _compiled(self.source, names), names
        key = tuple([sizes[letter] for letter in self.letters])
        if key in self._values:
            return self._values[key]
        compiled, names = call
        parts = self.parts
        try:
            value = compiled(*[parts[name](sizes) if name in parts else sizes[name] for name in names])
        except (ZeroDivisionError, ValueError, OverflowError, TypeError):
            value = None
        if len(self._values) >= _KEPT:
            self._values.clear()
        self._values[key] = value
        return value

    def over(self, values: Sequence[int]) -> list[Any]:
        """For one letter: its values at each of these sizes."""
        (letter,) = self.letters
        return [self({letter: value}) for value in values]

    def atoms(self) -> "list[Expression]":
        """What it is made of that depends on one letter."""
        if len(self.letters) == 1:
            return [self]
        found = [atom for part in self.parts.values() for atom in part.atoms()]
        names = re.findall(r"\b[A-Za-z_]\w*\b", self.source)
        return found + [Expression(letter, [letter]) for letter in self.letters if letter in names]

    def compared(self, comparison: str) -> "Expression":
        """What holds where this compares so: `>= 1`."""
        full = self._full
        return Expression(
            f"({self.source}) {comparison}",
            self.letters,
            self.parts,
            None if full is None else lambda: f"{full()} {comparison}",
        )

    @property
    def text(self) -> str:
        """The source over the letters alone."""
        return self.source if self._full is None else self._full()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self.source == other.source

    def __hash__(self) -> int:
        return hash(self.source)

    def __repr__(self) -> str:
        return self.source

    @property
    def plain(self) -> bool:
        """Whether it keeps to `+ - * // %`, comparisons, `and or not`, `min`, `max` and numbers."""
        text = self.text
        return "/" not in text.replace("//", "") and not any(f"{name}(" in text for name in _CALLS)


_CALLS = ("floor", "ceil", "sqrt", "int", "round", "abs", "if")


@functools.lru_cache(maxsize=4096)
def _compiled(source: str, names: tuple[str, ...]) -> Any:
    return eval(f"lambda {', '.join(names)}: {source}", dict(_NAMES))


def of_letters(text: str, letters: Sequence[str]) -> Expression:
    """The expression of a text, over those of the letters that occur in it."""
    used = set(re.findall(r"\b\w\b", text))
    return Expression(text, [letter for letter in letters if letter in used])
