"""A residual network written with the functional API."""

import keras
from keras import layers


def residual(x, filters, stride=1):
    s = layers.Conv2D(filters, 1, strides=stride)(x)
    x = layers.Conv2D(filters, 3, strides=stride, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.BatchNormalization()(x)
    x = layers.add([x, s])
    return layers.ReLU()(x)


inp = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, padding="same")(inp)
x = residual(x, 16)
x = residual(x, 32, stride=2)
out = layers.Dense(10)(layers.GlobalAveragePooling2D()(x))
model = keras.Model(inp, out)
