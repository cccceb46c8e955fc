"""A norm's reading is what the layer does: which outputs change when one number of the input changes."""

import itertools
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L

import whynorm
from whynorm.frameworks.keras import layers

NORMS = [
    (lambda: L.LayerNormalization(axis=-1), (2, 3, 4)),
    (lambda: L.LayerNormalization(axis=[1, 2]), (2, 3, 4)),
    (lambda: L.LayerNormalization(axis=1), (2, 3, 4)),
    (lambda: L.GroupNormalization(groups=-1), (2, 3, 4)),
    (lambda: L.GroupNormalization(groups=-1, axis=1), (2, 3, 4)),
    (lambda: L.GroupNormalization(groups=1), (2, 3, 4)),
    (lambda: L.RMSNormalization(), (2, 3, 4)),
    (lambda: L.UnitNormalization(axis=1), (2, 3, 4)),
    (lambda: L.BatchNormalization(axis=1), (2, 3, 4)),
    (lambda: L.BatchNormalization(), (2, 3, 4)),
]


@pytest.mark.parametrize(("make", "shape"), NORMS)
def test_what_is_averaged_over_is_what_depends(make: Any, shape: tuple[int, ...]) -> None:
    norm = make()
    training = isinstance(norm, L.BatchNormalization)
    mode = {"training": True} if training else {}
    data = np.random.default_rng(0).normal(size=shape).astype("float32")
    if keras.backend.backend() == "torch" and isinstance(norm, L.LayerNormalization) and norm.axis in (1, [1]):
        (finding,) = whynorm.check(norm, shape).findings
        assert finding.symptom == "framework-bug"
        return
    before = keras.ops.convert_to_numpy(norm(data, **mode))
    reading = layers.reading(norm, shape, training)
    assert reading is not None
    data[0, 0, 0] += 1.0
    changed = np.abs(keras.ops.convert_to_numpy(norm(data, **mode)) - before) > 1e-6
    for index in itertools.product(*map(range, shape)):
        assert changed[index] == all(index[axis] == 0 for axis in reading.keeps), (index, reading)


@pytest.mark.parametrize(("make", "shape"), NORMS)
def test_parameters_live_where_is_said(make: Any, shape: tuple[int, ...]) -> None:
    norm = make()
    norm.build(shape)
    reading = layers.reading(norm, shape, True)
    assert reading is not None
    sizes = [tuple(weight.shape) for weight in norm.trainable_weights]
    assert all(size == tuple(shape[axis] for axis in reading.parameter_axes) for size in sizes)
    assert bool(sizes) == bool(reading.parameter_axes)
