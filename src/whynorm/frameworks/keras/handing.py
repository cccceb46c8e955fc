"""How the mode that a network is called in gets to its norms: what stands in its way in the program's own code."""

import ast
import inspect
from collections.abc import Sequence
from types import FrameType

import keras

from whynorm.facts import Location
from whynorm.facts.history import Fixed
from whynorm.frameworks.keras import places, steps
from whynorm.source.files import read
from whynorm.source.places import covers


def fixed(frames: Sequence[FrameType]) -> Fixed | None:
    """The innermost call below the outermost one of a layer at which the program writes `training=True` or `False`.

    `frames` stand above a norm's call, outermost first.
    """
    calls = [number for number, one in enumerate(frames) if one.f_code is steps.LAYER_CALL]
    for end in [len(frames), *reversed(calls)][: len(calls)]:
        location = places.location(places.of_frames(frames[calls[0] : end]))
        source = read(location.file) if location is not None and not location.library else None
        if location is None or source is None:
            continue
        values = [
            keyword.value.value
            for call in source.calls
            if covers(call, location.line)
            for keyword in call.keywords
            if keyword.arg == "training" and isinstance(keyword.value, ast.Constant)
        ]
        if len(values) == 1 and isinstance(values[0], bool):
            return Fixed(location, values[0])
    return None


def without_mode(root: keras.Layer) -> Location | None:
    """Where the program defines the `call` of a network, if that takes no mode: Keras hands it none then."""
    call = inspect.unwrap(type(root).call)
    code = getattr(call, "__code__", None)
    if code is None or not places.is_user(code.co_filename) or root._call_has_training_arg:
        return None
    return places.location((code.co_filename, code.co_firstlineno))
