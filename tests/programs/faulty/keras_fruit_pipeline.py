"""Fruit classifier, trained with tf.data.

python train.py --image-size 48 --batch-size 8
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

AUTOTUNE = tf.data.AUTOTUNE
NAMES = ["apple", "banana", "cherry", "date"]


def parse_args(argv=None):
    p = argparse.ArgumentParser()
    p.add_argument("--image-size", type=int, default=48)
    p.add_argument("--batch-size", type=int, default=8)
    p.add_argument("--epochs", type=int, default=1)
    return p.parse_args(argv)


def load_split(n, size, batch_size):
    """image_dataset_from_directory without a directory: already shuffled, batched and prefetched."""
    rng = np.random.default_rng(n)
    images = rng.integers(0, 256, (n, size, size, 3)).astype("float32")
    labels = rng.integers(0, len(NAMES), n).astype("int32")
    ds = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(n, seed=1)
    return ds.batch(batch_size).prefetch(AUTOTUNE)


def augment(image, label):
    image = tf.image.random_flip_left_right(image)
    return tf.image.random_brightness(image, 0.1), label


def prepare(ds, args, training=False):
    ds = ds.map(lambda x, y: (x / 255.0, y), num_parallel_calls=AUTOTUNE)
    if training:
        ds = ds.map(augment, num_parallel_calls=AUTOTUNE)
    return ds.batch(args.batch_size).prefetch(AUTOTUNE)


class ConvBN(tf.keras.layers.Layer):
    def __init__(self, filters, stride=1, **kw):
        super().__init__(**kw)
        self.conv = tf.keras.layers.Conv2D(filters, 3, strides=stride, padding="same", use_bias=False)
        self.bn = tf.keras.layers.BatchNormalization(momentum=0.95)

    def call(self, x, training=None):
        return tf.nn.relu6(self.bn(self.conv(x), training=training))


class FruitNet(tf.keras.Model):
    def __init__(self, classes):
        super().__init__(name="fruit_net")
        self.stem = ConvBN(16, 2)
        self.body = [ConvBN(32, 2), ConvBN(64, 2)]
        self.pool = tf.keras.layers.GlobalAveragePooling2D()
        self.out = tf.keras.layers.Dense(classes)

    def call(self, x, training=None):
        x = self.stem(x, training=training)
        for block in self.body:
            x = block(x, training=training)
        return self.out(self.pool(x))


def main():
    args = parse_args()
    train = prepare(load_split(40, args.image_size, args.batch_size), args, training=True)
    val = prepare(load_split(16, args.image_size, args.batch_size), args)
    model = FruitNet(len(NAMES))
    model.compile(
        optimizer="adam",
        loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(train, validation_data=val, epochs=args.epochs, verbose=0)


if __name__ == "__main__":
    main()
