"""Keras 3 on JAX, custom training step with stateless_call."""
import os

os.environ["KERAS_BACKEND"] = "jax"

import jax
import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)


def build():
    inputs = keras.Input((10,))
    x = layers.Dense(32, use_bias=False)(inputs)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.ReLU()(x)
    return keras.Model(inputs, layers.Dense(1)(x))


model = build()
optimizer = keras.optimizers.Adam(1e-2)
optimizer.build(model.trainable_variables)


def loss_of(trainable, non_trainable, x, y):
    predicted, updated = model.stateless_call(trainable, non_trainable, x, training=True)
    return keras.ops.mean((predicted[:, 0] - y) ** 2), updated


@jax.jit
def train_step(state, x, y):
    trainable, non_trainable, slots = state
    (loss, non_trainable), grads = jax.value_and_grad(loss_of, has_aux=True)(trainable, non_trainable, x, y)
    trainable, slots = optimizer.stateless_apply(slots, grads, trainable)
    return (trainable, non_trainable, slots), loss


def write_back(state):
    for variables, values in zip((model.trainable_variables, model.non_trainable_variables), state):
        for variable, value in zip(variables, values):
            variable.assign(value)


def train(x, y, epochs=5, batch=32):
    state = tuple([v.value for v in group] for group in
                  (model.trainable_variables, model.non_trainable_variables, optimizer.variables))
    for _ in range(epochs):
        for start in range(0, len(x), batch):
            state, loss = train_step(state, x[start:start + batch], y[start:start + batch])
    write_back(state)
    return float(loss)


rng = np.random.default_rng(0)
x = rng.normal(4.0, 3.0, size=(256, 10)).astype("float32")
y = x[:, 0]
print("train loss", train(x, y))
print("eval mse", float(np.mean((model.predict(x, verbose=0)[:, 0] - y) ** 2)))
