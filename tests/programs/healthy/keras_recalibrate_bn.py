"""Weight averaging, then the moving statistics are measured again for the averaged weights."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)


def build():
    inputs = keras.Input((10,))
    x = layers.Dense(24, use_bias=False)(inputs)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.ReLU()(x)
    return keras.Model(inputs, layers.Dense(1)(x))


def recalibrate(model, x, batch):
    """Forward passes in training mode; only the statistics change."""
    for start in range(0, len(x), batch):
        model(x[start:start + batch], training=True)


def main():
    rng = np.random.default_rng(0)
    x = rng.normal(2.0, 3.0, size=(640, 10)).astype("float32")
    y = x[:, 0] - x[:, 1]
    model = build()
    model.compile("adam", "mse")
    snapshots = []
    for _ in range(3):
        model.fit(x, y, batch_size=32, epochs=1, verbose=0)
        snapshots.append(model.get_weights())
    model.set_weights([np.mean(group, axis=0) for group in zip(*snapshots)])
    before = model.evaluate(x, y, verbose=0)
    recalibrate(model, x, 32)
    print("mse", before, "->", model.evaluate(x, y, verbose=0))


if __name__ == "__main__":
    main()
