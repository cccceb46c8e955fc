"""A layer whose constructor refuses its settings."""

import inspect
from collections.abc import Sequence
from types import FrameType

import keras

from whynorm.facts import Call, Location, Raised, Trial, Verdict
from whynorm.facts.change import Change, Rebuild
from whynorm.frameworks.keras import layers
from whynorm.frameworks.keras.tensors import raised_of
from whynorm.texts.wordings import recognise

_REFUSALS = ("sync-constraint", "uneven-groups")
"""The symptoms that a layer shows where it is built, by its settings alone."""


def constructor(frames: Sequence[FrameType], place: Location | None, raised: Raised) -> tuple[Call, Trial] | None:
    """The layer whose constructor refuses its settings, and how it takes others."""
    inits = [one for one in frames if one.f_code.co_name == "__init__"]
    match = recognise(raised.message, "keras")
    layer = inits[-1].f_locals.get("self") if inits else None
    if not isinstance(layer, keras.Layer) or match is None or match.wording.symptom not in _REFUSALS:
        return None
    outermost = next(one for one in inits if one.f_locals.get("self") is layer)
    given = {
        name: value
        for name, value in outermost.f_locals.items()
        if isinstance(value, bool | int | float | str | tuple) and name in inspect.signature(type(layer)).parameters
    }
    written = layers.written(layer)
    known = {own: name for name, (own, _) in written.items()}
    call = Call(
        type(layer).__name__,
        layers.role(layer),
        "",
        arguments={known.get(name, name): value for name, value in given.items()},
        location=place,
        built=place,
        raised=raised,
        written=written,
    )

    def tried(changes: Sequence[Change]) -> Verdict:
        changed = changes[0].arguments if len(changes) == 1 and isinstance(changes[0], Rebuild) else {}
        if not changed:
            return Verdict(None)
        try:
            type(layer)(**{**given, **layers.named_as_keras(type(layer), changed)})
        except Exception as error:  # noqa: BLE001 - what the constructor refuses is a trial that failed
            return Verdict(False, raised=raised_of(error))
        return Verdict(True)

    return call, tried
