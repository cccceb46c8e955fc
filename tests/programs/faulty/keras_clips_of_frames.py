"""Gestures: a small network looks at each frame, a recurrent one at their order."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
from keras import layers

look = keras.Sequential(
    [layers.Conv2D(4, 3, strides=2), layers.BatchNormalization(), layers.GlobalAveragePooling2D()], name="look"
)
clip = keras.Input((5, 12, 12, 1))
features = look(clip)
gesture = layers.Dense(3, activation="softmax")(layers.GRU(6)(features))
model = keras.Model(clip, gesture)
print(model.predict(np.random.rand(2, 5, 12, 12, 1), verbose=0).shape)
