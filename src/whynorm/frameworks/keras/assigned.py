"""Weights that are set, or loaded, without an error, and do not fit a batch norm all the same."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy

from whynorm.facts import Location
from whynorm.facts.history import Loaded
from whynorm.frameworks.keras import places
from whynorm.source.files import read
from whynorm.source.places import call_at

_COUNTED = re.compile(r"expected (\d+) variables, but received (\d+) variables")
_NAMED = (("gamma", "scale", "weight"), ("beta", "bias", "shift", "offset"), ("mean",), ("var",))
"""What the arrays are called, in the order in which Keras has them."""
_found: "WeakKeyDictionary[keras.Layer, Loaded]" = WeakKeyDictionary()


def loaded(layer: keras.Layer) -> Loaded | None:
    """How a norm's weights were set, where they do not fit."""
    return _found.get(layer)


def skipped(errors: Mapping[Any, tuple[Any, Exception]], frame: FrameType | None) -> None:
    """A file was loaded with `skip_mismatch`: these layers keep what they had."""
    place = places.location(places.here(frame))
    if place is None:
        return
    norms = [(one, error) for one, error in errors.values() if isinstance(one, keras.layers.BatchNormalization)]
    for norm, error in norms:
        counted = _COUNTED.search(str(error))
        more = counted is not None and int(counted[2]) == int(counted[1]) + 1
        lacks = [name for name in ("scale", "center") if not getattr(norm, name)] if more else []
        _found[norm] = Loaded(place, True, len(norms), passed="skip_mismatch=True", lacks=lacks[0] if lacks else None)


def assigned(layer: keras.Layer, given: Any, frame: FrameType | None) -> None:
    """A layer's weights were set by hand; a variance below 0 is none."""
    place = places.location(places.here(frame))
    if place is None or not isinstance(layer, keras.layers.BatchNormalization) or not isinstance(given, list | tuple):
        return
    arrays = [numpy.asarray(one) for one in given]
    _found.pop(layer, None)
    if len(arrays) == 4 and bool((arrays[3] < 0).any()):
        _found[layer] = Loaded(place, False, 1, reordered=_reordered(place, arrays), swapped=True)


def _reordered(place: Location, arrays: Sequence[Any]) -> tuple[str, str] | None:
    """The list as the program writes it, and in Keras's order, where the names say which is which."""
    source = read(place.file)
    call = call_at(source, place, "set_weights") if source is not None else None
    listed = call.args[0] if call is not None and call.args else None
    if source is None or not isinstance(listed, ast.List) or len(listed.elts) != 4:
        return None
    texts = [source.segment(one) for one in listed.elts]
    order = [list(_called(texts, names)) for names in _NAMED]
    if any(len(one) != 1 for one in order) or len({one[0] for one in order}) < 4:
        return None
    right = [one[0] for one in order]
    if bool((arrays[right[3]] < 0).any()):
        return None
    return source.segment(listed), f"[{', '.join(texts[number] for number in right)}]"


def _called(texts: Sequence[str], names: Sequence[str]) -> Iterator[int]:
    for number, text in enumerate(texts):
        if any(name in text.lower() for name in names):
            yield number
