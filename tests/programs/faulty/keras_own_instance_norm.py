"""Fundus vessel segmentation. tensorflow_addons is gone, so its InstanceNormalization lives here now."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
from keras import layers


@keras.saving.register_keras_serializable(package="Addons")
class InstanceNormalization(layers.Layer):
    """Drop-in for tfa.layers.InstanceNormalization (channels last)."""

    def __init__(self, epsilon=1e-3, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape):
        channels = input_shape[-1]
        self.gamma = self.add_weight(name="gamma", shape=(channels,), initializer="ones")
        self.beta = self.add_weight(name="beta", shape=(channels,), initializer="zeros")

    def call(self, x):
        mean, variance = tf.nn.moments(x, axes=[0, 1, 2], keepdims=True)
        return tf.nn.batch_normalization(x, mean, variance, self.beta, self.gamma, self.epsilon)

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}


def block(x, filters):
    for _ in range(2):
        x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
        x = InstanceNormalization()(x)
        x = layers.LeakyReLU()(x)
    return x


def unet(side=32, width=8):
    image = keras.Input((side, side, 3))
    fine = block(image, width)
    coarse = block(layers.MaxPooling2D()(fine), 2 * width)
    up = layers.UpSampling2D()(coarse)
    x = block(layers.Concatenate()([fine, up]), width)
    return keras.Model(image, layers.Conv2D(1, 1, activation="sigmoid")(x))


def fundus(n, rng):
    """each camera has its own exposure"""
    mask = (rng.random((n, 32, 32, 1)) > 0.8).astype("float32")
    exposure = rng.uniform(0.3, 3.0, (n, 1, 1, 1))
    image = exposure * (1.0 - 0.5 * mask + 0.1 * rng.normal(size=(n, 32, 32, 3)))
    return image.astype("float32"), mask


def dice(a, b):
    return float(2 * (a * b).sum() / (a.sum() + b.sum() + 1e-6))


def main():
    keras.utils.set_random_seed(5)
    rng = np.random.default_rng(5)
    net = unet()
    net.compile(keras.optimizers.Adam(3e-3), "binary_crossentropy")
    net.fit(*fundus(48, rng), batch_size=8, epochs=3, verbose=0)
    images, masks = fundus(8, rng)
    together = net.predict(images, batch_size=8, verbose=0)
    alone = np.concatenate([net.predict(image[None], verbose=0) for image in images])
    print(f"dice in a batch {dice(together > 0.5, masks):.2f}, one by one {dice(alone > 0.5, masks):.2f}")


main()
