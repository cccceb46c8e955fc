"""Moves our old Caffe face aligner to Keras. Blobs were dumped with pycaffe to a dict of arrays, layer by layer."""
import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers

WIDTHS = (8, 16, 16)


def dumped_blobs(seed=0):
    """Stands in for numpy.load('aligner.npz'): conv (out, in, kh, kw); BatchNorm mean, var, factor; Scale gamma, beta."""
    rng = np.random.default_rng(seed)
    blobs, cin = {}, 1
    for i, width in enumerate(WIDTHS, 1):
        blobs[f"conv{i}"] = [rng.normal(0, 0.3, (width, cin, 3, 3))]
        blobs[f"bn{i}"] = [rng.normal(0, 40, width), rng.uniform(5, 90, width), np.array([20.0])]
        blobs[f"scale{i}"] = [rng.normal(1, 0.2, width), rng.normal(0, 0.4, width)]
        cin = width
    blobs["fc"] = [rng.normal(0, 0.1, (10, cin)), rng.normal(0, 0.1, 10)]
    return blobs


def aligner(size=32):
    face = keras.Input((size, size, 1))
    x = face
    for i, width in enumerate(WIDTHS, 1):
        x = layers.Conv2D(width, 3, strides=2, padding="same", use_bias=False, name=f"conv{i}")(x)
        x = layers.BatchNormalization(epsilon=1e-5, name=f"bn{i}")(x)
        x = layers.ReLU(name=f"relu{i}")(x)
    x = layers.GlobalAveragePooling2D(name="pool")(x)
    return keras.Model(face, layers.Dense(10, name="fc")(x))


def transfer(model, blobs):
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            layer.set_weights([blobs[layer.name][0].transpose(2, 3, 1, 0)])
        elif isinstance(layer, layers.BatchNormalization):
            mean, var, factor = blobs[layer.name]
            gamma, beta = blobs[layer.name.replace("bn", "scale")]
            layer.set_weights([gamma, beta, mean / factor, var / factor])
        elif isinstance(layer, layers.Dense):
            kernel, bias = blobs[layer.name]
            layer.set_weights([kernel.T, bias])
    return model


def main():
    model = transfer(aligner(), dumped_blobs())
    faces = np.random.default_rng(1).uniform(0, 1, (3, 32, 32, 1)).astype("float32")
    points = model.predict(faces, verbose=0).reshape(-1, 5, 2)
    print(np.round(points[0], 2))


if __name__ == "__main__":
    main()
