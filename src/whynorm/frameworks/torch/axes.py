"""On which axis a norm's channels, or features, stand: told by the layers around it, where its sizes leave it open.

A convolution leaves its channels on the axis behind the batch, a linear, recurrent or attention layer and an embedding
leave their features last; what only moves, pools or activates is followed through. Where two ways disagree, or
something is not followed, nothing is known.
"""

import re
from collections.abc import Mapping, Sequence
from itertools import permutations
from math import prod
from typing import NamedTuple

from whynorm.facts import Call, Trace, Value
from whynorm.facts.call import Torn
from whynorm.facts.counts import GIVEN, TAKEN
from whynorm.frameworks.torch.alike import features_of
from whynorm.source.places import argument_of, call_at, dotted, source_at

LAST = ("linear", "embedding", "attention", "recurrent")
"""Roles that leave features on the last axis, and take them from there."""
_KEEPS = ("activation", "dropout", "pool", "global-pool", "upsample", "pad", "norm", "other")
_DEEPEST = 40
_NEAR = 8
"""So many calls may stand between a reshape and a norm."""
_IN_MEMORY = re.compile(r"contiguous|clone$")
"""What leaves values and axes as they are."""
_COUNTS: Mapping[str, Mapping[str, Sequence[tuple[str, int]]]] = {
    "linear": {"out": (GIVEN["linear"],), "in": TAKEN["linear"]},
    "embedding": {"out": (GIVEN["embedding"],)},
}
"""By role, the arguments that count the features which come out, and those that go in."""


class _Told(NamedTuple):
    """Where the channels stand, and the layer that tells it."""

    axis: int
    by: Call
    end: str = "out"
    """Which of its features stand there: those that it gives, `out`, or those that it takes, `in`."""


def settled(trace: Trace) -> Trace:
    """The trace, in which each norm whose sizes leave it open carries its `channel_axis`, where that is told.

    And where a reshape tore its channels apart, the axis that held them: `torn`.
    """
    calls = list(trace.calls)
    for number, call in enumerate(calls):
        if call.reading is None:
            continue
        axis, torn = _around(trace, call), _torn(trace, call)
        if axis is not None or torn is not None:
            calls[number] = call._replace(channel_axis=axis, torn=torn)
    return Trace(trace.inputs, calls, trace.places)


def _torn(trace: Trace, call: Call) -> Torn | None:
    """The reshape before this norm that filled the axis it normalises with positions.

    A reshape keeps the order in memory: `(N, C, H, W)` viewed as `(N, H * W, C)` cuts each channel's map into pieces
    of C positions.
    """
    reading, shape = call.reading, call.shape
    if reading is None or shape is None or call.raised is not None or reading.unbatched or 0 in shape:
        return None
    axis = reading.averages[0] if reading.channel_axis is None and len(reading.averages) == 1 else reading.channel_axis
    made = _regrouped(trace, call)
    if axis is None or made is None or made.shape is None:
        return None
    told = _before(trace, made.inputs[0], 0)
    if told is None or told.axis == 0 or made.shape[told.axis] < 2 or shape[axis] % made.shape[told.axis]:
        return None
    if _is_kept(made.shape, told.axis, shape, axis):
        return None
    order = _order(made.shape, shape)
    return Torn(told.axis, order) if order is not None else None


def _regrouped(trace: Trace, call: Call) -> Call | None:
    """The reshape that a norm's input comes from, where nothing since then but its values changed."""
    value = call.inputs[0]
    for _ in range(_NEAR):
        made = trace.producer(value)
        if made is None or made.role == "reshape":
            return made
        same = [one for one in made.inputs if one.shape == value.shape and trace.producer(one) is not None]
        if not same or (made.role not in ("activation", "dropout", "norm", "add") and not _IN_MEMORY.search(made.type)):
            return None
        value = same[0]
    return None


def _is_kept(before: Sequence[int], channels: int, after: Sequence[int], axis: int) -> bool:
    """Whether an axis after a reshape holds the channels as a whole, or is one or several other axes before it."""
    behind, apart = prod(after[axis + 1 :]), prod(before[channels + 1 :])
    if apart % behind == 0 and (behind * after[axis]) % (apart * before[channels]) == 0:
        return True
    groups = ((first, last) for first in range(len(before)) for last in range(first, len(before)))
    return any(
        prod(before[first : last + 1]) == after[axis] and prod(before[last + 1 :]) == behind for first, last in groups
    )


def _order(before: Sequence[int], after: Sequence[int]) -> tuple[int, ...] | None:
    """The order of the axes behind the batch from which these sizes are neighbours joined."""
    for rest in permutations(range(1, len(before))):
        sizes = [before[0], *(before[axis] for axis in rest)]
        bounds = {prod(sizes[number:]) for number in range(len(sizes))}
        if all(prod(after[number:]) in bounds for number in range(len(after))):
            return (0, *rest)
    return None


def _around(trace: Trace, call: Call) -> int | None:
    """The axis that the layers around this norm agree on; None where it is not in doubt, or they do not say."""
    reading, shape = call.reading, call.shape
    if reading is None or shape is None or call.raised is not None or not reading.leaves_open(shape):
        return None
    moved = _is_moved(trace, call.inputs[0])
    if moved and reading.channel_axis is None:
        return features_of(trace, call, _moved, lambda one: _named(one, TAKEN["norm"]))  # else it is on purpose
    told = _before(trace, call.inputs[0], 0)
    if told is None and not any(one.role == "axes" for one in trace.upstream(call)):
        told = _behind(trace, call)
    return None if told is None or _are_other_names(call, told) else told.axis


def _is_moved(trace: Trace, value: Value) -> bool:
    """Whether the program moved the axes of this value just before."""
    made = trace.producer(value)
    while made is not None and made.role == "other" and made.path is not None and _IN_MEMORY.search(made.type):
        made = trace.producer(made.inputs[0]) if made.inputs else None
    return made is not None and made.role == "axes"


def _are_other_names(norm: Call, told: _Told) -> bool:
    """Whether the program gives the norm and the layer that tells its axis their sizes by names that differ.

    `BatchNorm1d(joints)` behind `Linear(3, width)` is over joints, though both may be 16.
    """
    own, other = _named(norm, TAKEN["norm"]), _named(told.by, _COUNTS.get(told.by.role, {}).get(told.end, ()))
    return own is not None and other is not None and own != other


def _named(call: Call, places: Sequence[tuple[str, int]]) -> str | None:
    """The variable that a layer gets at one of these arguments: the last of its names; None where it is none."""
    source = source_at(call.built) if call.built is not None and not call.built.library else None
    built = call_at(source, call.built, call.type) if source is not None and call.built is not None else None
    for keyword, position in places:
        given = argument_of(built, keyword, position) if built is not None else None
        name = dotted(given) if given is not None else None
        if name is not None:
            return name.rpartition(".")[2]
    return None


def _before(trace: Trace, value: Value, depth: int) -> _Told | None:
    """The axis of this value's channels, by what made it."""
    made = trace.producer(value)
    if made is None or made.shape is None or depth > _DEEPEST:
        return None
    rank = len(value.shape)
    if made.role in ("conv", "transposed-conv"):
        spatial = _spatial(made)
        return None if spatial is None else _Told(rank - spatial - 1, made)
    if made.role in LAST:
        if made.role == "linear" and _is_moved(trace, made.inputs[0]):  # a layer over time, or over positions
            known = _before(trace, made.inputs[0], depth + 1)
            return _Told(rank - 1, made) if known is not None and known.axis == rank - 1 else None
        return _Told(rank - 1, made)
    if made.role in ("add", "join"):
        ways = [_before(trace, one, depth + 1) for one in made.inputs if len(one.shape) == rank]
        told = {way.axis: way for way in ways if way is not None}
        return told.popitem()[1] if len(told) == 1 else None
    above = _before(trace, made.inputs[0], depth + 1)
    axis = None if above is None else _through(made, above.axis, value.shape)
    return None if above is None or axis is None else _Told(axis, above.by)


def _behind(trace: Trace, call: Call) -> _Told | None:
    """The axis that what comes behind takes its channels from, where nothing but an activation stands between."""
    value, rank = call.outputs[0], len(call.shape or ())
    for _ in range(3):
        users = [other for other in trace.calls if any(one.id == value.id for one in other.inputs)]
        if len(users) != 1 or users[0].inputs[0].id != value.id:
            return None
        user = users[0]
        if user.role in LAST:
            return _Told(rank - 1, user, "in")
        if user.role == "conv":
            spatial = _spatial(user)
            return None if spatial is None else _Told(rank - spatial - 1, user, "in")
        if user.role not in ("activation", "dropout") or not user.outputs:
            return None
        value = user.outputs[0]
    return None


def _spatial(call: Call) -> int | None:
    """Over how many axes a convolution goes."""
    named = re.search(r"([123])d$", call.type)
    return int(named[1]) if named else None


def _through(call: Call, axis: int, out: Sequence[int]) -> int | None:
    """Where an axis of a call's first input is in its output."""
    shape = call.shape or ()
    if call.role == "axes":
        return _moved(call, axis, len(shape))
    if call.role == "reshape":
        if tuple(out[: axis + 1]) == shape[: axis + 1]:
            return axis
        return len(out) - 1 if axis == len(shape) - 1 and out[-1] == shape[-1] else None
    if call.role in (*_KEEPS, "slice", "reduce") and len(out) == len(shape):
        return axis
    return None


def _moved(call: Call, axis: int, rank: int) -> int | None:
    """Where `permute`, `transpose`, `unsqueeze` and the like leave an axis."""
    name, given = call.type.rpartition(".")[2], call.arguments
    if name == "permute":
        order = given.get("dims")
        if isinstance(order, tuple) and len(order) == rank and all(isinstance(one, int) for one in order):
            return [one % rank for one in order].index(axis)
    if name in ("transpose", "swapaxes", "swapdims"):
        first, second = given.get("dim0"), given.get("dim1")
        if isinstance(first, int) and isinstance(second, int):
            swapped = {first % rank: second % rank, second % rank: first % rank}
            return swapped.get(axis, axis)
    if name in ("mT", "T") and rank >= 2:
        last = {rank - 1: rank - 2, rank - 2: rank - 1}
        return last.get(axis, axis) if name == "mT" or rank == 2 else None
    if name in ("unsqueeze", "squeeze"):
        at = given.get("dim")
        if isinstance(at, int):
            at = at % (rank + 1 if name == "unsqueeze" else rank)
            return axis + (at <= axis) if name == "unsqueeze" else axis - (at < axis)
    if name in ("expand", "expand_as") and call.outputs and len(call.outputs[0].shape) == rank:
        return axis
    return None
