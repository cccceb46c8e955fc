# Fine-tuning a leaf classifier on another camera. The base is called with training=False, so that its batch norms keep
# the statistics of the large data set when it is unfrozen.
import os

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
from keras import layers

keras.utils.set_random_seed(0)
rng = np.random.default_rng(0)


def leaves(n, brightness):
    kind = rng.integers(0, 2, n)
    images = rng.normal(brightness, 0.2, (n, 12, 12, 3)) + 0.2 * kind[:, None, None, None]
    return images.astype("float32"), kind


def make_base():
    image = keras.Input((12, 12, 3))
    x = layers.Conv2D(8, 3, strides=2, use_bias=False)(image)
    x = layers.BatchNormalization(momentum=0.9)(x)
    x = layers.GlobalAveragePooling2D()(layers.ReLU()(x))
    return keras.Model(image, x, name="base")


base = make_base()
large = keras.Sequential([base, layers.Dense(2, activation="softmax")])
large.compile("adam", "sparse_categorical_crossentropy")
large.fit(*leaves(320, 0.4), batch_size=16, verbose=0)
learnt = base.layers[2].moving_mean.numpy().copy()

image = keras.Input((12, 12, 3))
model = keras.Model(image, layers.Dense(2, activation="softmax")(base(image, training=False)))
for trainable, rate in ((False, 0.01), (True, 1e-4)):
    base.trainable = trainable
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(*leaves(64, 0.6), batch_size=8, verbose=0)
print("statistics kept:", bool(np.allclose(base.layers[2].moving_mean.numpy(), learnt)))
