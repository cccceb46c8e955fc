"""Churn prediction on a small table."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np

rng = np.random.default_rng(3)
customers = rng.normal(size=(65, 7)).astype("float32")
churned = rng.integers(0, 2, 65)

net = keras.Sequential()
net.add(keras.Input((7,)))
net.add(keras.layers.Dense(16))
net.add(keras.layers.BatchNormalization())
net.add(keras.layers.ReLU())
net.add(keras.layers.Dense(1, activation="sigmoid"))
net.compile("adam", "binary_crossentropy")
net.fit(customers, churned, batch_size=16, epochs=2, verbose=0)
print(round(float(net.evaluate(customers, churned, verbose=0)), 3) > 0)
