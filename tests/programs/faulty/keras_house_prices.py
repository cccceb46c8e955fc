import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)

COLUMNS = {"area_m2": (120, 40), "year": (1975, 25), "rooms": (4, 1.5), "plot_m2": (600, 250)}


def load():
    rng = np.random.default_rng(9)
    x = np.column_stack([rng.normal(mean, std, 400) for mean, std in COLUMNS.values()])
    price = 2.5 * x[:, 0] + 0.8 * (x[:, 1] - 1900) + 0.1 * x[:, 3] + rng.normal(0, 10, 400)
    return x.astype("float32"), (price / 100).astype("float32")


def preprocessing():
    """Standardise every column: zero mean, unit variance."""
    return layers.Normalization(axis=-1, name="standardise")


def model_with(normalizer):
    inputs = keras.Input((len(COLUMNS),))
    x = normalizer(inputs)
    x = layers.Dense(32, activation="relu")(x)
    x = layers.Dense(32, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(1)(x))


def main():
    x, y = load()
    train, test = slice(0, 320), slice(320, 400)
    model = model_with(preprocessing())
    model.compile(keras.optimizers.Adam(1e-3), "mae")
    model.fit(x[train], y[train], epochs=5, batch_size=32, verbose=0)
    print("test mae", model.evaluate(x[test], y[test], verbose=0))


if __name__ == "__main__":
    main()
