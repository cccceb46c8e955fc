"""Which sizes a pass that fails would take: asked of its network exactly, in a bounded time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from whynorm.facts import Fits, Fitting, Shape, axis_names
from whynorm.facts.change import Feed
from whynorm.sizing.confirm import confirmed
from whynorm.sizing.expression import of_letters
from whynorm.sizing.nearest import nearest
from whynorm.sizing.path import OutOfTime, Sizes
from whynorm.sizing.rule import keeps_size, rule_of
from whynorm.sizing.tree import Explored

if TYPE_CHECKING:
    from whynorm.facts import Trace
    from whynorm.frameworks.room import Followed, Live

PATIENCE = 6.0
"""Seconds of this thread's processor time that all questions about one pass may take."""

_CHECKS = 8
"""So many sizes are compared with the framework beyond those that the exploration runs: a trial compares the answer."""

_REACH = 4
"""Sizes up to so many times the largest at hand are looked at, and up to 1024 at least."""


class Asked(NamedTuple):
    """The letters of a question about a live pass."""

    own: Mapping[str, int]
    """The size that each letter has now."""
    axes: Mapping[str, int]
    """On which axis it stands."""
    places: Mapping[int | str, tuple[int, ...]]
    """The inputs that change with it, by position or keyword, and their shapes now."""

    def feeds(self, sizes: Sizes | None) -> tuple[Feed, ...] | None:
        """The inputs with these sizes."""
        if sizes is None:
            return None
        at = {axis: sizes[letter] for letter, axis in self.axes.items()}
        return tuple(
            Feed(place, tuple(at.get(axis, size) for axis, size in enumerate(shape)))
            for place, shape in self.places.items()
        )


class Fitter:
    """Makes of passes what answers which sizes their roots take. One of these has `PATIENCE` seconds in all."""

    def __init__(self, seconds: float = PATIENCE) -> None:
        self.left = seconds

    def __call__(self, followed: Followed) -> Fits | None:
        """What a `Case` asks; None for a pass that cannot be made again."""
        live = followed.live
        if live is None or followed.framework.name != "torch":
            return None
        known: dict[int | str, Fitting | None] = {}

        def fits(place: int | str) -> Fitting | None:
            if place not in known:
                known[place] = self._fitting(live, followed.trace, place)
            return known[place]

        return fits

    def _fitting(self, live: Live, trace: Trace, place: int | str) -> Fitting | None:
        asked = _asked(trace, place)
        if asked is None or self.left <= 0:
            return None
        from whynorm.sizing.live_runs import LiveRunner

        began = time.thread_time()
        high = max(1024, *(_REACH * size for size in asked.own.values()))
        ranges = dict.fromkeys(asked.own, (1, high))
        try:
            runner = LiveRunner(live, asked.axes, ranges, list(asked.places), until=began + self.left)
            explored = confirmed(runner, ranges, checks=_CHECKS)
            return _answer(explored, asked)
        except OutOfTime:
            return None
        except Exception:  # noqa: BLE001 - where symbolic sizes fail in a version, sizes are still found by trial
            return None
        finally:
            self.left -= time.thread_time() - began


def _asked(trace: Trace, place: int | str) -> Asked | None:
    """A letter for each spatial axis of the input at this place; inputs of the same sizes change with it."""
    shapes = dict(zip(trace.places, (value.shape for value in trace.inputs), strict=True))
    own = shapes.get(place)
    if own is None or len(shapes) != len(trace.places):  # several tensors in one argument
        return None
    names = axis_names(own)
    axes = {name: axis for axis, name in enumerate(names) if name not in ("N", "C") and len(name) == 1}
    if not axes or len(axes) > 3 or isinstance(own, Shape):
        return None

    def alike(shape: tuple[int, ...]) -> bool:
        return len(shape) == len(own) and all(shape[axis] == own[axis] for axis in axes.values())

    others = {other: shape for other, shape in shapes.items() if other != place and alike(shape)}
    return Asked({name: own[axis] for name, axis in axes.items()}, axes, {place: own, **others})


def _answer(explored: Explored, asked: Asked) -> Fitting | None:
    if explored.unknown is not None or not explored.roots:
        return None
    anyway = nearest(explored, asked.own)
    kept = _kept(explored, asked)
    return Fitting(
        rule_of(explored).words,
        asked.feeds(anyway["pad"]),
        asked.feeds(anyway["crop"]),
        asked.feeds(kept.get("pad")),
        asked.feeds(kept.get("crop")),
    )


def _kept(explored: Explored, asked: Asked) -> dict[str, dict[str, int] | None]:
    """The nearest sizes that an output has too."""
    rank = len(next(iter(asked.places.values())))
    rule = keeps_size(explored, dict(asked.axes), rank)
    if rule is None or rule.conditions is None or "False" in rule.conditions:
        return {}
    conditions = [of_letters(text, explored.letters) for text in rule.conditions]

    def keeps(sizes: Sizes) -> bool:
        return all(condition(sizes) for condition in conditions) and explored.accepts(sizes)

    return nearest(explored, asked.own, keeps)
