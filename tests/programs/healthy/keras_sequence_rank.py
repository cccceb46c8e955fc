"""Heart beats as plain vectors, in a convolutional network for series."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers

beats = np.load(os.environ["BEATS"]) if "BEATS" in os.environ else np.random.randn(32, 187).astype("float32")
labels = np.random.randint(0, 2, 32)

net = keras.Sequential(name="beats")
net.add(layers.Conv1D(8, 7, padding="same"))
net.add(layers.BatchNormalization())
net.add(layers.ReLU())
net.add(layers.GlobalMaxPooling1D())
net.add(layers.Dense(1, activation="sigmoid"))
net.compile(optimizer="adam", loss="binary_crossentropy")
net.fit(beats[..., None], labels, batch_size=16, epochs=1, verbose=0)
