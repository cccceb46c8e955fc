"""Follow the shapes through a layer or model, by abstract tensors of the backend."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import keras
from keras import tree
from keras.src.models.functional import Functional

from whynorm.errors import UsageError
from whynorm.facts import Raised, Trace, Value
from whynorm.frameworks.keras.backends import Backend, current
from whynorm.frameworks.keras.graph import Replay
from whynorm.frameworks.keras.kept import kept
from whynorm.frameworks.keras.record import Recorder, Substitute, is_tensor, raised_of, shape_of
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


class Given(NamedTuple):
    """One call of a target: its arguments, with a `Spec` for each tensor."""

    args: list[Any]
    kwargs: dict[str, Any]


class Pass(NamedTuple):
    """How one pass ended."""

    trace: Trace
    raised: Raised | None
    outputs: tuple[tuple[int, ...], ...]


def follow(target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None) -> Followed:
    """Follow one pass; the target, the random states and Keras's own counts are as before afterwards."""
    from whynorm.frameworks.keras.trial import trial

    keywords = dict(keywords)
    if training is not None and "training" not in keywords and _takes_training(target):
        keywords["training"] = training
    given = specs(target, inputs, keywords)
    ended = run_pass(target, given)
    return Followed(
        framework(),
        "raises" if ended.raised else "completes",
        ended.trace,
        ended.raised,
        trial=lambda call: trial(target, given),
    )


def run_pass(
    target: object, given: Given, substitutes: Mapping[int, Substitute] | None = None, *, asking: bool = True
) -> Pass:
    """One pass over abstract tensors; nothing of it stays.

    Without `asking` it is what a compiled graph makes of it, not what the layers do one by one.
    """
    backend = current()
    symbolic = any(None in thing.shape for thing in tree.flatten((given.args, given.kwargs)) if isinstance(thing, Spec))
    recorder = Recorder(
        backend, target, bool(given.kwargs.get("training")), substitutes, symbolic=symbolic, asking=asking
    )
    raised: Raised | None = None
    values: tuple[Value, ...] = ()
    outputs: tuple[tuple[int, ...], ...] = ()

    def run() -> None:
        nonlocal raised, values, outputs
        make = _symbol if symbolic else functools.partial(_abstract, backend)
        args, kwargs = tree.map_structure(make, (given.args, given.kwargs))
        values = recorder.start((args, kwargs))
        try:
            result = _follow_pass(_as_graph(target) if symbolic else target, args, kwargs)
        except Exception as error:  # noqa: BLE001 - what the user's model raises is what is told
            raised = raised_of(error)
        else:
            outputs = tuple(shape_of(thing) for thing in tree.flatten(result) if is_tensor(thing))

    roots = target.layers if isinstance(target, Replay) else [target]
    with kept(*roots), recorder.recording():
        if symbolic:
            run()
        else:
            with _stateless():
                backend.trace(run)
    return Pass(recorder.trace(values), raised, outputs)


def _follow_pass(target: Any, args: Any, kwargs: Any) -> Any:
    return target(*args, **kwargs)


def _as_graph(target: object) -> object:
    """What calls a model's layers one by one, where a symbolic call of the model would not."""
    return target.call if isinstance(target, Functional | keras.Sequential) else target


def _takes_training(target: object) -> bool:
    return isinstance(target, keras.Layer) and bool(
        getattr(target, "_call_has_training_arg", False) or isinstance(target, keras.Model)
    )


def _stateless() -> Any:
    scope = keras.StatelessScope()
    scope.initialize_variables = False
    return scope


def _symbol(thing: object) -> object:
    return keras.KerasTensor(thing.shape, thing.dtype) if isinstance(thing, Spec) else thing


def _abstract(backend: Backend, thing: object) -> object:
    return backend.abstract(thing.shape, thing.dtype) if isinstance(thing, Spec) else thing  # type: ignore[arg-type]


def specs(target: object, inputs: Sequence[object], keywords: Mapping[str, object]) -> Given:
    """The inputs as `whynorm.check` takes them, with a `Spec` for each tensor."""
    flat = iter(_own_types(target))

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
            return Spec(
                tuple(None if size is None else int(size) for size in thing.shape),
                keras.backend.standardize_dtype(thing.dtype),
            )
        if isinstance(thing, dict):
            return {key: convert(value) for key, value in thing.items()}
        if isinstance(thing, list | tuple):
            return type(thing)(convert(value) for value in thing)
        return thing

    return Given([convert(thing) for thing in inputs], {name: convert(value) for name, value in keywords.items()})


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
