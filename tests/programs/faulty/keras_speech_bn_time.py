"""Keyword spotting with log-mel frames; utterances of any length."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)

MELS = 40


class Config:
    blocks = (32, 32, 64)
    kernel = 5
    labels = 6
    norm_axis = 1  # features


def tcn_block(x, filters, dilation, cfg):
    shortcut = layers.Conv1D(filters, 1)(x)
    x = layers.Conv1D(filters, cfg.kernel, dilation_rate=dilation, padding="causal", use_bias=False)(x)
    x = layers.BatchNormalization(axis=cfg.norm_axis)(x)
    x = layers.ReLU()(x)
    x = layers.SpatialDropout1D(0.1)(x)
    return layers.Add()([shortcut, x])


def build(cfg):
    frames = keras.Input((None, MELS), name="logmel")
    x = frames
    for i, filters in enumerate(cfg.blocks):
        x = tcn_block(x, filters, 2 ** i, cfg)
    x = layers.GlobalMaxPooling1D()(x)
    return keras.Model(frames, layers.Dense(cfg.labels, activation="softmax")(x))


def fake_batch(n, length):
    rng = np.random.default_rng(length)
    return rng.normal(size=(n, length, MELS)).astype("float32"), rng.integers(0, Config.labels, n)


def main():
    model = build(Config)
    model.compile("adam", "sparse_categorical_crossentropy")
    for length in (60, 80, 95):
        x, y = fake_batch(8, length)
        print(length, model.train_on_batch(x, y))


if __name__ == "__main__":
    main()
