"""What made it so: the first cause of an error of a live Keras program, and the fix that is tried."""

from collections.abc import Callable, Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers as L

import whynorm
from whynorm.frameworks.keras.places import remembering


def flatten_of_open_size() -> None:
    keras.Sequential([keras.Input((None, None, 3)), L.Conv2D(4, 3), L.Flatten(), L.Dense(2)])


def norm_on_an_open_axis() -> None:
    L.BatchNormalization(axis=1)(L.Conv1D(4, 3)(keras.Input((None, 5))))


def map_norm_of_open_size() -> None:
    L.LayerNormalization(axis=[1, 2])(L.Conv2D(4, 3)(keras.Input((None, None, 3))))


class Doubled(L.Layer):  # type: ignore[misc]
    def call(self, inputs: Any) -> Any:
        return 2 * inputs

    def compute_output_shape(self, shape: Any) -> Any:
        return (None, *(None for _ in shape[1:]))


def forgotten_on_the_way() -> None:
    L.BatchNormalization()(Doubled()(keras.Input((8, 8, 3))))


def reshape_of_another_number() -> None:
    keras.Sequential([keras.Input((5,)), L.Dense(7 * 7 * 4), L.Reshape((7, 7, 8))])


def one_photo() -> None:
    model = keras.Sequential([keras.Input((8, 8, 3)), L.Conv2D(4, 3), L.GlobalAveragePooling2D(), L.Dense(2)])
    model.compile("sgd", "mse")
    model.predict(np.zeros((8, 8, 3), "float32"), verbose=0)


def no_channels() -> None:
    model = keras.Sequential([L.BatchNormalization(axis=3), L.Conv2D(4, 3), L.GlobalAveragePooling2D(), L.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(np.zeros((8, 8, 8), "float32"), np.zeros((8, 2)), verbose=0)


class TwoNorms(keras.Model):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.first = L.LayerNormalization(6)
        self.second = L.LayerNormalization(6)

    def call(self, inputs: Any) -> Any:
        return self.second(keras.ops.relu(self.first(inputs)))


def two_norms_alike() -> None:
    TwoNorms()(np.zeros((2, 4, 6), "float32"))


class Block(L.Layer):  # type: ignore[misc]
    def __init__(self, channels: int, **named: Any) -> None:
        super().__init__(**named)
        self.conv, self.norm = L.Conv2D(channels, 3), L.BatchNormalization(channels)

    def call(self, inputs: Any) -> Any:
        return self.norm(self.conv(inputs))


def channels_for_the_axis() -> None:
    keras.Sequential([Block(8), Block(16)])(np.zeros((2, 8, 8, 3), "float32"))


def last_step_alone() -> None:
    model = keras.Sequential([keras.Input((10, 4))])
    model.add(L.GRU(8))
    model.add(L.BatchNormalization())
    model.add(L.LSTM(6))


class OneNormForTwo(keras.Model):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.norm = L.Dense(6), L.Dense(5), L.BatchNormalization()

    def call(self, inputs: Any) -> Any:
        return self.norm(self.second(self.norm(self.first(inputs))))


def one_norm_for_two_widths() -> None:
    OneNormForTwo()(np.zeros((2, 4), "float32"))


def batches_of_batches() -> None:
    data = np.zeros((8, 9, 9, 3), "float32"), np.zeros((8, 2))
    pairs = tf.data.Dataset.from_tensor_slices(data).batch(4)
    model = keras.Sequential([L.Conv2D(4, 3), L.GlobalAveragePooling2D(), L.Dense(2)])
    model.compile("sgd", "mse")
    model.fit(pairs.shuffle(2).batch(2), verbose=0)


def pieces_that_are_not_whole() -> None:
    maps = L.Conv2D(6, 8, strides=8, padding="same")(keras.Input((60, 60, 1)))
    L.LayerNormalization()(L.Reshape((49, 6))(maps))


def norm_from_before() -> None:
    from keras.layers.normalization import BatchNormalization

    BatchNormalization()


def synchronised_norm_from_before() -> None:
    L.experimental.SyncBatchNormalization()


def weights_with_a_scale() -> None:
    norm = L.BatchNormalization(scale=False, name="bn")
    keras.Sequential([keras.Input((4,)), norm])
    norm.set_weights([np.zeros(4)] * 4)


def transparent_images() -> None:
    image = keras.Input((8, 8, 3))
    model = keras.Model(image, L.BatchNormalization()(L.Conv2D(4, 3)(image)))
    photos = np.zeros((2, 8, 8, 4), "float32")
    model(photos)


class Blocks(keras.Model):  # type: ignore[misc]
    def __init__(self) -> None:
        super().__init__()
        self.conv, self.norm = L.Conv2D(4, 3), L.BatchNormalization()

    def call(self, inputs: Any) -> Any:
        return self.norm(self.conv(inputs))


def images_of_bytes() -> None:
    photos = np.zeros((2, 8, 8, 3), "uint8")
    Blocks()(photos)


def doubled_map() -> None:
    image = keras.Input((50, 50, 3))
    skip = L.Conv2D(4, 3, padding="same")(image)
    inner = L.MaxPooling2D()(L.MaxPooling2D()(skip))
    L.Concatenate()([L.UpSampling2D()(L.UpSampling2D()(inner)), skip])


def pooled_away() -> None:
    model = keras.Sequential([keras.Input((12, 12, 1))])
    model.add(L.Conv2D(4, 7))
    model.add(L.MaxPooling2D(4))
    model.add(L.BatchNormalization())
    model.add(L.MaxPooling2D(3))


def norm_of_steps() -> None:
    model = keras.Sequential([L.Dense(6), L.LayerNormalization(axis=[1, 2])])
    model(np.zeros((1, 8, 3), "float32"))
    model(np.zeros((1, 5, 3), "float32"))


FAULTS: list[tuple[Callable[[], None], str, str, tuple[str, ...]]] = [
    (flatten_of_open_size, "undefined-axis", "unknown-input-size", ("GlobalAveragePooling2D()",)),
    (norm_on_an_open_axis, "undefined-axis", "unknown-input-size", ("axis=-1",)),
    (map_norm_of_open_size, "undefined-axis", "unknown-input-size", ("GroupNormalization(groups=-1, axis=-1)",)),
    (forgotten_on_the_way, "undefined-axis", "lost-static-shape", ()),
    (reshape_of_another_number, "flatten-size", "wrong-constructor-number", ("L.Reshape((7, 7, 4))",)),
    (one_photo, "wrong-rank", "missing-batch-axis", ()),
    (no_channels, "axis-out-of-range", "missing-channel-axis", ()),
    (last_step_alone, "wrong-rank", "missing-spatial-axis", ("GRU(8, return_sequences=True)",)),
    (one_norm_for_two_widths, "channel-mismatch", "wrong-constructor-number", ()),
    (batches_of_batches, "wrong-rank", "extra-axis", ("model.fit(pairs.shuffle(2), verbose=0)",)),
    (pieces_that_are_not_whole, "flatten-size", "wrong-constructor-number", ("padding='valid'",)),
    (norm_from_before, "missing-layer", "library-version", ("from keras.layers import BatchNormalization",)),
    (synchronised_norm_from_before, "missing-layer", "library-version", ("L.BatchNormalization(synchronized=True)",)),
    (weights_with_a_scale, "state-mismatch", "wrong-checkpoint", ()),
    (transparent_images, "input-channels", "data-channels", ("model(photos[:, :, :, :3])",)),
    (images_of_bytes, "unsupported-type", "mixed-types", ('.astype("float32")',)),
    (doubled_map, "size-mismatch", "not-divisible", ()),
    (pooled_away, "too-small", "downsampled-away", ()),
    (norm_of_steps, "trailing-shape", "changed-resolution", ("LayerNormalization(axis=-1)",)),
    (two_norms_alike, "axis-out-of-range", "signature-confusion", ("self.first = L.Lay", "self.second = L.Lay")),
    (channels_for_the_axis, "axis-out-of-range", "signature-confusion", ("L.BatchNormalization()",)),
]


@pytest.fixture(autouse=True)
def whole_tracebacks() -> Iterator[None]:
    """As `whynorm run` sees them: before Keras shortens them."""
    keras.config.disable_traceback_filtering()
    with remembering():
        yield
    keras.config.enable_traceback_filtering()


@pytest.mark.parametrize(("fault", "symptom", "cause", "written"), FAULTS, ids=[one[0].__name__ for one in FAULTS])
def test_the_first_cause_and_what_mends_it(
    fault: Callable[[], None], symptom: str, cause: str, written: tuple[str, ...]
) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever Keras says
        fault()
    found = whynorm.why(raised.value).findings[0]
    assert found.symptom == symptom
    assert found.causes[0].cause == cause
    fixes = found.causes[0].fixes
    assert fixes
    assert written == () or fixes[0].verified
    added = [line for line in (fixes[0].patch or "").splitlines() if line.startswith("+")]
    assert all(any(text in line for line in added) for text in written)


PATCHES: list[tuple[Callable[[], None], str]] = [
    (weights_with_a_scale, 'BatchNormalization(scale=True, name="bn")'),
    (doubled_map, "L.Resizing(*skip.shape[1:3])("),
    (pooled_away, "MaxPooling2D(3, padding='same')"),
]


@pytest.mark.parametrize(("fault", "written"), PATCHES, ids=[one[0].__name__ for one in PATCHES])
def test_the_first_patch_behind_what_the_data_would_have_to_be(fault: Callable[[], None], written: str) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever Keras says
        fault()
    fixes = whynorm.why(raised.value).findings[0].causes[0].fixes
    patch = next(fix.patch for fix in fixes if fix.patch is not None)
    assert any(written in line for line in patch.splitlines() if line.startswith("+"))
