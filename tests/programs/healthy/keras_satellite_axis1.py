import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(0)

L = tf.keras.layers
FMT = "channels_first"     # patches come from rasterio as (bands, rows, cols)


def conv_bn_relu(x, filters, strides=1):
    x = L.Conv2D(filters, 3, strides=strides, padding="same", data_format=FMT, use_bias=False)(x)
    x = L.BatchNormalization(axis=1, momentum=0.9)(x)
    return L.ReLU()(x)


def make_net(bands, size, classes):
    inp = L.Input((bands, size, size))
    x = conv_bn_relu(inp, 16)
    x = conv_bn_relu(x, 32, strides=2)
    x = L.GlobalAveragePooling2D(data_format=FMT)(x)
    x = L.Dense(classes)(x)
    return tf.keras.Model(inp, x)


def read_patches(n, bands, size):
    rng = np.random.default_rng(5)
    offsets = rng.uniform(0, 3, size=(1, bands, 1, 1))
    x = rng.normal(size=(n, bands, size, size)) + offsets
    y = rng.integers(0, 3, n)
    return x.astype("float32"), y


def pipeline(x, y, batch):
    ds = tf.data.Dataset.from_tensor_slices((x, y))
    return ds.shuffle(len(x)).batch(batch, drop_remainder=True).prefetch(1)


class EpochReport(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        print("epoch", epoch, {k: round(v, 3) for k, v in logs.items()})


x, y = read_patches(64, bands=6, size=24)
net = make_net(6, 24, 3)
net.compile("adam", tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
net.fit(pipeline(x, y, 8), epochs=3, verbose=0, callbacks=[EpochReport()])
