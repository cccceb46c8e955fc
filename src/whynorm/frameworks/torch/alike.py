"""Two norms that are built alike, of which one normalises features and the other positions.

Queries and keys of an attention are the usual pair: where the axes of one of them were moved otherwise, and the sizes
happen to fit, only the other norm tells what is meant.
"""

from collections.abc import Callable, Sequence
from math import prod

from whynorm.facts import Call, Trace, Value

Moved = Callable[[Call, int, int], int | None]
"""Where an operation that moves axes leaves one of them: the call, the axis, and the rank."""
_SAME = ("activation", "dropout", "norm", "other", "slice", "add")
_DEEPEST = 12


def features_of(trace: Trace, norm: Call, moved: Moved, named: Callable[[Call], str | None]) -> int | None:
    """The axis on which this norm's features stand, by another norm built with the same variable in the same module.

    None where the two agree, or where one of them is not followed back to a layer that gives features.
    """
    own = named(norm)
    if own is None or norm.path is None or norm.shape is None or _is_features(trace, norm, moved) is not False:
        return None
    module = norm.path.rpartition(".")[0]
    others = [
        one
        for one in trace.calls
        if one.type == norm.type and one.path is not None and one.path.rpartition(".")[0] == module
        if one.path != norm.path and one.built_as == norm.built_as and named(one) == own
    ]
    if not others or any(_is_features(trace, one, moved) is not True for one in others):
        return None
    value, last = norm.inputs[0], len(norm.shape) - 1
    found = [
        axis
        for axis in range(1, last)
        if norm.shape[axis] == norm.shape[last] and _holds_features(trace, value, axis, moved)
    ]
    return found[0] if len(found) == 1 else None


def _is_features(trace: Trace, norm: Call, moved: Moved) -> bool | None:
    if norm.reading is None or len(norm.reading.averages) != 1:
        return None
    return _holds_features(trace, norm.inputs[0], norm.reading.averages[0], moved)


def _holds_features(trace: Trace, value: Value, axis: int, moved: Moved) -> bool | None:
    """Whether an axis of this value is a part of what a linear layer gave last; None where it is not followed."""
    for _ in range(_DEEPEST):
        made = trace.producer(value)
        if made is None or made.shape is None:
            return None
        if made.role == "linear":
            return axis == len(value.shape) - 1
        if made.role == "axes":
            origins = [one for one in range(len(made.shape)) if moved(made, one, len(made.shape)) == axis]
            if len(origins) != 1:
                return None
            axis = origins[0]
        elif made.role == "reshape":
            before = _split_from(made.shape, value.shape, axis)
            if before is None:
                return None
            axis = before
        elif made.role not in _SAME:
            return None
        elif len(made.shape) == len(value.shape) + 1:
            taken = _taken(made.shape, value.shape)
            if taken is None:
                return None
            axis += axis >= taken
        elif len(made.shape) != len(value.shape):
            return None
        value = made.inputs[0]
    return None


def _taken(before: Sequence[int], after: Sequence[int]) -> int | None:
    """The axis of which one index was taken: `unbind`, `x[0]`."""
    one_less = ((axis, (*before[:axis], *before[axis + 1 :])) for axis in range(len(before)))
    return next((axis for axis, sizes in one_less if sizes == tuple(after)), None)


def _split_from(before: Sequence[int], after: Sequence[int], axis: int) -> int | None:
    """The axis before a reshape that this one is, or is a part of."""
    start, end = prod(after[:axis]), prod(after[: axis + 1])
    for one in range(len(before)):
        first, last = prod(before[:one]), prod(before[: one + 1])
        if start % first == 0 and last % end == 0 and first <= start and end <= last:
            return one
    return None
