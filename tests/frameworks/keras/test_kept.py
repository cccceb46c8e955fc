"""First, do no harm: a model that was looked at is as it was."""

import random
import warnings
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L

import whynorm


def built() -> keras.Model:
    shared = L.Dense(4)
    inputs = keras.Input((8, 8, 4))
    x = L.BatchNormalization()(shared(shared(inputs)))
    return keras.Model(inputs, L.Dropout(0.5)(x))


def unbuilt() -> keras.Model:
    return keras.Sequential([L.Conv2D(4, 3), L.BatchNormalization(), L.Dropout(0.5), L.GroupNormalization(groups=2)])


def values(model: keras.Model) -> list[Any]:
    return [keras.ops.convert_to_numpy(variable.value).copy() for variable in model.variables]


@pytest.mark.parametrize("make", [built, unbuilt])
@pytest.mark.parametrize("shape", [(2, 8, 8, 4), (2, 8, 8, 3), (2, 8), (2, 1, 1, 4)])
def test_everything_is_as_before(make: Any, shape: tuple[int, ...]) -> None:
    model = make()
    before, state = values(model), [layer.built for layer in model.layers]
    held = [dict(vars(layer)) for layer in (model, *model.layers)]
    random.seed(1)
    np.random.seed(1)
    drawn, filters = (random.getstate(), np.random.get_state()[1].tolist()), list(warnings.filters)
    whynorm.check(model, shape, training=True)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == drawn
    assert warnings.filters == filters
    assert [layer.built for layer in model.layers] == state
    assert all(a.keys() == vars(b).keys() for a, b in zip(held, (model, *model.layers), strict=True))
    assert all(np.array_equal(a, b) for a, b in zip(before, values(model), strict=True))


def test_names_are_counted_on_as_before() -> None:
    keras.backend.clear_session()
    first = L.LayerNormalization()
    whynorm.check(first, (2, 4, 1, 1))
    assert L.LayerNormalization().name == "layer_normalization_1"


def test_training_goes_on_the_same() -> None:
    def trained(look: bool) -> list[Any]:
        keras.utils.set_random_seed(3)
        model = built()
        model.compile("sgd", "mse")
        data = np.random.default_rng(0).normal(size=(6, 8, 8, 4)).astype("float32")
        if look:
            whynorm.check(model, (1, 8, 8, 4), training=True)
        model.fit(data, np.zeros((6, 8, 8, 4)), batch_size=3, verbose=0, shuffle=False)
        return values(model)

    assert all(np.array_equal(a, b) for a, b in zip(trained(False), trained(True), strict=True))
