# X-ray counts of 12 bits, not scaled. A trial of eight batches before the long run: why is evaluate so bad?
import os

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(1)
rng = np.random.default_rng(1)


def scans(n):
    ill = rng.integers(0, 2, n)
    counts = rng.normal(1800, 400, (n, 16, 16, 1)) + 300 * ill[:, None, None, None]
    return counts, ill


net = keras.Sequential()
net.add(keras.Input((16, 16, 1)))
for filters in (8, 16):
    net.add(layers.Conv2D(filters, 3, strides=2, use_bias=False))
    net.add(layers.BatchNormalization())
    net.add(layers.ReLU())
net.add(layers.GlobalAveragePooling2D())
net.add(layers.Dense(1, activation="sigmoid"))
net.compile(keras.optimizers.Adam(0.01), "binary_crossentropy", metrics=["accuracy"])
net.fit(*scans(128), batch_size=16, verbose=0)
print(len(net.evaluate(*scans(48), verbose=0)))
