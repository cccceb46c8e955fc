"""A small classifier, trained on 32 x 32 tiles and evaluated on the full test images."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers

rng = np.random.default_rng(0)


def make_model(tile):
    return keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(8, 3, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Reshape((tile // 2 * tile // 2 * 8,)),
            layers.Dense(5, activation="softmax"),
        ]
    )


model = make_model(32)
model.compile("adam", "sparse_categorical_crossentropy")
tiles, labels = rng.random((16, 32, 32, 3), dtype="float32"), rng.integers(0, 5, 16)
model.fit(tiles, labels, batch_size=8, verbose=0)
test_images = rng.random((6, 48, 48, 3), dtype="float32")
print(model.evaluate(test_images, labels[:6], verbose=0))
