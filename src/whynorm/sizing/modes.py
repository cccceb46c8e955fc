"""Training and inference: whether a network takes other sizes in the other mode."""

from whynorm.sizing.confirm import confirmed
from whynorm.sizing.found import Other
from whynorm.sizing.path import Runner
from whynorm.sizing.rule import Rule, rule_of
from whynorm.sizing.tree import Explored

_CHECKS = 16
"""So many sizes are compared with the framework in the other mode."""


def other_mode(found: Explored, rule: Rule, runner: Runner) -> Other | None:
    """The rule in the other mode, where it is another; None where it is the same, or there is but one mode.

    A path that makes the same decisions in both modes takes the same sizes; only where it does not is it explored.
    """
    other = runner.otherwise()
    if other is None:
        return None
    base = next((node.path.at for node in found.roots if node.path.passed), None)
    if base is not None and len(found.roots) == 1:
        path, own = other.follow(base), found.roots[0].path
        if path is not None and path.passed and path.guards_text == own.guards_text and path.events == own.events:
            return None
    explored = confirmed(other, found.ranges, checks=_CHECKS, first=base)
    there = rule_of(explored)
    if there == rule or _alike(found, explored):
        return None
    return Other(other.mode or "", there.words, there.conditions, explored.unknown is None)


def _alike(first: Explored, second: Explored) -> bool:
    """Whether both say the same wherever either was run."""
    keys = [*first.seen, *second.seen]
    return all(
        first.accepts(sizes) == second.accepts(sizes)
        for sizes in (dict(zip(first.letters, key, strict=True)) for key in keys)
    )
