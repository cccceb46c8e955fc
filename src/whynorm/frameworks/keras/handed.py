"""The arrays that a trainer's method is handed, looked at once: their values, without a copy of them kept."""

import ast
from collections.abc import Callable, Sequence
from math import prod
from types import FrameType
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary, ref

import numpy

from whynorm.facts import Call, Measured, Trace, Variation
from whynorm.frameworks.keras import places, steps
from whynorm.frameworks.keras.experiments.columns import deviations
from whynorm.frameworks.room import Followed

LARGEST = 1 << 24
"""No array of more numbers is looked at."""


class Handed(NamedTuple):
    """One array of numbers."""

    shape: tuple[int, ...]
    finite: bool
    largest: float
    """The largest magnitude of its finite values."""
    constant: float | None
    """The one value that all of it holds."""
    argument: str | None
    """What the program writes there."""
    spread: tuple[float, ...] = ()
    """By how much each column of a table varies."""


class _Last:
    """The array that was looked at last; the program alone keeps it alive."""

    array: Callable[[], Any] = staticmethod(lambda: None)
    found: Handed | None = None


def handed(frames: Sequence[FrameType]) -> Handed | None:
    """What the innermost trainer's method among these frames is handed; None where that is no array of numbers.

    Of what gives batches one by one it is one of them.
    """
    number = next((at for at in reversed(range(len(frames))) if steps.is_trainer(frames[at])), None)
    if number is None:
        return None
    given = frames[number].f_locals.get("x")
    adapter = getattr(frames[number].f_locals.get("epoch_iterator"), "data_adapter", None)
    if adapter is not None and adapter in _batches:
        return _batches[adapter]._replace(argument=_argument(frames[:number]))
    first = getattr(adapter, "_first_batches", None)
    given = first[0][0] if first and isinstance(first[0], tuple) and first[0] else given
    if not _can_be_read(given):
        return None
    if _Last.array() is not given:
        _Last.array, _Last.found = ref(given), _look(given, _argument(frames[:number]))
    return _Last.found


def _can_be_read(given: Any) -> bool:
    return isinstance(given, numpy.ndarray) and given.dtype.kind in "fiub" and 0 < given.size <= LARGEST


_batches: "WeakKeyDictionary[Any, Handed]" = WeakKeyDictionary()
"""What a `PyDataset` gave first, by its adapter."""


def note_batch(adapter: Any, batch: Any) -> None:
    """A batch of a `PyDataset` is on its way to the model."""
    first = batch[0] if isinstance(batch, tuple) and batch else batch
    if adapter not in _batches and _can_be_read(first):
        _batches[adapter] = _look(first, None)


def measured(seen: Handed | None, call: Call) -> Measured | None:
    """What a norm takes its statistics of, where it gets what was handed over and all of that is one value."""
    if seen is None or seen.constant is None or call.reading is None or not call.shape or not call.training:
        return None
    if call.shape[1:] != seen.shape[1:] or not call.reading.averages:
        return None
    statistics = prod(call.shape) // call.reading.values(call.shape)
    varied = Variation(statistics, statistics, (seen.constant,), handed=0.0, repeated=True)
    return Measured(variation=varied)


def with_measured(followed: Followed, found: Measured, layer: str) -> Followed:
    """The pass, with what was measured at the first call of the norm of this name."""
    trace = followed.trace
    calls = list(trace.calls)
    for number, call in enumerate(calls):
        if call.role == "norm" and (call.path or "").split("/")[-1] in (layer, ""):
            calls[number] = call._replace(measured=found)
            break
    return followed._replace(trace=Trace(trace.inputs, calls, trace.places))


def _look(given: Any, argument: str | None) -> Handed:
    known = given[numpy.isfinite(given)]
    least, most = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    finite = known.size == given.size
    constant = least if finite and least == most else None
    return Handed(given.shape, finite, max(abs(least), abs(most)), constant, argument, deviations(given))


def _argument(above: Sequence[FrameType]) -> str | None:
    """The first argument of the call that the user's innermost frame is in."""
    node = places.call_in(places.user_frame(above))
    if node is None:
        return None
    named = next((one.value for one in node.keywords if one.arg == "x"), None)
    first = node.args[0] if node.args and not isinstance(node.args[0], ast.Starred) else named
    return None if first is None else ast.unparse(first)
