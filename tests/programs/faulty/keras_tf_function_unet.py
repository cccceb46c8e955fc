"""Segmentation with a training loop of its own, compiled by tf.function."""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import tensorflow as tf
from keras import layers

inputs = keras.Input((None, None, 1))
skip = layers.Conv2D(4, 3, padding="same", activation="relu")(inputs)
down = layers.MaxPooling2D()(skip)
deep = layers.Conv2D(8, 3, padding="same")(down)
deep = layers.BatchNormalization()(deep)
up = layers.UpSampling2D()(deep)
joined = layers.Concatenate()([skip, up])
unet = keras.Model(inputs, layers.Conv2D(1, 1)(joined))
optimizer = keras.optimizers.Adam()


@tf.function
def train_step(images, masks):
    with tf.GradientTape() as tape:
        logits = unet(images, training=True)
        loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(masks, logits))
    gradients = tape.gradient(loss, unet.trainable_variables)
    optimizer.apply_gradients(zip(gradients, unet.trainable_variables, strict=True))
    return loss


for size in (16, 18, 21):
    scans = tf.random.uniform((2, size, size, 1))
    print(size, float(train_step(scans, tf.round(scans))) > 0)
