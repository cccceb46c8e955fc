"""Range-image classifier, written for the cluster's channels-first convention."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)

keras.backend.set_image_data_format("channels_first")


class ResidualUnit(layers.Layer):
    def __init__(self, width, groups=8, **kwargs):
        super().__init__(**kwargs)
        self.conv_a = layers.Conv2D(width, 3, padding="same")
        self.conv_b = layers.Conv2D(width, 3, padding="same")
        self.norm_a = layers.GroupNormalization(groups, axis=1)
        self.norm_b = layers.GroupNormalization(groups, axis=1)
        self.relu = layers.ReLU()

    def call(self, x):
        y = self.relu(self.norm_a(self.conv_a(x)))
        return self.relu(x + self.norm_b(self.conv_b(y)))


class RangeNet(keras.Model):
    def __init__(self, classes):
        super().__init__()
        self.stem = layers.Conv2D(16, 1)
        self.units = [ResidualUnit(16) for _ in range(2)]
        self.pool = layers.GlobalAveragePooling2D()
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, x):
        x = self.stem(x)
        for unit in self.units:
            x = unit(x)
        return self.head(self.pool(x))


def sweeps(n, rows=16, columns=90):
    rng = np.random.default_rng(0)
    # depth, intensity, height
    return rng.normal(size=(n, 3, rows, columns)).astype("float32"), rng.integers(0, 4, n)


def main():
    x, y = sweeps(16)
    net = RangeNet(4)
    net.compile("adam", "sparse_categorical_crossentropy", run_eagerly=False)
    net.fit(x, y, batch_size=8, epochs=1, verbose=0)
    print(net.predict(x[:2], verbose=0).round(2))


main()
