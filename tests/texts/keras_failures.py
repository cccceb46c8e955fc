"""Prints what Keras says when its layers fail, a JSON list; a process of its own, for a backend is chosen once."""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = sys.argv[1] if len(sys.argv) > 1 else "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
from keras import layers


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, "float32")


def built(layer: keras.layers.Layer, *shape: int) -> keras.layers.Layer:
    layer(ones(*shape))
    return layer


FAILS = (
    lambda: built(layers.BatchNormalization(), 2, 4, 4, 3)(ones(2, 4, 4, 5)),
    lambda: built(layers.LayerNormalization(), 2, 4)(ones(2, 6)),
    lambda: layers.GroupNormalization(32)(ones(2, 4, 4, 20)),
    lambda: layers.GroupNormalization(8)(ones(2, 4, 4, 20)),
    lambda: layers.LayerNormalization(axis=5)(ones(2, 4)),
    lambda: layers.BatchNormalization(axis=5)(ones(2, 4)),
    lambda: layers.GroupNormalization(2, axis=9)(ones(2, 4, 4, 4)),
    lambda: layers.LayerNormalization(axis=(1, 2))(keras.Input((None, None, 3))),
    lambda: layers.GroupNormalization(2)(keras.Input((None, None, None))),
    lambda: layers.UnitNormalization(axis=7)(ones(2, 4)),
    lambda: layers.Conv2D(3, 3)(ones(28, 28)),
    lambda: layers.Conv2D(3, 3)(ones(3, 28, 28)),
    lambda: built(layers.Conv2D(3, 3), 2, 9, 9, 3)(ones(2, 9, 9, 1)),
    lambda: layers.Conv2D(3, 5)(ones(2, 3, 3, 8)),
    lambda: layers.MaxPooling2D(2)(ones(2, 4)),
    lambda: layers.MaxPooling2D(4)(ones(2, 3, 3, 8)),
    lambda: layers.Conv2D(3, 3)(keras.Input((None, None, None))),
    lambda: built(layers.Dense(3), 2, 8)(ones(2, 9)),
    lambda: layers.Concatenate()([ones(2, 8, 8, 3), ones(2, 7, 7, 3)]),
    lambda: layers.Add()([ones(2, 8, 8, 3), ones(2, 7, 7, 3)]),
    lambda: layers.LSTM(3)(ones(2, 4)),
    lambda: layers.Reshape((4, 4))(ones(2, 15)),
    lambda: layers.Conv2D(4, 3, groups=2)(ones(2, 8, 8, 3)),
    lambda: keras.layers.deserialize({"class_name": "InstanceNormalization", "config": {}}),
    lambda: keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(3, 3)])(ones(8, 8, 3)),
)


def main() -> None:
    """Print what each says."""
    said = []
    for fails in FAILS:
        try:
            fails()
        except Exception as error:  # noqa: BLE001  whatever is raised is what is asked for
            said.append(f"{type(error).__name__}: {error}")
        else:
            said.append("")
    print(json.dumps(said))


if __name__ == "__main__":
    main()
