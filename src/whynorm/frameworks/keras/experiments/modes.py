"""A copy of a norm, built or called otherwise: whether its statistics move, how far, and how many variables it has."""

from collections.abc import Mapping
from math import prod
from typing import Any, NamedTuple

import keras
import numpy

from whynorm.facts import Open
from whynorm.frameworks.keras.kept import kept
from whynorm.frameworks.unobserved import unobserved

_SAMPLES = 4
_LARGEST = 1 << 22


class Built(NamedTuple):
    """How a norm was built: enough for a copy."""

    kind: type[keras.Layer]
    config: dict[str, Any]


def built_as(layer: keras.Layer) -> Built | None:
    """How a batch norm was built; None for another layer, and for one that does not say."""
    if not isinstance(layer, keras.layers.BatchNormalization):
        return None
    try:
        return Built(type(layer), layer.get_config())
    except Exception:  # noqa: BLE001 - a class of the program's own may well not say
        return None


def moves(built: Built, shape: tuple[int, ...], *, training: bool, trainable: bool) -> bool | None:
    """Whether a call on random values in this mode moves the statistics of a copy; None where it cannot be made."""
    sizes = _closed(shape)
    if prod(sizes) > _LARGEST:
        return None
    values = numpy.random.default_rng(0).normal(1, 2, sizes).astype("float32")
    try:
        with unobserved(), kept():
            norm = built.kind.from_config({**built.config, "trainable": trainable})
            norm.build(sizes)
            before = keras.ops.convert_to_numpy(norm.moving_mean).copy()
            norm(keras.ops.convert_to_tensor(values), training=training)
            return bool((keras.ops.convert_to_numpy(norm.moving_mean) != before).any())
    except Exception:  # noqa: BLE001 - a layer that cannot be built from its configuration tells nothing
        return None


def share(built: Built, shape: tuple[int, ...], momentum: float) -> float | None:
    """Which share of a batch's mean one update takes, for a copy with this momentum; None where it cannot be made."""
    if prod(_closed(shape)) > _LARGEST:
        return None
    try:
        with unobserved(), kept():
            norm = built.kind.from_config({**built.config, "momentum": momentum, "trainable": True})
            norm.build(_closed(shape))
            norm(keras.ops.ones(_closed(shape)), training=True)
            return float(keras.ops.convert_to_numpy(norm.moving_mean).flat[0])
    except Exception:  # noqa: BLE001 - a layer that cannot be built from its configuration tells nothing
        return None


def variables(built: Built, shape: tuple[int, ...], arguments: Mapping[str, object]) -> int | None:
    """How many variables a copy has that is built with these settings; None where it cannot be made."""
    try:
        with unobserved(), kept():
            norm = built.kind.from_config({**built.config, **arguments})
            norm.build(_closed(shape))
            return len(norm.weights)
    except Exception:  # noqa: BLE001 - a layer that cannot be built from its configuration tells nothing
        return None


def _closed(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A few samples, and no size left open."""
    return (_SAMPLES, *(1 if isinstance(size, Open) else size for size in shape[1:]))
