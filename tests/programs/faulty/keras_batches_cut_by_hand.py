"""A regression with a training loop of its own, batch by batch."""

import keras
import numpy as np
from keras import layers

model = keras.Sequential(
    [layers.Input((6,)), layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1)]
)
model.compile("adam", "mse")
rng = np.random.default_rng(0)
x, y = rng.random((65, 6)), rng.random((65, 1))
size = 16
for epoch in range(2):
    for at in range(0, len(x), size):
        model.train_on_batch(x[at : at + size], y[at : at + size])
print("trained")
