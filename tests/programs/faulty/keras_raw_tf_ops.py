"""TF1-style code brought to TF2: variables by hand, no layers."""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf


class Scope:
    def __init__(self):
        self.variables = {}

    def get(self, name, shape, init):
        if name not in self.variables:
            self.variables[name] = tf.Variable(init(shape), name=name)
        return self.variables[name]


scope = Scope()
glorot = tf.keras.initializers.GlorotUniform(seed=0)


def conv(x, filters, name):
    kernel = scope.get(name + "/w", (3, 3, x.shape[-1], filters), glorot)
    return tf.nn.conv2d(x, kernel, strides=2, padding="SAME")


def batch_norm(x, channels, name):
    gamma = scope.get(name + "/gamma", (channels,), tf.ones)
    beta = scope.get(name + "/beta", (channels,), tf.zeros)
    mean, variance = tf.nn.moments(x, axes=[0, 1, 2])
    return tf.nn.batch_normalization(x, mean, variance, beta, gamma, 1e-5)


def discriminator(image, width=16):
    x = tf.nn.leaky_relu(conv(image, width, "d0"))
    x = tf.nn.leaky_relu(batch_norm(conv(x, width * 2, "d1"), width * 2, "bn1"))
    x = tf.nn.leaky_relu(batch_norm(conv(x, width * 4, "d2"), width * 2, "bn2"))
    return tf.reduce_mean(x, axis=[1, 2, 3])


def step(real, fake):
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.nn.relu(1 - discriminator(real)) + tf.nn.relu(1 + discriminator(fake)))
    variables = list(scope.variables.values())
    return loss, tape.gradient(loss, variables)


if __name__ == "__main__":
    loss, grads = step(tf.random.normal((8, 32, 32, 3)), tf.random.normal((8, 32, 32, 3)))
    print(float(loss), len(grads))
