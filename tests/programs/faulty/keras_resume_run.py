"""Trainer that resumes from the last weights of a run folder."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tempfile
from pathlib import Path

import keras
import numpy as np
from keras import layers

CONFIGS = {
    "2023-11": {"width": 16, "bn": {"momentum": 0.9}},
    # scale is redundant before ReLU, dropped
    "2024-02": {"width": 16, "bn": {"momentum": 0.9, "scale": False}},
}


def build(config):
    inputs = keras.Input((20,), name="signals")
    x = inputs
    for i in range(2):
        x = layers.Dense(config["width"], use_bias=False, name=f"fc{i}")(x)
        x = layers.BatchNormalization(name=f"bn{i}", **config["bn"])(x)
        x = layers.ReLU()(x)
    return keras.Model(inputs, layers.Dense(1, name="head")(x))


class Trainer:
    def __init__(self, version, folder):
        self.model = build(CONFIGS[version])
        self.model.compile("adam", "mse")
        self.weights = Path(folder) / "last.weights.h5"

    def resume(self):
        if self.weights.exists():
            self.model.load_weights(self.weights)

    def run(self, x, y):
        self.model.fit(x, y, batch_size=16, epochs=2, verbose=0)
        self.model.save_weights(self.weights)


def main():
    x = np.random.default_rng(0).normal(size=(128, 20)).astype("float32")
    y = x[:, :1]
    with tempfile.TemporaryDirectory() as folder:
        Trainer("2023-11", folder).run(x, y)
        trainer = Trainer("2024-02", folder)
        trainer.resume()
        trainer.run(x, y)


main()
