"""What is refused: one region for each condition, with an example and what happens there."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from whynorm.report import Finding
from whynorm.sizing.expression import Expression, of_letters
from whynorm.sizing.found import Refused
from whynorm.sizing.path import Sizes
from whynorm.sizing.rule import Rule
from whynorm.sizing.tree import Explored

Find = Callable[[Mapping[str, int]], Finding | None]


def refused(explored: Explored, rule: Rule, finding: Find) -> Iterator[Refused]:
    """A region for each condition, with the example nearest to what passes that breaks this condition alone.

    Where there are no conditions, or none can be met, one example.
    """
    base = next((sizes for sizes in explored.bases() if explored.accepts(sizes)), None)
    if base is None or rule.conditions is None:
        example = _run_and_refused(explored, base)
        found = None if example is None else finding(example)
        if example is not None and found is not None:
            yield Refused(None, example, found)
        return
    expressions = [of_letters(text, explored.letters) for text in rule.conditions]
    for number, condition in enumerate(rule.conditions):
        nearest = _example(explored, expressions, number, base)
        found = None if nearest is None else finding(nearest)
        if nearest is not None and found is not None:
            yield Refused(condition, nearest, found)


def _run_and_refused(explored: Explored, base: Sizes | None) -> dict[str, int] | None:
    ran = [dict(zip(explored.letters, key, strict=True)) for key, ran in explored.seen.items() if ran.passed is False]
    if base is None:
        return next(iter(ran), None)
    return min(ran, key=lambda sizes: sum(abs(sizes[letter] - base[letter]) for letter in base), default=None)


def _example(
    explored: Explored, expressions: Sequence[Expression], number: int, base: dict[str, int]
) -> dict[str, int] | None:
    wrong = expressions[number]
    others = [other for at, other in enumerate(expressions) if at != number]
    best: tuple[tuple[int, int], dict[str, int]] | None = None
    for sizes in _around(explored, wrong, base):
        if wrong(sizes):
            continue
        broken = sum(not other(sizes) for other in others)
        distance = sum(abs(sizes[letter] - base[letter]) for letter in sizes)
        if best is None or (broken, distance) < best[0]:
            best = ((broken, distance), sizes)
    return best[1] if best is not None and not explored.accepts(best[1]) else None


def _around(explored: Explored, wrong: Expression, base: dict[str, int]) -> Iterator[dict[str, int]]:
    for letter in wrong.letters:
        low, high = explored.ranges[letter]
        for size in dict.fromkeys((*range(low, min(high, low + 300) + 1), *_near(base[letter], low, high), high)):
            yield {**base, letter: size}
    if len(wrong.letters) > 1:
        for size in range(1, 301):
            alike = {
                letter: min(max(size, low), high)
                for letter, (low, high) in explored.ranges.items()
                if letter in wrong.letters
            }
            yield {**base, **alike}


def _near(size: int, low: int, high: int) -> range:
    return range(max(low, size - 300), min(high, size + 300) + 1)
