"""Where a norm's call is looked at before it is made: what its values show."""

import functools
from collections.abc import Sequence
from types import FrameType
from typing import Any

import keras
import numpy
from keras import tree
from keras.src.backend.common.masking import get_keras_mask

from whynorm.facts import Call, Measured
from whynorm.frameworks.keras import layers, steps
from whynorm.frameworks.keras.backends import current
from whynorm.frameworks.keras.experiments.again import again, samples
from whynorm.frameworks.keras.experiments.padding import ends_of, padding
from whynorm.frameworks.keras.experiments.precision import precision
from whynorm.frameworks.keras.experiments.samples import values_of
from whynorm.frameworks.keras.experiments.variation import variation
from whynorm.frameworks.keras.tensors import is_tensor
from whynorm.source.running import program

MOST_VALUES = 1 << 22
"""A larger input is not looked into."""


def look(norm: Any, given: Any, call: Call, frames: Sequence[FrameType]) -> Measured | None:
    """Measure what a norm gets in a call under these frames, where its values are here. They are only read."""
    if call.reading is None or not given.shape:
        return None
    try:
        if not current().is_real(given):
            found = _once_more(norm, call, frames)
        elif _size(given) <= MOST_VALUES:
            found = _look(norm, given, call, frames)
        else:
            return None
    except Exception:  # noqa: BLE001 - what cannot be repeated on this input is not known
        return None
    return found if found != Measured() else None


def _look(norm: Any, given: Any, call: Call, frames: Sequence[FrameType]) -> Measured:
    values, reading = values_of(given), call.reading
    assert reading is not None
    if not numpy.isfinite(values).all():
        return Measured()
    exact = precision(norm, given, values)
    if reading.source != "batch":
        return Measured(precision=exact)
    handed = _handed(frames)
    eps = float(getattr(norm, "epsilon", 0.0) or 0.0)
    varied = variation(values, reading, eps)
    if varied is not None:
        varied = varied._replace(handed=_deviation(handed))
    masked = reading.family == "batch" and _has_mask(given, frames)
    return Measured(varied, None if masked else padding(values, reading, eps, handed), exact)


_passes: dict[tuple[int, bool], dict[int, Measured]] = {}
"""By the model's id and the mode: what each norm gets, by the norm's id."""
_REPEATS = ("repeat", "tile", "broadcast_to")


def _once_more(norm: Any, call: Call, frames: Sequence[FrameType]) -> Measured:
    """In a step that is being compiled no value is here: it is made once really where something speaks for that.

    Its samples end in padding, or the program repeats values along an axis.
    """
    reading = call.reading
    assert reading is not None
    over = [axis for axis in reading.averages if axis not in (0, reading.channel_axis)]
    found = samples(frames) if over and reading.source == "batch" else None
    if found is None:
        return Measured()
    frame, arrays = found
    key = id(frame.f_locals["self"]), bool(call.training)
    if key not in _passes:
        _passes[key] = {}
        if any(True for _ in ends_of(arrays, len(arrays[0]))) or _repeats(frame.f_locals["self"]):
            again(frame, arrays, training=bool(call.training), seen=functools.partial(_seen, _passes[key], arrays))
    return _passes[key].get(id(norm), Measured())


def _repeats(model: keras.Model) -> bool:
    """Whether a layer, or the program itself, repeats values along an axis."""
    if any(isinstance(layer, keras.layers.RepeatVector) for layer in model._flatten_layers()):
        return True
    return any(name in source.called for source in program() for name in _REPEATS)


def _seen(known: dict[int, Measured], arrays: Sequence[Any], norm: Any, given: Any, *, masked: bool) -> None:
    if id(norm) in known or not is_tensor(given) or not current().is_real(given):
        return
    values = values_of(given)
    reading = layers.reading(norm, values.shape, training=True)
    if reading is None or (reading.family == "batch" and masked):
        return
    eps = float(getattr(norm, "epsilon", 0.0) or 0.0)
    varied = variation(values, reading, eps)
    if varied is not None:
        varied = varied._replace(handed=_deviation(arrays))
    known[id(norm)] = Measured(varied, padding(values, reading, eps, arrays))


def _has_mask(given: Any, frames: Sequence[FrameType]) -> bool:
    """Whether a norm is told which positions are real, by its input or by an argument of its call."""
    last = frames[-1].f_locals if frames and frames[-1].f_code is steps.LAYER_CALL else {}
    return get_keras_mask(given) is not None or last.get("original_kwargs", {}).get("mask") is not None


def _handed(frames: Sequence[FrameType]) -> list[Any]:
    """What the outermost layer among the frames was called with, as arrays."""
    first = next(steps.entered(list(frames)), None)
    parts = tree.flatten((first.args, first.kwargs)) if first is not None else []
    return [_array(one) for one in parts if _is_array(one) and _size(one) <= MOST_VALUES]


def _is_array(thing: Any) -> bool:
    if isinstance(thing, numpy.ndarray):
        return True
    return is_tensor(thing) and not isinstance(thing, keras.KerasTensor) and current().is_real(thing)


def _array(thing: Any) -> Any:
    return thing if isinstance(thing, numpy.ndarray) else numpy.asarray(keras.ops.convert_to_numpy(thing))


def _deviation(handed: Sequence[Any]) -> float | None:
    """How much what was handed to the root varies; None where it holds whole numbers only, and they vary."""
    arrays = [one for one in handed if one.size > 1 and one.dtype.kind in "fiub"]
    floating = max((float(one.std()) for one in arrays if one.dtype.kind == "f"), default=0.0)
    whole = any(float(one.std()) for one in arrays if one.dtype.kind != "f")
    return floating or (0.0 if arrays and not whole else None)


def _size(tensor: Any) -> int:
    return int(numpy.prod([int(size) for size in tensor.shape]))
