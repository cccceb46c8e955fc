"""A map that was enlarged again, and is to be made as large as the one that it meets."""

from whynorm.catalogue.registry import Remedy
from whynorm.catalogue.shapes import at, spatial
from whynorm.facts import Call, Case
from whynorm.facts.change import Meet, ToSize
from whynorm.facts.spelling import has_tensor_methods

_ENLARGES = ("upsample", "transposed-conv")


def to_other_size(case: Case) -> Remedy | None:
    """Where two maps meet, the one that was enlarged gets the other's size; None where neither was."""
    call = case.call
    if len(call.inputs) != 2 or call.location is None:
        return None
    first, other = (value.shape for value in call.inputs)
    methods = has_tensor_methods(case.framework)
    if len(first) != len(other) or not 3 <= len(first) <= 5 or not (methods or len(first) == 4):
        return None
    axes = spatial(first)
    if all(first[axis] == other[axis] for axis in axes):
        return None
    steps = [_enlarging(case, number) for number in range(2)]
    known = [(step, number) for number, step in enumerate(steps) if step is not None]
    if not known:
        return None
    (_, enlarged), branch = min(known, key=lambda one: one[0][0])
    alike = [one for one in case.trace.calls if (one.type, one.location) == (call.type, call.location)]
    return Remedy(
        f"resize what {at(enlarged)} gives to the size of what it meets, whatever that is",
        "model",
        when="inputs of every size are to do",
        trial=(Meet(call.type, tuple(dict.fromkeys(one.path or "" for one in alike)), branch),),
        edits=(ToSize(call.location, branch, None if methods else "Resizing", (axes[0], axes[-1])),),
    )


def _enlarging(case: Case, branch: int) -> tuple[int, Call] | None:
    """The nearest layer on a way that enlarges its map, and how far away it is."""
    for number, step in enumerate(case.trace.upstream(case.call, branch)):
        if step.role in _ENLARGES:
            return number, step
    return None
