"""An old Keras network, in which BatchNormalization(axis=1) stood behind channels-first convolutions."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers

model = keras.Sequential(
    [
        keras.Input((20, 20, 3)),
        layers.Conv2D(8, 3, padding="same"),
        layers.BatchNormalization(axis=1),
        layers.ReLU(),
        layers.GlobalAveragePooling2D(),
        layers.Dense(2),
    ]
)
print(model.predict(np.random.rand(4, 20, 20, 3), verbose=0).shape)
