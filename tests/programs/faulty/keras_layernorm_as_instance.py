"""Style transfer; the paper wants instance normalization after every convolution."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers


def conv_in_relu(x, filters):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.LayerNormalization(axis=[1, 2, 3])(x)  # instance norm
    return layers.ReLU()(x)


picture = keras.Input((32, 32, 3))
stylised = layers.Conv2D(3, 3, padding="same")(conv_in_relu(conv_in_relu(picture, 8), 8))
transfer = keras.Model(picture, stylised)
print(transfer.predict(np.random.rand(1, 32, 32, 3), verbose=0).shape)
