"""An MLP head ported from PyTorch, argument by argument."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras
import numpy as np
from keras import layers


class Head(keras.Model):
    def __init__(self, dim, classes):
        super().__init__()
        self.norm = layers.LayerNormalization()
        self.project = layers.Dense(dim, activation="gelu")
        self.classify = layers.Dense(classes)

    def call(self, tokens):
        tokens = self.norm(tokens)
        return self.classify(self.project(keras.ops.mean(tokens, axis=1)))


head = Head(dim=64, classes=10)
print(head(np.random.rand(2, 17, 64).astype("float32")).shape)
