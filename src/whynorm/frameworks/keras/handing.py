"""How the mode that a network is called in gets to its norms: what stands in its way in the program's own code."""

import ast
import inspect
from collections.abc import Sequence
from types import FrameType

import keras

from whynorm.facts import Location
from whynorm.facts.history import Fixed
from whynorm.frameworks.keras import places, steps
from whynorm.source.around import is_written_in
from whynorm.source.files import Source, read
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
        given = [
            keyword
            for call in source.calls
            if covers(call, location.line)
            for keyword in call.keywords
            if keyword.arg == "training"
        ]
        if len(given) != 1:
            continue
        value = given[0].value
        if isinstance(value, ast.Constant) and isinstance(value.value, bool):
            return Fixed(location, value.value)
        by_default = _by_default(source, value)
        if by_default is not None:
            function, training = by_default
            return Fixed(location, training, default_of=function)
    return None


def _by_default(source: Source, value: ast.expr) -> tuple[str, bool] | None:
    """The function whose parameter is handed on, and its default, where Keras gives it no other value.

    It gives one to a layer's `call`: only a default of True is not what it would be without one.
    """
    around = source.function(value)
    if around is None or not isinstance(value, ast.Name) or is_written_in(around, value.id):
        return None
    named = [*around.args.posonlyargs, *around.args.args]
    pairs = [
        *zip(reversed(named), reversed(around.args.defaults), strict=False),
        *zip(around.args.kwonlyargs, around.args.kw_defaults, strict=True),
    ]
    default = next((node for one, node in pairs if one.arg == value.id), None)
    if not isinstance(default, ast.Constant) or not isinstance(default.value, bool):
        return None
    return (around.name, default.value) if default.value or around.name != "call" else None


def without_mode(root: keras.Layer) -> Location | None:
    """Where the program defines the `call` of a network, if that takes no mode: Keras hands it none then."""
    call = inspect.unwrap(type(root).call)
    code = getattr(call, "__code__", None)
    if code is None or not places.is_user(code.co_filename) or root._call_has_training_arg:
        return None
    return places.location((code.co_filename, code.co_firstlineno))
