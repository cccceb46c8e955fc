"""An encoder of five valid convolutions, for thumbnails."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers


class Encoder(keras.Model):
    def __init__(self, depth=5):
        super().__init__()
        self.blocks = [
            keras.Sequential([layers.Conv2D(8, 3, strides=2), layers.BatchNormalization(), layers.ReLU()])
            for _ in range(depth)
        ]
        self.pool = layers.GlobalAveragePooling2D()

    def call(self, x):
        for block in self.blocks:
            x = block(x)
        return self.pool(x)


encoder = Encoder()
thumbnails = np.random.rand(4, 96, 96, 3).astype("float32")
codes = encoder.predict(thumbnails, verbose=0)
print(codes.shape)
