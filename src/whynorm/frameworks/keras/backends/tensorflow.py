"""TensorFlow: a graph of its own for the trace, eager tensors for what is asked really."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any

import tensorflow as tf
from keras.src.utils import backend_utils
from tensorflow.python.eager import record

_LARGEST = 1 << 24


def trace(run: Callable[[], None]) -> None:
    """Run a function in a graph of its own; TensorFlow's frames stay in the tracebacks of what it raises."""
    graph = tf.__internal__.FuncGraph("whynorm")
    with _traceback_filtering(on=False), _as_if_eager(), graph.as_default():
        run()


@contextmanager
def real() -> Iterator[None]:
    """Eager execution, from inside of a graph; tracebacks are as they are by default, for some messages quote them."""
    with _traceback_filtering(on=True), tf.init_scope():
        yield


@contextmanager
def _traceback_filtering(*, on: bool) -> Iterator[None]:
    switch = {True: tf.debugging.enable_traceback_filtering, False: tf.debugging.disable_traceback_filtering}
    before = tf.debugging.is_traceback_filtering_enabled()
    switch[on]()
    try:
        yield
    finally:
        switch[before]()


@contextmanager
def _as_if_eager() -> Iterator[None]:
    """Preprocessing layers take a graph for a `tf.data` pipeline, and convert what they get before their own call."""
    asked = backend_utils.in_tf_graph
    backend_utils.in_tf_graph = lambda: False
    try:
        yield
    finally:
        backend_utils.in_tf_graph = asked


def abstract(shape: tuple[int, ...], dtype: str) -> Any:
    """A placeholder."""
    return tf.compat.v1.placeholder(shape=shape, dtype=dtype)


def zeros(shape: tuple[int, ...], dtype: str) -> Any:
    """Zeros, True, or empty texts."""
    return tf.ones(shape, dtype) if dtype == "bool" else tf.zeros(shape, dtype)


def is_real(tensor: Any) -> bool:
    """Whether it is eager."""
    return hasattr(tensor, "numpy")


def records(layer: Any, given: Any) -> bool:
    """Whether a tape is open."""
    return bool(record.could_possibly_record())


def on_step(stepped: Callable[[Any, Sequence[Any]], None]) -> Callable[[], None]:
    """There is none whose steps could be seen."""
    return lambda: None


def words(error: Exception) -> Exception:
    """Ask the one operation that refused again, eagerly: a graph words many errors otherwise.

    The operation is the innermost generated wrapper (`gen_*_ops`) that the error came through; its arguments
    stand in its frame.
    """
    frame = _operation(error)
    if frame is None:
        return error
    code = frame.f_code
    function = frame.f_globals.get(code.co_name)
    names = code.co_varnames[: code.co_argcount]
    with tf.init_scope():
        arguments = {name: _real(frame.f_locals[name]) for name in names if name in frame.f_locals}
        if function is None or any(value is _UNKNOWN for value in arguments.values()):
            return error
        try:
            function(**arguments)
        except Exception as said:  # noqa: BLE001 - whatever the operation says is what is asked for
            return said
    return error


class _Unknown:
    pass


_UNKNOWN = _Unknown()


def _operation(error: Exception) -> FrameType | None:
    found = None
    traceback = error.__traceback__
    while traceback is not None:
        name = traceback.tb_frame.f_globals.get("__name__", "")
        if name.startswith("tensorflow.python.ops.gen_"):
            found = traceback.tb_frame
        traceback = traceback.tb_next
    return found


def _real(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        parts = [_real(part) for part in value]
        return _UNKNOWN if any(part is _UNKNOWN for part in parts) else type(value)(parts)
    if isinstance(value, tf.Variable):
        return _real(value.value)
    if not isinstance(value, tf.Tensor):
        return value
    constant = tf.get_static_value(value)
    if constant is not None:
        return tf.constant(constant, value.dtype)
    if not value.shape.is_fully_defined() or value.shape.num_elements() > _LARGEST:
        return _UNKNOWN
    return zeros(tuple(value.shape), value.dtype.name)
