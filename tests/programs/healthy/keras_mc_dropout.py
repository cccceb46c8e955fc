"""Monte Carlo dropout: dropout stays on at prediction, batch norm does not."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)


class AlwaysDropout(layers.Dropout):
    def call(self, inputs, training=None):
        return super().call(inputs, training=True)


def regressor():
    inputs = keras.Input((6,))
    x = layers.Dense(32, use_bias=False)(inputs)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.ReLU()(x)
    x = AlwaysDropout(0.2)(x)
    return keras.Model(inputs, layers.Dense(1)(x))


def predict_with_spread(model, row, draws=10):
    outputs = np.concatenate([model(row[None], training=False) for _ in range(draws)])
    return outputs.mean(), outputs.std()


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    x = rng.normal(size=(320, 6)).astype("float32")
    model = regressor()
    model.compile(keras.optimizers.Adam(1e-2), "mse")
    model.fit(x, x.sum(1), batch_size=32, epochs=4, verbose=0)
    mean, spread = predict_with_spread(model, x[0])
    print(f"{mean:.2f} +- {spread:.2f}, truth {x[0].sum():.2f}")
