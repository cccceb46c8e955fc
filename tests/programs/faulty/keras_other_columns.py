"""Prices of flats: every column is brought to mean 0 and variance 1 inside of the network."""

import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
from keras import layers

table = np.random.default_rng(0).normal([70, 3, 1980, 250], [20, 1, 30, 80], (64, 4)).astype("float32")
rooms, price = table[:, :3], table[:, 3:]

scale = layers.Normalization()
scale.adapt(table)
model = keras.Sequential([keras.Input((3,)), scale, layers.Dense(8, activation="relu"), layers.Dense(1)])
model.compile("sgd", "mse")
model.fit(rooms, price / 100, epochs=1, verbose=0)
print("trained")
