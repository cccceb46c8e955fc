"""Serve a style model that a colleague exported years ago."""
import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import json
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(0)


def colleagues_file(folder):
    """Stands for the file on the share: the same network, the norm that it was saved with."""
    path = Path(folder) / "style.keras"
    net = keras.Sequential([
        keras.Input((16, 16, 3)),
        layers.Conv2D(8, 3, padding="same", name="conv"),
        layers.GroupNormalization(groups=-1, name="norm"),
        layers.Conv2D(3, 3, padding="same", name="out"),
    ])
    net.save(path)
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(members["config.json"])
    for layer in config["config"]["layers"]:
        if layer["class_name"] == "GroupNormalization":
            layer.update(module="tensorflow_addons.layers.normalizations", class_name="InstanceNormalization",
                         registered_name="Addons>InstanceNormalization")
            layer["config"].update(groups=-1, dtype="float32")
    members["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


class StyleServer:
    def __init__(self, path):
        self.model = keras.models.load_model(path, compile=False)

    def __call__(self, image):
        return self.model.predict(image[None], verbose=0)[0]


def main():
    with tempfile.TemporaryDirectory() as folder:
        server = StyleServer(colleagues_file(folder))
    print(server(np.random.rand(16, 16, 3).astype("float32")).shape)


if __name__ == "__main__":
    main()
