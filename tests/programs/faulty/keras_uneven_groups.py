"""A width multiplier thins out the network, its group norms stay as they are."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
from keras import layers


def conv_gn(x, filters, groups=32):
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.GroupNormalization(groups=groups)(x)
    return layers.Activation("relu")(x)


def make(width=1.0):
    image = keras.Input((64, 64, 3))
    x = image
    for filters in (64, 128):
        x = conv_gn(x, int(filters * width))
        x = layers.MaxPooling2D()(x)
    return keras.Model(image, layers.GlobalAveragePooling2D()(x))


make(1.0).summary(print_fn=lambda text: None)
thin = make(width=0.75 / 2)
print(thin.count_params())
