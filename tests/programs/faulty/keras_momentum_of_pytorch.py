"""A network ported from PyTorch: BatchNorm2d(8, momentum=0.1, eps=1e-5)."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras
import numpy as np
from keras import layers

images = np.random.default_rng(0).random((24, 12, 12, 1), dtype="float32")
labels = np.arange(24) % 3

inputs = keras.Input((12, 12, 1))
x = layers.Conv2D(8, 3, use_bias=False)(inputs)
x = layers.BatchNormalization(momentum=0.1, epsilon=1e-5)(x)
x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
model = keras.Model(inputs, layers.Dense(3)(x))
model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(images, labels, batch_size=8, epochs=2, verbose=0)
print(model.predict(images[:2], verbose=0).shape)
