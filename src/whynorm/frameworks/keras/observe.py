"""What is observed of a running program that uses Keras: errors before Keras shortens them, and norms at work.

Nothing of ours stays on the stack while a layer runs, so that the program's own tracebacks are as they would be.
Only shapes and modes are kept, never a tensor.
"""

import functools
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any
from weakref import WeakKeyDictionary

import keras
from keras.src.optimizers.base_optimizer import BaseOptimizer
from keras.src.saving import saving_lib
from keras.src.trainers.data_adapters.py_dataset_adapter import PyDatasetAdapter
from keras.src.utils import traceback_utils

from whynorm.facts import Measured, Open
from whynorm.frameworks.keras import assigned, frozen, histories, layers, overruled, places, steps, uses
from whynorm.frameworks.keras.backends import current
from whynorm.frameworks.keras.experiments.measure import look
from whynorm.frameworks.keras.experiments.probed import probe
from whynorm.frameworks.keras.handed import handed, measured, note_batch, with_measured
from whynorm.frameworks.keras.tensors import is_tensor, shape_of
from whynorm.frameworks.room import Followed, Listener
from whynorm.frameworks.unobserved import OWN, unobserved

MOST_CASES = 200
"""So many different calls of one norm are looked at."""


class _Shortened(threading.local):
    """The frames of the error that is on its way through Keras, as they were before Keras left some out."""

    def __init__(self) -> None:
        self.frames: list[FrameType] = []


class _Order(threading.local):
    """How the last layer that says so has its axes: `channels_first` or `channels_last`."""

    def __init__(self) -> None:
        self.last: str | None = None


_shortened = _Shortened()
_order = _Order()
_cases: "WeakKeyDictionary[keras.Layer, set[tuple[object, ...]]]" = WeakKeyDictionary()


def install(listener: Listener) -> Callable[[], None]:
    """Have the listener told, from now on, of errors that leave Keras and of norms that are called.

    Returns what undoes it.
    """
    forget = places.remember()
    filtered = traceback_utils._process_traceback_frames
    checked = keras.Layer._assert_input_compatibility

    @functools.wraps(filtered)
    def process(traceback: TracebackType | None) -> Any:
        error = sys.exc_info()[1]
        if isinstance(error, Exception) and not OWN.busy:
            _note_error(listener, error, traceback, sys._getframe(1))
        return filtered(traceback)

    @functools.wraps(checked)
    def check(self: keras.Layer, arg_0: Any) -> Any:
        if not OWN.busy:
            frame = sys._getframe(1)
            with _at_work(listener):
                _note_call(listener, self, frame, arg_0)
        return checked(self, arg_0)

    applied = BaseOptimizer.apply

    @functools.wraps(applied)
    def apply(self: BaseOptimizer, grads: Any, trainable_variables: Any = None) -> Any:
        if not OWN.busy:
            with _at_work(listener):
                uses.step(self, trainable_variables, sys._getframe(1))
        return applied(self, grads, trainable_variables)

    standardized = PyDatasetAdapter._standardize_batch

    @functools.wraps(standardized)
    def standardize(self: PyDatasetAdapter, batch: Any) -> Any:
        made = standardized(self, batch)
        note_batch(self, made)
        return made

    learnt = keras.layers.Normalization.adapt

    @functools.wraps(learnt)
    def adapt(self: keras.layers.Normalization, *args: Any, **kwargs: Any) -> Any:
        if not OWN.busy:
            with _at_work(listener):
                uses.adapted(self, args[0] if args else kwargs.get("data"), sys._getframe(1))
        return learnt(self, *args, **kwargs)

    def stepped(optimizer: Any, tensors: Sequence[Any]) -> None:
        if not OWN.busy:
            with _at_work(listener):
                uses.step(optimizer, tensors, sys._getframe(1))

    set_to = keras.Layer.set_weights

    @functools.wraps(set_to)
    def set_weights(self: keras.Layer, weights: Any) -> None:
        try:
            set_to(self, weights)
        except Exception as error:
            inside = error.__traceback__.tb_next if error.__traceback__ is not None else None
            if not OWN.busy and inside is not None:
                _note_error(listener, error, inside, sys._getframe())
            raise
        if not OWN.busy:
            with _at_work(listener):
                assigned.assigned(self, weights, sys._getframe(1))

    unloaded = saving_lib._raise_loading_failure

    @functools.wraps(unloaded)
    def not_loaded(error_msgs: Any, warn_only: bool = False) -> None:
        if warn_only and not OWN.busy:
            with _at_work(listener):
                assigned.skipped(error_msgs, sys._getframe(1))
        unloaded(error_msgs, warn_only)

    def set_trainable(variable: Any, trainable: bool, frame: FrameType) -> None:
        if not OWN.busy:
            with _at_work(listener):
                frozen.note(variable, frame, trainable=trainable)

    thaw = frozen.watch(set_trainable)
    keras.Layer.set_weights = set_weights
    saving_lib._raise_loading_failure = not_loaded
    unstepped = current().on_step(stepped)
    listener.at_end(histories.followed_at_end)
    PyDatasetAdapter._standardize_batch = standardize
    for wrapper in (check, apply, adapt, standardize, set_weights, not_loaded):
        places.as_kerass_own(wrapper, steps.LAYER_CALL.co_filename)
    BaseOptimizer.apply = apply
    keras.layers.Normalization.adapt = adapt
    traceback_utils._process_traceback_frames = process
    keras.Layer._assert_input_compatibility = check

    def undo() -> None:
        forget()
        thaw()
        unstepped()
        keras.Layer.set_weights = set_to
        saving_lib._raise_loading_failure = unloaded
        traceback_utils._process_traceback_frames = filtered
        keras.Layer._assert_input_compatibility = checked
        BaseOptimizer.apply = applied
        PyDatasetAdapter._standardize_batch = standardized
        keras.layers.Normalization.adapt = learnt

    return undo


@contextmanager
def _at_work(listener: Listener) -> Iterator[None]:
    """What goes wrong in our own notes is told at the end, and the program goes on."""
    with unobserved():
        try:
            yield
        except Exception as error:  # noqa: BLE001 - it must not reach the program
            listener.faulted(error)


def _note_error(listener: Listener, error: Exception, traceback: TracebackType | None, frame: FrameType) -> None:
    """An error passes on its way out: its frames are gathered, and told of where it leaves Keras."""
    frames = steps.frames_of(traceback)
    known = {id(one) for one in _shortened.frames}
    if any(id(one) in known for one in frames):
        frames = [*(one for one in frames if id(one) not in known), *_shortened.frames]
    above = steps.frames_above(frame)
    if any(one.f_code is steps.LAYER_CALL or steps.is_trainer(one) for one in above):
        _shortened.frames = frames
        return
    _shortened.frames = []

    def follow() -> Followed | None:
        from whynorm.frameworks.keras.crash import crash_at

        whole = [*above, *frames]
        return crash_at(error, whole, places.of_frames(whole))

    listener.failed(error, follow)


def _note_call(listener: Listener, layer: keras.Layer, caller: FrameType, given: Any) -> None:
    """A norm is called; each shape and mode is told of once."""
    if isinstance(given, keras.KerasTensor):
        overruled.note(layer, caller)
        return
    if caller.f_code is not steps.LAYER_CALL or not is_tensor(given):
        return
    _order.last = getattr(layer, "data_format", None) or _order.last
    if layers.role(layer) != "norm":
        return
    training, dtype = _mode(caller), keras.backend.standardize_dtype(given.dtype)
    above = steps.frames_above(caller)
    if not layers.is_keras_own(layer):
        probe(layer, shape_of(given))
    uses.meet(layer, given, shape_of(given), dtype, training, above)
    cases = _cases.setdefault(layer, set())
    for shape in _shapes(shape_of(given), caller):
        case = (shape, training)
        if case in cases or len(cases) >= MOST_CASES:
            continue
        cases.add(case)
        call = layers.as_call(layer, shape, dtype, training)
        call = call._replace(
            location=places.location(places.here(caller)), channel_axis=call.channel_axis or _channels(len(shape))
        )

        flat = look(layer, given, call, [*above, caller]) or measured(handed(above), call)

        known = shape[0] if shape and not isinstance(shape[0], Open) else None

        taped = current().records(layer, given)

        def follow(samples: int | None = known, flat: Measured | None = flat, records: bool = taped) -> Followed | None:
            from whynorm.frameworks.keras.crash import running

            followed = running(steps.frames_above(caller, itself=True), samples, records=records)
            return followed if followed is None or flat is None else with_measured(followed, flat, layer.name)

        listener.called(call._replace(measured=flat), follow)


def _channels(rank: int) -> int | None:
    """Where a norm's input has its channels as far as the layer called before it says so; the pass around decides."""
    if rank < 4 or _order.last is None:
        return None
    return 1 if _order.last == "channels_first" else rank - 1


def _shapes(shape: tuple[int, ...], caller: FrameType) -> list[tuple[int, ...]]:
    """The shapes that a norm is called with; a compiled step leaves the batch open, and the trainer knows its sizes."""
    if not shape or not isinstance(shape[0], Open):
        return [shape]
    training = steps.trained(steps.frames_above(caller))
    sizes = training.batches.sizes if training is not None else []
    seen = handed(steps.frames_above(caller)) if training is None else None
    if seen is not None and len(seen.shape) == len(shape):
        sizes = [seen.shape[0]]
    return [(size, *shape[1:]) for size in sizes] or [shape]


def _mode(caller: FrameType) -> bool | None:
    """The mode that a layer's call gets: its own argument, or that of the call around it."""
    frame: FrameType | None = caller
    while frame is not None:
        if frame.f_code is steps.LAYER_CALL:
            given = frame.f_locals.get("original_kwargs", {}).get("training")
            if given is not None:
                return bool(given)
        frame = frame.f_back
    return None
