"""What is measured of a norm's values is what the norm itself does with them."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers as L

from whynorm.facts import Reading
from whynorm.frameworks.keras import layers
from whynorm.frameworks.keras.experiments import padding, probed, samples, variation
from whynorm.frameworks.keras.experiments.columns import columns, deviations


def made(layer: keras.Layer, values: Any) -> Any:
    return keras.ops.convert_to_numpy(layer(values, training=True) if _trains(layer) else layer(values))


def _trains(layer: keras.Layer) -> bool:
    return isinstance(layer, L.BatchNormalization)


def read(layer: keras.Layer, values: Any) -> Reading:
    layer.build(values.shape)
    found = layers.reading(layer, values.shape, training=True)
    assert found is not None
    return found


SERIES = [
    L.BatchNormalization(),
    L.GroupNormalization(groups=2),
    L.GroupNormalization(groups=-1),
    L.GroupNormalization(groups=1),
]


@pytest.mark.parametrize("layer", SERIES, ids=lambda layer: f"{type(layer).__name__}-{getattr(layer, 'groups', '')}")
def test_what_padding_does_is_what_the_layer_does(layer: keras.Layer) -> None:
    rng = np.random.default_rng(0)
    lengths = (10, 20, 12, 40)
    values = np.zeros((4, 40, 4), "float32")
    for row, length in zip(values, lengths, strict=True):
        row[:length] = 5 + rng.normal(size=(length, 4))
    found = padding.padding(values.astype("float64"), read(layer, values), layer.epsilon, [values])
    assert found is not None
    assert (found.lengths, found.size, found.proof) == (lengths, 40, "zeros")
    if _trains(layer):
        there = np.arange(40)[None] < np.array(lengths)[:, None]
        alone, together = made(layer, values[there][None])[0], made(layer, values)[there]
    else:
        alone, together = made(layer, values[:1, :10]), made(layer, values[:1])[:, :10]
    assert found.effect == pytest.approx(abs(together - alone).mean() / alone.std(), rel=0.01)


def test_samples_of_one_length_are_not_padded() -> None:
    values = np.random.default_rng(0).normal(size=(4, 16, 3)).astype("float32")
    values[:, 10:] = 0
    assert padding.padding(values.astype("float64"), read(L.BatchNormalization(), values), 1e-3, [values]) is None


def test_a_channel_that_does_not_vary() -> None:
    values = np.random.default_rng(0).normal(size=(4, 8, 8, 3))
    values[..., 1] = 2.0
    found = variation.variation(values, read(L.BatchNormalization(), values), 1e-3)
    assert found is not None
    assert (found.dead, found.constant, found.levels) == ((1,), 1, (2.0,))
    assert variation.variation(values[..., ::2], read(L.BatchNormalization(), values[..., ::2]), 1e-3) is None


def test_a_sample_is_what_the_norm_takes() -> None:
    values = (3 + 2 * np.random.default_rng(0).normal(size=(64, 5))).astype("float32")
    layer = L.BatchNormalization(momentum=0.0)
    layer.build(values.shape)
    seen = samples.sample(layer, keras.ops.convert_to_tensor(values))
    layer(values, training=True)
    assert seen is not None
    assert np.allclose(seen.mean, samples.values_of(layer.moving_mean), atol=1e-4)
    assert np.allclose(seen.var, samples.values_of(layer.moving_variance), rtol=1e-3)
    far = samples.gap([seen], None)
    assert far is not None
    assert far.mean == pytest.approx(float(np.median(abs(seen.mean))), rel=1e-6)


class InstanceNormalization(L.Layer):  # type: ignore[misc]
    def __init__(self, over: tuple[int, ...]) -> None:
        super().__init__()
        self.over = over

    def build(self, input_shape: Any) -> None:
        self.gamma = self.add_weight(shape=(input_shape[-1],), initializer="ones")

    def call(self, x: Any) -> Any:
        mean, variance = keras.ops.moments(x, axes=self.over, keepdims=True)
        return self.gamma * (x - mean) / keras.ops.sqrt(variance + 1e-3)


@pytest.mark.parametrize("over", [(1, 2), (0, 1, 2), (1, 2, 3), (3,)])
def test_the_axes_of_a_norm_of_the_programs_own(over: tuple[int, ...]) -> None:
    layer = InstanceNormalization(over)
    layer.build((None, 16, 16, 3))
    before = [keras.ops.convert_to_numpy(one.value) for one in layer.weights]
    probed.probe(layer, (8, 16, 16, 3))
    assert probed.averages(layer) == over
    assert all(
        np.array_equal(a, keras.ops.convert_to_numpy(b.value)) for a, b in zip(before, layer.weights, strict=True)
    )


def test_columns_of_other_kinds() -> None:
    table = np.random.default_rng(0).normal(size=(50, 3)) * [1, 1000, 2]
    found = columns(L.Normalization(axis=None), table)
    assert found is not None
    assert found.lost == 2
    assert columns(L.Normalization(axis=-1), table) is None
    table[:, 2] = 7
    assert [one > 0 for one in deviations(table)] == [True, True, False]
