"""What was found out, as conditions and as a sentence."""

from collections.abc import Mapping
from typing import NamedTuple

from whynorm.sizing import sets
from whynorm.sizing.expression import Expression
from whynorm.sizing.together import Together, listed, together
from whynorm.sizing.tree import Explored

_SOME = "only some of them together"


class Rule(NamedTuple):
    """A sentence and its conditions."""

    words: str
    conditions: tuple[str, ...] | None
    """Python expressions, all of which must hold; None where there is no such form."""


def rule_of(found: Explored) -> Rule:
    """The rule for the sizes that pass: by what each letter must meet whatever the others are, then by what it can."""
    alone = {letter: found.alone(letter) for letter in found.letters}
    if found.plain:
        first = _rule(found, alone)
        if first.conditions is not None:
            return first
    possible = {letter: found.mask(letter) for letter in found.letters}
    rule = _rule(found, possible)
    if rule.conditions is not None or found.plain:
        return rule
    for either in (False, True):
        other = _rule(found, alone, either=either)
        if other.conditions is not None:
            return other
    return rule


def _rule(found: Explored, masks: Mapping[str, list[bool]], *, either: bool = False) -> Rule:
    described = {letter: sets.describe(masks[letter], found.ranges[letter][0]) for letter in found.letters}
    if any("False" in (one.conditions or ()) for one in described.values()):
        return Rule("no size in the range works", ("False",))
    joint = together(found, masks, either=either)
    if any(one.conditions is None for one in described.values()) or joint is None:
        return Rule(_sentence(described, joint or Together((), (_SOME,))), None)
    conditions = [text for letter in found.letters for text in described[letter].of(letter)]
    return Rule(_sentence(described, joint), (*conditions, *joint.conditions))


def _sentence(described: Mapping[str, sets.Set], joint: Together) -> str:
    groups: dict[str, list[str]] = {}
    for letter, one in described.items():
        if one.words:
            groups.setdefault(one.words, []).append(letter)
    parts = []
    for words, letters in groups.items():
        parts.append(f"{listed(letters)}{' each' if len(letters) > 1 else ''} {words}")
    constrained = [letter for letters in groups.values() for letter in letters]
    them = "them" if set(constrained) == set(described) and len(groups) == 1 else listed(list(described))
    said = [words.replace("@", them) for words in joint.words]
    if not parts and not said:
        return f"every {listed(list(described))} in the range works"
    return ", and ".join(["; ".join(parts), *said] if parts else said)


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
    return Rule(", ".join(f"{listed(letters)}: {words}" for words, letters in groups.items()), tuple(conditions))
