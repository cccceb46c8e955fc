"""Arrays that were prepared for PyTorch, in a Keras network."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers

keras.config.set_image_data_format("channels_last")


def load_split(count):
    """Images as float32, channels last."""
    images = np.random.randint(0, 255, (count, 24, 24, 3), dtype="uint8")
    return images.astype("float32") / 255


model = keras.Sequential(
    [
        keras.Input((24, 24, 3)),
        layers.Conv2D(8, 3, activation="relu"),
        layers.BatchNormalization(),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(2),
    ]
)
model.compile("sgd", "mse")
x_train = load_split(20)
model.fit(x_train, np.zeros((20, 2)), epochs=1, verbose=0)
