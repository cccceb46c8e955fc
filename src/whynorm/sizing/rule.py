"""What was found out, as conditions and as a sentence."""

import itertools
import random
from collections.abc import Sequence
from typing import NamedTuple

from whynorm.sizing import sets
from whynorm.sizing.expression import Expression
from whynorm.sizing.path import Sizes
from whynorm.sizing.tree import Explored

_GRID = {1: 4000, 2: 40, 3: 16, 4: 8}
"""How many sizes of each letter are looked at together, by how many letters there are."""


_SOME = "only some of them together"


class Rule(NamedTuple):
    """A sentence and its conditions."""

    words: str
    conditions: tuple[str, ...] | None
    """Python expressions, all of which must hold; None where there is no such form."""


class Together(NamedTuple):
    """What several letters have to meet together."""

    conditions: tuple[str, ...]
    words: tuple[str, ...]


def rule_of(found: Explored) -> Rule:
    """The rule for the sizes that pass."""
    masks = {letter: found.mask(letter) for letter in found.letters}
    described = {letter: sets.describe(masks[letter], found.ranges[letter][0]) for letter in found.letters}
    together = _together(found, masks)
    if any(one.conditions is None for one in described.values()) or together is None:
        return Rule(_sentence(described, together or Together((), (_SOME,))), None)
    conditions = [text for letter in found.letters for text in described[letter].of(letter)]
    if "False" in [text for one in described.values() for text in one.conditions or ()]:
        return Rule("no size in the range works", ("False",))
    conditions += together.conditions
    return Rule(_sentence(described, together), tuple(conditions))


def _sentence(described: dict[str, sets.Set], together: Together) -> str:
    groups: dict[str, list[str]] = {}
    for letter, one in described.items():
        if one.words:
            groups.setdefault(one.words, []).append(letter)
    parts = []
    for words, letters in groups.items():
        parts.append(f"{_and(letters)}{' each' if len(letters) > 1 else ''} {words}")
    constrained = [letter for letters in groups.values() for letter in letters]
    joint = [
        words.replace("@", "them" if set(constrained) == set(described) and len(groups) == 1 else _and(list(described)))
        for words in together.words
    ]
    if not parts and not joint:
        return f"every {_and(list(described))} in the range works"
    return ", and ".join(["; ".join(parts), *joint] if parts else joint)


def grid(found: Explored, masks: dict[str, list[bool]]) -> list[Sizes]:
    """Accepted sizes of each letter, combined: the first ones, and some of the rest."""
    chance = random.Random(0)
    most = _GRID[len(found.letters)]
    chosen = {}
    for letter in found.letters:
        low = found.ranges[letter][0]
        own = [low + at for at, passes in enumerate(masks[letter]) if passes]
        rest = own[most * 3 // 4 :]
        chosen[letter] = own[: most * 3 // 4] + (chance.sample(rest, min(len(rest), most // 4)) if rest else [])
    combined: list[Sizes] = [
        dict(zip(found.letters, sizes, strict=True)) for sizes in itertools.product(*chosen.values())
    ]
    values = {
        letter: [v for v, ok in zip(range(*_range(found, letter)), masks[letter], strict=True) if ok]
        for letter in found.letters
    }
    if all(values.values()):
        combined += [{letter: chance.choice(values[letter]) for letter in found.letters} for _ in range(300)]
        shared = set.intersection(*(set(v) for v in values.values()))
        combined += [dict.fromkeys(found.letters, value) for value in sorted(shared)[:300]]
    return combined


def _range(found: Explored, letter: str) -> tuple[int, int]:
    low, high = found.ranges[letter]
    return low, high + 1


def _together(found: Explored, masks: dict[str, list[bool]]) -> Together | None:
    """What several letters have to meet together, where each alone is accepted; None without a closed form."""
    if len(found.letters) == 1:
        return Together((), ())
    points = grid(found, masks)
    verdicts = [found.accepts(point) for point in points]
    if all(verdicts):
        return Together((), ())
    if not any(verdicts):
        return None
    guess = _one_above(found, masks, points, verdicts) or _equal(found, points, verdicts)
    if guess is not None:
        return guess
    guards = _needed(found, points)
    if (
        guards
        and all(
            all(guard(point) for guard in guards) == verdict for point, verdict in zip(points, verdicts, strict=True)
        )
        and all(guard.plain for guard in guards)
    ):
        texts = tuple(guard.text for guard in guards)
        return Together(texts, texts)
    return None


def _one_above(
    found: Explored, masks: dict[str, list[bool]], points: Sequence[Sizes], verdicts: Sequence[bool]
) -> Together | None:
    """`max(D, H, W) > 16`, `H > 128 or W > 64`, if that is what it comes to."""
    least = {
        letter: found.ranges[letter][0] + masks[letter].index(True) for letter in found.letters if True in masks[letter]
    }
    border = {}
    for letter in found.letters:
        low = found.ranges[letter][0]
        refused = [
            low + at
            for at, passes in enumerate(masks[letter])
            if passes and not found.accepts({**least, letter: low + at})
        ]
        if refused:
            border[letter] = max(refused)
    above = {
        letter: size
        for letter, size in border.items()
        if size < max(found.ranges[letter][0] + at for at, passes in enumerate(masks[letter]) if passes)
    }

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
        named = "@" if len(letters) == len(found.letters) else _and(letters)
        return Together((f"max({', '.join(letters)}) > {size}",), (f"at least one of {named} above {size}",))
    joined = " or ".join(f"{letter} > {size}" for letter, size in above.items())
    return Together((joined,), (" or ".join(f"{letter} above {size}" for letter, size in above.items()),))


def _equal(found: Explored, points: Sequence[Sizes], verdicts: Sequence[bool]) -> Together | None:
    for letters in [found.letters, *itertools.combinations(found.letters, 2)]:
        if all(_alike(point, letters) == verdict for point, verdict in zip(points, verdicts, strict=True)):
            words = f"{_and(list(letters))} equal"
            return Together((" == ".join(letters),), (words,))
    return None


def _alike(point: Sizes, letters: Sequence[str]) -> bool:
    return len({point[letter] for letter in letters}) == 1


def _needed(found: Explored, points: Sequence[Sizes]) -> list[Expression]:
    """The guards on several letters that refuse something which no other refuses."""
    if not found.plain:
        return []
    node = found.roots[0]
    joint = [node.guards[n].expression for n in node.counting if len(node.guards[n].expression.letters) > 1]
    refuses = [frozenset(number for number, point in enumerate(points) if not guard(point)) for guard in joint]
    kept: list[int] = []
    for number in sorted(range(len(joint)), key=lambda n: (-len(refuses[n]), len(joint[n].text))):
        union = frozenset().union(*(refuses[other] for other in kept))
        if not refuses[number] <= union:
            kept.append(number)
    return [joint[number] for number in sorted(kept)]


def keeps_size(found: Explored, axes: dict[str, int], rank: int, masks: dict[str, list[bool]]) -> Rule | None:
    """Where the output has the input's size: its axes of the same place, as far as they depend on a letter."""
    if not found.one_output or not found.roots:
        return None
    node = found.roots[0]
    output = next((shape for shape in node.path.outputs if len(shape) == rank), None)
    if output is None:
        return None
    conditions: list[str] = []
    groups: dict[str, list[str]] = {}
    some = False
    for letter, axis in axes.items():
        size = output[axis]
        if not isinstance(size, Expression) or letter not in size.letters:
            continue
        some = True
        if size.letters != (letter,):
            return None
        low = found.ranges[letter][0]
        kept = [size({letter: low + at}) == low + at for at in range(len(masks[letter]))]
        if all(same for same, passes in zip(kept, masks[letter], strict=True) if passes):
            continue
        both = [same and passes for same, passes in zip(kept, masks[letter], strict=True)]
        described = sets.describe(both, low)
        if described.conditions is None:
            return None
        known = sets.describe(masks[letter], low).of(letter)
        own = [text for text in described.of(letter) if text not in known]
        conditions += own
        words = described.plural.split(" from ")[0] if len(own) < len(described.conditions) else described.plural
        groups.setdefault(words, []).append(letter)
    if not some:
        return None
    if not conditions:
        return Rule("every size that works", ())
    if len(groups) == 1:
        return Rule(next(iter(groups)), tuple(conditions))
    return Rule(", ".join(f"{_and(letters)}: {words}" for words, letters in groups.items()), tuple(conditions))


def _and(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
