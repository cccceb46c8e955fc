"""Variables that a program freezes one by one: a layer that holds them is not frozen by that."""

import functools
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any
from weakref import ref

import keras

from whynorm.facts.history import OneByOne
from whynorm.frameworks.keras import places
from whynorm.source.variables import holder_at

_set: dict[int, tuple[Callable[[], Any], places.Place]] = {}
"""Where the program itself set a variable's `trainable` to False; by the variable's id, with the variable."""


def watch(set_by: Callable[[Any, bool, FrameType], None]) -> Callable[[], None]:
    """Tell this from now on whose `trainable` is set, to what and by which frame; what is returned stops it."""
    kind: Any = next(one for one in keras.Variable.__mro__ if "trainable" in vars(one))
    known = kind.trainable
    setter = known.fset

    @functools.wraps(setter)
    def set_trainable(self: Any, value: Any) -> None:
        setter(self, value)
        set_by(self, bool(value), sys._getframe(1))

    kind.trainable = property(known.fget, set_trainable, known.fdel, known.__doc__)

    def undo() -> None:
        kind.trainable = known

    return undo


def note(variable: Any, frame: FrameType, *, trainable: bool) -> None:
    """A variable's `trainable` was set: by the program itself, or by the layer that holds it?"""
    if trainable or not places.is_user(frame.f_code.co_filename):
        _set.pop(id(variable), None)
    else:
        _set[id(variable)] = ref(variable), (frame.f_code.co_filename, frame.f_lineno)


def one_by_one(layer: keras.Layer) -> OneByOne | None:
    """Where a norm's own weights were frozen, and the norm was not."""
    held = [one for one in (getattr(layer, "gamma", None), getattr(layer, "beta", None)) if one is not None]
    known = [_set[id(one)] for one in held if id(one) in _set and _set[id(one)][0]() is one]
    if not layer.trainable or not known or any(one.trainable for one in held):
        return None
    place = places.location(known[0][1])
    return OneByOne(*holder_at(place)) if place is not None else None
