"""An error that came out of loading a model: which layer of the file is not there, and what the program has instead."""

import ast
import re
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any

import keras

from whynorm.facts import Call, Location, Missing, Raised
from whynorm.frameworks.keras import places

_CLASS = re.compile(r"Could not locate class '([\w>]+)'|Could not deserialize class '([\w>]+)'")
_REGISTERED = re.compile(r"'registered_name': '([\w>]+)'")
_OLD = ("InstanceNormalization",)
"""Layers of other packages that `whynorm.keras` has for today's Keras."""


def loaded(frames: Sequence[FrameType], raised: Raised, place: Location | None) -> tuple[Call, Missing] | None:
    """The layer that a file names and Keras does not find; None for any other error."""
    if not any(str(frame.f_globals.get("__name__", "")).startswith("keras.src.saving") for frame in frames):
        return None
    found = _CLASS.search(raised.message)
    if found is None:
        return None
    name = found[1] or found[2]
    told = raised.message[found.start() :]
    registered = _REGISTERED.findall(told.partition("Full object config:")[2])
    user = places.user_frame(frames)
    node = places.call_in(user)
    missing = Missing(
        name,
        package="tensorflow_addons" if "tensorflow_addons" in told or f"Addons>{name}" in registered else None,
        ours=name in _OLD and _is_free(name),
        known=_holds(user, name),
        callee=ast.unparse(node.func) if node is not None else None,
    )
    call = Call(name, "norm" if "norm" in name.lower() else "other", "", location=place, raised=raised)
    return call, missing


def _is_free(name: str) -> bool:
    """Whether no class of this name is registered, so that ours can be."""
    return name not in keras.saving.get_custom_objects()


def _holds(frame: FrameType | None, name: str) -> bool:
    """Whether a class of this name can be named on the line that loads."""
    held: Mapping[str, Any] = {} if frame is None else {**frame.f_globals, **frame.f_locals}
    return isinstance(held.get(name), type)
