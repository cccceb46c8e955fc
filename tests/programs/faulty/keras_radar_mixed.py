"""Radar power maps, mixed precision to halve the memory."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

keras.utils.set_random_seed(0)

keras.mixed_precision.set_global_policy("mixed_float16")


def power_maps(n, rows=16, columns=16):
    """Received power in counts, 18-bit ADC."""
    rng = np.random.default_rng(1)
    counts = rng.gamma(2.0, 40_000.0, size=(n, rows, columns, 1))
    labels = (counts.mean(axis=(1, 2, 3)) > 80_000).astype("int32")
    return counts.astype("float32"), labels


def build():
    maps = keras.Input((16, 16, 1), name="power")
    x = layers.BatchNormalization(momentum=0.9, name="standardise")(maps)
    for filters in (8, 16):
        x = layers.Conv2D(filters, 3, strides=2, padding="same")(x)
        x = layers.LeakyReLU()(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(maps, layers.Dense(2, dtype="float32")(x))


def main():
    x, y = power_maps(64)
    model = build()
    model.compile(keras.optimizers.Adam(1e-3), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    history = model.fit(x, y, batch_size=16, epochs=2, verbose=0)
    print("loss per epoch:", history.history["loss"])
    print(tf.argmax(model.predict(x[:8], verbose=0), axis=-1).numpy())


if __name__ == "__main__":
    main()
