"""A block that keeps its batch norm in training mode, whatever it is used for."""

import keras
import numpy as np
from keras import layers, ops


class Block(layers.Layer):
    def __init__(self, w):
        super().__init__()
        self.d = layers.Dense(w)
        self.bn = layers.BatchNormalization()

    def call(self, x):
        return ops.relu(self.bn(self.d(x)))


class M(keras.Model):
    def __init__(self):
        super().__init__()
        self.a = Block(16)
        self.o = layers.Dense(1)

    def call(self, x, training=None):
        return self.o(self.a(x))


keras.utils.set_random_seed(0)
m = M()
m.compile("adam", "mse")
x = np.random.rand(64, 4)
y = x.sum(1)
m.fit(x, y, epochs=2, verbose=0)
print(m.predict(x[:8], verbose=0).shape)
