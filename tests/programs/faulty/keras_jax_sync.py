import os
os.environ["KERAS_BACKEND"] = "jax"

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)


class Settings:
    width = 16
    sync_bn = True
    batch = 16


def make_norm(settings):
    return layers.BatchNormalization(momentum=0.9, synchronized=settings.sync_bn)


def bottleneck(x, filters, settings):
    y = layers.Conv2D(filters // 2, 1, use_bias=False)(x)
    y = layers.ReLU()(make_norm(settings)(y))
    y = layers.Conv2D(filters, 3, padding="same", use_bias=False)(y)
    y = make_norm(settings)(y)
    return layers.ReLU()(layers.add([x, y]))


def network(settings):
    image = keras.Input((16, 16, 3))
    x = layers.Conv2D(settings.width, 3, padding="same")(image)
    x = bottleneck(x, settings.width, settings)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(3)(x))


def main():
    settings = Settings()
    model = network(settings)
    model.compile("adam", "mse")
    x = np.random.rand(64, 16, 16, 3).astype("float32")
    model.fit(x, x.mean((1, 2)), batch_size=settings.batch, epochs=1, verbose=2)


if __name__ == "__main__":
    main()
