"""Leaves, with a part of the photos kept for validation."""

import numpy as np
import tensorflow as tf
from tensorflow import keras


def photos(count):
    pixels = np.random.rand(count, 12, 12, 3).astype("float32")
    return tf.data.Dataset.from_tensor_slices((pixels, np.random.randint(0, 3, count)))


train = photos(16).shuffle(16).batch(8)
held_out = photos(6).cache().batch(8)

model = keras.Sequential(
    [
        keras.Input((12, 12, 3)),
        keras.layers.Conv2D(4, 3),
        keras.layers.BatchNormalization(),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(3, activation="softmax"),
    ]
)
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(train, validation_data=held_out, epochs=1, verbose=0)
print("trained")
