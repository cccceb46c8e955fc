"""A generator from 2020 is rebuilt from the JSON that was saved beside its weights."""

import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import json

import keras

import whynorm.keras  # noqa: F401 - it reads such configurations

SAVED = {
    "module": "keras",
    "class_name": "Sequential",
    "config": {
        "name": "generator",
        "layers": [
            {
                "module": "keras.layers",
                "class_name": "InputLayer",
                "config": {"batch_shape": [None, 32, 32, 3], "dtype": "float32", "name": "image"},
                "registered_name": None,
            },
            {
                "module": "keras.layers",
                "class_name": "Conv2D",
                "config": {"name": "c7s1", "filters": 8, "kernel_size": [7, 7], "padding": "same"},
                "registered_name": None,
            },
            {
                "module": "tensorflow_addons.layers",
                "class_name": "InstanceNormalization",
                "config": {"name": "norm", "groups": -1, "axis": 3, "epsilon": 0.001, "center": True, "scale": True},
                "registered_name": "Addons>InstanceNormalization",
            },
        ],
    },
    "registered_name": None,
}

generator = keras.models.model_from_json(json.dumps(SAVED))
print(generator.output_shape)
