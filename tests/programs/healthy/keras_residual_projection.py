"""A residual network for spectra, built from a table of widths."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
from keras import layers

TABLE = [(16, 1), (16, 1), (32, 2), (32, 1)]


def block(x, width, stride):
    y = layers.Conv1D(width, 5, strides=stride, padding="same", use_bias=False)(x)
    y = layers.BatchNormalization()(y)
    y = layers.ReLU()(y)
    y = layers.Conv1D(width, 5, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization()(y)
    if stride != 1:
        x = layers.Conv1D(width, 1, strides=stride)(x)
    return layers.ReLU()(layers.Add()([x, y]))


signal = keras.Input((256, 1))
x = layers.Conv1D(16, 7, padding="same")(signal)
for width, stride in TABLE:
    x = block(x, width, stride)
model = keras.Model(signal, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))
print(model.count_params())
