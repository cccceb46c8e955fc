"""The pass of a step that is being compiled, made once really on a few samples of what the step is to get.

In a scope of its own: no variable is assigned to, and random states stay where they were.
"""

import functools
import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from types import FrameType
from typing import Any, Protocol

import keras
import numpy
from keras.src.backend.common.masking import get_keras_mask

from whynorm.frameworks.keras import layers, steps
from whynorm.frameworks.keras.ask import eager
from whynorm.frameworks.keras.backends import current
from whynorm.frameworks.keras.kept import kept

FEW = 16
"""So many samples go through the network."""
MOST_WEIGHTS = 1 << 24
MOST_VALUES = 1 << 22


class Seen(Protocol):
    """Who is told of each norm's call, and whether it has a mask."""

    def __call__(self, norm: keras.Layer, given: Any, *, masked: bool) -> None:
        """A norm is about to be called."""


def samples(frames: Sequence[FrameType]) -> tuple[FrameType, list[Any]] | None:
    """The frame of the trainer's method that runs, and the first samples of the arrays that it was handed."""
    frame = next((one for one in reversed(frames) if steps.is_trainer(one)), None)
    given = frame.f_locals.get("x") if frame is not None else None
    arrays = list(given) if isinstance(given, list | tuple) else [given]
    if frame is None or not all(isinstance(one, numpy.ndarray) and one.ndim for one in arrays):
        return None
    size = frame.f_locals.get("batch_size")
    few: list[Any] = [one[: min(FEW, size) if isinstance(size, int) else FEW] for one in arrays if one is not None]
    return (frame, few) if sum(one.size for one in few) <= MOST_VALUES else None


def again(frame: FrameType, arrays: Sequence[Any], *, training: bool, seen: Seen) -> None:
    """Make the pass of a trainer's method on these arrays; `seen` is told what each norm gets."""
    model: keras.Model = frame.f_locals["self"]
    if sum(int(numpy.prod(one.shape)) for one in model.weights) > MOST_WEIGHTS:
        return
    with kept(model), current().real(), eager(stateful=False) as scope, _seeing(seen), redirect_stdout(io.StringIO()):
        assert scope is not None
        for held in held_elsewhere(frame, model):
            scope.add_update(held)
        given = [keras.ops.convert_to_tensor(one) for one in arrays]
        model(given[0] if len(given) == 1 else given, training=training)


def held_elsewhere(frame: FrameType, model: keras.Model) -> Iterator[tuple[Any, Any]]:
    """While it trains, Keras on JAX holds the values of a model's variables in the step's own state."""
    state = frame.f_locals.get("state")
    if not isinstance(state, tuple) or len(state) < 2:
        return
    for variables, values in zip((model.trainable_variables, model.non_trainable_variables), state, strict=False):
        yield from zip(variables, values, strict=True)


@contextmanager
def _seeing(seen: Seen) -> Iterator[None]:
    original, thread = keras.Layer.__call__, threading.get_ident()

    @functools.wraps(original)
    def called(layer: keras.Layer, *args: Any, **kwargs: Any) -> Any:
        if threading.get_ident() == thread and args and layers.role(layer) == "norm":
            seen(layer, args[0], masked=kwargs.get("mask") is not None or get_keras_mask(args[0]) is not None)
        return original(layer, *args, **kwargs)

    keras.Layer.__call__ = called
    try:
        yield
    finally:
        keras.Layer.__call__ = original
