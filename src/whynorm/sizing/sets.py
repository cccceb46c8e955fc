"""A set of sizes of one letter, as conditions and as a person would say it."""

from collections.abc import Sequence
from typing import NamedTuple

_LONGEST = 2049
"""A period is shorter than this."""
_LISTED = 12
"""A set of at most so many sizes without a pattern is listed."""


class Set(NamedTuple):
    """The sizes of one letter that pass. `{}` stands for the letter in the conditions."""

    conditions: tuple[str, ...] | None
    """All must hold; empty where every size passes, None where there is no closed form."""
    words: str
    """What follows the letter's name: `a multiple of 16 or one less, and at least 31`; empty where all pass."""
    plural: str = ""
    """The same of several: `multiples of 16`."""

    def of(self, letter: str) -> list[str]:
        """The conditions on a letter."""
        return [text.replace("{}", letter) for text in self.conditions or ()]


class _Pattern(NamedTuple):
    period: int
    residues: tuple[int, ...]
    start: int
    """From here on the pattern holds."""
    extras: tuple[int, ...]
    """Sizes before that pass too."""
    end: int

    @property
    def cost(self) -> int:
        jumps = sum((residue + 1) % self.period not in self.residues for residue in self.residues)
        return jumps + 3 * len(self.extras) + (self.period > 1)


def describe(accepted: Sequence[bool], low: int) -> Set:
    """The set of those sizes, counted from `low`, that are accepted."""
    values = [low + at for at, passes in enumerate(accepted) if passes]
    high = low + len(accepted) - 1
    if not values:
        return Set(("False",), f"never: no size from {low} to {high} works", "no size")
    if all(accepted):
        return Set((), "", "every size")
    pattern = _pattern(accepted, low)
    if pattern is None or pattern.cost > 8:
        if len(values) <= _LISTED:
            return _listed(values)
        return Set(None, f"in {_intervals_text(intervals(accepted, low))}")
    return _said(pattern, accepted, low)


def intervals(accepted: Sequence[bool], low: int) -> list[tuple[int, int]]:
    """The runs of accepted sizes."""
    runs: list[tuple[int, int]] = []
    for at, passes in enumerate(accepted):
        if passes:
            if runs and runs[-1][1] == low + at - 1:
                runs[-1] = (runs[-1][0], low + at)
            else:
                runs.append((low + at, low + at))
    return runs


def continued(accepted: Sequence[bool], low: int, high: int) -> list[bool]:
    """These first sizes of a range, with their pattern going on to its end; refused where there is none."""
    pattern = _pattern(accepted, low) if any(accepted) else None
    ends = pattern is None or pattern.end < low + len(accepted) - pattern.period
    beyond = range(low + len(accepted), high + 1)
    if pattern is None or ends:
        return [*accepted, *(False for _ in beyond)]
    return [*accepted, *(size % pattern.period in pattern.residues for size in beyond)]


def _intervals_text(runs: Sequence[tuple[int, int]]) -> str:
    shown = [str(first) if first == last else f"{first} to {last}" for first, last in runs[:12]]
    return ", ".join(shown) + (" …" if len(runs) > 12 else "")


def _listed(values: Sequence[int]) -> Set:
    if len(values) == 1:
        return Set((f"{{}} == {values[0]}",), f"exactly {values[0]}", f"{values[0]}")
    names = _or([str(value) for value in values])
    return Set((f"{{}} in ({', '.join(map(str, values))})",), names, names)


def _pattern(accepted: Sequence[bool], low: int) -> _Pattern | None:
    last = max(at for at, passes in enumerate(accepted) if passes)
    first = next(at for at, passes in enumerate(accepted) if passes)
    best: _Pattern | None = None
    for period in range(1, min(_LONGEST, max(2, (len(accepted) - first) // 3 + 1))):
        if best is not None and not best.extras and period % best.period == 0:
            continue
        bounded = len(accepted) - 1 - last >= period
        end = last if bounded else len(accepted) - 1
        start = end - period + 1
        if start < 0:
            break
        while start > 0 and accepted[start - 1] == accepted[start - 1 + period]:
            start -= 1
        if end - start + 1 < (2 * period if period > 1 else 3) or (bounded and end - start + 1 < 5 * period):
            continue
        residues = tuple(sorted({(low + at) % period for at in range(end - period + 1, end + 1) if accepted[at]}))
        while start < end and not accepted[start]:
            start += 1
        extras = tuple(low + at for at in range(start) if accepted[at])
        found = _Pattern(period, residues, low + start, extras, low + end)
        if best is None or found.cost < best.cost:
            best = found
    return best


def _said(pattern: _Pattern, accepted: Sequence[bool], low: int) -> Set:
    period, residues = pattern.period, set(pattern.residues)
    high = low + len(accepted) - 1
    conditions: list[str] = []
    words: list[str] = []
    plural = "sizes"
    if period > 1:
        condition, word, plural = _remainders(period, pattern.residues)
        conditions.append(condition)
        words.append(word)
    begins = any(value % period in residues for value in range(low, pattern.start))
    ends = any(value % period in residues for value in range(pattern.end + 1, high + 1))
    if begins and ends and period == 1:
        conditions.append(f"{pattern.start} <= {{}} <= {pattern.end}")
        words.append(f"from {pattern.start} to {pattern.end}")
    else:
        if begins:
            conditions.append(f"{{}} >= {pattern.start}")
            words.append(f"at least {pattern.start}")
        if ends:
            conditions.append(f"{{}} <= {pattern.end}")
            words.append(f"at most {pattern.end}")
    text = ", and ".join(words)
    if pattern.extras:
        also = _or([str(value) for value in pattern.extras])
        one_of = f"in ({', '.join(map(str, pattern.extras))})" if len(pattern.extras) > 1 else f"== {pattern.extras[0]}"
        joined = " and ".join(conditions)
        conditions = [f"({joined}) or {{}} {one_of}" if len(conditions) > 1 else f"{joined} or {{}} {one_of}"]
        text = f"{text}, or {also}"
    start = f" from {pattern.start} on" if begins and period > 1 else f" {words[-1]}" if words and period == 1 else ""
    return Set(tuple(conditions), text, f"{plural}{start}")


def _remainders(period: int, residues: Sequence[int]) -> tuple[str, str, str]:
    """Condition, words and plural words for these remainders."""
    found = set(residues)
    missing = [residue for residue in range(period) if residue not in found]
    if len(residues) == 1:
        (residue,) = residues
        condition = f"{{}} % {period} == {residue}"
        if period == 2:
            return condition, "odd" if residue else "even", "odd sizes" if residue else "even sizes"
        if residue == 0:
            return condition, f"a multiple of {period}", f"multiples of {period}"
        if residue == period - 1:
            return condition, f"one less than a multiple of {period}", f"one less than multiples of {period}"
        what = _number(residue)
        return condition, f"{what} more than a multiple of {period}", f"{what} more than multiples of {period}"
    if len(missing) == 1:
        (residue,) = missing
        of = f"a multiple of {period}"
        but = (
            of
            if residue == 0
            else f"one less than {of}"
            if residue == period - 1
            else f"{_number(residue)} more than {of}"
        )
        return f"{{}} % {period} != {residue}", f"anything but {but}", f"all but {but}"
    if found == {0, period - 1}:
        return (
            f"{{}} % {period} in (0, {period - 1})",
            f"a multiple of {period} or one less",
            f"multiples of {period} or one less",
        )
    if found == {0, 1}:
        return f"{{}} % {period} in (0, 1)", f"a multiple of {period} or one more", f"multiples of {period} or one more"
    run = _run(residues, period)
    if run is not None and 0 in found:
        below, above = (period - run[0]) % period, run[1]
        near = (
            f"up to {below} less"
            if below and not above
            else f"up to {above} more"
            if above and not below
            else (f"up to {below} less or {above} more")
        )
        condition = f"{{}} % {period} in ({', '.join(map(str, residues))})"
        if len(residues) > 6:
            condition = f"({{}} + {below}) % {period} <= {below + above}" if below else f"{{}} % {period} <= {above}"
        return condition, f"a multiple of {period} or {near}", f"multiples of {period} or {near}"
    if run is not None and len(residues) > 2:
        first, last = run
        condition = f"{{}} % {period} >= {first}" if last == period - 1 else f"{first} <= {{}} % {period} <= {last}"
        words = f"{first} to {last} more than a multiple of {period}"
        return condition, words, words.replace("a multiple", "multiples")
    each = _or([str(residue) for residue in residues])
    words = f"a number with remainder {each} when divided by {period}"
    return f"{{}} % {period} in ({', '.join(map(str, residues))})", words, words.replace("a number", "numbers")


def _run(residues: Sequence[int], period: int) -> tuple[int, int] | None:
    """First and last of the remainders where they are one run, around the end as well."""
    found = set(residues)
    starts = [residue for residue in residues if (residue - 1) % period not in found]
    if len(starts) != 1:
        return None
    return starts[0], (starts[0] + len(residues) - 1) % period


def _or(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} or {last}" if first else last


_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def _number(number: int) -> str:
    return _WORDS[number] if number < len(_WORDS) else str(number)
