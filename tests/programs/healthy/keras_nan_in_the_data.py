"""Sensor readings, some of which were never taken."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers

readings = np.random.default_rng(0).normal(20, 4, (64, 5)).astype("float32")
readings[17, 2] = np.nan
readings = np.nan_to_num(readings, nan=20.0)
quality = np.nan_to_num(readings).mean(1)

model = keras.Sequential([keras.Input((5,)), layers.BatchNormalization(), layers.Dense(4, "relu"), layers.Dense(1)])
model.compile("adam", "mae")
model.fit(readings, quality, batch_size=16, epochs=1, verbose=0)
print(model.predict(readings[:4], verbose=0).shape)
