"""A way as far as it was found, and the steps that are put before it."""

from typing import NamedTuple

from whynorm.facts import OriginStep
from whynorm.facts.origin import Kind
from whynorm.source.named import Array
from whynorm.source.running import Pick, Value


class Found(NamedTuple):
    """The steps that were found, the last one first."""

    steps: tuple[OriginStep, ...]
    left: tuple[Pick, ...] = ()
    """Picks that nothing on the way took: they are indices into the tensor itself."""


def step_at(value: Value, kind: Kind, stacked: int, array: Array | None = None) -> OriginStep:
    """A step of this kind, where the value stands."""
    source = value.where.source
    return OriginStep(source.location(value.node), source.segment(value.node), kind, stacked, array)


def put_before(step: OriginStep, found: Found, deeper: int = 0, left: tuple[Pick, ...] | None = None) -> Found:
    """One step, and what led to it; `deeper` axes are put in front by the step."""
    steps = tuple(one._replace(stacked=one.stacked + deeper) for one in found.steps)
    return Found((step, *steps), found.left if left is None else left)


def mixed(here: Value, stacked: int, found: Found) -> Found:
    """An operation that leaves other axes than it got; of what kind of array is known where it is of what it got."""
    arrays = [step.array for step in found.steps if step.array is not None]
    return put_before(step_at(here, "mixed", stacked, arrays[0] if arrays else None), found)
