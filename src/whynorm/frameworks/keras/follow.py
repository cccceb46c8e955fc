"""Follow the shapes through a layer or model, by abstract tensors of the backend."""

from collections.abc import Mapping, Sequence

import keras

from whynorm.errors import UsageError
from whynorm.frameworks.keras.passes import Given, run_on
from whynorm.frameworks.keras.tensors import Spec
from whynorm.frameworks.keras.trial import trial
from whynorm.frameworks.room import Followed
from whynorm.report import Framework


def framework() -> Framework:
    """Keras, its version and backend."""
    return Framework("keras", keras.__version__, keras.backend.backend())


def follow(target: object, inputs: Sequence[object], keywords: Mapping[str, object], training: bool | None) -> Followed:
    """Follow one pass; the target, the random states and Keras's own counts are as before afterwards."""
    keywords = dict(keywords)
    if training is not None and "training" not in keywords and _takes_training(target):
        keywords["training"] = training
    given = specs(target, inputs, keywords)
    ended = run_on(target, given)
    return Followed(
        framework(),
        "raises" if ended.raised else "completes",
        ended.trace,
        ended.raised,
        trial=lambda call: trial(target, given),
    )


def _takes_training(target: object) -> bool:
    return isinstance(target, keras.Layer) and bool(
        getattr(target, "_call_has_training_arg", False) or isinstance(target, keras.Model)
    )


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
