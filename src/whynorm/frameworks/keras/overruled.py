"""A layer that was called with `training=False` to make a model of it, and runs in training mode all the same.

A functional model hands the mode that it is called in to every layer, whatever a layer was told when the model was made
(keras-team/keras#20285; Keras 2 kept what it was told).
"""

from collections.abc import Sequence
from itertools import pairwise
from types import FrameType
from typing import NamedTuple
from weakref import WeakKeyDictionary

import keras
from keras.src.models.functional import Functional

from whynorm.facts import Location
from whynorm.facts.history import Overruled, Use
from whynorm.frameworks.keras import places, steps
from whynorm.source.files import read
from whynorm.source.places import dotted, keras_layer_in
from whynorm.source.running import program
from whynorm.source.unfrozen import unfrozen_in

_NORM = "BatchNormalization"


class Told(NamedTuple):
    """A call with `training=False` on symbolic tensors."""

    location: Location
    callee: str | None
    """How the layer is named there."""


_TOLD: "WeakKeyDictionary[keras.Layer, Told]" = WeakKeyDictionary()


class Asked(NamedTuple):
    """What was asked for, and not kept."""

    told: Told
    itself: bool
    """Whether it is the norm that was called so, and not a network around it."""
    direct: bool
    """Whether the norm is one of the layers of that network itself, not of a part of it."""


def note(layer: keras.Layer, caller: FrameType) -> None:
    """A layer is called on symbolic tensors, at this frame of Keras: by the program itself, in inference mode?"""
    if caller.f_code is not steps.LAYER_CALL and caller.f_back is not None:  # a functional model checks in its own way
        caller = caller.f_back
    if caller.f_locals.get("original_kwargs", {}).get("training") is not False:
        return
    frames = steps.frames_above(caller)
    user = places.user_frame(frames)
    location = places.location(places.of_frames(frames))
    if location is None or any(one.f_code is steps.LAYER_CALL for one in frames):
        return
    node = places.call_in(user)
    _TOLD[layer] = Told(location, dotted(node.func) if node is not None else None)


def asked(norm: keras.Layer, frames: Sequence[FrameType]) -> Asked | None:
    """The call with `training=False` that a functional model around this norm was made by.

    `frames` stand above the norm's call, outermost first; the norm is in training mode.
    """
    around = [one.f_locals.get("self") for one in frames if one.f_code is steps.LAYER_CALL]
    for model, layer in pairwise([*around, norm]):
        if not isinstance(model, Functional) or not isinstance(layer, keras.Layer):
            continue
        own = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}
        told = [node.arguments.kwargs.get("training") for node in layer._inbound_nodes if id(node) in own]
        if told and all(one is False for one in told) and layer in _TOLD:
            direct = any(part is norm for part in getattr(layer, "layers", ()))
            return Asked(_TOLD[layer], layer is norm, direct)
    return None


def overruled(known: Asked, use: Use) -> Overruled:
    """The same as a fact, with where the program lets the network be trained."""
    callee = None if known.itself else known.told.callee
    thawed = unfrozen_in(program(), callee) if callee is not None else None
    source = read(known.told.location.file)
    name = keras_layer_in(source, _NORM) if source is not None else None
    return Overruled(known.told.location, callee, use, thawed, known.itself, known.direct, name)
