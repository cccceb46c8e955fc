"""A denoiser is trained, and then cleans single images on request."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
from keras import layers

noisy = np.random.default_rng(0).random((32, 16, 16, 1), dtype="float32")


class Denoiser(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = layers.Conv2D(8, 3, padding="same")
        self.norm = layers.BatchNormalization()
        self.outer = layers.Conv2D(1, 3, padding="same")

    def call(self, images, training=None):
        return images - self.outer(keras.ops.relu(self.norm(self.inner(images), training=training)))


def clean(model, image):
    return model(image[None], training=True)[0]


denoiser = Denoiser()
denoiser.compile("adam", "mse")
denoiser.fit(noisy, noisy, batch_size=8, verbose=0)
for request in noisy[:5]:
    result = clean(denoiser, request)
print(result.shape)
