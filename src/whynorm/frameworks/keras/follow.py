"""Follow the shapes through a layer or model, by abstract tensors of the backend."""

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import tree

from whynorm.errors import UsageError
from whynorm.facts import Raised, Value
from whynorm.frameworks.keras.backends import Backend, current
from whynorm.frameworks.keras.kept import kept
from whynorm.frameworks.keras.record import Recorder, raised_of
from whynorm.frameworks.room import Followed
from whynorm.report import Framework


def framework() -> Framework:
    """Keras, its version and backend."""
    return Framework("keras", keras.__version__, keras.backend.backend())


class Spec:
    """The shape and type of one tensor to hand over."""

    def __init__(self, shape: tuple[int | None, ...], dtype: str) -> None:
        self.shape = shape
        self.dtype = dtype


def follow(target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None) -> Followed:
    """Follow one pass; the target, the random states and Keras's own counts are as before afterwards."""
    backend = current()
    keywords = dict(keywords)
    if training is not None and "training" not in keywords and isinstance(target, keras.Layer):
        keywords["training"] = training
    mode = keywords.get("training", training)
    given = specs(target, inputs, keywords)
    recorder = Recorder(backend, target, bool(mode))
    raised: Raised | None = None
    values: tuple[Value, ...] = ()

    def run() -> None:
        nonlocal raised, values
        args, kwargs = tree.map_structure(lambda thing: _abstract(backend, thing), given)
        values = recorder.start((args, kwargs))
        try:
            _follow_pass(target, args, kwargs)
        except Exception as error:  # noqa: BLE001 - what the user's model raises is what is told
            raised = raised_of(error)

    with kept(target), recorder.recording(), _scopes():
        backend.trace(run)
    return Followed(framework(), "raises" if raised else "completes", recorder.trace(values), raised)


def _follow_pass(target: Any, args: Any, kwargs: Any) -> None:
    target(*args, **kwargs)


def _scopes() -> Any:
    scope = keras.StatelessScope()
    scope.initialize_variables = False
    return scope


def _abstract(backend: Backend, thing: object) -> object:
    return backend.abstract(thing.shape, thing.dtype) if isinstance(thing, Spec) else thing  # type: ignore[arg-type]


def specs(target: object, inputs: Sequence[object], keywords: Mapping[str, object]) -> tuple[Any, Any]:
    """The inputs as `whynorm.check` takes them, with a `Spec` for each tensor."""
    own = _own_types(target)
    if len(inputs) == 1 and isinstance(inputs[0], list | tuple | dict) and not _is_shape(inputs[0]):
        flat = iter(own)
    else:
        flat = iter(own)

    def convert(thing: object) -> object:
        if isinstance(thing, Spec):
            return thing
        if _is_shape(thing):
            return Spec(tuple(thing), next(flat, None) or keras.config.floatx())  # type: ignore[arg-type]
        if isinstance(thing, tuple) and len(thing) == 2 and _is_shape(thing[0]) and not _is_shape(thing[1]):
            next(flat, None)
            return Spec(tuple(thing[0]), _dtype(thing[1]))
        if hasattr(thing, "shape") and hasattr(thing, "dtype"):
            next(flat, None)
            return Spec(tuple(int(size) for size in thing.shape), keras.backend.standardize_dtype(thing.dtype))
        if isinstance(thing, dict):
            return {key: convert(value) for key, value in thing.items()}
        if isinstance(thing, list | tuple):
            return type(thing)(convert(value) for value in thing)
        return thing

    return [convert(thing) for thing in inputs], {name: convert(value) for name, value in keywords.items()}


def _is_shape(thing: object) -> bool:
    return isinstance(thing, tuple | list) and all(
        size is None or (isinstance(size, int) and not isinstance(size, bool)) for size in thing
    )


def _dtype(given: object) -> str:
    try:
        found: str = keras.backend.standardize_dtype(given)
    except (ValueError, TypeError):
        raise UsageError(f"{given!r} is no dtype; float32, int32, bool … are") from None
    return found


def _own_types(target: object) -> list[str]:
    """The types that a functional model's own inputs have, in their order."""
    inputs = getattr(target, "_inputs", None) if isinstance(target, keras.Model) else None
    return [keras.backend.standardize_dtype(tensor.dtype) for tensor in inputs or []]
