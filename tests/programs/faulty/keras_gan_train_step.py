"""A GAN whose two networks are trained in a `train_step` of its own."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import tensorflow as tf
from keras import layers


def make_generator():
    return keras.Sequential(
        [
            keras.Input((8,)),
            layers.Dense(4 * 4 * 8),
            layers.Reshape((4, 4, 8)),
            layers.Conv2DTranspose(8, 4, strides=2, padding="same"),
            layers.BatchNormalization(),
            layers.LeakyReLU(),
            layers.Conv2DTranspose(1, 4, strides=2, padding="same", activation="tanh"),
        ],
        name="generator",
    )


def make_critic():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 4, strides=2, padding="same"),
            layers.LeakyReLU(),
            layers.GroupNormalization(4),
            layers.Flatten(),
            layers.Dense(1),
        ],
        name="critic",
    )


class GAN(keras.Model):
    def __init__(self):
        super().__init__()
        self.generator, self.critic = make_generator(), make_critic()

    def compile(self, **kwargs):
        super().compile(**kwargs)
        self.other = keras.optimizers.Adam(1e-4)

    def train_step(self, real):
        noise = tf.random.normal((tf.shape(real)[0], 8))
        with tf.GradientTape() as tape:
            fake = self.generator(noise, training=True)
            loss = tf.reduce_mean(self.critic(fake, training=True)) - tf.reduce_mean(self.critic(real, training=True))
        self.optimizer.apply_gradients(
            zip(tape.gradient(loss, self.critic.trainable_variables), self.critic.trainable_variables, strict=True)
        )
        return {"loss": loss}


gan = GAN()
gan.compile(optimizer=keras.optimizers.Adam(1e-4))
digits = tf.random.uniform((16, 28, 28, 1))
gan.fit(tf.data.Dataset.from_tensor_slices(digits).batch(4), epochs=1, verbose=0)
