"""What several letters have to meet together, as conditions and in words."""

import itertools
import random
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from whynorm.facts.words import listed
from whynorm.sizing import sets
from whynorm.sizing.expression import Expression, of_letters
from whynorm.sizing.path import Sizes
from whynorm.sizing.tree import Explored, Node

_GRID = {1: 4000, 2: 40, 3: 16, 4: 8}
"""How many sizes of each letter are looked at together, by how many letters there are."""
_WAYS = 6
"""At most so many ways that pass are told apart in one rule."""
_FEW = 6
"""An expression has at most so many values where it passes."""
_LONGEST = 300
"""A condition is at most so long."""

Masks = Mapping[str, list[bool]]


class Together(NamedTuple):
    """What several letters have to meet together."""

    conditions: tuple[str, ...]
    words: tuple[str, ...]
    """`@` stands for all letters where they were named before."""


Form = Callable[[Explored, Masks, Sequence[Sizes], Sequence[bool]], Together | None]
"""A form in which it may be said: asked at points, each with whether it passes."""


class Way(NamedTuple):
    """One way to pass: what each letter has to meet, and what several have to."""

    masks: Masks
    joint: Sequence[Expression]
    single: Sequence[Expression] = ()
    """The conditions on one letter that the masks come from."""

    def takes(self, sizes: Sizes, lows: Mapping[str, int]) -> bool:
        """Whether these sizes go this way."""
        return all(self.masks[letter][size - lows[letter]] for letter, size in sizes.items()) and all(
            guard(sizes) for guard in self.joint
        )


def grid(found: Explored, masks: Masks) -> list[Sizes]:
    """Accepted sizes of each letter, combined: the first ones, and some of the rest; and what was run."""
    chance = random.Random(0)
    most = _GRID[len(found.letters)]
    own = {letter: _passing(found, masks, letter) for letter in found.letters}
    if not all(own.values()):
        return []
    chosen = {}
    for letter, values in own.items():
        rest = values[most * 3 // 4 :]
        chosen[letter] = values[: most * 3 // 4] + (chance.sample(rest, min(len(rest), most // 4)) if rest else [])
    combined: list[Sizes] = [
        dict(zip(found.letters, sizes, strict=True)) for sizes in itertools.product(*chosen.values())
    ]
    combined += [{letter: chance.choice(values) for letter, values in own.items()} for _ in range(300)]
    shared = set.intersection(*(set(values) for values in own.values()))
    combined += [dict.fromkeys(found.letters, value) for value in sorted(shared)[:300]]
    ran = (dict(zip(found.letters, key, strict=True)) for key in found.seen)
    return combined + [sizes for sizes in ran if all(sizes[letter] in set(own[letter]) for letter in sizes)]


def _passing(found: Explored, masks: Masks, letter: str) -> list[int]:
    low = found.ranges[letter][0]
    return [low + at for at, passes in enumerate(masks[letter]) if passes]


def together(found: Explored, masks: Masks, forms: Sequence[Form]) -> Together | None:
    """What the letters have to meet together, where each alone is accepted, in one of these forms; None without one."""
    if len(found.letters) == 1:
        return Together((), ())
    points = grid(found, masks)
    verdicts = [found.accepts(point) for point in points]
    if all(verdicts):
        return Together((), ())
    if not any(verdicts):
        return None
    answers = (form(found, masks, points, verdicts) for form in forms)
    return next((answer for answer in answers if answer is not None), None)


def _one_above(found: Explored, masks: Masks, points: Sequence[Sizes], verdicts: Sequence[bool]) -> Together | None:
    """`max(D, H, W) > 16`, `H > 128 or W > 64`, if that is what it comes to."""
    least = {letter: found.ranges[letter][0] + masks[letter].index(True) for letter in found.letters}
    border = {}
    for letter in found.letters:
        refused = [size for size in _passing(found, masks, letter) if not found.accepts({**least, letter: size})]
        if refused:
            border[letter] = max(refused)
    above = {letter: size for letter, size in border.items() if size < _passing(found, masks, letter)[-1]}

    def says(point: Sizes) -> bool:
        return any(point[letter] > size for letter, size in above.items())

    if not above or any(says(point) != verdict for point, verdict in zip(points, verdicts, strict=True)):
        return None
    letters = list(above)
    if len(letters) == 1:
        (letter,) = letters
        return Together((f"{letter} > {above[letter]}",), (f"{letter} above {above[letter]}",))
    if len(set(above.values())) == 1:
        size = above[letters[0]]
        named = "@" if len(letters) == len(found.letters) else listed(letters)
        return Together((f"max({', '.join(letters)}) > {size}",), (f"at least one of {named} above {size}",))
    joined = " or ".join(f"{letter} > {size}" for letter, size in above.items())
    return Together((joined,), (" or ".join(f"{letter} above {size}" for letter, size in above.items()),))


def _equal(found: Explored, _: Masks, points: Sequence[Sizes], verdicts: Sequence[bool]) -> Together | None:
    for letters in [found.letters, *itertools.combinations(found.letters, 2)]:
        if all(
            (len({point[letter] for letter in letters}) == 1) == verdict
            for point, verdict in zip(points, verdicts, strict=True)
        ):
            return Together((" == ".join(letters),), (f"{listed(letters)} equal",))
    return None


def _guarded(found: Explored, _: Masks, points: Sequence[Sizes], verdicts: Sequence[bool]) -> Together | None:
    """The network's own decisions, where all that passes goes one way."""
    if not found.plain:
        return None
    node = found.roots[0]
    joint = [node.guards[n].expression for n in node.counting if len(node.guards[n].expression.letters) > 1]
    guards = _needed(joint, points)
    agrees = all(
        all(guard(point) for guard in guards) == verdict for point, verdict in zip(points, verdicts, strict=True)
    )
    if not guards or not agrees or not all(guard.plain for guard in guards):
        return None
    texts = tuple(guard.text for guard in guards)
    return Together(texts, tuple(map(worded, texts))) if max(map(len, texts)) <= _LONGEST else None


def _needed(joint: Sequence[Expression], points: Sequence[Sizes]) -> list[Expression]:
    """Those that refuse something which no other refuses."""
    refuses = [frozenset(number for number, point in enumerate(points) if not guard(point)) for guard in joint]
    kept: list[int] = []
    for number in sorted(range(len(joint)), key=lambda n: (-len(refuses[n]), len(joint[n].text))):
        union = frozenset().union(*(refuses[other] for other in kept))
        if not refuses[number] <= union:
            kept.append(number)
    return [joint[number] for number in sorted(kept)]


def _valued(found: Explored, _: Masks, points: Sequence[Sizes], verdicts: Sequence[bool]) -> Together | None:
    """One expression that has one of a few values where it passes, and another elsewhere."""
    deciding = (node.guards[number].expression for node in found.nodes for number in node.counting)
    joint = {expression.text for expression in deciding if len(expression.letters) > 1}
    for text in sorted(joint, key=len):
        left, _equals, right = text.rpartition(" == ")
        if not right.isdecimal():
            continue
        expression = of_letters(left, found.letters)
        values = [expression(point) for point in points]
        passing = {value for value, verdict in zip(values, verdicts, strict=True) if verdict}
        refused = {value for value, verdict in zip(values, verdicts, strict=True) if not verdict}
        if None not in passing and len(passing) <= _FEW and not passing & refused and expression.plain:
            some = sorted(passing)
            condition = f"{left} in ({', '.join(map(str, some))})" if len(some) > 1 else f"{left} == {some[0]}"
            return Together((condition,), (worded(condition),))
    return None


def _either(found: Explored, masks: Masks, points: Sequence[Sizes], verdicts: Sequence[bool]) -> Together | None:
    """One of several ways, each with its own conditions."""
    lows = {letter: low for letter, (low, _) in found.ranges.items()}
    ways = [way for root in found.roots for way in _ways(found, root, [], strictly=root is not found.roots[0])]
    if not 1 < len(ways) <= 4 * _WAYS:
        return None
    takes = [frozenset(number for number, point in enumerate(points) if way.takes(point, lows)) for way in ways]
    passing = frozenset(number for number, verdict in enumerate(verdicts) if verdict)
    if frozenset().union(*takes) != passing:
        return None
    kept: list[int] = []
    for number in sorted(range(len(ways)), key=lambda n: -len(takes[n])):
        if not takes[number] <= frozenset().union(*(takes[other] for other in kept)):
            kept.append(number)
    kept.sort()
    texts = [_text(found, masks, ways[number], points) for number in kept]
    if len(kept) > _WAYS or any(text is None for text in texts):
        return None
    condition = _joined([text for text in texts if text is not None])
    return Together((condition,), (worded(condition),)) if len(condition) <= _LONGEST else None


def _ways(found: Explored, node: Node, before: list[Expression], *, strictly: bool = False) -> list[Way]:
    """The ways to pass from a path on, by the guards that decide."""
    terms, ways = list(before), []
    for number in range(len(node.guards)) if strictly else node.counting:
        if not strictly and node.status[number] == "branches":
            for child in node.beyond[number]:
                ways += _ways(found, child, terms)
        terms.append(node.guards[number].expression)
    if node.path.passed:
        single = [term for term in terms if len(term.letters) == 1]
        tables: dict[str, list[bool]] = {}
        for letter, (low, high) in found.ranges.items():
            own = [term.over(range(low, high + 1)) for term in single if term.letters == (letter,)]
            tables[letter] = [all(column) for column in zip(*own, strict=True)] if own else [True] * (high - low + 1)
        ways.insert(0, Way(tables, [term for term in terms if len(term.letters) > 1], single))
    return ways


def _text(found: Explored, masks: Masks, way: Way, points: Sequence[Sizes]) -> str | None:
    """The conditions of a way beyond those that are true of every way."""
    parts: list[str] = []
    lows = {letter: low for letter, (low, _) in found.ranges.items()}
    alone = Way(way.masks, ())
    left = [point for point in points if alone.takes(point, lows)]
    for letter, own in way.masks.items():
        both = [a and b for a, b in zip(own, masks[letter], strict=True)]
        if both != masks[letter]:
            described = sets.describe(both, found.ranges[letter][0])
            if described.conditions is None:
                own_terms = [term for term in way.single if term.letters == (letter,)]
                parts += [term.text for term in _needed(own_terms, points) if term.plain] or [""]
                continue
            known = sets.describe(masks[letter], found.ranges[letter][0]).of(letter)
            parts += [text for text in described.of(letter) if text not in known]
    guards = _needed(way.joint, left)
    if "" in parts or not all(guard.plain for guard in guards):
        return None
    return " and ".join(f"({text})" if " or " in text else text for text in [*parts, *(g.text for g in guards)])


def _joined(texts: Sequence[str]) -> str:
    """One of these; `x in (1, 16)` where they say of the same that it is this or that."""
    split = [text.rpartition(" == ") for text in texts]
    if len({left for left, _, _ in split}) == 1 and all(right.isdecimal() for _, _, right in split):
        numbers = sorted({int(right) for _, _, right in split})
        return f"{split[0][0]} in ({', '.join(map(str, numbers))})"
    return " or ".join(f"({text})" if " and " in text else text for text in texts)


_SAID = {"==": "equal to", ">=": "at least", "<=": "at most", ">": "above", "<": "below", "!=": "other than"}


def worded(condition: str) -> str:
    """A condition with its comparison in words, where it has but one."""
    parts = re.split(r" (==|>=|<=|!=|>|<|in) ", condition)
    if len(parts) != 3 or " and " in condition or " or " in condition:
        return condition
    left, comparison, right = parts
    if comparison == "in":
        numbers = right.strip("()").split(", ")
        return f"{left} either {', '.join(numbers[:-1])} or {numbers[-1]}"
    return f"{left} {_SAID[comparison]} {right}"


SIMPLE: tuple[Form, ...] = (_one_above, _equal)
GUARDED: tuple[Form, ...] = (_guarded, _valued)
EITHER: tuple[Form, ...] = (_either,)
