"""The layer computes what the old ones computed, and reads their files."""

import json
import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest

from whynorm.keras import InstanceNormalization

DATA = np.random.default_rng(0).normal(size=(2, 6, 7, 4)).astype("float32")


def legacy(name: str) -> dict[str, Any]:
    return {"class_name": name, "config": {}}


CONTRIB = {
    "axis": -1, "epsilon": 1e-3, "center": True, "scale": True,
    "beta_initializer": legacy("Zeros"), "gamma_initializer": legacy("Ones"), "beta_regularizer": None,
    "gamma_regularizer": None, "beta_constraint": None, "gamma_constraint": None,
}  # fmt: skip
ADDONS = {"groups": -1, **CONTRIB}


def reference(data: np.ndarray, gamma: Any, beta: Any, axis: int | None, deviation: bool) -> np.ndarray:
    """As tensorflow_addons has it, or keras-contrib (`deviation`), written out."""
    over = tuple(number for number in range(data.ndim) if number and (axis is None or number != axis % data.ndim))
    mean, variance = data.mean(over, keepdims=True), data.var(over, keepdims=True)
    width = np.sqrt(variance) + 1e-3 if deviation else np.sqrt(variance + 1e-3)
    shape = [1] * data.ndim
    if axis is not None:
        shape[axis] = -1
    return (data - mean) / width * np.reshape(gamma, shape) + np.reshape(beta, shape)


@pytest.mark.parametrize("axis", [-1, 3, 1, 2, None])
@pytest.mark.parametrize("deviation", [True, False])
def test_it_computes_what_they_computed(axis: int | None, deviation: bool) -> None:
    config = CONTRIB if deviation else ADDONS
    layer = InstanceNormalization.from_config({**config, "axis": axis})
    layer.build(DATA.shape)
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=weight.shape) for weight in layer.weights]
    layer.set_weights(weights)
    given = keras.ops.convert_to_numpy(layer(DATA))
    np.testing.assert_allclose(given, reference(DATA, *weights, axis, deviation), atol=1e-5)


def test_it_is_pytorchs_instance_norm() -> None:
    import torch

    given = keras.ops.convert_to_numpy(InstanceNormalization(axis=1, epsilon=1e-5)(DATA))
    np.testing.assert_allclose(given, torch.nn.InstanceNorm2d(6)(torch.tensor(DATA)).numpy(), atol=1e-5)


@pytest.mark.parametrize(
    ("class_name", "config", "deviation"),
    [("Addons>InstanceNormalization", ADDONS, False), ("InstanceNormalization", CONTRIB, True)],
)
def test_an_old_file_gives_the_same_outputs(tmp_path: Path, class_name: str, config: Any, deviation: bool) -> None:
    model = keras.Sequential([keras.Input(DATA.shape[1:]), InstanceNormalization(name="norm")])
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=4), rng.normal(size=4)]
    model.layers[0].set_weights(weights)
    file = tmp_path / "old.h5"
    model.save(file)
    with h5py.File(file, "r+") as opened:
        saved = json.loads(opened.attrs["model_config"])
        (layer,) = (one for one in saved["config"]["layers"] if one["config"].get("name") == "norm")
        layer.clear()
        layer.update({"class_name": class_name, "config": {"name": "norm", "dtype": "float32", **config}})
        opened.attrs["model_config"] = json.dumps(saved)
    objects = {} if class_name.startswith("Addons") else {"InstanceNormalization": InstanceNormalization}
    loaded = keras.saving.load_model(file, custom_objects=objects, compile=False)
    given = loaded.predict(DATA, verbose=0)
    np.testing.assert_allclose(given, reference(DATA, *weights, -1, deviation), atol=1e-5)


def test_it_is_saved_and_loaded(tmp_path: Path) -> None:
    model = keras.Sequential([keras.Input((None, None, 4)), InstanceNormalization(epsilon=1e-5, center=False)])
    model.layers[0].gamma.assign([1.0, 2.0, 3.0, 4.0])
    model.save(tmp_path / "new.keras")
    loaded = keras.saving.load_model(tmp_path / "new.keras")
    np.testing.assert_array_equal(model.predict(DATA, verbose=0), loaded.predict(DATA, verbose=0))
    assert loaded.layers[0].epsilon == 1e-5


@pytest.mark.parametrize(
    ("axis", "shape", "says"),
    [
        (-1, (2, 1, 1, 3), "single value"),
        (-1, (2, 3), "at least three axes"),
        (-1, (None, 8, 8, None), "must be known"),
        (0, (2, 8, 8, 3), "is the batch"),
        (5, (2, 8, 8, 3), "does not exist"),
        (None, (2, 1, 1), "single value"),
    ],
)
def test_what_cannot_be_normalized_is_refused_when_it_is_built(axis: Any, shape: Any, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        InstanceNormalization(axis=axis).build(shape)


def test_a_size_left_open_is_refused_when_it_comes() -> None:
    layer = InstanceNormalization()
    layer.build((None, None, None, 3))
    with pytest.raises(ValueError, match="single value"):
        layer(keras.ops.ones((2, 1, 1, 3)))


def test_a_group_norms_configuration_is_refused() -> None:
    layer = InstanceNormalization.from_config({"groups": 4})
    with pytest.raises(ValueError, match="group norm"):
        layer.build((2, 6, 7, 8))
    InstanceNormalization.from_config({"groups": 4}).build((2, 6, 7, 4))


def test_sixteen_bits() -> None:
    given = InstanceNormalization(dtype="mixed_float16")(DATA * 100)
    assert keras.backend.standardize_dtype(given.dtype) == "float16"
    assert np.isfinite(keras.ops.convert_to_numpy(given)).all()


def test_it_trains() -> None:
    model = keras.Sequential([keras.Input(DATA.shape[1:]), InstanceNormalization()])
    model.compile("sgd", "mse")
    history = model.fit(DATA, np.ones_like(DATA), epochs=3, verbose=0).history["loss"]
    assert history[-1] < history[0]


def test_weights_under_the_name_of_the_class_that_wrote_them(tmp_path: Path) -> None:
    group = keras.layers.GroupNormalization(groups=-1, name="norm")
    written = keras.Sequential([keras.Input(DATA.shape[1:]), keras.layers.GroupNormalization(groups=1), group])
    group.gamma.assign(np.arange(1, DATA.shape[-1] + 1))
    written.save(tmp_path / "model.keras")
    config = json.loads(zipfile.ZipFile(tmp_path / "model.keras").read("config.json"))
    layer = next(one for one in config["config"]["layers"] if one["config"].get("name") == "norm")
    layer.update(class_name="InstanceNormalization", registered_name="Addons>InstanceNormalization", module="addons")
    with (
        zipfile.ZipFile(tmp_path / "model.keras") as old,
        zipfile.ZipFile(tmp_path / "renamed.keras", "w") as new,
    ):
        for name in old.namelist():
            new.writestr(name, json.dumps(config) if name == "config.json" else old.read(name))
    loaded = keras.saving.load_model(tmp_path / "renamed.keras")
    assert isinstance(loaded.get_layer("norm"), InstanceNormalization)
    np.testing.assert_allclose(
        keras.ops.convert_to_numpy(loaded(DATA)), keras.ops.convert_to_numpy(written(DATA)), atol=1e-5
    )
