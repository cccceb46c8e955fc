"""A training loop by hand for tabular data."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import layers

rng = np.random.default_rng(0)
features = rng.normal(5.0, 3.0, (64, 6)).astype("float32")
targets = features.sum(1, keepdims=True)

model = keras.Sequential(
    [keras.Input((6,)), layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dense(1)]
)
optimizer = keras.optimizers.Adam(1e-2)
batches = tf.data.Dataset.from_tensor_slices((features, targets)).batch(16)
for _ in range(2):
    for x, y in batches:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean((model(x, training=True) - y) ** 2)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
print("trained", model(features[:2], training=False).shape)
