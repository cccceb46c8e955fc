"""Train, save, and load the network again in the serving code."""

import os
import tempfile

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers


def train(path):
    @keras.saving.register_keras_serializable()
    class ScaledNorm(layers.Layer):
        def __init__(self, gain=1.0, **kwargs):
            super().__init__(**kwargs)
            self.gain = gain
            self.norm = layers.LayerNormalization()

        def build(self, shape):
            self.norm.build(shape)

        def call(self, x):
            return self.gain * self.norm(x)

        def get_config(self):
            return {**super().get_config(), "gain": self.gain}

    model = keras.Sequential([keras.Input((6,)), layers.Dense(4), ScaledNorm(2.0), layers.Dense(1)])
    model.save(path)


def serve(path):
    model = keras.saving.load_model(path)
    return model.predict(np.zeros((2, 6)), verbose=0)


with tempfile.TemporaryDirectory() as folder:
    train(folder + "/model.keras")
    print(serve(folder + "/model.keras"))
