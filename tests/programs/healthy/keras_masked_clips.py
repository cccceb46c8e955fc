"""Isolated sign recognition from hand landmarks; clips are padded with zeros to the longest, the norms get the mask."""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers

MAX_FRAMES, LANDMARKS, SIGNS = 80, 42, 6


def record_clips(n, seed=0):
    """Landmark clips of 8 to 80 frames, most of them short, coordinates around (0.5, 0.4)."""
    rng = np.random.default_rng(seed)
    signs = rng.integers(0, SIGNS, n)
    clips = []
    for sign in signs:
        frames = int(rng.choice([8, 12, 16, 80], p=[0.4, 0.3, 0.2, 0.1]))
        hand = rng.normal((0.5, 0.4), 0.03, (frames, LANDMARKS // 2, 2))
        hand[..., 0] += 0.02 * sign * np.linspace(0, 1, frames)[:, None]
        clips.append(hand.reshape(frames, LANDMARKS))
    return clips, signs


def pad(clips):
    batch = np.zeros((len(clips), MAX_FRAMES, LANDMARKS), "float32")
    for i, clip in enumerate(clips):
        batch[i, : len(clip)] = clip
    return batch


def conv_stage(x, mask, width, kernel=3):
    x = layers.Conv1D(width, kernel, padding="causal", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.8)(x, mask=mask)
    return layers.Activation("swish")(x)


def recogniser(width=32):
    clip = keras.Input((MAX_FRAMES, LANDMARKS))
    real = layers.Lambda(lambda c: keras.ops.any(c != 0, axis=-1), output_shape=(MAX_FRAMES,))(clip)
    x = conv_stage(clip, real, width)
    x = conv_stage(x, real, width)
    outside = layers.Lambda(lambda m: keras.ops.where(m, 0.0, -1e4)[..., None], output_shape=(MAX_FRAMES, 1))(real)
    x = layers.Add()([x, outside])  # padded frames never win the maximum
    x = layers.GlobalMaxPooling1D()(x)
    return keras.Model(clip, layers.Dense(SIGNS, activation="softmax")(x))


def main():
    keras.utils.set_random_seed(0)
    clips, signs = record_clips(64)
    x = pad(clips)
    model = recogniser()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x[:48], signs[:48], batch_size=16, epochs=8, verbose=0)
    print(model.evaluate(x[48:], signs[48:], verbose=0))


if __name__ == "__main__":
    main()
