"""What was found out, as conditions and as a sentence."""

import itertools
import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from whynorm.facts.words import listed
from whynorm.sizing import sets
from whynorm.sizing.expression import Expression
from whynorm.sizing.together import EITHER, GUARDED, SIMPLE, Form, Together, together
from whynorm.sizing.tree import Explored, Node

_BEYOND = 6000
"""So many sizes are looked at beyond those that pass one letter at a time."""
_SOME = "only some of them together"


class Rule(NamedTuple):
    """A sentence and its conditions."""

    words: str
    conditions: tuple[str, ...] | None
    """Python expressions, all of which must hold; None where there is no such form."""


def rule_of(found: Explored) -> Rule:
    """The rule for the sizes that pass: by what each letter must meet whatever the others are, then by what it can."""
    if not found.roots and found.tables is None:
        return Rule("no size that works was found", None)
    alone = {letter: found.alone(letter) for letter in found.letters}
    if found.plain and (simple := _rule(found, alone, SIMPLE)).conditions is not None:
        return simple
    possible = {letter: found.mask(letter) for letter in found.letters}
    if not found.searched and (apart := _apart(found)) is not None:
        rule = _rule(found, apart, SIMPLE)
        if rule.conditions is not None:
            return rule
    rule = _rule(found, possible, SIMPLE)
    if rule.conditions is not None and found.searched:
        return rule
    for masks, forms in ((alone, GUARDED), (possible, GUARDED), (alone, (*SIMPLE, *EITHER))):
        other = _rule(found, masks, forms)
        if other.conditions is not None and (masks is alone or found.searched):
            return other
    return Rule(rule.words if found.searched else _rule(found, alone, ()).words, None)


def _apart(found: Explored) -> dict[str, list[bool]] | None:
    """For each letter the sizes that pass beside the largest that do, if no accepted sizes are found beyond these."""
    passing = [sizes for sizes in found.bases() if found.accepts(sizes)]
    if not passing:
        return None
    base = max(passing, key=lambda sizes: min(sizes.values()))
    masks = {
        letter: [found.accepts({**base, letter: size}) for size in range(low, high + 1)]
        for letter, (low, high) in found.ranges.items()
    }
    chance = random.Random(0)
    lows = {letter: low for letter, (low, _) in found.ranges.items()}
    for _ in range(_BEYOND):
        most = chance.choice((16, 128, 1 << 20))
        sizes = {letter: chance.randint(low, min(high, low + most)) for letter, (low, high) in found.ranges.items()}
        if not all(mask[sizes[letter] - lows[letter]] for letter, mask in masks.items()) and found.accepts(sizes):
            return None
    return masks


def _rule(found: Explored, masks: Mapping[str, list[bool]], forms: Sequence[Form]) -> Rule:
    described = {letter: sets.describe(masks[letter], found.ranges[letter][0]) for letter in found.letters}
    if any("False" in (one.conditions or ()) for one in described.values()):
        return Rule("no size in the range works", ("False",))
    joint = together(found, masks, forms)
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


def keeps_size(found: Explored, axes: Mapping[str, int], rank: int) -> Rule | None:
    """Where the output has the input's size: its axes of the same place, as far as they depend on a letter.

    None where no output has such axes, where several letters make one, and where no size is kept.
    """
    if not found.one_output or not found.roots:
        return None
    masks = {letter: found.alone(letter) if found.plain else found.mask(letter) for letter in found.letters}
    kept = {letter: _kept(found, letter, axis, rank, masks[letter]) for letter, axis in axes.items()}
    of = {letter: same for letter, same in kept.items() if same is not None}
    if not of or not _any_together(found, of):
        return None
    conditions: list[str] = []
    groups: dict[str, list[str]] = {}
    for letter, same in of.items():
        if same == masks[letter]:
            continue
        low = found.ranges[letter][0]
        described = sets.describe(same, low)
        if described.conditions is None:
            return None
        known = sets.describe(masks[letter], low).of(letter)
        own = [text for text in described.of(letter) if text not in known]
        conditions += own
        words = described.plural.split(" from ")[0] if len(own) < len(described.conditions) else described.plural
        groups.setdefault(words, []).append(letter)
    if not conditions:
        return Rule("every size that works", ())
    if len(groups) == 1:
        return Rule(next(iter(groups)), tuple(conditions))
    return Rule(", ".join(f"{listed(letters)}: {words}" for words, letters in groups.items()), tuple(conditions))


def _kept(found: Explored, letter: str, axis: int, rank: int, mask: list[bool]) -> list[bool] | None:
    """For each size of a letter that passes: whether the output has it; None where that is another letter's matter."""
    outputs: dict[Node, int | Expression | None] = {}
    for node in found.nodes:
        if node.path.passed:
            shape = next((shape for shape in node.path.outputs if len(shape) == rank), None)
            outputs[node] = None if shape is None else shape[axis]
    if not any(isinstance(size, Expression) and letter in size.letters for size in outputs.values()):
        return None
    if any(isinstance(size, Expression) and size.letters != (letter,) for size in outputs.values()):
        return None
    low, bases = found.ranges[letter][0], found.bases()
    everywhere = list(outputs) if len(set(outputs.values())) == 1 else None
    kept = []
    for value, passes in enumerate(mask, low):
        nodes = everywhere
        if passes and nodes is None:
            decided = (found.decide({**base, letter: value}) for base in bases)
            nodes = [node for passed, node, _ in decided if passed and node is not None]
        sizes = [outputs[node] for node in nodes or ()]
        same = {(size({letter: value}) if isinstance(size, Expression) else size) == value for size in sizes}
        if passes and len(same) != 1:  # that depends on the other letters
            return None
        kept.append(passes and same.pop())
    return kept


def _any_together(found: Explored, kept: Mapping[str, list[bool]]) -> bool:
    """Whether there are accepted sizes that are all kept."""
    some = []
    for letter, same in kept.items():
        values = [found.ranges[letter][0] + at for at, one in enumerate(same) if one]
        some.append([*values[:4], *values[-2:]])
    combined = (dict(zip(kept, values, strict=True)) for values in itertools.product(*some))
    bases = found.bases()
    return any(found.accepts({**base, **sizes}) for sizes in combined for base in bases[:3])
