"""Fully convolutional in front, a dense head behind."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
from keras import layers


def backbone(image):
    x = image
    for filters in (8, 16):
        x = layers.Conv2D(filters, 3, strides=2, padding="same")(x)
        x = layers.BatchNormalization()(x)
        x = layers.ReLU()(x)
    return x


image = keras.Input(shape=(None, None, 3))
features = backbone(image)
flat = layers.Flatten()(features)
logits = layers.Dense(10)(flat)
print(keras.Model(image, logits).output_shape)
